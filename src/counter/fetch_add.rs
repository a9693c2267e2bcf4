//! The counter with an atomic read-modify-write.

use super::Counter;
use crate::backend::{Atomic, AtomicNumber, Primitives};
use std::sync::atomic::Ordering::Relaxed;

/// Adds by one indivisible operation.
///
/// The processor loads, adds and stores in one step, which no other thread can divide.
/// [`Unlocked`](super::Unlocked) has a moment between load and store; this counter has none. It needs no
/// lock, and it loses no update.
///
/// It does not look at the result of the addition. So the order of the updates makes no difference to anybody, and
/// any number of them is one single execution. [`FetchAddResult`](super::FetchAddResult) is its twin that looks.
#[derive(Debug)]
pub struct FetchAdd<P: Primitives> {
    value: P::AtomicInt,
}

impl<P: Primitives> Counter<P> for FetchAdd<P> {
    fn new() -> Self {
        FetchAdd {
            value: P::AtomicInt::new(0.into()).named("x"),
        }
    }

    fn add(&self, delta: i64) {
        self.value.add(delta.into(), Relaxed);
    }

    fn get(&self) -> P::Int {
        self.value.load(Relaxed)
    }
}
