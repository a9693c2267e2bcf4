//! Shuttle's primitives and threads.

mod rwlock;

use self::rwlock::ShuttleRwLock;
use super::atomic::atomics;
use super::{
    Atomic, AtomicBits, AtomicInteger, Backend, ConditionVariable, Guard, Join, Lock, MemoryModel, PlainCell,
    Primitives, Unpark, unless_held,
};
use crate::execution::{Caught, Fault, Gap, NO_SPURIOUS_WAKEUP, NO_WEAK_FAILURE, Record, ThreadNumber};
use shuttle::sync::atomic;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The data races that shuttle does not look for on plain memory.
pub(crate) const DATA_RACES: Gap = Gap("data races are not looked for");

/// The primitives of the shuttle crate, to be used within an exploration by the shuttle engine.
#[derive(Debug, Clone, Copy)]
pub struct Shuttle;

atomics!(shuttle::sync::atomic => NO_WEAK_FAILURE);

impl Primitives for Shuttle {
    type Int = i64;
    type AtomicInt = atomic::AtomicI64;
    type Mutex<T: Send + 'static> = shuttle::sync::Mutex<T>;
    type RwLock<T: Send + Sync + 'static> = ShuttleRwLock<T>;
    type Condvar = shuttle::sync::Condvar;
    type AtomicI8 = atomic::AtomicI8;
    type AtomicI16 = atomic::AtomicI16;
    type AtomicI32 = atomic::AtomicI32;
    type AtomicI64 = atomic::AtomicI64;
    type AtomicIsize = atomic::AtomicIsize;
    type AtomicU8 = atomic::AtomicU8;
    type AtomicU16 = atomic::AtomicU16;
    type AtomicU32 = atomic::AtomicU32;
    type AtomicU64 = atomic::AtomicU64;
    type AtomicUsize = atomic::AtomicUsize;
    type AtomicBool = atomic::AtomicBool;
    type AtomicPtr<T: 'static> = atomic::AtomicPtr<T>;
    type Cell<T: Copy + Send + 'static> = ShuttleCell<T>;
    type Thread = shuttle::thread::Thread;

    fn yield_now() {
        shuttle::thread::yield_now();
    }

    fn current() -> shuttle::thread::Thread {
        shuttle::thread::current()
    }

    fn park() {
        shuttle::thread::park();
    }

    fn park_timeout(_: Duration) {
        panic!("{NO_TIMEOUTS}")
    }
}

impl Backend for Shuttle {
    const MEMORY_MODEL: MemoryModel = MemoryModel::SequentialConsistency;
    type JoinHandle<T: Send + 'static> = ShuttleJoinHandle<T>;

    #[track_caller]
    fn fence(ordering: Ordering) {
        atomic::fence(ordering);
    }

    fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> ShuttleJoinHandle<T> {
        spawn(Box::new(body))
    }
}

/// Spawns a thread; the body is boxed, so that this is compiled once for all bodies that return a `T`.
#[track_caller]
fn spawn<T: Send + 'static>(body: Box<dyn FnOnce() -> T + Send>) -> ShuttleJoinHandle<T> {
    let record = Record::current().unwrap_or_default();
    let number = record.thread_spawned();
    let handle = shuttle::thread::spawn(move || record.run_thread(number, body, fault_of_shuttle));
    ShuttleJoinHandle { number, handle }
}

impl Unpark for shuttle::thread::Thread {
    fn unpark(&self) {
        shuttle::thread::Thread::unpark(self);
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

    #[track_caller]
    fn try_lock(&self) -> Option<shuttle::sync::MutexGuard<'_, T>> {
        unless_held(shuttle::sync::Mutex::try_lock(self))
    }
}

impl ConditionVariable<Shuttle> for shuttle::sync::Condvar {
    #[track_caller]
    fn new() -> Self {
        shuttle::sync::Condvar::new()
    }

    #[track_caller]
    fn wait<'a, T: Send + 'static>(&self, guard: Guard<'a, Shuttle, T>) -> Guard<'a, Shuttle, T> {
        Record::note_gap(NO_SPURIOUS_WAKEUP);
        shuttle::sync::Condvar::wait(self, guard).unwrap()
    }

    fn wait_timeout<'a, T: Send + 'static>(
        &self,
        _guard: Guard<'a, Shuttle, T>,
        _timeout: Duration,
    ) -> (Guard<'a, Shuttle, T>, bool) {
        panic!("{NO_TIMEOUTS}")
    }

    fn wait_timeout_unless<'a, T: Send + 'static>(
        &self,
        _guard: Guard<'a, Shuttle, T>,
        _timeout: Duration,
        _word: &<Shuttle as Primitives>::AtomicUsize,
        _value: usize,
    ) -> (Guard<'a, Shuttle, T>, bool) {
        panic!("{NO_TIMEOUTS}")
    }

    fn notify_one(&self) {
        shuttle::sync::Condvar::notify_one(self);
    }

    fn notify_all(&self) {
        shuttle::sync::Condvar::notify_all(self);
    }
}

/// Plain memory under shuttle, which has none of its own: another thread may run before each access, and the
/// access itself is one step. Shuttle finds no data race; it shows the lost updates.
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
        Record::note_gap(DATA_RACES);
        self.scheduling_point.load(Ordering::Relaxed);
        *self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, value: T) {
        Record::note_gap(DATA_RACES);
        self.scheduling_point.load(Ordering::Relaxed);
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

/// A handle to a thread of a shuttle test.
#[derive(Debug)]
pub struct ShuttleJoinHandle<T> {
    number: ThreadNumber,
    handle: shuttle::thread::JoinHandle<std::thread::Result<T>>,
}

impl<T> Join<T> for ShuttleJoinHandle<T> {
    type Thread = shuttle::thread::Thread;

    fn thread(&self) -> shuttle::thread::Thread {
        self.handle.thread().clone()
    }

    fn join(self) -> std::thread::Result<T> {
        let result = self.handle.join().and_then(|result| result);
        if let (Err(_), Some(record)) = (&result, Record::current()) {
            record.panic_claimed(self.number);
        }
        result
    }
}

const NO_TIMEOUTS: &str = "shuttle models no time-outs";

const NO_SECOND_READ: &str = "shuttle models no attempt to read by a thread that reads already";

/// Returns the fault behind a panic by which shuttle reports that a thread waits for a lock that it holds
/// itself, or by which this backend reports what shuttle cannot do.
pub(crate) fn fault_of_shuttle(caught: &Caught) -> Option<Fault> {
    if caught.message.starts_with("deadlock! task") {
        return Some(Fault::Deadlock);
    }
    let refusal = [NO_TIMEOUTS, NO_SECOND_READ]
        .into_iter()
        .find(|refusal| caught.message.starts_with(refusal));
    refusal.map(Fault::Unsupported)
}
