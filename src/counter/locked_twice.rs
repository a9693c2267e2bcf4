//! The counter that locks each access, but not the whole update.

use super::Counter;
use crate::backend::{Lock, Primitives};

/// Locks to load, unlocks, computes, and locks again to store.
///
/// Every access is under the lock, so there is no data race, and a tool that only looks for data races finds
/// nothing. But the lock is free between the load and the store, and another thread can update the value
/// there. A lock around each access is not a lock around the update.
#[derive(Debug)]
pub struct LockedTwice<P: Primitives> {
    value: P::Mutex<P::Int>,
}

impl<P: Primitives> Counter<P> for LockedTwice<P> {
    fn new() -> Self {
        LockedTwice {
            value: P::Mutex::new(0.into()).named("count"),
        }
    }

    fn add(&self, delta: i64) {
        let seen = *self.value.lock();
        // The lock was unlocked at the end of that line: another thread may update the value here.
        *self.value.lock() = seen + delta;
    }

    fn get(&self) -> P::Int {
        *self.value.lock()
    }
}
