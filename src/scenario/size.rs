//! Sizes of scenarios that come in many.

use std::fmt;

/// The size of a scenario whose threads do the same so many times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many threads.
    pub threads: usize,
    /// How many operations each of them performs.
    pub iterations: u64,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}", self.threads, self.iterations)
    }
}
