//! Sizes of scenarios that exist in many sizes.

use std::fmt;

/// The size of a scenario whose threads all do the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The number of threads.
    pub threads: usize,
    /// The number of operations that each thread performs.
    pub iterations: u64,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}", self.threads, self.iterations)
    }
}
