//! Loom's primitives and threads.

mod atomic;
mod leave;
mod lock;

use self::lock::{LoomGuard, LoomMutex, LoomRwLock};

use self::atomic::LoomAtomic;
use self::leave::operation;
use super::{Backend, ConditionVariable, Guard, Join, MemoryModel, PlainCell, Primitives, Unpark};
use crate::execution::{Caught, Fault, Gap, NO_SPURIOUS_WAKEUP, Record, ThreadNumber};
use std::mem::ManuallyDrop;
use std::panic::resume_unwind;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The executions that loom leaves out after a thread has yielded.
pub(crate) const YIELD: Gap = Gap("less what loom leaves out after a yield");

/// The executions that loom leaves out because a load hides an earlier one from its search.
pub(crate) const HIDDEN_LOAD: Gap = Gap("less what loom's search skips");

/// The executions that loom leaves out because it always wakes the first of several waiting threads.
pub(crate) const NOTIFICATION: Gap = Gap("whoever has waited longest is notified");

/// The primitives of the loom crate, to be used within an exploration by the loom engine.
#[derive(Debug, Clone, Copy)]
pub struct Loom;

impl Primitives for Loom {
    type Int = i64;
    type AtomicInt = LoomAtomic<loom::sync::atomic::AtomicI64>;
    type Mutex<T: Send + 'static> = LoomMutex<T>;
    type RwLock<T: Send + Sync + 'static> = LoomRwLock<T>;
    type Condvar = LoomCondvar;
    type AtomicI8 = LoomAtomic<loom::sync::atomic::AtomicI8>;
    type AtomicI16 = LoomAtomic<loom::sync::atomic::AtomicI16>;
    type AtomicI32 = LoomAtomic<loom::sync::atomic::AtomicI32>;
    type AtomicI64 = LoomAtomic<loom::sync::atomic::AtomicI64>;
    type AtomicIsize = LoomAtomic<loom::sync::atomic::AtomicIsize>;
    type AtomicU8 = LoomAtomic<loom::sync::atomic::AtomicU8>;
    type AtomicU16 = LoomAtomic<loom::sync::atomic::AtomicU16>;
    type AtomicU32 = LoomAtomic<loom::sync::atomic::AtomicU32>;
    type AtomicU64 = LoomAtomic<loom::sync::atomic::AtomicU64>;
    type AtomicUsize = LoomAtomic<loom::sync::atomic::AtomicUsize>;
    type AtomicBool = LoomAtomic<loom::sync::atomic::AtomicBool>;
    type AtomicPtr<T: 'static> = LoomAtomic<loom::sync::atomic::AtomicPtr<T>>;
    type Cell<T: Copy + Send + 'static> = LoomCell<T>;
    type Thread = loom::thread::Thread;

    #[track_caller]
    fn yield_now() {
        Record::note_gap(YIELD);
        operation(loom::thread::yield_now);
    }

    fn current() -> loom::thread::Thread {
        operation(loom::thread::current)
    }

    #[track_caller]
    fn park() {
        Record::note_gap(NO_SPURIOUS_WAKEUP);
        operation(loom::thread::park);
    }

    fn park_timeout(_: Duration) {
        panic!("{NO_TIMEOUTS}")
    }
}

impl Backend for Loom {
    const MEMORY_MODEL: MemoryModel = MemoryModel::C11Subset;
    type JoinHandle<T: Send + 'static> = LoomJoinHandle<T>;

    #[track_caller]
    fn fence(ordering: Ordering) {
        operation(|| loom::sync::atomic::fence(ordering));
    }

    #[track_caller]
    fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> LoomJoinHandle<T> {
        spawn(Box::new(body))
    }
}

/// Spawns a thread; the body is boxed, so that this is compiled once for all bodies that return a `T`.
#[track_caller]
fn spawn<T: Send + 'static>(body: Box<dyn FnOnce() -> T + Send>) -> LoomJoinHandle<T> {
    let record = Record::current().unwrap_or_default();
    let number = record.thread_spawned();
    // If loom gives up before the thread has begun, the body is leaked: its destructors would find no model.
    let body = ManuallyDrop::new(body);
    let run = move || {
        let result = record.run_thread(number, ManuallyDrop::into_inner(body), fault_of_loom);
        match result {
            // Loom itself gave up: it must see its own panic.
            Err(payload) if record.first_fault().is_some() => resume_unwind(payload),
            result => result,
        }
    };
    let handle = operation(|| loom::thread::spawn(run));
    LoomJoinHandle { number, handle }
}

impl Unpark for loom::thread::Thread {
    fn unpark(&self) {
        operation(|| loom::thread::Thread::unpark(self));
    }
}

