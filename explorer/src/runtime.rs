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
//! All `unsafe` code of the explorer is in this file (and none in those below it, which deny it),
//! and it is for five things:
//!
//! - `try_with` reaches the runtime from a coroutine, by a thread-local pointer. `resume` sets
//!   the pointer while a coroutine runs; `try_with` takes it out while it lends the runtime. So
//!   there is one reference at a time, and a pointer that is not null is valid.
//! - `suspend` leaves the running coroutine, by a thread-local pointer to its yielder.
//! - `execute` forgets the lifetime of the body, and sees to it that the body is over in time.
//! - [`Guarded`] is memory that threads of one execution take turns at, without atomics.
//! - `fault` handles the signal that a stack overflow raises.
#![expect(
    unsafe_code,
    reason = "switching stacks is beyond what the compiler can check"
)]

use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::{self, AssertUnwindSafe, RefUnwindSafe, UnwindSafe};
use std::ptr;
use std::sync::MutexGuard;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, Yielder};

use super::identity::{MAX_THREADS, ThreadIndex};
use super::search::Stop;
use worker::Job;

#[deny(unsafe_code)]
mod calls;
#[deny(unsafe_code)]
mod driver;
#[deny(unsafe_code)]
mod handle;
#[cfg(unix)]
#[deny(unsafe_code)]
mod overflow;
#[deny(unsafe_code)]
mod panics;
#[deny(unsafe_code)]
pub(crate) mod pointers;
#[deny(unsafe_code)]
mod worker;

pub(crate) use calls::{
    choose, join, label, lose, may_time_out, note_timeout, perform, perform_alone, perform_on_both, record,
    spawn, spin, take_polled,
};
pub(crate) use driver::Runtime;
pub(crate) use handle::{Handle, ThreadHandle};
pub(crate) use panics::{PanicRecord, catch, is_unwinding, note_panic};

thread_local! {
    /// The runtime whose coroutine runs on this OS thread; null if none runs, and while the
    /// runtime is lent by `try_with`.
    static CURRENT: Cell<*mut Runtime> = const { Cell::new(ptr::null_mut()) };
    /// The yielder of the coroutine that runs on this OS thread, or null.
    static YIELDER: Cell<*const Yielder<(), ()>> = const { Cell::new(ptr::null()) };
}

/// Returns `true` if the calling code is part of an execution under exploration.
#[inline]
pub(crate) fn in_execution() -> bool {
    !YIELDER.get().is_null()
}

