//! The counter that tries to exchange once, and leaves the retry to the caller.

use super::Counter;
use crate::backend::{Atomic, Primitives};
use selvedge_explorer::Flow;
use std::sync::atomic::Ordering::Relaxed;

/// Stores the sum only if the value is still the one that was loaded, and otherwise says so.
///
/// The twin of [`CompareExchange`](super::CompareExchange), without its loop: an attempt that fails has changed
/// nothing and remembers nothing, so whoever repeats it starts afresh. That keeps the number of states small: a
/// loop inside remembers every value that it has found.
#[derive(Debug)]
pub struct Attempt<P: Primitives> {
    value: P::AtomicInt,
}

impl<P: Primitives> Counter<P> for Attempt<P> {
    fn new() -> Self {
        Attempt {
            value: P::AtomicInt::new(0.into()).named("x"),
        }
    }

    fn add(&self, delta: i64) {
        while self.step(delta) == Flow::Again {}
    }

    fn step(&self, delta: i64) -> Flow {
        let seen = self.value.load(Relaxed);
        match self.value.compare_exchange(seen, seen + delta, Relaxed, Relaxed) {
            Ok(_) => Flow::Done,
            Err(_) => Flow::Again,
        }
    }

    fn get(&self) -> P::Int {
        self.value.load(Relaxed)
    }
}
