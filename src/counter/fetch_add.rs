//! The counter with an atomic read-modify-write.

use super::Counter;
use crate::backend::{Atomic, AtomicInteger, Backend};
use std::sync::atomic::Ordering::Relaxed;

/// Adds by one indivisible operation.
///
/// The processor loads, adds and stores in one step, which no other thread can divide.
/// [`Unlocked`](super::Unlocked) has a moment between load and store; this counter has none. It needs no
/// lock, and it loses no update.
#[derive(Debug)]
pub struct FetchAdd<B: Backend> {
    value: B::AtomicI64,
}

impl<B: Backend> Counter for FetchAdd<B> {
    fn new() -> Self {
        FetchAdd {
            value: B::AtomicI64::new(0).named("x"),
        }
    }

    fn add(&self, delta: i64) {
        self.value.fetch_add(delta, Relaxed);
    }

    fn get(&self) -> i64 {
        self.value.load(Relaxed)
    }
}
