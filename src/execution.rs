//! One run of a scenario from start to end: its ending, and the record that its threads leave for the engine.

mod last_words;
#[cfg_attr(
    not(all(feature = "loom", feature = "shuttle")),
    allow(dead_code, reason = "some of it is for loom and shuttle alone")
)]
mod panics;
#[cfg_attr(
    not(all(feature = "loom", feature = "shuttle")),
    allow(dead_code, reason = "some of it is for loom and shuttle alone")
)]
mod record;

pub(crate) use last_words::LastWords;
pub(crate) use panics::{Caught, catch, file_name, install_hook};
pub(crate) use record::{
    Fault, Gap, NO_SPURIOUS_WAKEUP, NO_WEAK_FAILURE, NO_WRITER_PREFERENCE, Record, ThreadNumber,
};

use selvedge_explorer as explorer;
use std::fmt;

/// The way in which an execution ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ending<O> {
    /// Every thread ended, with this outcome.
    Finished(O),
    /// Threads wait, and none can go on. On the explorer, a thread also waits that polls in a loop for a change
    /// which no other thread will make.
    Deadlock,
    /// A thread panicked with this message, and no thread took the error from its handle.
    Panic(String),
    /// Two accesses to plain memory, at least one of them a write, that nothing orders.
    DataRace,
    /// The execution took more steps than the budget allows, as an endless loop does.
    StepLimit,
    /// The execution was still running when the time was up.
    TimeLimit,
}

impl<O> Ending<O> {
    /// Applies `f` to the outcome of a finished execution.
    pub fn map<P>(self, f: impl FnOnce(O) -> P) -> Ending<P> {
        match self {
            Ending::Finished(outcome) => Ending::Finished(f(outcome)),
            Ending::Deadlock => Ending::Deadlock,
            Ending::Panic(message) => Ending::Panic(message),
            Ending::DataRace => Ending::DataRace,
            Ending::StepLimit => Ending::StepLimit,
            Ending::TimeLimit => Ending::TimeLimit,
        }
    }

    /// Returns the same ending, with a reference to the outcome.
    pub fn as_ref(&self) -> Ending<&O> {
        match self {
            Ending::Finished(outcome) => Ending::Finished(outcome),
            Ending::Deadlock => Ending::Deadlock,
            Ending::Panic(message) => Ending::Panic(message.clone()),
            Ending::DataRace => Ending::DataRace,
            Ending::StepLimit => Ending::StepLimit,
            Ending::TimeLimit => Ending::TimeLimit,
        }
    }

    /// Returns `true` if the execution was abandoned before its real ending was known.
    pub fn is_cut_short(&self) -> bool {
        matches!(self, Ending::StepLimit | Ending::TimeLimit)
    }

    /// Returns the kind of ending in one word, as reports and JSON name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Ending::Finished(_) => "finished",
            Ending::Deadlock => "deadlock",
            Ending::Panic(_) => "panic",
            Ending::DataRace => "data race",
            Ending::StepLimit => "step limit",
            Ending::TimeLimit => "time limit",
        }
    }
}

impl<O: Clone> From<&explorer::Ending<O>> for Ending<O> {
    /// Converts the explorer's ending to that of the outcome table, which has one row for all deadlocks and
    /// one for all data races.
    fn from(ending: &explorer::Ending<O>) -> Self {
        match ending {
            explorer::Ending::Finished(outcome) => Ending::Finished(outcome.clone()),
            explorer::Ending::Deadlock(_) => Ending::Deadlock,
            explorer::Ending::DataRace(_) => Ending::DataRace,
            explorer::Ending::StepLimit => Ending::StepLimit,
            explorer::Ending::Panic(panic) => Ending::Panic(match &panic.location {
                Some(location) => format!(
                    "{} ({}:{})",
                    panic.message,
                    file_name(&location.file),
                    location.line
                ),
                None => panic.message.clone(),
            }),
        }
    }
}

impl<O: fmt::Display> fmt::Display for Ending<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Finished(outcome) => outcome.fmt(f),
            Ending::Panic(message) => write!(f, "panic: {message}"),
            other => f.write_str(other.kind()),
        }
    }
}
