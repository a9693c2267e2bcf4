//! The counter with a retry loop.

use super::Counter;
use crate::backend::{Atomic, Primitives};
use std::sync::atomic::Ordering::Relaxed;

/// Stores the sum only if the value is still the one that was loaded, and tries again otherwise.
///
/// The moment between load and store of [`Unlocked`](super::Unlocked) is here as well. But if another thread
/// stores in that moment, the `compare_exchange` fails and stores nothing. The loop ends: a thread tries
/// again only after another thread's update has succeeded, and there are finitely many updates.
#[derive(Debug)]
pub struct CompareExchange<P: Primitives> {
    value: P::AtomicInt,
}

impl<P: Primitives> Counter<P> for CompareExchange<P> {
    fn new() -> Self {
        CompareExchange {
            value: P::AtomicInt::new(0.into()).named("x"),
        }
    }

    fn add(&self, delta: i64) {
        let mut seen = self.value.load(Relaxed);
        while let Err(found) = self.value.compare_exchange(seen, seen + delta, Relaxed, Relaxed) {
            seen = found;
        }
    }

    fn get(&self) -> P::Int {
        self.value.load(Relaxed)
    }
}
