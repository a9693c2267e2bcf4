//! The reasons for which a search over states stops, or has to begin again in another way.

use std::convert::Infallible;

use super::refused::Refused;
use super::swept::Cut;
use crate::ending::Ending;
use crate::limit::Limit;

/// A reason to stop.
#[derive(Clone, Debug)]
pub(super) enum Interruption {
    /// The program cannot be explored so.
    Refused(Refused),
    /// A limit was met.
    Cut(Cut),
    /// The making of the shared state does not come to an end, but ends so.
    Unmade(Box<Ending<Infallible>>),
    /// A part of the states' keys is too small: the search begins again with larger ones.
    Narrow,
    /// A step starts over, which was not known: the search begins again, by levels.
    StartsOver,
    /// There are infinitely many interleavings: the search begins again, and counts nothing.
    Endless,
    /// A count has outgrown its limbs within a level: the search begins again with more.
    Overflow,
}

impl From<Refused> for Interruption {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Limit> for Interruption {
    fn from(limit: Limit) -> Self {
        Self::Cut(Cut::Limit(limit))
    }
}
