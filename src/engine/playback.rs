//! Single interleavings of a scenario, for callers that choose them themselves.

use super::{Budget, Interrupt};
use crate::execution::{Ending, install_hook};
use crate::outcome::AnyOutcome;
use crate::scenario::AnyScenario;
use selvedge_explorer::{
    Choice, Ending as ExplorerEnding, Execution, Explorer, MAX_THREADS, MemoryModel, NondeterminismError,
    Replay, ReplayError, Shortest, Summary, Then,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A scenario on the explorer's primitives, to be executed by given schedules.
///
/// # Examples
///
/// ```
/// use selvedge::Ending;
/// use selvedge::counter::Variant;
/// use selvedge::engine::Playback;
/// use selvedge::explorer::{Schedule, Then};
/// use selvedge::outcome::AnyOutcome;
/// use selvedge::scenario::Updates;
///
/// let playback = Playback::new(Updates { variant: Variant::Unlocked, threads: 2, iterations: 1 });
/// let lost: Schedule = "2 1 1 2 main".parse()?;
/// let replay = playback.follow(&lost.0, Then::Stop)?;
/// assert_eq!(replay.ending.as_ref().map(Playback::ending), Some(Ending::Finished(AnyOutcome::new(-1i64))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Playback {
    scenario: AnyScenario,
    explorer: Explorer,
}

impl Playback {
    /// The greatest number of threads that a scenario can have beside the main one.
    pub const MAX_THREADS: usize = MAX_THREADS - 1;

    /// Prepares a scenario, with the default budget. From here on, panics in executions print nothing.
    pub fn new(scenario: impl Into<AnyScenario>) -> Self {
        Self::of(scenario.into(), &Budget::default())
    }

    /// Prepares a scenario, with the budget's limits on each execution and on searches.
    pub fn of(scenario: AnyScenario, budget: &Budget) -> Self {
        install_hook();
        Playback {
            scenario,
            explorer: Explorer::new()
                .steps(usize::try_from(budget.steps).unwrap_or(usize::MAX))
                .time(budget.time)
                .interrupt(Some(budget.interrupt.flag())),
        }
    }

    /// Returns the same scenario, with this limit on the time of searches and this interrupt.
    pub fn within(&self, time: Duration, interrupt: &Interrupt) -> Self {
        let explorer = self.explorer.clone();
        Playback {
            scenario: self.scenario.clone(),
            explorer: explorer.time(Some(time)).interrupt(Some(interrupt.flag())),
        }
    }

    /// Returns the scenario.
    pub fn scenario(&self) -> &AnyScenario {
        &self.scenario
    }

    /// Executes the scenario once: by this schedule first, and then as `then` says. The memory model is RC11 if a step
    /// of the schedule does not see all that came before it, else sequential consistency.
    ///
    /// # Errors
    ///
    /// Those of [`Explorer::replay`].
    pub fn follow(&self, schedule: &[Choice], then: Then) -> Result<Replay<AnyOutcome>, ReplayError> {
        let is_weak = schedule.iter().any(|choice| choice.unseen > 0);
        let model = match is_weak {
            true => MemoryModel::Rc11,
            false => MemoryModel::SequentiallyConsistent,
        };
        self.explorer
            .clone()
            .memory_model(model)
            .replay(self.body(), schedule, then)
    }

    /// Finds, for each kind of ending that is wanted, the interleaving with the fewest preemptions.
    ///
    /// # Errors
    ///
    /// If the scenario does not do the same after the same history.
    pub fn shortest<K: Ord + Clone>(
        &self,
        classify: impl Fn(&Ending<AnyOutcome>) -> K,
        wanted: &BTreeSet<K>,
    ) -> Result<Shortest<K>, NondeterminismError> {
        self.explorer
            .shortest(self.body(), |found| classify(&Ending::from(found)), wanted)
    }

    /// Explores the execution graphs under a memory model, until the flag is set; again from the start, with lock words, if
    /// an operation needs them.
    pub(crate) fn graphs(
        &self,
        model: MemoryModel,
        enough: &Arc<AtomicBool>,
        mut on_execution: impl FnMut(&Execution<'_, AnyOutcome>),
    ) -> Result<Summary, NondeterminismError> {
        let explorer = self.explorer.clone().memory_model(model).record_values(true);
        let explorer = explorer.interrupt(Some(Arc::clone(enough)));
        let summary = explorer.explore(self.body(), &mut on_execution)?;
        match summary.needs_lock_words() {
            true => explorer.lock_words(true).explore(self.body(), on_execution),
            false => Ok(summary),
        }
    }

    /// Returns an ending in the form that the scenario's expectations use.
    pub fn ending(found: &ExplorerEnding<AnyOutcome>) -> Ending<AnyOutcome> {
        Ending::from(found)
    }

    fn body(&self) -> impl Fn() -> AnyOutcome + 'static {
        let scenario = self.scenario.clone();
        move || scenario.run_on_explorer()
    }
}
