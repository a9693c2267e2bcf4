//! `std`'s primitives and real threads.
//!
//! In an exploration by the `threads` engine, threads are released together and deadlocks are noticed.
//! Elsewhere these are `std`'s types and nothing more.

mod condvar;
mod mutex;
mod rwlock;
mod start_gate;
mod waits_for;

use self::mutex::StdMutex;
use self::start_gate::StartGate;
use self::waits_for::{ThreadKey, WaitsFor};
use super::{Backend, Join, MemoryModel, PlainCell, Primitives, Unpark};
use crate::execution::{Record, ThreadNumber};
use crossbeam_utils::atomic::AtomicCell;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{self, Ordering};
use std::thread;
use std::time::Duration;

thread_local! {
    static EXPLORATION: RefCell<Option<Arc<RealThreads>>> = const { RefCell::new(None) };
    static IS_MAIN: Cell<bool> = const { Cell::new(false) };
}

/// Real threads and the primitives of `std`.
#[derive(Debug, Clone, Copy)]
pub struct Std;

/// The state that the real threads of an exploration share.
#[derive(Debug)]
pub(crate) struct RealThreads {
    mode: Mode,
    gate: StartGate,
    waits_for: WaitsFor,
}

/// The order in which the threads of an execution run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// All at once: they are released together when all have been spawned.
    SideBySide,
    /// One after the other: `spawn` returns when the thread has ended.
    InSequence,
}

impl RealThreads {
    pub(crate) fn new(mode: Mode) -> Arc<Self> {
        Arc::new(RealThreads {
            mode,
            gate: StartGate::default(),
            waits_for: WaitsFor::default(),
        })
    }

    /// Makes this OS thread the main thread of the following executions.
    pub(crate) fn enter_main(self: &Arc<Self>) {
        EXPLORATION.set(Some(Arc::clone(self)));
        IS_MAIN.set(true);
    }

    /// Closes the starting gate again, for the next execution.
    pub(crate) fn reset(&self) {
        self.gate.close();
    }

    /// Lets every thread that waits at the starting gate run.
    pub(crate) fn release(&self) {
        self.gate.open();
    }

    /// Returns `true` if threads wait for one another in a circle, which never ends.
    pub(crate) fn has_deadlock(&self) -> bool {
        self.waits_for.has_cycle()
    }

    fn current() -> Option<Arc<Self>> {
        EXPLORATION.with_borrow(Clone::clone)
    }
}

impl Primitives for Std {
    type Int = i64;
    type AtomicInt = atomic::AtomicI64;
    type Mutex<T: Send + 'static> = StdMutex<T>;
    type RwLock<T: Send + Sync + 'static> = std::sync::RwLock<T>;
    type Condvar = std::sync::Condvar;
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
    type Cell<T: Copy + Send + 'static> = AtomicCell<T>;
    type Thread = thread::Thread;

    fn yield_now() {
        open_gate_if_main();
        thread::yield_now();
    }

    fn current() -> thread::Thread {
        thread::current()
    }

    fn park() {
        open_gate_if_main();
        thread::park();
    }

    fn park_timeout(timeout: Duration) {
        open_gate_if_main();
        thread::park_timeout(timeout);
    }
}

impl Backend for Std {
    const MEMORY_MODEL: MemoryModel = MemoryModel::Hardware;
    type JoinHandle<T: Send + 'static> = StdJoinHandle<T>;

    fn fence(ordering: Ordering) {
        atomic::fence(ordering);
    }

    fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> StdJoinHandle<T> {
        spawn(Box::new(body))
    }
}

/// Spawns a thread; the body is boxed, so that this is compiled once for all bodies that return a `T`.
fn spawn<T: Send + 'static>(body: Box<dyn FnOnce() -> T + Send>) -> StdJoinHandle<T> {
    let key = ThreadKey::fresh();
    let (Some(threads), Some(record)) = (RealThreads::current(), Record::current()) else {
        return StdJoinHandle {
            key,
            number: None,
            handle: thread::spawn(move || Ok(body())),
        };
    };
    let number = record.thread_spawned();
    let gated = IS_MAIN.get() && threads.mode == Mode::SideBySide;
    let in_sequence = threads.mode == Mode::InSequence;
    if gated {
        threads.gate.expect_one_more();
    }
    let (in_thread, threads_in_thread) = (Arc::clone(&record), Arc::clone(&threads));
    let handle = thread::Builder::new().spawn(move || {
        in_thread.enter();
        key.enter();
        EXPLORATION.set(Some(Arc::clone(&threads_in_thread)));
        if gated {
            threads_in_thread.gate.wait();
        }
        in_thread.run_thread(number, body, |_| None)
    });
    let handle = handle.unwrap_or_else(|error| {
        record.thread_not_spawned();
        if gated {
            threads.gate.expect_one_less();
        }
        panic!("no thread could be started: {error}")
    });
    if in_sequence {
        while !handle.is_finished() {
            thread::yield_now();
        }
    }
    StdJoinHandle {
        key,
        number: Some(number),
        handle,
    }
}

impl Unpark for thread::Thread {
    fn unpark(&self) {
        thread::Thread::unpark(self);
    }
}

/// Opens the gate before the main thread waits: whatever it waits for, the threads that it has spawned must
/// run now.
fn open_gate_if_main() {
    if IS_MAIN.get()
        && let Some(threads) = RealThreads::current()
    {
        threads.gate.open();
    }
}

/// Plain memory on real threads: atomic accesses of the same width, so that an unsynchronised access can lose
/// an update, but is never undefined behaviour.
impl<T: Copy + Send + 'static> PlainCell<T> for AtomicCell<T> {
    fn new(value: T) -> Self {
        AtomicCell::new(value)
    }

    #[inline]
    fn get(&self) -> T {
        self.load()
    }

    #[inline]
    fn set(&self, value: T) {
        self.store(value);
    }
}

/// A handle to a real thread.
#[derive(Debug)]
pub struct StdJoinHandle<T> {
    key: ThreadKey,
    /// The thread's number in the execution; `None` outside an exploration.
    number: Option<ThreadNumber>,
    handle: thread::JoinHandle<thread::Result<T>>,
}

impl<T> Join<T> for StdJoinHandle<T> {
    type Thread = thread::Thread;

    fn thread(&self) -> thread::Thread {
        self.handle.thread().clone()
    }

    fn join(self) -> thread::Result<T> {
        open_gate_if_main();
        let threads = RealThreads::current();
        let waiting = threads.as_ref().map(|threads| threads.waits_for.thread(self.key));
        let result = self.handle.join().and_then(|result| result);
        drop(waiting);
        if let (Err(_), Some(record), Some(number)) = (&result, Record::current(), self.number) {
            record.panic_claimed(number);
        }
        result
    }
}
