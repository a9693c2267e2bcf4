//! Operations that a search cannot explore.

use crate::operation::OperationKind;
use std::fmt;
use std::panic::Location;

/// An operation that cannot be explored under the memory model that was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Unsupported {
    told: &'static str,
    location: &'static Location<'static>,
    needs_lock_words: bool,
}

impl Unsupported {
    pub(crate) fn new(kind: OperationKind, location: &'static Location<'static>) -> Self {
        Self {
            told: kind.row().told,
            location,
            needs_lock_words: kind.asks_for_lock(),
        }
    }

    /// Returns `true` if the operation can be explored with [lock words](crate::Explorer::lock_words).
    pub fn needs_lock_words(&self) -> bool {
        self.needs_lock_words
    }

    /// Returns the place of the operation in the source.
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { told, location, .. } = self;
        write!(
            f,
            "operation not explored under a weak memory model: \"{told}\", at {location}"
        )
    }
}
