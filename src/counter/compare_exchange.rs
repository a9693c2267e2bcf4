//! The counter with a retry loop.

use super::Counter;
use crate::backend::{Atomic, Backend};
use std::sync::atomic::Ordering::Relaxed;

/// Stores the sum only if the value is still the one that was loaded, and tries again otherwise.
///
/// The moment between load and store of [`Unlocked`](super::Unlocked) is here as well. But if another thread
/// stores in that moment, the `compare_exchange` fails and stores nothing. The loop ends: a thread tries
/// again only after another thread's update has succeeded, and there are finitely many updates.
#[derive(Debug)]
pub struct CompareExchange<B: Backend> {
    value: B::AtomicI64,
}

impl<B: Backend> Counter for CompareExchange<B> {
    fn new() -> Self {
        CompareExchange {
            value: B::AtomicI64::new(0).named("x"),
        }
    }

    fn add(&self, delta: i64) {
        let mut seen = self.value.load(Relaxed);
        while let Err(found) = self.value.compare_exchange(seen, seen + delta, Relaxed, Relaxed) {
            seen = found;
        }
    }

    fn get(&self) -> i64 {
        self.value.load(Relaxed)
    }
}
