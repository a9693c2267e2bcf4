//! The sweep: front after front, the least progress first, each dropped as soon as it has been expanded.
//!
//! Source: Christensen, Kristensen and Mailund, *A Sweep-Line Method for State Space Exploration*, TACAS 2001.
//! Deviation: the progress measure is the program's own (iterations, then operations), and strictly increases,
//! so that there are no states to be kept for good, and none is expanded twice. If steps start over, it does
//! not; see [`levels`](super::levels).

use super::Counting;
use super::expand::Search;
use super::fronts::{Front, Fronts, Progress};
use super::key::Key;
use super::levels;
use super::lookup::Table;
use super::stop::Interruption;
use super::weight::{Weigh, Wide};

/// Limits are looked at once in so many expansions.
const CHECKED: u64 = 4096;

/// Searches all states, with keys of this type, from the first on.
pub(super) fn search<K: Key>(search: &mut Search<'_>, limbs: usize) -> Result<(), Interruption> {
    match search.counting {
        Counting::Nothing => {
            let fronts = start::<K, ()>(search)?;
            finished(sweep(search, fronts)?)
        }
        Counting::Odds => {
            let fronts = start::<K, f64>(search)?;
            finished(sweep(search, fronts)?)
        }
        Counting::Interleavings | Counting::Traces if limbs <= 2 => {
            let fronts = start::<K, Wide<2>>(search)?;
            count(search, fronts)
        }
        Counting::Interleavings | Counting::Traces if limbs <= 4 => {
            let fronts = start::<K, Wide<4>>(search)?;
            count_wider(search, fronts)
        }
        Counting::Interleavings | Counting::Traces => {
            let fronts = start::<K, Wide<16>>(search)?;
            finished(sweep(search, fronts)?)
        }
    }
}

/// Counts with more and more limbs, as far as needed.
fn count<K: Key>(search: &mut Search<'_>, fronts: Fronts<K, Wide<2>>) -> Result<(), Interruption> {
    match sweep(search, fronts)? {
        None => Ok(()),
        Some(fronts) => count_wider(search, fronts.map(Wide::widened::<4>)),
    }
}

fn count_wider<K: Key>(search: &mut Search<'_>, fronts: Fronts<K, Wide<4>>) -> Result<(), Interruption> {
    let Some(fronts) = sweep(search, fronts)? else {
        return Ok(());
    };
    match sweep(search, fronts.map(Wide::widened::<8>))? {
        None => Ok(()),
        Some(fronts) => finished(sweep(search, fronts.map(Wide::widened::<16>))?),
    }
}

/// Returns an error if the widest counts are too narrow.
fn finished<K, W>(rest: Option<Fronts<K, W>>) -> Result<(), Interruption> {
    match rest {
        None => Ok(()),
        Some(_) => Err(super::refused::Refused::Count.into()),
    }
}

/// Returns fronts with the first state alone.
fn start<K: Key, W: Weigh>(search: &mut Search<'_>) -> Result<Fronts<K, W>, Interruption> {
    let (progress, key) = search.first()?;
    let mut fronts = Fronts::new();
    match fronts.add(progress, key, W::ONE) {
        true => Ok(fronts),
        false => Err(Interruption::Overflow),
    }
}

/// Sweeps until no front is left; or returns the fronts that are left when a weight has become large.
///
/// A weight that is not large has its highest limb free. As many of these as a front gets fit into a sum.
fn sweep<K: Key, W: Weigh>(
    search: &mut Search<'_>,
    mut fronts: Fronts<K, W>,
) -> Result<Option<Fronts<K, W>>, Interruption> {
    while let Some((progress, front)) = fronts.pop_least() {
        if front.iter().any(|(_, weight)| weight.is_large()) {
            fronts.put_back(progress, front);
            return Ok(Some(fronts));
        }
        if search.model.starts_over {
            levels::explore(search, &mut fronts, progress, &front)?;
        } else {
            count_states(search, &front)?;
            expand_front(search, &mut fronts, progress, &front)?;
        }
        fronts.drop_swept(front);
    }
    Ok(None)
}

/// Counts the states of a front: without those that differ only in the threads asleep.
fn count_states<K: Key, W: Weigh>(search: &mut Search<'_>, front: &Front<K, W>) -> Result<(), Interruption> {
    let states = match search.counting {
        Counting::Traces => {
            let mut awake = Table::<K, ()>::new();
            for (key, _) in front.iter() {
                awake.entry(search.awake(key), ());
            }
            awake.len()
        }
        Counting::Nothing | Counting::Interleavings | Counting::Odds => front.len(),
    };
    search.check_states(states)?;
    search.figures.states += states as u64;
    Ok(())
}

fn expand_front<K: Key, W: Weigh>(
    search: &mut Search<'_>,
    fronts: &mut Fronts<K, W>,
    progress: Progress,
    front: &Front<K, W>,
) -> Result<(), Interruption> {
    let mut until_check = 1;
    for (key, weight) in front.iter() {
        until_check -= 1;
        if until_check == 0 {
            until_check = CHECKED;
            check(search, fronts, progress, front.bytes())?;
        }
        search.expand(key, weight, progress, |_, key, weight, progress| {
            match fronts.add(progress, key, weight) {
                true => Ok(()),
                false => Err(Interruption::Overflow),
            }
        })?;
    }
    let kept = (fronts.kept() + front.len()) as u64;
    search.figures.peak = search.figures.peak.max(kept);
    Ok(())
}

/// Stops the search if a limit is met.
pub(super) fn check<K: Key, W: Weigh>(
    search: &mut Search<'_>,
    fronts: &Fronts<K, W>,
    progress: Progress,
    more_bytes: usize,
) -> Result<(), Interruption> {
    let bytes = fronts.bytes() + more_bytes + search.model.bytes();
    let states = search.figures.states;
    search.limits.check(states, fronts.kept(), bytes, progress)
}
