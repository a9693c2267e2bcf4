//! The result of a search over states.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::count::Count;
use crate::ending::Ending;
use crate::limit::Limit;
use crate::summary::Bounds;

/// What is known of an ending beside that it is reached.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Weight {
    /// Nothing: it was not counted.
    Uncounted,
    /// The number of interleavings, or of traces, that end so.
    Count(Count),
    /// The probability under a scheduler that picks among the enabled threads alike.
    Odds(f64),
}

impl Weight {
    /// Returns the count, if it was counted.
    pub fn count(&self) -> Option<Count> {
        match self {
            Self::Count(count) => Some(*count),
            Self::Uncounted | Self::Odds(_) => None,
        }
    }

    /// Returns the probability, if that was computed.
    pub fn odds(&self) -> Option<f64> {
        match self {
            Self::Odds(odds) => Some(*odds),
            Self::Uncounted | Self::Count(_) => None,
        }
    }
}

/// A reason for which a search over states ended before it had seen all states.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Cut {
    /// The limit of states.
    States,
    /// The limit of memory: the states kept at once, and the local states, took as many bytes as allowed.
    Memory,
    /// The limit of time.
    Time,
    /// The interrupt flag.
    Interrupted,
    /// The program has run into a limit of the explorer itself.
    Limit(Limit),
}

/// The part of the states that a search has seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Coverage {
    /// All reachable states.
    Exhaustive,
    /// All of them, within these bounds; each that concerns a thread holds for each step it takes.
    Bounded(Bounds),
    /// Some of them: endings may be missing, and what is counted is less than all.
    CutShort(Cut),
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::summary::Completeness;
        match self {
            Self::Exhaustive => f.write_str("exhaustive"),
            Self::Bounded(bounds) => Completeness::Bounded(*bounds).fmt(f),
            Self::CutShort(Cut::States) => f.write_str("cut short by the limit of states"),
            Self::CutShort(Cut::Memory) => f.write_str("cut short by the limit of memory"),
            Self::CutShort(Cut::Time) => f.write_str("cut short by the limit of time"),
            Self::CutShort(Cut::Interrupted) => f.write_str("interrupted"),
            Self::CutShort(Cut::Limit(limit)) => write!(f, "cut short by a limit of the explorer: {limit}"),
        }
    }
}

/// All that a search over the states of a repeated program has found.
#[derive(Clone, Debug)]
#[must_use]
pub struct Swept<O> {
    /// The number of reachable states, or of those seen if the search was cut short.
    pub states: u64,
    /// The endings, each with its weight.
    pub endings: BTreeMap<Ending<O>, Weight>,
    /// The part of the states that was seen.
    pub coverage: Coverage,
    /// `true` if there are infinitely many interleavings, because some states can be reached again and again:
    /// a thread may start its step over without end. States and endings are exact, but nothing is counted.
    pub endless: bool,
    /// The number of states in which threads go on for ever, and no more than start over: nothing that another
    /// could do lets them leave. Only with [`Counting::Nothing`](super::Counting::Nothing), or where counting
    /// was given up, because there are infinitely many interleavings.
    pub livelocks: u64,
    /// The largest number of states that were kept at once.
    pub peak: u64,
    /// The number of local states: of logs of a step's results.
    pub local_states: u64,
    /// The time that the search took.
    pub elapsed: Duration,
}

impl<O> Swept<O> {
    /// Returns `true` if every reachable state was seen, without a bound.
    pub fn is_exhaustive(&self) -> bool {
        self.coverage == Coverage::Exhaustive
    }

    /// Returns the sum of all counts; `None` if nothing was counted.
    pub fn total(&self) -> Option<Count> {
        let mut counts = self.endings.values().map(Weight::count);
        counts.try_fold(Count::ZERO, |sum, count| sum.checked_add(count?))
    }
}

/// The progress of a search over states.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct StatesProgress {
    /// The number of states seen so far.
    pub states: u64,
    /// The number of states that are kept now.
    pub kept: u64,
    /// The number of iterations that all threads together have done in the states that are seen now.
    pub iterations: u64,
    /// The number of iterations that they do in all.
    pub of_iterations: u64,
    /// The time that the search has taken so far.
    pub elapsed: Duration,
}
