//! The counter that loses updates: load, then store.

use super::Counter;
use crate::backend::{Atomic, Primitives};
use std::sync::atomic::Ordering::Relaxed;

/// Adds by a load and a store, with nothing to hold the two together.
///
/// Each access is atomic, so there is no data race and no undefined behaviour. But the counter is wrong.
/// Suppose that the value is 0, one thread adds 1 and another subtracts 1:
///
/// ```text
/// thread 1             thread 2             value
/// load: sees 0                              0
///                      load: sees 0         0
/// store 0 + 1                               1
///                      store 0 - 1          -1
/// ```
///
/// Thread 2 stored a value that it computed from a stale one, and thread 1's update is gone: a *lost update*.
/// The counter ends at -1 instead of 0. Each line of `add` is right on its own; the mistake is what may
/// happen between the lines.
#[derive(Debug)]
pub struct Unlocked<P: Primitives> {
    value: P::AtomicInt,
}

impl<P: Primitives> Counter<P> for Unlocked<P> {
    fn new() -> Self {
        Unlocked {
            value: P::AtomicInt::new(0.into()).named("x"),
        }
    }

    fn add(&self, delta: i64) {
        let seen = self.value.load(Relaxed);
        // Another thread may store here; the next line would overwrite it.
        self.value.store(seen + delta, Relaxed);
    }

    fn get(&self) -> P::Int {
        self.value.load(Relaxed)
    }
}
