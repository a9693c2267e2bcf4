//! The runtime: the program's threads as coroutines, all on the calling OS thread.
//!
//! Every thread of the program under test runs on a coroutine with a stack of its own (with a guard
//! page below it). It announces an operation, and is suspended until the search has chosen it;
//! if the search chooses the thread that has just announced, there is no switch at all. Coroutines
//! are kept and reused: a thread that ends leaves its coroutine waiting for the next job.
//!
//! An execution that is over leaves threads behind that cannot go on (in a deadlock, say). They
//! are *abandoned*: resumed with a panic of our own that unwinds their stacks. Operations in the
//! destructors that run then change nothing. A destructor that would have to wait for another
//! abandoned thread, or does not come to an end, has its coroutine leaked instead.
//!
//! This file and those in `runtime/` are the only ones with `unsafe`. The argument for it: a `Runtime` is boxed, belongs to one
//! OS thread, and is reached from the coroutines by the thread-local pointer `CURRENT`, which is
//! set exactly while a coroutine runs. Code on a coroutine and code of the driving loop never run
//! at the same time, and references into the runtime are never held across a switch or a call of
//! the program's code.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, Location, PanicHookInfo};
use std::ptr;
use std::thread;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, Yielder};

use super::ending::{PanicInfo, SourceLocation};
use super::identity::{MAX_THREADS, NO_OBJECT, ObjectIndex, ObjectKind, ThreadIndex};
use super::object::ObjectState;
use super::operation::{Operation, OperationKind, Outcome};
use super::polling::Polling;
use super::search::{Next, Search};

mod driver;
#[cfg(unix)]
mod overflow;

thread_local! {
    /// The runtime whose coroutine runs on this OS thread now, or null.
    static CURRENT: Cell<*mut Runtime> = const { Cell::new(ptr::null_mut()) };
}

/// How many operations the destructors of an abandoned execution may execute.
const ABANDONED_OPERATIONS: usize = 100_000;

/// The payload that unwinds abandoned threads.
struct Abandoned;

/// What a coroutine is to run.
enum Job {
    /// The body of the program; it lives as long as the execution.
    Main(*mut dyn FnMut()),
    Spawned(Box<dyn FnOnce()>),
}

/// A coroutine, and the state of the thread that runs on it.
struct Worker {
    /// `None` before the first use, and while it runs.
    coroutine: Option<Box<Coroutine<(), (), (), DefaultStack>>>,
    /// Suspends the coroutine; valid while the coroutine exists.
    yielder: *const Yielder<(), ()>,
    job: Option<Job>,
    /// Whether the job has been done.
    idle: bool,
    /// Whether the coroutine is never to be resumed again.
    lost: bool,
    /// Whether the thread is unwinding from a panic of its own.
    unwinding: bool,
    /// Where the thread has panicked, if a panic hook has said so.
    panic_location: Option<SourceLocation>,
    /// What the thread has read since it last yielded.
    polling: Polling,
    /// What it had read when it last yielded, and where that was.
    last_turn: Option<(Polling, &'static Location<'static>)>,
    /// How often the thread has timed out.
    timeouts: usize,
    /// The lowest and the highest address of the guard page.
    guard: (usize, usize),
}

impl Worker {
    fn new() -> Self {
        Self {
            coroutine: None,
            yielder: ptr::null(),
            job: None,
            idle: true,
            lost: false,
            unwinding: false,
            panic_location: None,
            polling: Polling::default(),
            last_turn: None,
            timeouts: 0,
            guard: (0, 0),
        }
    }
}

/// A panic of a thread of the program.
#[derive(Debug)]
pub(crate) struct PanicRecord {
    pub(crate) thread: ThreadIndex,
    pub(crate) info: PanicInfo,
    /// Whether another thread has received it from `join`.
    pub(crate) observed: bool,
}

/// The coroutines, and the search that directs them.
pub(crate) struct Runtime {
    pub(crate) search: Search,
    pub(crate) panics: Vec<PanicRecord>,
    /// Whether a timed wait had to be treated as untimed.
    pub(crate) timeouts_cut: bool,
    pub(crate) timeout_limit: usize,
    /// Whether a yield after mere polling waits for a change.
    pub(crate) yields_wait: bool,
    workers: [Worker; MAX_THREADS],
    /// The thread whose coroutine runs, or ran last.
    current: ThreadIndex,
    /// Threads that are between two operations and wait for their coroutine to run, as a bit set.
    runnable: u32,
    /// What the search chose on a coroutine, for the driving loop to carry out.
    next: Option<Next>,
    abandoning: bool,
    abandoned_operations: usize,
    shutting_down: bool,
    /// Unlike that of any other execution: objects carry it.
    serial: u64,
    stack_size: usize,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime")
            .field("search", &self.search)
            .finish_non_exhaustive()
    }
}

