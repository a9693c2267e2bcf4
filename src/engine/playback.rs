//! One interleaving of a scenario at a time, for those who want to choose it themselves.

use super::Interrupt;
use crate::execution::{Ending, install_hook};
use crate::explorer::{
    Choice, Ending as ExplorerEnding, Explorer, MAX_THREADS, NondeterminismError, Replay, ReplayError,
    Shortest, Then,
};
use crate::scenario::Scenario;
use std::collections::BTreeSet;
use std::sync::Arc;
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
/// use selvedge::scenario::Updates;
///
/// let playback = Playback::new(Updates { variant: Variant::Unlocked, threads: 2, iterations: 1 });
/// let lost: Schedule = "2 1 1 2 main".parse()?;
/// let replay = playback.follow(&lost.0, Then::Stop)?;
/// assert_eq!(replay.ending.as_ref().map(Playback::<Updates>::ending), Some(Ending::Finished(-1)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Playback<S> {
    scenario: Arc<S>,
    explorer: Explorer,
}

impl<S: Scenario> Playback<S> {
    /// The most threads that a scenario can have beside the main one.
    pub const MAX_THREADS: usize = MAX_THREADS - 1;

    /// Prepares a scenario. From here on nothing is printed when a thread of an execution panics.
    pub fn new(scenario: S) -> Self {
        install_hook();
        Playback {
            scenario: Arc::new(scenario),
            explorer: Explorer::new(),
        }
    }

    /// The scenario.
    pub fn scenario(&self) -> &S {
        &self.scenario
    }

    /// Executes the scenario once: with this schedule first, and then as `then` says.
    ///
    /// # Errors
    ///
    /// As [`Explorer::replay`].
    pub fn follow(&self, schedule: &[Choice], then: Then) -> Result<Replay<S::Outcome>, ReplayError> {
        self.explorer.replay(self.body(), schedule, then)
    }

    /// Finds the interleaving with the fewest preemptions that has an ending that is wanted: the witness of `true`.
    ///
    /// The search is cut short after `time`, or when the interrupt is set.
    ///
    /// # Errors
    ///
    /// If the scenario does not do the same after the same history.
    pub fn shortest(
        &self,
        is_wanted: impl Fn(&Ending<S::Outcome>) -> bool,
        time: Duration,
        interrupt: &Interrupt,
    ) -> Result<Shortest<bool>, NondeterminismError> {
        let explorer = self.explorer.clone();
        let limited = explorer.time(Some(time)).interrupt(Some(interrupt.flag()));
        limited.shortest(
            self.body(),
            |found| is_wanted(&Ending::from(found)),
            &BTreeSet::from([true]),
        )
    }

    /// Returns an ending as the scenario's expectations know it.
    pub fn ending(found: &ExplorerEnding<S::Outcome>) -> Ending<S::Outcome> {
        Ending::from(found)
    }

    fn body(&self) -> impl Fn() -> S::Outcome + 'static {
        let scenario = Arc::clone(&self.scenario);
        move || scenario.run::<crate::backend::Explorer>()
    }
}