/// Lends the runtime of the calling code to the function, which must not call the program's code;
/// returns `None` outside executions, and where the runtime is lent already.
#[inline]
fn try_with<R>(function: impl FnOnce(&mut Runtime) -> R) -> Option<R> {
    struct GiveBack(*mut Runtime);

    impl Drop for GiveBack {
        #[inline]
        fn drop(&mut self) {
            CURRENT.set(self.0);
        }
    }

    let runtime = GiveBack(CURRENT.replace(ptr::null_mut()));
    // SAFETY: the pointer is null, or `resume` has put it there and waits, borrowing the runtime,
    // for the coroutine that runs now. As the pointer has been taken out, nobody else can make a
    // reference from it until this one has ended.
    unsafe { runtime.0.as_mut() }.map(function)
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

impl Runtime {
    /// Runs one execution of the body, then the other function, and then releases whatever threads
    /// the execution has left behind.
    pub(crate) fn execute<R>(
        &mut self,
        body: &mut dyn FnMut(),
        at_the_end: impl FnOnce(&mut Self, Stop) -> R,
    ) -> R {
        // SAFETY: only the lifetime changes. `Worker::start` asserts that no earlier job is left, so
        // the body runs only on a coroutine resumed below. That has ended the job when this function
        // returns or unwinds, or else is never resumed again: `release` leaks it if it cannot be
        // ended, and `drop` if `release` itself has failed. (Scoped OS threads in a leaked body may
        // go on: the body is 'static, and the leaked stack owns a share of it.)
        let body: &'static mut (dyn FnMut() + 'static) = unsafe { std::mem::transmute(body) };
        self.begin(Job::Main(body));
        let result = panic::catch_unwind(AssertUnwindSafe(|| {
            let stop = self.drive();
            at_the_end(self, stop)
        }));
        self.next = None;
        if self.workers.iter().any(|worker| !worker.idle) {
            self.release();
        }
        result.unwrap_or_else(|payload| panic::resume_unwind(payload))
    }

    /// Runs the coroutine of a thread until it is suspended.
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
        // The coroutine is taken out, so that nothing refers to it while it runs.
        let mut coroutine = match self.workers[index].coroutine.take() {
            Some(coroutine) => coroutine,
            None => Box::new(self.create_coroutine(thread)),
        };
        #[cfg(unix)]
        overflow::watch(self.workers[index].stack);
        let leave = Leave;
        CURRENT.set(self);
        coroutine.resume(());
        drop(leave);
        let worker = &mut self.workers[index];
        worker.coroutine = Some(coroutine);
        if worker.idle && !self.shutting_down {
            self.end_thread(thread);
        }
    }

    /// Creates a coroutine that runs one job of the thread after the other.
    fn create_coroutine(&mut self, thread: ThreadIndex) -> Coroutine<(), (), (), DefaultStack> {
        let stack = DefaultStack::new(self.stack_size).expect("there is memory for a stack");
        #[cfg(unix)]
        {
            let name = self.program.registry.thread_id(thread);
            self.workers[usize::from(thread)].stack =
                Some(overflow::Stack::new(&stack, name, self.stack_size));
        }
        Coroutine::with_stack(stack, |yielder, ()| {
            YIELDER.set(yielder);
            while let Some((job, wanted)) = with("a coroutine began", Self::take_job) {
                panics::run(job, wanted);
                with("a coroutine ended", Self::job_done);
                suspend();
            }
        })
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.shutting_down = true;
        for index in 0..MAX_THREADS {
            if self.workers[index].coroutine.is_none() {
                continue;
            }
            if self.workers[index].idle {
                self.resume(index as ThreadIndex);
            } else {
                self.leak(index);
            }
        }
    }
}

/// Memory that the threads of one execution take turns at: a mutex without atomics.
///
/// The model of a primitive decides who may enter; this checks that nobody else is there.
pub(crate) struct Guarded<T: ?Sized> {
    /// The execution it belongs to.
    serial: u64,
    /// Whether there is a [`Taken`]; accessed only on the OS thread of the execution.
    taken: Cell<bool>,
    value: UnsafeCell<T>,
}

// SAFETY: a shared reference gives access to `taken` and `value` only by way of `try_take`, which
// insists on being called in the execution it belongs to, and all of an execution runs on one OS
// thread. So other OS threads reach `taken` not at all, and `value` only where a `Taken` is shared,
// which asks for `T: Sync`, or with exclusive access to the whole, which may send a `T`.
unsafe impl<T: ?Sized + Send> Sync for Guarded<T> {}

// Who panics while he is there poisons the primitive, as in the standard library.
impl<T: ?Sized> UnwindSafe for Guarded<T> {}
impl<T: ?Sized> RefUnwindSafe for Guarded<T> {}

/// Exclusive access to guarded memory, until it is dropped.
pub(crate) struct Taken<'a, T: ?Sized> {
    from: &'a Guarded<T>,
    /// It stays on its OS thread, and is shared with others only if `T` may be.
    like: PhantomData<MutexGuard<'a, T>>,
}