/// Returns `true` if the calling code is part of an execution under exploration.
///
/// A panic hook can ask this, to keep quiet about panics that the explorer will report itself.
pub(crate) fn in_execution() -> bool {
    !CURRENT.get().is_null()
}

/// Notes where the current thread of the execution panics; to be called from a panic hook.
///
/// Does nothing outside executions. Without it, panics are reported without their location, and
/// the poisoning of locks is exact only while one thread at a time unwinds.
pub(crate) fn note_panic(info: &PanicHookInfo<'_>) {
    let runtime = CURRENT.get();
    if runtime.is_null() {
        return;
    }
    // SAFETY: `CURRENT` is set, so the runtime is alive and only this code accesses it now.
    let runtime = unsafe { &mut *runtime };
    let worker = &mut runtime.workers[usize::from(runtime.current)];
    worker.unwinding = true;
    worker.panic_location = info.location().map(SourceLocation::from);
}

/// Returns the runtime of the calling code.
///
/// # Panics
///
/// If the calling code is not part of an execution.
#[inline]
fn current(what: &str) -> *mut Runtime {
    let runtime = CURRENT.get();
    if runtime.is_null() {
        outside(what);
    }
    runtime
}

#[cold]
fn outside(what: &str) -> ! {
    panic!("{what} outside an execution: the explorer's primitives work only within `explore`");
}

/// An object of the current execution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handle {
    serial: u64,
    index: ObjectIndex,
}

impl Handle {
    /// Returns the index of the object, if it belongs to the runtime's execution.
    #[inline]
    fn index_in(self, runtime: *const Runtime) -> ObjectIndex {
        // SAFETY: `CURRENT` is set, so the runtime is alive; this only reads a number.
        let serial = unsafe { (*runtime).serial };
        assert_eq!(self.serial, serial, "the object belongs to another execution");
        self.index
    }

    /// Creates an object.
    pub(crate) fn new(kind: ObjectKind, initial: ObjectState, location: &'static Location<'static>) -> Self {
        let runtime = current("an object was created");
        // SAFETY: as in `note_panic`; no program code is called.
        let runtime = unsafe { &mut *runtime };
        let index = runtime
            .search
            .create_object(runtime.current, kind, initial, location);
        Self {
            serial: runtime.serial,
            index,
        }
    }

    /// Returns the handle of the calling thread's own park token, or of another thread's.
    pub(crate) fn token(thread: ThreadHandle, location: &'static Location<'static>) -> Self {
        let runtime = current("a thread was unparked");
        // SAFETY: as in `note_panic`; no program code is called.
        let runtime = unsafe { &mut *runtime };
        assert_eq!(
            thread.serial, runtime.serial,
            "the thread belongs to another execution"
        );
        Self {
            serial: runtime.serial,
            index: runtime.search.token(thread.index, location),
        }
    }
}

/// A thread of the current execution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ThreadHandle {
    serial: u64,
    index: ThreadIndex,
}

impl ThreadHandle {
    /// Returns the calling thread.
    pub(crate) fn current() -> Self {
        let runtime = current("the current thread was asked for");
        // SAFETY: as in `note_panic`; no program code is called.
        let runtime = unsafe { &*runtime };
        Self {
            serial: runtime.serial,
            index: runtime.current,
        }
    }

    /// Returns the name of the thread.
    pub(crate) fn id(self) -> super::identity::ThreadId {
        let runtime = current("the name of a thread was asked for");
        // SAFETY: as in `note_panic`; no program code is called.
        unsafe { (&*runtime).search.registry.thread_id(self.index) }
    }
}

/// Executes an operation on an object: announces it, waits to be chosen, returns the outcome.
#[inline]
pub(crate) fn perform(kind: OperationKind, object: Handle, location: &'static Location<'static>) -> Outcome {
    let runtime = current("an operation was executed");
    let objects = [object.index_in(runtime), NO_OBJECT];
    // SAFETY: `runtime` is the current one.
    unsafe {
        announce(
            runtime,
            &Operation {
                kind,
                objects,
                location,
            },
        )
    }
}

