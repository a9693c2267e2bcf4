//! The modes of an exploration, and the strategy of each.

use super::enumeration::Enumeration;
use super::optimal::Optimal;
use super::rules::Sound;
use super::sleep_sets::SleepSets;
use super::source::Source;
use super::split::Item;
use super::strategy::Strategy;
use crate::graph::{Graphs, MemoryModel};

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
    /// Every execution graph once: under sequential consistency, every trace.
    ///
    /// Not all operations can be explored in this mode; see [`Unsupported`](crate::Unsupported).
    Graphs,
}

/// Returns the strategy of the mode; with a bound of preemptions it is enumeration within the bound. A weak memory
/// model has one strategy.
pub(crate) fn strategy(
    mode: Mode,
    preemption_bound: Option<usize>,
    (model, lock_words): (MemoryModel, bool),
) -> Box<dyn Strategy> {
    if model != MemoryModel::SequentiallyConsistent {
        return Box::new(Graphs::new(model).with_lock_words(lock_words));
    }
    match (preemption_bound, mode) {
        (Some(_), _) | (None, Mode::Enumeration) => Box::new(Enumeration::new(preemption_bound)),
        (None, Mode::SleepSets) => Box::new(SleepSets::new()),
        (None, Mode::Source) => Box::new(Source::new()),
        (None, Mode::Graphs) => Box::new(Graphs::new(model).with_lock_words(lock_words)),
        (None, Mode::Optimal) => Box::new(Optimal::<Sound>::new()),
    }
}

/// Returns the strategy that explores what is below an item: that of [`Mode::Optimal`].
pub(crate) fn below(item: Item) -> Box<dyn Strategy> {
    Box::new(Optimal::<Sound>::below(item))
}
