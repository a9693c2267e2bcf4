//! Loom's primitives and threads.

mod atomic;

use self::atomic::LoomAtomic;
use super::{Backend, Join, Lock, MemoryModel, PlainCell};
use crate::execution::{Caught, Fault, Record};
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};

/// The primitives of the loom crate, to be used within an exploration by the loom engine.
#[derive(Debug, Clone, Copy)]
pub struct Loom;

impl Backend for Loom {
    const MEMORY_MODEL: MemoryModel = MemoryModel::C11Subset;
    type Mutex<T: Send + 'static> = loom::sync::Mutex<T>;
    type AtomicI64 = LoomAtomic<loom::sync::atomic::AtomicI64>;
    type AtomicUsize = LoomAtomic<loom::sync::atomic::AtomicUsize>;
    type AtomicBool = LoomAtomic<loom::sync::atomic::AtomicBool>;
    type Cell<T: Copy + Send + 'static> = LoomCell<T>;
    type JoinHandle<T: Send + 'static> = LoomJoinHandle<T>;

    #[track_caller]
    fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> LoomJoinHandle<T> {
        let record = Record::current().unwrap_or_default();
        record.thread_spawned();
        LoomJoinHandle(loom::thread::spawn(move || {
            let result = record.run_thread(body, fault_of_loom);
            match result {
                // Loom itself gave up: it must see its own panic.
                Err(payload) if record.first_fault().is_some() => resume_unwind(payload),
                result => result,
            }
        }))
    }

    #[track_caller]
    fn yield_now() {
        loom::thread::yield_now();
    }
}

impl<T: Send + 'static> Lock<T> for loom::sync::Mutex<T> {
    type Guard<'a> = loom::sync::MutexGuard<'a, T>;

    fn new(value: T) -> Self {
        loom::sync::Mutex::new(value)
    }

    #[track_caller]
    fn lock(&self) -> loom::sync::MutexGuard<'_, T> {
        loom::sync::Mutex::lock(self).expect("loom panics where std returns an error")
    }
}

/// Loom's cell, which reports a data race, in a lock that makes it shareable.
///
/// The lock is held for one access only, in which loom does not change threads, so it is always free.
#[derive(Debug)]
pub struct LoomCell<T>(Mutex<loom::cell::Cell<T>>);

impl<T: Copy + Send + 'static> PlainCell<T> for LoomCell<T> {
    #[track_caller]
    fn new(value: T) -> Self {
        LoomCell(Mutex::new(loom::cell::Cell::new(value)))
    }

    #[track_caller]
    fn get(&self) -> T {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get()
    }

    #[track_caller]
    fn set(&self, value: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).set(value);
    }
}

/// A handle to a thread of a loom model.
#[derive(Debug)]
pub struct LoomJoinHandle<T>(loom::thread::JoinHandle<std::thread::Result<T>>);

impl<T> Join<T> for LoomJoinHandle<T> {
    #[track_caller]
    fn join(self) -> std::thread::Result<T> {
        let result = self.0.join().expect("the body catches its panics");
        if let (Err(_), Some(record)) = (&result, Record::current()) {
            record.panic_claimed();
        }
        result
    }
}

/// What loom says when it meets a program that it cannot model.
const UNSUPPORTED: [&str; 3] = [
    "self.threads.len() < self.max()",
    "[loom internal bug]",
    "Is the model fully deterministic?",
];

/// Recognises the panics by which loom itself gives up an execution.
pub(crate) fn fault_of_loom(caught: &Caught) -> Option<Fault> {
    let starts = |prefix| caught.message.trim_start().starts_with(prefix);
    if starts("deadlock; threads =") {
        Some(Fault::Deadlock)
    } else if starts("Causality violation") {
        Some(Fault::DataRace)
    } else if starts("Model exceeded maximum number of branches") {
        Some(Fault::StepLimit)
    } else if UNSUPPORTED.iter().any(|part| caught.message.contains(part)) {
        Some(Fault::Unsupported)
    } else {
        None
    }
}
