//! The counter whose threads each take a lock of their own.

use super::Counter;
use crate::backend::{Atomic, Lock, Primitives};
use std::sync::atomic::Ordering::Relaxed;

/// Takes a lock for the whole update, but not the lock that the other threads take.
///
/// In Python this is `lock = threading.Lock()` inside each thread's function. The update looks locked, and
/// each thread does hold a lock. But a lock excludes only threads that take the *same* lock.
#[derive(Debug)]
pub struct WrongLock<P: Primitives> {
    value: P::AtomicInt,
}

impl<P: Primitives> Counter<P> for WrongLock<P> {
    fn new() -> Self {
        WrongLock {
            value: P::AtomicInt::new(0.into()).named("x"),
        }
    }

    fn add(&self, delta: i64) {
        // No other thread can ever see this lock, so it keeps no thread out.
        let lock = P::Mutex::new(()).named("mutex");
        let _guard = lock.lock();
        let seen = self.value.load(Relaxed);
        self.value.store(seen + delta, Relaxed);
    }

    fn get(&self) -> P::Int {
        self.value.load(Relaxed)
    }
}
