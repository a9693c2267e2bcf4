//! The runtime: the program's threads as coroutines, all on the calling OS thread.
//!
//! Every thread of the program under test runs on a coroutine with a stack of its own (with a guard
//! page below it). It announces an operation, and is suspended until the search has chosen it;
//! if the search chooses the thread that has just announced, there is no switch at all. Coroutines
//! are kept and reused: a thread that ends leaves its coroutine waiting for the next job.
//!
//! An execution that is over leaves threads behind that cannot go on (in a deadlock, say). They are
//! *abandoned*: their coroutines are reset, and what lies on the stacks is leaked. No destructor is run, so
//! none can panic, wait, or go on without end. On request they are unwound instead; see `abandon`.
//!
//! `unsafe` code is in this file and in four of those below it (all others deny it):
//!
//! - `try_with` reaches the runtime from a coroutine, by a thread-local pointer. `resume` sets
//!   the pointer while a coroutine runs; `try_with` takes it out while it lends the runtime. So
//!   there is one reference at a time, and a pointer that is not null is valid.
//! - `suspend` leaves the running coroutine, by a thread-local pointer to its yielder.
//! - `execute` forgets the lifetime of the body, and sees to it that the body is over in time.
//! - `coroutine` uses a stack again that was not unwound.
//! - `panic_count::carrier` sends a coroutine to another OS thread.
//! - `guarded` is memory that threads of one execution take turns at, without atomics.
//! - `fault` handles the signals that end the process.
#![expect(
    unsafe_code,
    reason = "switching stacks is beyond what the compiler can check"
)]

use std::cell::Cell;
use std::ptr;
use std::thread;

use corosensei::Yielder;
use corosensei::stack::DefaultStack;

use super::identity::ThreadIndex;
use super::limit::{self, Limit};
use super::search::Stop;
use coroutine::Coroutine;
use worker::Job;

#[deny(unsafe_code)]
mod abandon;
#[deny(unsafe_code)]
mod calls;
mod coroutine;
#[deny(unsafe_code)]
mod driver;
#[deny(unsafe_code)]
mod exchange;
#[deny(unsafe_code)]
mod failure;
#[cfg(unix)]
mod fault;
mod guarded;
#[deny(unsafe_code)]
mod handle;
mod last_words;
#[cfg(unix)]
#[deny(unsafe_code)]
mod overflow;
mod panic_count;
#[deny(unsafe_code)]
mod panics;
#[deny(unsafe_code)]
pub(crate) mod pointers;
#[deny(unsafe_code)]
mod repetition;
#[deny(unsafe_code)]
pub(crate) mod spans;
#[deny(unsafe_code)]
pub(crate) mod spurious;
#[deny(unsafe_code)]
mod worker;

pub(crate) use calls::{
    choose, fail, halt, is_preferred, join, label, local_states, lose, may_time_out, must_run, note_change,
    note_read_lock, note_timeout, perform, perform_alone, perform_on_both, publish, record, spawn,
};
pub(crate) use driver::Runtime;
pub(crate) use exchange::{ask_number, move_in, move_out, note_borrowed, note_contents, note_shared};
use failure::attempt;
pub(crate) use failure::{impossible, own};
pub(crate) use guarded::{Guarded, Taken};
pub(crate) use handle::{Handle, ThreadHandle};
#[cfg(unix)]
pub(crate) use last_words::guard_exits;
pub(crate) use last_words::set as set_last_words;
pub(crate) use panics::{PanicRecord, catch, is_unwinding, note_panic};

thread_local! {
    /// The runtime whose coroutine runs on this OS thread; null if none runs, and while the
    /// runtime is lent by `try_with`.
    static CURRENT: Cell<*mut Runtime> = const { Cell::new(ptr::null_mut()) };
    /// The yielder of the coroutine that runs on this OS thread, or null.
    static YIELDER: Cell<*const Yielder<(), ()>> = const { Cell::new(ptr::null()) };
}

/// Returns `true` if the calling code is code of the program, in an execution under exploration.
#[inline]
pub(crate) fn in_execution() -> bool {
    !CURRENT.get().is_null()
}

/// Returns `true` if the calling code is code of the explorer, on a coroutine: the runtime is lent to it.
fn is_lent() -> bool {
    CURRENT.get().is_null() && !YIELDER.get().is_null()
}

/// The runtime, while it is lent to a function.
struct Lent(*mut Runtime);

impl Lent {
    /// Lets the runtime be lent again.
    #[inline]
    fn give_back(self) {
        CURRENT.set(self.0);
        std::mem::forget(self);
    }
}

impl Drop for Lent {
    /// Ends the execution, as the function has panicked: the explorer has failed. The program does not
    /// notice.
    #[cold]
    fn drop(&mut self) {
        CURRENT.set(self.0);
        // SAFETY: as in `try_with`; the function that had the reference has been left.
        if let Some(runtime) = unsafe { self.0.as_mut() } {
            runtime.fail();
        }
        loop {
            suspend();
        }
    }
}

/// Lends the runtime of the calling code to the function, which must not call the program's code;
/// returns `None` outside executions, and where the runtime is lent already.
///
/// If the function panics, this does not return: the explorer has failed.
#[inline]
fn try_with<R>(function: impl FnOnce(&mut Runtime) -> R) -> Option<R> {
    let lent = Lent(CURRENT.replace(ptr::null_mut()));
    // SAFETY: the pointer is null, or `resume` has put it there and waits, borrowing the runtime,
    // for the coroutine that runs now. As the pointer has been taken out, no other code can make a
    // reference from it until this one has ended.
    let result = unsafe { lent.0.as_mut() }.map(function);
    lent.give_back();
    result
}

