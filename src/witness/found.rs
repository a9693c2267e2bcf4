//! Finds the witnesses of a scenario's endings, and runs them again.

use super::{TiedSchedule, endless};
use crate::engine::{Budget, Playback};
use crate::execution::Ending;
use crate::outcome::AnyOutcome;
use crate::scenario::{AnyScenario, Size};
use selvedge_explorer as explorer;
use selvedge_explorer::drawing::{Drawing, Mark, Row};
use selvedge_explorer::{
    Cost, Cut, Interleaving, Replay, ReplayError, Schedule, SourceLocation, Then, ThreadStatus,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The longest time that is spent on the search for witnesses, unless the budget allows less.
pub(super) const MOST_TIME: Duration = Duration::from_secs(10);

/// An interleaving that leads to an ending.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The schedule that replays it.
    pub schedule: TiedSchedule,
    /// Its cost: the preemptions, switches and events that a reader has to follow.
    pub cost: Cost,
    /// Its rank among the interleavings with the same ending.
    pub rank: Rank,
    /// The interleaving, or the order in which an execution graph was built, if the
    /// [schedule](TiedSchedule::is_weak) says so; that of a panic or a data race ends there.
    pub interleaving: Interleaving,
    /// The drawing of it; folded if it is long.
    pub drawing: Drawing,
    /// The ending, with its outcome as reports show it.
    pub(super) ending: explorer::Ending<String>,
}

impl Witness {
    /// Replaces the drawing by one with every step.
    pub fn unfold(&mut self) {
        self.drawing = Drawing::unfolded(&self.interleaving, &self.ending, String::clone);
    }

    /// Returns the place in the source that says most about the ending: that of the access that completes the
    /// data race, of the panic, of a thread that waits for ever, of the store that overwrites an update, or
    /// else of the last event. `None` if nothing happened at all.
    pub fn place(&self) -> Option<SourceLocation> {
        let steps = &self.interleaving.steps;
        let overwrites = |row: &&Row| {
            row.marks
                .iter()
                .any(|mark| matches!(mark, Mark::Overwrites { .. } | Mark::MayOverwrite { .. }))
        };
        let overwriting = self.drawing.rows.iter().filter(overwrites).find_map(Row::step);
        let last = overwriting.map_or(steps.last(), |step| steps.get(step - 1));
        match &self.ending {
            explorer::Ending::DataRace(race) => Some(race.second.location.into()),
            explorer::Ending::Panic(panic) if panic.location.is_some() => panic.location.clone(),
            explorer::Ending::Deadlock(stuck) if !stuck.is_empty() => Some(stuck[0].location.into()),
            _ => last.map(|step| step.event.location.into()),
        }
    }
}

/// The rank of an interleaving among those with the same ending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rank {
    /// No other interleaving costs less.
    Least,
    /// It is the best that was found before the time was up.
    BestFound,
    /// It was asked for, and was not compared with any other.
    Given,
}

/// The witnesses of some endings of a scenario.
#[derive(Clone, Debug)]
pub struct Witnesses {
    /// The witnesses that were found.
    pub found: BTreeMap<Ending<AnyOutcome>, Witness>,
    /// The reason why the others have none.
    pub missing: String,
}

/// Finds the shortest witness for each of these endings, among all interleavings of whole operations: for
/// each ending that the explorer can show, the interleaving with the fewest preemptions, then the fewest
/// switches, then the fewest events.
///
/// The budget's time, steps and interrupt apply; the search takes at most 10 seconds. Of an ending at the step
/// limit it finds some short way into the loop, if there is one, and not the shortest.
pub fn find(
    scenario: &AnyScenario,
    size: Option<Size>,
    wanted: &BTreeSet<Ending<AnyOutcome>>,
    budget: &Budget,
) -> Witnesses {
    let limited = Budget {
        time: Some(budget.time.map_or(MOST_TIME, |time| time.min(MOST_TIME))),
        ..budget.clone()
    };
    let endless = wanted.contains(&Ending::StepLimit);
    let endless = endless.then(|| endless::find(scenario, size, budget)).flatten();
    let mut wanted = wanted.clone();
    if endless.is_some() {
        wanted.remove(&Ending::StepLimit);
    }
    let shortest = match Playback::of(scenario.clone(), &limited).shortest(Ending::clone, &wanted) {
        Ok(shortest) => shortest,
        Err(nondeterministic) => {
            return Witnesses {
                found: BTreeMap::new(),
                missing: nondeterministic.to_string(),
            };
        }
    };
    let rank = if shortest.minimal {
        Rank::Least
    } else {
        Rank::BestFound
    };
    let again = |witness: explorer::Witness<_>| {
        // A witness that was just found runs again; otherwise there is nothing to show.
        let (ending, again) = replay(scenario, size, &Schedule(witness.schedule), budget).ok()?;
        let cost = witness.cost;
        Some((ending, Witness { cost, rank, ..again }))
    };
    Witnesses {
        missing: why_missing(shortest.cut).to_owned(),
        found: (shortest.witnesses.into_iter().filter_map(again))
            .chain(endless.map(|witness| (Ending::StepLimit, witness)))
            .collect(),
    }
}

