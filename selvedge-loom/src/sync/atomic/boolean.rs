//! The atomic flag.

use super::{Ordering, atomic, bitwise, on_failure};
use selvedge_explorer::sync::atomic::Atomic;

/// An atomic flag.
#[derive(Debug)]
pub struct AtomicBool(Atomic<bool>);

impl AtomicBool {
    atomic!(bool);
    bitwise!(bool);

    /// Inverts the flag; returns the value before.
    #[track_caller]
    pub fn fetch_not(&self, order: Ordering) -> bool {
        self.0.fetch_not(order)
    }
}

impl Default for AtomicBool {
    #[track_caller]
    fn default() -> Self {
        Self::new(false)
    }
}

impl From<bool> for AtomicBool {
    #[track_caller]
    fn from(value: bool) -> Self {
        Self::new(value)
    }
}