/// Executes an operation that touches two objects.
pub(crate) fn perform_on_both(
    kind: OperationKind,
    objects: [Handle; 2],
    location: &'static Location<'static>,
) -> Outcome {
    let runtime = current("an operation was executed");
    let objects = objects.map(|object| object.index_in(runtime));
    // SAFETY: `runtime` is the current one.
    unsafe {
        announce(
            runtime,
            &Operation {
                kind,
                objects,
                location,
            },
        )
    }
}

/// Executes an operation that touches no object.
pub(crate) fn perform_alone(kind: OperationKind, location: &'static Location<'static>) -> Outcome {
    let runtime = current("an operation was executed");
    // SAFETY: `runtime` is the current one.
    unsafe {
        announce(
            runtime,
            &Operation {
                kind,
                objects: [NO_OBJECT; 2],
                location,
            },
        )
    }
}

/// Chooses one of up to 64 alternatives.
pub(crate) fn choose(alternatives: u8, location: &'static Location<'static>) -> usize {
    perform_alone(OperationKind::Choose(alternatives), location).value as usize
}

/// Announces an operation and waits to be chosen.
///
/// # Safety
///
/// `runtime` must be the current runtime.
unsafe fn announce(runtime: *mut Runtime, operation: &Operation) -> Outcome {
    // SAFETY: the runtime is alive while one of its coroutines runs, and no reference into it is
    // held across `suspend`.
    unsafe {
        let me = (*runtime).current;
        if (*runtime).abandoning {
            return abandoned_outcome(runtime, operation);
        }
        if thread::panicking() {
            (&mut *runtime).note_unwinding(me);
        }
        if !(&mut *runtime).choose_inline(me, operation) {
            suspend(runtime);
            if (*runtime).abandoning {
                return abandoned_outcome(runtime, operation);
            }
        }
        let outcome = (*runtime).search.outcome;
        (&mut *runtime).workers[usize::from(me)]
            .polling
            .note(operation, outcome);
        outcome
    }
}

/// Suspends the current coroutine.
///
/// # Safety
///
/// `runtime` must be the current runtime, and no reference into it may be held.
#[inline]
unsafe fn suspend(runtime: *mut Runtime) {
    // SAFETY: the yielder is that of the running coroutine, which keeps it alive on its own stack.
    unsafe {
        let yielder = (*runtime).workers[usize::from((*runtime).current)].yielder;
        (*yielder).suspend(());
    }
}

/// Returns what an operation of an abandoned thread gives back, without changing anything; or
/// begins to unwind the thread.
///
/// # Safety
///
/// `runtime` must be the current runtime.
#[cold]
unsafe fn abandoned_outcome(runtime: *mut Runtime, operation: &Operation) -> Outcome {
    // SAFETY: as in `announce`; the reference ends before the switch and before the unwinding.
    let (too_many, outcome) = unsafe {
        let runtime = &mut *runtime;
        runtime.abandoned_operations += 1;
        let too_many = runtime.abandoned_operations > ABANDONED_OPERATIONS;
        (too_many, runtime.outcome_without_effect(operation))
    };
    if too_many {
        lose();
    }
    if !thread::panicking() {
        panic::resume_unwind(Box::new(Abandoned));
    }
    outcome
}

/// Gives up the coroutine of an abandoned thread, whose destructors cannot come to an end.
pub(crate) fn lose() -> ! {
    let runtime = current("a coroutine was given up");
    // SAFETY: as in `announce`.
    unsafe {
        let me = usize::from((*runtime).current);
        debug_assert!((*runtime).abandoning, "only abandoned coroutines are given up");
        (*runtime).workers[me].lost = true;
        loop {
            suspend(runtime);
        }
    }
}

/// Returns `true` if the current thread is being abandoned.
pub(crate) fn is_abandoned() -> bool {
    let runtime = CURRENT.get();
    // SAFETY: if `CURRENT` is set, the runtime is alive; this only reads a flag.
    !runtime.is_null() && unsafe { (*runtime).abandoning }
}