/// Returns the reason why the search for witnesses has found none.
fn why_missing(cut: Option<Cut>) -> &'static str {
    match cut {
        Some(Cut::Interrupted) => "the search for one was interrupted",
        Some(_) => "none was found in the time that there was",
        None => "within its limits, the explorer finds no interleaving of whole operations that ends so",
    }
}

/// Runs the interleaving of a schedule, goes on without preemption after its end, and returns the ending and
/// the witness.
///
/// # Errors
///
/// If one of the steps cannot be executed.
pub fn replay(
    scenario: &AnyScenario,
    size: Option<Size>,
    steps: &Schedule,
    budget: &Budget,
) -> Result<(Ending<AnyOutcome>, Witness), ReplayError> {
    let playback = Playback::of(scenario.clone(), budget);
    let Replay {
        mut interleaving,
        ending,
        schedule,
        ..
    } = playback.follow(&steps.0, Then::RunOn)?;
    let ending = ending.expect("it was run to its end");
    let begun = playback.follow(&steps.0, Then::Stop)?.interleaving;
    let mut steps = steps.clone();
    // What comes after a failure says nothing about it.
    if let explorer::Ending::DataRace(_) = ending {
        steps = Schedule(schedule);
        while let Some(shorter) = before_race(&playback, &mut steps, &interleaving)? {
            interleaving = shorter;
        }
    } else if has_panicked(&begun, &ending) {
        interleaving = begun;
    } else {
        steps = Schedule(schedule);
    }
    let witness = Witness {
        schedule: TiedSchedule::new(scenario.name(), size, steps),
        cost: interleaving.cost(),
        rank: Rank::Given,
        drawing: Drawing::described(&interleaving, &ending, |outcome| scenario.describe(outcome)),
        interleaving,
        ending: described(&ending, scenario),
    };
    Ok((Ending::from(&ending), witness))
}

/// Returns the ending with its outcome as reports show it.
pub(super) fn described(
    ending: &explorer::Ending<AnyOutcome>,
    scenario: &AnyScenario,
) -> explorer::Ending<String> {
    match ending {
        explorer::Ending::Finished(outcome) => explorer::Ending::Finished(scenario.describe(outcome)),
        explorer::Ending::Deadlock(stuck) => explorer::Ending::Deadlock(stuck.clone()),
        explorer::Ending::Panic(panic) => explorer::Ending::Panic(panic.clone()),
        explorer::Ending::DataRace(race) => explorer::Ending::DataRace(race.clone()),
        explorer::Ending::StepLimit => explorer::Ending::StepLimit,
    }
}

/// Cuts the steps off after the data race of the interleaving, or after one that happened before it; returns
/// the interleaving up to there, or `None` if it ends there already.
fn before_race(
    playback: &Playback,
    steps: &mut Schedule,
    interleaving: &Interleaving,
) -> Result<Option<Interleaving>, ReplayError> {
    let Some((_, second)) = interleaving.race else {
        return Ok(None);
    };
    let before = playback.follow(&steps.0[..second], Then::Stop)?.interleaving;
    if before.race.is_some() {
        return Ok(Some(before));
    }
    let goes_on = steps.0.len() > second + 1;
    steps.0.truncate(second + 1);
    goes_on
        .then(|| Ok(playback.follow(&steps.0, Then::Stop)?.interleaving))
        .transpose()
}

/// Returns `true` if the ending is a panic, and the beginning of the execution already shows it.
fn has_panicked<O>(begun: &Interleaving, ending: &explorer::Ending<O>) -> bool {
    let explorer::Ending::Panic(panic) = ending else {
        return false;
    };
    begun
        .threads
        .iter()
        .any(|thread| thread.id == panic.thread && matches!(thread.status, ThreadStatus::Ended))
}
