//! Finds witnesses among execution graphs: of endings that no interleaving shows.
//!
//! A graph is shown as the interleaving in which it was built. A load in it may take an older store than the latest; its
//! schedule says which, and a replay follows that under the memory model.

use super::found::{MOST_TIME, described};
use super::{Rank, TiedSchedule, Witness};
use crate::backend::MemoryModel;
use crate::engine::{Budget, Playback, of_explorer};
use crate::execution::Ending;
use crate::outcome::AnyOutcome;
use crate::scenario::{AnyScenario, Size};
use selvedge_explorer as explorer;
use selvedge_explorer::drawing::Drawing;
use selvedge_explorer::{Cost, Execution, Interleaving, Schedule};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The number of execution graphs among which the one with the least cost is sought, once each ending has one.
const COMPARED: u64 = 4096;

/// The execution graph with the least cost so far that shows an ending.
struct Found {
    cost: Cost,
    schedule: Schedule,
    interleaving: Interleaving,
    ending: explorer::Ending<AnyOutcome>,
}

/// The search, while it runs.
struct Search<'a> {
    wanted: &'a BTreeSet<Ending<AnyOutcome>>,
    found: BTreeMap<Ending<AnyOutcome>, Found>,
    /// The number of the execution with which the last ending was found.
    complete_at: Option<u64>,
    enough: Arc<AtomicBool>,
}

/// Finds an execution graph under the memory model for each of these endings, as far as the budget allows.
pub(crate) fn find(
    scenario: &AnyScenario,
    size: Option<Size>,
    wanted: &BTreeSet<Ending<AnyOutcome>>,
    (model, budget): (MemoryModel, &Budget),
) -> BTreeMap<Ending<AnyOutcome>, Witness> {
    let enough = Arc::new(AtomicBool::new(false));
    let mut search = Search {
        wanted,
        found: BTreeMap::new(),
        complete_at: None,
        enough: Arc::clone(&enough),
    };
    let limited = Budget {
        time: Some(budget.time.map_or(MOST_TIME, |time| time.min(MOST_TIME))),
        ..budget.clone()
    };
    let interrupt = budget.interrupt.flag();
    let playback = Playback::of(scenario.clone(), &limited);
    // What was found before an error is a witness all the same.
    let _ = playback.graphs(of_explorer(model), &enough, |execution| {
        if interrupt.load(Ordering::Relaxed) {
            search.enough.store(true, Ordering::Relaxed);
        }
        search.look_at(execution);
    });
    let found = search.found.into_iter();
    found
        .map(|(ending, found)| (ending, found.witness(scenario, size)))
        .collect()
}

impl Search<'_> {
    fn look_at(&mut self, execution: &Execution<'_, AnyOutcome>) {
        let number = execution.number();
        if self
            .complete_at
            .is_some_and(|at| number.saturating_sub(at) >= COMPARED)
        {
            self.enough.store(true, Ordering::Relaxed);
            return;
        }
        let ending = Ending::from(execution.ending());
        if !self.wanted.contains(&ending) {
            return;
        }
        let interleaving = execution.interleaving();
        let cost = interleaving.cost();
        if self.found.get(&ending).is_some_and(|found| found.cost <= cost) {
            return;
        }
        let found = Found {
            cost,
            schedule: Schedule(execution.schedule()),
            interleaving,
            ending: execution.ending().clone(),
        };
        self.found.insert(ending, found);
        if self.complete_at.is_none() && self.found.len() == self.wanted.len() {
            self.complete_at = Some(number);
        }
    }
}

impl Found {
    fn witness(self, scenario: &AnyScenario, size: Option<Size>) -> Witness {
        Witness {
            schedule: TiedSchedule::weak(scenario.name(), size, self.schedule),
            cost: self.cost,
            rank: Rank::BestFound,
            drawing: Drawing::described(&self.interleaving, &self.ending, |outcome| {
                scenario.describe(outcome)
            }),
            interleaving: self.interleaving,
            ending: described(&self.ending, scenario),
        }
    }
}
