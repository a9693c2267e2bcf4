//! The counter with an atomic read-modify-write, whose result is looked at.

use super::Counter;
use crate::backend::{Atomic, AtomicNumber, Primitives};
use std::hint::black_box;
use std::sync::atomic::Ordering::Relaxed;

/// Adds by one indivisible operation, and looks at the value from before.
///
/// The twin of [`FetchAdd`](super::FetchAdd). The sum is the same; but each thread now sees who came before it,
/// so every order of the updates is an execution of its own: with two threads of n updates each,
/// (2n)! / (n! n!) of them.
#[derive(Debug)]
pub struct FetchAddResult<P: Primitives> {
    value: P::AtomicInt,
}

impl<P: Primitives> Counter<P> for FetchAddResult<P> {
    fn new() -> Self {
        FetchAddResult {
            value: P::AtomicInt::new(0.into()).named("x"),
        }
    }

    fn add(&self, delta: i64) {
        let before = self.value.fetch_add(delta.into(), Relaxed);
        black_box(before);
    }

    fn get(&self) -> P::Int {
        self.value.load(Relaxed)
    }
}
