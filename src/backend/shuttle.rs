//! Shuttle's primitives and threads.

use super::{Atomic, Backend, Join, Lock, MemoryModel, PlainCell};
use crate::execution::{Caught, Fault, Record};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

/// The primitives of the shuttle crate, to be used within an exploration by the shuttle engine.
#[derive(Debug, Clone, Copy)]
pub struct Shuttle;

impl Backend for Shuttle {
    const MEMORY_MODEL: MemoryModel = MemoryModel::SequentialConsistency;
    type Mutex<T: Send + 'static> = shuttle::sync::Mutex<T>;
    type AtomicI64 = shuttle::sync::atomic::AtomicI64;
    type AtomicUsize = shuttle::sync::atomic::AtomicUsize;
    type AtomicBool = shuttle::sync::atomic::AtomicBool;
    type Cell<T: Copy + Send + 'static> = ShuttleCell<T>;
    type JoinHandle<T: Send + 'static> = ShuttleJoinHandle<T>;

    #[track_caller]
    fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> ShuttleJoinHandle<T> {
        let record = Record::current().unwrap_or_default();
        record.thread_spawned();
        ShuttleJoinHandle(shuttle::thread::spawn(move || {
            record.run_thread(body, fault_of_shuttle)
        }))
    }

    fn yield_now() {
        shuttle::thread::yield_now();
    }
}

impl<T: Send + 'static> Lock<T> for shuttle::sync::Mutex<T> {
    type Guard<'a> = shuttle::sync::MutexGuard<'a, T>;

    #[track_caller]
    fn new(value: T) -> Self {
        shuttle::sync::Mutex::new(value)
    }

    #[track_caller]
    fn lock(&self) -> shuttle::sync::MutexGuard<'_, T> {
        shuttle::sync::Mutex::lock(self).unwrap()
    }
}

/// Plain memory under shuttle, which has none: another thread may run before each access, and the access itself
/// is one step. Shuttle finds no data race; it shows the updates that one loses.
pub struct ShuttleCell<T> {
    value: Mutex<T>,
    scheduling_point: shuttle::sync::atomic::AtomicBool,
}

impl<T> std::fmt::Debug for ShuttleCell<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShuttleCell").finish_non_exhaustive()
    }
}

impl<T: Copy + Send + 'static> PlainCell<T> for ShuttleCell<T> {
    #[track_caller]
    fn new(value: T) -> Self {
        ShuttleCell {
            value: Mutex::new(value),
            scheduling_point: Atomic::new(false),
        }
    }

    fn get(&self) -> T {
        self.scheduling_point.load(Ordering::Relaxed);
        *self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, value: T) {
        self.scheduling_point.load(Ordering::Relaxed);
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

/// A handle to a thread of a shuttle test.
#[derive(Debug)]
pub struct ShuttleJoinHandle<T>(shuttle::thread::JoinHandle<std::thread::Result<T>>);

impl<T> Join<T> for ShuttleJoinHandle<T> {
    fn join(self) -> std::thread::Result<T> {
        let result = self.0.join().and_then(|result| result);
        if let (Err(_), Some(record)) = (&result, Record::current()) {
            record.panic_claimed();
        }
        result
    }
}

/// Recognises the panic by which shuttle reports that a thread waits for a lock that it holds itself.
pub(crate) fn fault_of_shuttle(caught: &Caught) -> Option<Fault> {
    caught
        .message
        .starts_with("deadlock! task")
        .then_some(Fault::Deadlock)
}
