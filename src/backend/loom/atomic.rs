//! Loom's atomics, watched for the one known situation in which loom's search skips executions.
//!
//! Loom remembers only the *last* access to an atomic variable, and reverses a store only with that one.
//! Suppose that a thread loads, and then another thread loads too and stores. The second load hides the
//! first: loom never tries the store before the first load, and an outcome can be missing. (Loom's issues 166
//! and 392, both open; seen with loom 0.7: with `get` in one thread and load and store in another, it never
//! shows the `get` that comes last.)

use super::super::atomic::atomics;
use super::super::{Atomic, AtomicBits, AtomicInteger};
use super::HIDDEN_LOAD;
use super::leave::operation;
use crate::execution::{NO_WEAK_FAILURE, Record};
use loom::thread::ThreadId;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

atomics!(loom::sync::atomic);

/// An atomic type of loom, and the threads that have loaded from it since the last write.
#[derive(Debug)]
pub struct LoomAtomic<A> {
    atomic: A,
    loads: Mutex<Vec<ThreadId>>,
}

impl<A> LoomAtomic<A> {
    fn loads(&self) {
        let thread = loom::thread::current().id();
        let mut loads = self.loads.lock().unwrap_or_else(PoisonError::into_inner);
        if loads.last() != Some(&thread) {
            loads.push(thread);
        }
    }

    /// Notes a write; to loom, a read-modify-write that fails is a write, too.
    fn writes(&self) {
        let thread = loom::thread::current().id();
        let mut loads = self.loads.lock().unwrap_or_else(PoisonError::into_inner);
        let hidden = loads.len().saturating_sub(1);
        if loads[..hidden].iter().any(|loader| *loader != thread) {
            Record::note_gap(HIDDEN_LOAD);
        }
        loads.clear();
    }
}

impl<T, A: Atomic<T>> Atomic<T> for LoomAtomic<A> {
    #[track_caller]
    fn new(value: T) -> Self {
        LoomAtomic {
            atomic: A::new(value),
            loads: Mutex::default(),
        }
    }

    #[track_caller]
    fn load(&self, ordering: Ordering) -> T {
        let value = operation(|| self.atomic.load(ordering));
        self.loads();
        value
    }

    #[track_caller]
    fn store(&self, value: T, ordering: Ordering) {
        operation(|| self.atomic.store(value, ordering));
        self.writes();
    }

    #[track_caller]
    fn swap(&self, value: T, ordering: Ordering) -> T {
        let before = operation(|| self.atomic.swap(value, ordering));
        self.writes();
        before
    }

    #[track_caller]
    fn compare_exchange(&self, current: T, new: T, success: Ordering, failure: Ordering) -> Result<T, T> {
        let result = operation(|| self.atomic.compare_exchange(current, new, success, failure));
        self.writes();
        result
    }

    #[track_caller]
    fn compare_exchange_weak(
        &self,
        current: T,
        new: T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<T, T> {
        Record::note_gap(NO_WEAK_FAILURE);
        self.compare_exchange(current, new, success, failure)
    }
}

/// Read-modify-writes: each forwards to loom's, and is a write.
macro_rules! updates {
    ($which:ident { $($method:ident),* }) => {
        impl<T, A: $which<T>> $which<T> for LoomAtomic<A> {
            $(
                #[track_caller]
                fn $method(&self, value: T, ordering: Ordering) -> T {
                    let before = operation(|| self.atomic.$method(value, ordering));
                    self.writes();
                    before
                }
            )*
        }
    };
}

updates!(AtomicBits {
    fetch_and,
    fetch_nand,
    fetch_or,
    fetch_xor
});
updates!(AtomicInteger {
    fetch_add,
    fetch_sub,
    fetch_max,
    fetch_min
});