/// Returns `true` if the current thread is unwinding from a panic of its own.
pub(crate) fn is_unwinding() -> bool {
    let runtime = CURRENT.get();
    if runtime.is_null() || !thread::panicking() {
        return false;
    }
    // SAFETY: as in `note_panic`.
    let runtime = unsafe { &mut *runtime };
    runtime.note_unwinding(runtime.current);
    runtime.workers[usize::from(runtime.current)].unwinding
}

/// Spawns a thread that runs the job; its coroutine starts when the calling one is suspended.
pub(crate) fn spawn(job: Box<dyn FnOnce()>, location: &'static Location<'static>) -> ThreadHandle {
    if is_abandoned() {
        lose();
    }
    let runtime = current("a thread was spawned");
    // SAFETY: as in `note_panic`; no program code is called.
    let runtime = unsafe { &mut *runtime };
    let child = runtime.search.spawn(runtime.current, location);
    runtime.start(child, Job::Spawned(job));
    runtime.workers[usize::from(runtime.current)].polling.progress();
    ThreadHandle {
        serial: runtime.serial,
        index: child,
    }
}

/// Waits until the thread has ended.
pub(crate) fn join(thread: ThreadHandle, location: &'static Location<'static>) {
    let runtime = current("a thread was joined");
    // SAFETY: as in `announce`: the reference ends before the switch.
    let wait = unsafe {
        let runtime = &mut *runtime;
        assert_eq!(
            thread.serial, runtime.serial,
            "the thread belongs to another execution"
        );
        runtime.join_or_wait(thread.index, location)
    };
    if is_abandoned() && wait {
        if thread::panicking() {
            lose();
        }
        panic::resume_unwind(Box::new(Abandoned));
    }
    if wait {
        // SAFETY: as in `announce`.
        unsafe { suspend(runtime) };
        if is_abandoned() {
            if thread::panicking() {
                lose();
            }
            panic::resume_unwind(Box::new(Abandoned));
        }
    }
    // SAFETY: as in `note_panic`.
    unsafe { (&mut *runtime).observe_panic(thread.index) };
}

/// Runs code of the program as a thread's whole job, and notes its panic.
pub(crate) fn catch<T>(job: impl FnOnce() -> T) -> thread::Result<T> {
    let result = panic::catch_unwind(AssertUnwindSafe(job));
    if let Err(payload) = &result
        && !payload.is::<Abandoned>()
    {
        let runtime = current("a panic was caught");
        // SAFETY: as in `note_panic`; no program code is called.
        unsafe { (&mut *runtime).note_caught(payload.as_ref()) };
    }
    result
}

/// Returns what the calling thread may wait for before it polls again, if it has polled twice with
/// the same result.
pub(crate) fn take_polled(location: &'static Location<'static>) -> Option<Polling> {
    let runtime = current("a thread yielded");
    // SAFETY: as in `note_panic`; no program code is called.
    let runtime = unsafe { &mut *runtime };
    let worker = &mut runtime.workers[usize::from(runtime.current)];
    let polled = std::mem::take(&mut worker.polling).only_polled();
    let turn = polled.map(|polled| (polled, location));
    let repeats = turn.is_some() && worker.last_turn == turn;
    worker.last_turn = turn;
    polled.filter(|_| repeats && runtime.yields_wait)
}

/// Executes a wait until something polled has changed.
pub(crate) fn spin(polling: &Polling, location: &'static Location<'static>) {
    let runtime = current("a thread yielded");
    let kind = OperationKind::Spin(polling.seen);
    let operation = Operation {
        kind,
        objects: polling.objects,
        location,
    };
    // SAFETY: `runtime` is the current one.
    unsafe { announce(runtime, &operation) };
}

/// Counts a timeout of the calling thread; returns `false` if it has had as many as allowed.
pub(crate) fn may_time_out() -> bool {
    let runtime = current("a thread waited");
    // SAFETY: as in `note_panic`; no program code is called.
    let runtime = unsafe { &mut *runtime };
    let me = usize::from(runtime.current);
    let may = runtime.workers[me].timeouts < runtime.timeout_limit;
    runtime.timeouts_cut |= !may && !runtime.abandoning;
    may
}

/// Notes that the calling thread has timed out.
pub(crate) fn note_timeout() {
    let runtime = current("a thread timed out");
    // SAFETY: as in `note_panic`; no program code is called.
    let runtime = unsafe { &mut *runtime };
    runtime.workers[usize::from(runtime.current)].timeouts += 1;
}