/// Lends the runtime of the calling code to the function, which must not call the program's code.
///
/// # Panics
///
/// If the calling code is not part of an execution.
#[inline]
fn with<R>(what: &str, function: impl FnOnce(&mut Runtime) -> R) -> R {
    match try_with(function) {
        Some(result) => result,
        None => outside(what),
    }
}

/// Returns the serial number of the execution that the calling code is part of.
#[inline]
fn current_serial() -> Option<u64> {
    // SAFETY: as in `try_with`; the reference ends at once.
    unsafe { CURRENT.get().as_ref() }.map(|runtime| runtime.serial)
}

#[cold]
fn outside(what: &str) -> ! {
    panic!("{what} outside an execution: the explorer's primitives work only within `explore`");
}

/// Suspends the running coroutine until it is resumed.
#[inline]
fn suspend() {
    let yielder = YIELDER.get();
    assert!(!CURRENT.get().is_null(), "only a coroutine is suspended");
    // SAFETY: `CURRENT` is set, so a coroutine runs, and has put its yielder there: at its start,
    // or below, when it was resumed. The yielder lives on that coroutine's stack.
    unsafe { (*yielder).suspend(()) };
    YIELDER.set(yielder);
}

/// Does one job of the program after the other, on a coroutine.
fn work(yielder: &Yielder<(), ()>) {
    YIELDER.set(yielder);
    loop {
        let (job, wanted) = with("a coroutine began", Runtime::take_job);
        panics::run(job, wanted);
        with("a coroutine ended", Runtime::job_done);
        suspend();
    }
}

impl Runtime {
    /// Runs one execution of the body, then the other function, and then lets go of whatever threads
    /// the execution has left behind.
    ///
    /// # Errors
    ///
    /// If the program runs into a limit of the explorer.
    ///
    /// # Panics
    ///
    /// If the explorer fails.
    pub(crate) fn execute<R>(
        &mut self,
        body: &mut dyn FnMut(),
        at_the_end: impl FnOnce(&mut Self, Stop) -> R,
    ) -> Result<R, Limit> {
        // SAFETY: only the lifetime changes. `Worker::start` asserts that no earlier job is left, so the body
        // runs only on a coroutine resumed below. That has ended the job when this function returns or
        // unwinds, or else is never resumed again: `release` resets or leaks it. (Where it is leaked, real
        // scoped threads of the body may go on: the body is 'static, and the leaked stack owns a share of
        // it.)
        let body: &'static mut (dyn FnMut() + 'static) = unsafe { std::mem::transmute(body) };
        self.begin(Job::Main(body));
        let mut callers_panics = 0;
        let result = attempt(|| {
            callers_panics = self.panic_count.take_off();
            match self.drive() {
                Stop::Failed => None,
                stop => Some(at_the_end(self, stop)),
            }
        });
        let limit = limit::take();
        if self.workers.iter().any(|worker| !worker.idle) {
            self.release(!matches!(result, Ok(Some(_))));
        }
        self.panic_count.put_back(callers_panics);
        drop(std::mem::take(&mut self.local_states));
        match result {
            Ok(Some(result)) => Ok(result),
            Ok(None) => Err(limit.unwrap_or_else(|| failure::bug_on_coroutine())),
            Err(failure) => Err(failure.into_limit()),
        }
    }

    /// Runs the coroutine of a thread until it is suspended.
    // A switch needs all registers: inlined, they are saved once for the loop that drives, and not for each.
    #[inline(always)]
    fn resume(&mut self, thread: ThreadIndex) {
        /// Forgets the coroutine, also if an error in the runtime itself unwinds.
        struct Leave;

        impl Drop for Leave {
            fn drop(&mut self) {
                CURRENT.set(ptr::null_mut());
                YIELDER.set(ptr::null());
            }
        }

        let index = usize::from(thread);
        self.current = thread;
        if self.workers[index].coroutine.is_none() {
            self.create_coroutine(thread);
        }
        if self.workers[index].panics > 0 {
            self.put_panics_back(thread);
        }
        let worker = &mut self.workers[index];
        #[cfg(unix)]
        overflow::watch(worker.stack);
        let coroutine = worker
            .coroutine
            .as_deref_mut()
            .map_or(ptr::null_mut(), ptr::from_mut);
        let leave = Leave;
        CURRENT.set(self);
        // SAFETY: the coroutine is there, or has just been created. It is boxed, so it stays where it is, and
        // nothing refers to it while it runs: the code on it is lent the runtime, but does not touch
        // coroutines.
        unsafe { (*coroutine).resume() };
        drop(leave);
        if thread::panicking() {
            self.take_panics_off(thread);
        }
        if self.workers[index].idle {
            self.end_thread(thread);
        }
    }

    /// Creates the coroutine of a thread.
    #[cold]
    fn create_coroutine(&mut self, thread: ThreadIndex) {
        const LARGEST: usize = isize::MAX as usize / 2;
        let stack = (self.stack_size <= LARGEST).then(|| DefaultStack::new(self.stack_size));
        let Some(Ok(stack)) = stack else {
            limit::reach(Limit::StackMemory);
        };
        let worker = &mut self.workers[usize::from(thread)];
        #[cfg(unix)]
        {
            let name = self.program.registry.thread_id(thread);
            worker.stack = overflow::Stack::new(&stack, name, self.stack_size);
        }
        worker.coroutine = Some(Box::new(Coroutine::on(stack)));
    }
}
