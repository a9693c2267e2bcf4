//! Checking without loom.

use super::Checker;

/// Adds nothing: without loom, no engine explores weak memory orderings.
pub(super) fn add_to(checker: Checker) -> Checker {
    checker
}