impl<T> Guarded<T> {
    /// Creates memory of the current execution.
    pub(crate) fn new(value: T) -> Self {
        Self {
            serial: current_serial().unwrap_or_else(|| outside("memory was created")),
            taken: Cell::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Returns the value.
    pub(crate) fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> Guarded<T> {
    /// Takes the memory, if nobody else has it.
    ///
    /// # Panics
    ///
    /// Outside the execution in which it was created.
    #[inline]
    pub(crate) fn try_take(&self) -> Option<Taken<'_, T>> {
        assert!(
            current_serial() == Some(self.serial),
            "the memory belongs to another execution"
        );
        let free = !self.taken.replace(true);
        free.then(|| Taken {
            from: self,
            like: PhantomData,
        })
    }

    /// Returns the value, by exclusive access to the whole.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

impl<T: ?Sized> Deref for Taken<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: there is one `Taken` at a time, and this borrows it.
        unsafe { &*self.from.value.get() }
    }
}

impl<T: ?Sized> DerefMut for Taken<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: there is one `Taken` at a time, and this borrows it exclusively.
        unsafe { &mut *self.from.value.get() }
    }
}

impl<T: ?Sized> Drop for Taken<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // It is not `Send`, so this is the OS thread on which it was taken: that of the execution.
        self.from.taken.set(false);
    }
}

/// The handler of the signals that a stack overflow raises; see `overflow`.
#[cfg(unix)]
mod fault {
    use std::mem::MaybeUninit;
    use std::sync::OnceLock;

    use super::overflow;

    /// The signals sent for a hit guard page: which of them depends on the OS.
    const SIGNALS: [libc::c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];

    static PREVIOUS: OnceLock<[libc::sigaction; 2]> = OnceLock::new();

    /// Returns the size of a page of memory, in bytes.
    pub(super) fn page_size() -> usize {
        // SAFETY: this only asks for a constant of the system.
        unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
    }

    /// Installs the handler, once in the process.
    pub(super) fn install() {
        PREVIOUS.get_or_init(|| SIGNALS.map(install_for));
    }

    /// Installs the handler for one signal and returns what was there before.
    fn install_for(signal: libc::c_int) -> libc::sigaction {
        // SAFETY: both structures are valid; a zeroed one is an empty default action.
        unsafe {
            let mut action: libc::sigaction = MaybeUninit::zeroed().assume_init();
            let mut previous: libc::sigaction = MaybeUninit::zeroed().assume_init();
            action.sa_sigaction = handle as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigaction(signal, std::ptr::null(), &mut previous);
            libc::sigaction(signal, &action, std::ptr::null_mut());
            previous
        }
    }

    extern "C" fn handle(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        // SAFETY: the OS passes a valid structure to a handler installed with `SA_SIGINFO`.
        let address = unsafe { (*info).si_addr() } as usize;
        if let Some(text) = overflow::explain(address) {
            let text = text.as_bytes();
            // SAFETY: the buffer is valid; both functions may be called in a signal handler.
            unsafe {
                libc::write(2, text.as_ptr().cast(), text.len());
                libc::abort();
            }
        }
        pass_on(signal, info, context);
    }

    /// Does what the handler installed before would do.
    fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        type WithInfo = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
        type Plain = extern "C" fn(libc::c_int);
        let index = SIGNALS.iter().position(|&known| known == signal).unwrap_or(0);
        let Some(previous) = PREVIOUS.get().map(|previous| &previous[index]) else {
            return;
        };
        if previous.sa_sigaction == libc::SIG_DFL || previous.sa_sigaction == libc::SIG_IGN {
            // SAFETY: restores the default; the faulting instruction then runs again and ends the
            // process.
            unsafe { libc::sigaction(signal, previous, std::ptr::null_mut()) };
        } else if previous.sa_flags & libc::SA_SIGINFO != 0 {
            // SAFETY: with `SA_SIGINFO` set, the address is that of a handler with three arguments.
            let handler: WithInfo = unsafe { std::mem::transmute(previous.sa_sigaction) };
            handler(signal, info, context);
        } else {
            // SAFETY: without `SA_SIGINFO`, the address is that of a handler with one argument.
            let handler: Plain = unsafe { std::mem::transmute(previous.sa_sigaction) };
            handler(signal);
        }
    }
}
