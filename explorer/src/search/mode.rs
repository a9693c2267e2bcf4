//! The modes of an exploration, and the strategy of each.

use super::enumeration::Enumeration;
use super::optimal::Optimal;
use super::rules::Sound;
use super::sleep_sets::SleepSets;
use super::source::Source;
use super::strategy::Strategy;

/// A way to search the space of executions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Mode {
    /// Every interleaving.
    Enumeration,
    /// Every trace once, with sleep sets alone: many executions are begun in vain.
    SleepSets,
    /// Every trace once, with source sets and sleep sets: some executions are begun in vain.
    Source,
    /// Every trace once, with wakeup trees: no execution is begun in vain.
    #[default]
    Optimal,
}

/// Returns the strategy of the mode; with a bound of preemptions it is enumeration within the bound.
pub(crate) fn strategy(mode: Mode, preemption_bound: Option<usize>) -> Box<dyn Strategy> {
    match (preemption_bound, mode) {
        (Some(_), _) | (None, Mode::Enumeration) => Box::new(Enumeration::new(preemption_bound)),
        (None, Mode::SleepSets) => Box::new(SleepSets::new()),
        (None, Mode::Source) => Box::new(Source::new()),
        (None, Mode::Optimal) => Box::new(Optimal::<Sound>::new()),
    }
}
