//! Panics of the program's threads: which thread is unwinding, and where it has panicked.

use std::any::Any;
use std::mem;
use std::panic::{self, AssertUnwindSafe, Location, PanicHookInfo};
use std::thread;

use super::worker::Job;
use super::{Runtime, failure, is_lent, panic_count, try_with, with};
use crate::ending::{PanicInfo, SourceLocation};
use crate::identity::ThreadIndex;

/// The payload that unwinds abandoned threads.
pub(super) struct Abandoned;

/// A panic of a thread of the program.
#[derive(Debug)]
pub(crate) struct PanicRecord {
    pub(crate) thread: ThreadIndex,
    pub(crate) info: PanicInfo,
    /// The number of events before its end.
    pub(crate) position: usize,
    /// `true` if another thread has received it from `join`.
    pub(crate) observed: bool,
}

/// Notes where the current thread of the execution panics; to be called from a panic hook.
///
/// Does nothing outside executions. Without it, panics are reported without their location.
pub(crate) fn note_panic(info: &PanicHookInfo<'_>) {
    if is_lent() {
        return failure::note(info);
    }
    try_with(|runtime| {
        let worker = &mut runtime.workers[usize::from(runtime.current)];
        worker.unwinding = true;
        worker.panic_location = info.location().map(SourceLocation::from);
    });
}

/// Returns `true` if the current thread is unwinding.
#[inline]
pub(crate) fn is_unwinding() -> bool {
    thread::panicking() && (panic_count::IS_EXACT || is_known_to_unwind())
}

/// Returns `true` if the current thread, and not only another one, is unwinding.
#[cold]
fn is_known_to_unwind() -> bool {
    let unwinding = try_with(|runtime| {
        runtime.note_unwinding(runtime.current);
        runtime.workers[usize::from(runtime.current)].unwinding
    });
    unwinding.unwrap_or(true)
}

/// Runs code of the program as a thread's whole job, and notes its panic.
pub(crate) fn catch<T>(job: impl FnOnce() -> T) -> thread::Result<T> {
    let result = panic::catch_unwind(AssertUnwindSafe(job));
    if let Err(payload) = &result
        && !payload.is::<Abandoned>()
    {
        let message = message(payload.as_ref());
        with("a panic was caught", |runtime| runtime.note_caught(message));
    }
    result
}

/// Runs a job, or only drops it.
///
/// The job catches the panics of the program. One that comes out of it all the same is that of a destructor,
/// of what the thread has returned or panicked with: it is a panic of the thread as well.
pub(super) fn run(job: Job, wanted: bool) {
    let job = || match job {
        job if !wanted => drop(job),
        Job::Main(body) => body(),
        Job::Spawned(job) => job(),
    };
    if let Err(payload) = catch(job) {
        mem::forget(payload); // its destructor may panic, too
    }
}

pub(super) fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(message) = payload.downcast_ref::<&str>() {
        (*message).to_owned()
    } else if let Some(message) = payload.downcast_ref::<String>() {
        message.clone()
    } else {
        "a payload that is not a string".to_owned()
    }
}

impl Runtime {
    /// Takes the panics of the thread that has just been suspended off the count.
    #[cold]
    pub(super) fn take_panics_off(&mut self, thread: ThreadIndex) {
        self.workers[usize::from(thread)].panics = self.panic_count.take_off();
        if !panic_count::IS_EXACT {
            self.note_unwinding(thread);
        }
    }

    /// Puts the panics of a thread that is to go on back on the count.
    #[cold]
    pub(super) fn put_panics_back(&mut self, thread: ThreadIndex) {
        let panics = mem::take(&mut self.workers[usize::from(thread)].panics);
        self.panic_count.put_back(panics);
    }

    /// Marks a thread as unwinding, where the count of panics is not exact: if that can be told from
    /// `std::thread::panicking`, which is then also true while another thread is suspended in the middle of
    /// unwinding.
    fn note_unwinding(&mut self, thread: ThreadIndex) {
        if !self.workers.iter().any(|worker| worker.unwinding) {
            self.workers[usize::from(thread)].unwinding = true;
        }
    }

    /// Notes that the current thread ends with a panic.
    fn note_caught(&mut self, message: String) {
        let thread = self.current;
        let worker = &mut self.workers[usize::from(thread)];
        worker.unwinding = false;
        let location = worker.panic_location.take();
        let info = PanicInfo {
            thread: self.program.registry.thread_id(thread),
            message,
            location,
        };
        self.panics.push(PanicRecord {
            thread,
            info,
            position: self.program.position,
            observed: false,
        });
    }

    /// Notes that the current thread fails at this place, unless the execution is over.
    pub(super) fn note_failure(&mut self, message: String, location: &'static Location<'static>) {
        if self.abandoning {
            return;
        }
        let thread = self.current;
        let info = PanicInfo {
            thread: self.program.registry.thread_id(thread),
            message,
            location: Some(location.into()),
        };
        self.panics.push(PanicRecord {
            thread,
            info,
            position: self.program.position,
            observed: false,
        });
    }

    /// Marks the panic of a joined thread as received.
    pub(super) fn observe_panic(&mut self, thread: ThreadIndex) {
        for record in self.panics.iter_mut().filter(|record| record.thread == thread) {
            record.observed = true;
        }
    }
}