/// Loom's condition variable, watched for notifications that could wake several threads: loom wakes the
/// thread that has waited longest, and never tries another.
#[derive(Debug)]
pub struct LoomCondvar {
    condvar: loom::sync::Condvar,
    /// The number of threads that wait.
    waiting: AtomicUsize,
}

impl ConditionVariable<Loom> for LoomCondvar {
    fn new() -> Self {
        LoomCondvar {
            condvar: loom::sync::Condvar::new(),
            waiting: AtomicUsize::new(0),
        }
    }

    #[track_caller]
    fn wait<'a, T: Send + 'static>(&self, guard: Guard<'a, Loom, T>) -> Guard<'a, Loom, T> {
        Record::note_gap(NO_SPURIOUS_WAKEUP);
        self.waiting.fetch_add(1, Relaxed);
        let guard = operation(|| self.condvar.wait(guard.into_inner()));
        self.waiting.fetch_sub(1, Relaxed);
        LoomGuard::new(guard.expect("loom panics where std returns an error"))
    }

    fn wait_timeout<'a, T: Send + 'static>(
        &self,
        _guard: Guard<'a, Loom, T>,
        _timeout: Duration,
    ) -> (Guard<'a, Loom, T>, bool) {
        panic!("{NO_TIMEOUTS}")
    }

    fn wait_timeout_unless<'a, T: Send + 'static>(
        &self,
        _guard: Guard<'a, Loom, T>,
        _timeout: Duration,
        _word: &<Loom as Primitives>::AtomicUsize,
        _value: usize,
    ) -> (Guard<'a, Loom, T>, bool) {
        panic!("{NO_TIMEOUTS}")
    }

    #[track_caller]
    fn notify_one(&self) {
        if self.waiting.load(Relaxed) > 1 {
            Record::note_gap(NOTIFICATION);
        }
        operation(|| self.condvar.notify_one());
    }

    #[track_caller]
    fn notify_all(&self) {
        operation(|| self.condvar.notify_all());
    }
}

/// Loom's cell, which reports a data race, in a lock that makes it shareable.
///
/// The lock is held for one access only. Loom does not switch threads during an access, so the lock is always
/// free.
#[derive(Debug)]
pub struct LoomCell<T>(Mutex<loom::cell::Cell<T>>);

impl<T: Copy + Send + 'static> PlainCell<T> for LoomCell<T> {
    #[track_caller]
    fn new(value: T) -> Self {
        LoomCell(Mutex::new(loom::cell::Cell::new(value)))
    }

    #[track_caller]
    fn get(&self) -> T {
        let cell = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        operation(|| cell.get())
    }

    #[track_caller]
    fn set(&self, value: T) {
        let cell = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        operation(|| cell.set(value));
    }
}

/// A handle to a thread of a loom model.
#[derive(Debug)]
pub struct LoomJoinHandle<T> {
    number: ThreadNumber,
    handle: loom::thread::JoinHandle<std::thread::Result<T>>,
}

impl<T> Join<T> for LoomJoinHandle<T> {
    type Thread = loom::thread::Thread;

    fn thread(&self) -> loom::thread::Thread {
        self.handle.thread().clone()
    }

    #[track_caller]
    fn join(self) -> std::thread::Result<T> {
        let result = operation(|| self.handle.join()).expect("the body catches its panics");
        if let (Err(_), Some(record)) = (&result, Record::current()) {
            record.panic_claimed(self.number);
        }
        result
    }
}

const NO_TIMEOUTS: &str = "loom models no time-outs";

const NO_TRY_LOCK: &str = "loom models no attempts to lock";

/// Returns `true` for a panic by which this backend reports what loom cannot do.
fn is_refusal(message: &str) -> bool {
    [NO_TIMEOUTS, NO_TRY_LOCK]
        .into_iter()
        .any(|refusal| message.starts_with(refusal))
}

/// Returns `true` for a file of the loom crate itself, whose panics are about loom and not about the program.
fn is_of_loom(file: &str) -> bool {
    file.split(['/', '\\'])
        .any(|part| part == "loom" || part.starts_with("loom-0."))
}

/// Returns the fault behind a panic by which loom itself gave up an execution.
pub(crate) fn fault_of_loom(caught: &Caught) -> Option<Fault> {
    let starts = |prefix| caught.message.trim_start().starts_with(prefix);
    if starts("deadlock; threads =") {
        Some(Fault::Deadlock)
    } else if starts("Causality violation") {
        Some(Fault::DataRace)
    } else if starts("Model exceeded maximum number of branches") {
        Some(Fault::StepLimit)
    } else if is_refusal(&caught.message) || is_of_loom(&caught.file) {
        Some(Fault::Unsupported("loom gave up"))
    } else {
        None
    }
}
