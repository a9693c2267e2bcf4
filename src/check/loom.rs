//! Checking on loom.

use super::Checker;
use crate::engine::Loom;

impl Checker {
    /// Adds loom, without a bound on preemptions.
    pub fn loom(self) -> Self {
        self.engine(Loom::default())
    }
}

/// Adds the engine that explores weak memory orderings.
pub(super) fn add_to(checker: Checker) -> Checker {
    checker.optional(Loom::default())
}
