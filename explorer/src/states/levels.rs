//! Levels: the states with as many iterations done, in a program whose steps start over.
//!
//! A step that starts over goes back to where it was, so within a level there may be cycles. A level is
//! explored with a set of the states seen. Nothing leads back to an earlier level, so the set is dropped with
//! it.
//!
//! Weights are added up in a topological order (Kahn, *Topological sorting of large networks*, CACM 1962). If
//! there is none, states can be reached again and again: there are infinitely many interleavings, and nothing
//! to count. Then those states are looked for that no thread can leave but by starting over: a *livelock*.

use super::expand::Search;
use super::fronts::{Front, Fronts, Progress};
use super::key::Key;
use super::lookup::Table;
use super::stop::Interruption;
use super::sweep::check;
use super::weight::Weigh;
use crate::states::Counting;

/// Limits are looked at once in so many expansions.
const CHECKED: usize = 4096;

/// A state of the level that is explored.
#[derive(Clone, Copy, Debug)]
struct Seen<W> {
    weight: W,
    /// The number of ways from states of the same level that have not been added up yet.
    ways: u32,
    /// `true` if its successors have been handed on.
    expanded: bool,
}

/// Explores a level from the states by which it is entered.
pub(super) fn explore<K: Key, W: Weigh>(
    search: &mut Search<'_>,
    fronts: &mut Fronts<K, W>,
    progress: Progress,
    entries: &Front<K, W>,
) -> Result<(), Interruption> {
    let mut level = find(search, fronts, progress, entries)?;
    count_states(search, &level, fronts.kept())?;
    let ready = level.iter().filter(|(_, seen)| seen.ways == 0);
    let ready: Vec<K> = ready.map(|(key, _)| key).collect();
    let added_up = add_up(search, fronts, progress, &mut level, ready)?;
    if added_up == level.len() {
        return Ok(());
    }
    if search.counting != Counting::Nothing {
        return Err(Interruption::Endless);
    }
    search.endless = true;
    let cyclic = level.iter().filter(|(_, seen)| !seen.expanded);
    let cyclic: Vec<K> = cyclic.map(|(key, _)| key).collect();
    for &key in &cyclic {
        search.expand(key, W::ZERO, progress, |_, key, weight, after| {
            hand_on(fronts, progress, key, weight, after)
        })?;
    }
    search.figures.livelocks += count_livelocks(search, progress, cyclic)?;
    Ok(())
}

/// Finds the states of a level, each with the number of ways that lead to it within the level.
fn find<K: Key, W: Weigh>(
    search: &mut Search<'_>,
    fronts: &Fronts<K, W>,
    progress: Progress,
    entries: &Front<K, W>,
) -> Result<Table<K, Seen<W>>, Interruption> {
    let unseen = Seen {
        weight: W::ZERO,
        ways: 0,
        expanded: false,
    };
    let mut level = Table::new();
    let mut work: Vec<K> = Vec::new();
    for (key, weight) in entries.iter() {
        level.entry(key, Seen { weight, ..unseen });
        work.push(key);
    }
    search.notes_endings = false;
    let mut expanded = 0;
    while let Some(key) = work.pop() {
        if expanded % CHECKED == 0 {
            check(search, fronts, progress, level.bytes())?;
        }
        expanded += 1;
        search.check_states(level.len())?;
        search.expand(key, W::ZERO, progress, |_, key, _, after| {
            if after == progress {
                let (seen, new) = level.entry(key, unseen);
                seen.ways += 1;
                if new {
                    work.push(key);
                }
            }
            Ok(())
        })?;
    }
    search.notes_endings = true;
    Ok(level)
}

fn count_states<K: Key, W: Weigh>(
    search: &mut Search<'_>,
    level: &Table<K, Seen<W>>,
    kept: usize,
) -> Result<(), Interruption> {
    let mut awake = Table::<K, ()>::new();
    for (key, _) in level.iter() {
        awake.entry(search.awake(key), ());
    }
    search.figures.states += awake.len() as u64;
    search.figures.peak = search.figures.peak.max((level.len() + kept) as u64);
    Ok(())
}

/// Adds up the weights of a level in a topological order, as far as there is one, from these states on; returns
/// the number of states in it.
fn add_up<K: Key, W: Weigh>(
    search: &mut Search<'_>,
    fronts: &mut Fronts<K, W>,
    progress: Progress,
    level: &mut Table<K, Seen<W>>,
    mut ready: Vec<K>,
) -> Result<usize, Interruption> {
    let mut added_up = 0;
    while let Some(key) = ready.pop() {
        let mut weight = W::ZERO;
        level.change(key, |seen| {
            weight = seen.weight;
            seen.expanded = true;
        });
        added_up += 1;
        if added_up % CHECKED == 0 {
            check(search, fronts, progress, level.bytes())?;
        }
        search.expand(key, weight, progress, |_, key, weight, after| {
            if after != progress {
                return hand_on(fronts, progress, key, weight, after);
            }
            let mut fits = true;
            level.change(key, |seen| {
                fits = seen.weight.add(weight);
                seen.ways -= 1;
                if seen.ways == 0 {
                    ready.push(key);
                }
            });
            match fits {
                true => Ok(()),
                false => Err(Interruption::Overflow),
            }
        })?;
    }
    Ok(added_up)
}

/// Hands a state on to its level, if that is a later one.
fn hand_on<K: Key, W: Weigh>(
    fronts: &mut Fronts<K, W>,
    here: Progress,
    key: K,
    weight: W,
    after: Progress,
) -> Result<(), Interruption> {
    if after == here || fronts.add(after, key, weight) {
        return Ok(());
    }
    Err(Interruption::Overflow)
}

/// Returns the number of these states from which threads can do no more than start over, for ever.
fn count_livelocks<K: Key>(
    search: &mut Search<'_>,
    progress: Progress,
    mut cyclic: Vec<K>,
) -> Result<u64, Interruption> {
    let mut inside = Table::<K, bool>::new();
    for &key in &cyclic {
        inside.entry(key, true);
    }
    search.notes_endings = false;
    loop {
        let before = cyclic.len();
        let mut kept = Vec::new();
        for key in cyclic {
            let (mut leaves, mut goes_on) = (false, false);
            search.expand(key, (), progress, |_, key, (), after| {
                goes_on = true;
                leaves |= after != progress || inside.get(key) != Some(true);
                Ok(())
            })?;
            match leaves || !goes_on {
                true => inside.change(key, |inside| *inside = false),
                false => kept.push(key),
            }
        }
        cyclic = kept;
        if cyclic.len() == before {
            search.notes_endings = true;
            return Ok(cyclic.len() as u64);
        }
    }
}
