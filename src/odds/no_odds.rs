//! The reasons for which there are no exact counts and odds.

use selvedge_explorer::states::{Coverage, Cut, Refused};
use std::error::Error;
use std::fmt;

/// The reason for which the counts and the odds of a scenario were not computed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NoOdds {
    /// The scenario is not a [repeated](crate::Repeated) one: it has no states that could be compared.
    NotRepeated(String),
    /// The states of the scenario cannot be explored exactly.
    Refused(Refused),
    /// There are infinitely many interleavings: a thread may start its step over again and again.
    Endless {
        /// The number of reachable states, which is exact.
        states: u64,
        /// The endings, which are all there are.
        endings: Vec<String>,
    },
    /// A limit was met before all states were seen: what was counted until then is not shown, as it is less than all.
    CutShort {
        /// The limit.
        cut: Cut,
        /// The number of states that were seen.
        states: u64,
    },
}

impl fmt::Display for NoOdds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRepeated(name) => write!(
                f,
                "{name} has no odds: its threads do not repeat one step, so its states cannot be compared; `unlocked` \
                 and the other counters can be counted"
            ),
            Self::Refused(Refused::Count) => f.write_str(
                "there are more than 2^960 interleavings or traces, too many to be counted exactly: choose fewer \
                 iterations or threads",
            ),
            Self::Refused(refused) => write!(f, "the odds cannot be computed exactly: {refused}"),
            Self::Endless { states, endings } => write!(
                f,
                "there are infinitely many interleavings, so they have no number and no shares: a thread may start its \
                 step over again and again; what is exact: there are {states} states, and the endings are {}",
                endings.join(", ")
            ),
            Self::CutShort { cut, states } => write!(
                f,
                "the count was not finished, so no odds are shown: {} after {states} states; {}",
                Coverage::CutShort(*cut),
                remedy(*cut)
            ),
        }
    }
}

/// Returns what to do about a cut.
fn remedy(cut: Cut) -> &'static str {
    match cut {
        Cut::Time => "allow more time, or choose fewer iterations",
        Cut::Interrupted => "nothing was kept",
        _ => "choose fewer iterations or threads",
    }
}

impl Error for NoOdds {}
