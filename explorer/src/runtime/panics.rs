//! Panics of the program's threads: which thread unwinds, and from where.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::thread;

use super::worker::Job;
use super::{Runtime, try_with, with};
use crate::ending::{PanicInfo, SourceLocation};
use crate::identity::ThreadIndex;

/// The payload that unwinds abandoned threads.
pub(super) struct Abandoned;

/// A panic of a thread of the program.
#[derive(Debug)]
pub(crate) struct PanicRecord {
    pub(crate) thread: ThreadIndex,
    pub(crate) info: PanicInfo,
    /// How many events came before its end.
    pub(crate) position: usize,
    /// Whether another thread has received it from `join`.
    pub(crate) observed: bool,
}

/// Notes where the current thread of the execution panics; to be called from a panic hook.
///
/// Does nothing outside executions. Without it, panics are reported without their location, and
/// the poisoning of locks is exact only while one thread at a time unwinds.
pub(crate) fn note_panic(info: &PanicHookInfo<'_>) {
    try_with(|runtime| {
        let worker = &mut runtime.workers[usize::from(runtime.current)];
        worker.unwinding = true;
        worker.panic_location = info.location().map(SourceLocation::from);
    });
}

/// Returns `true` if the current thread is unwinding from a panic of its own.
#[inline]
pub(crate) fn is_unwinding() -> bool {
    thread::panicking() && is_current_unwinding()
}

#[cold]
fn is_current_unwinding() -> bool {
    let unwinding = try_with(|runtime| {
        runtime.note_unwinding(runtime.current);
        runtime.workers[usize::from(runtime.current)].unwinding
    });
    unwinding.unwrap_or(false)
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

/// Runs a job, or only drops it; a panic that comes out of it is no more than its end.
pub(super) fn run(job: Job, wanted: bool) {
    let _ = panic::catch_unwind(AssertUnwindSafe(|| match job {
        job if !wanted => drop(job),
        Job::Main(body) => body(),
        Job::Spawned(job) => job(),
    }));
}

fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(message) = payload.downcast_ref::<&str>() {
        (*message).to_owned()
    } else if let Some(message) = payload.downcast_ref::<String>() {
        message.clone()
    } else {
        "a payload that is not a string".to_owned()
    }
}

impl Runtime {
    /// Marks a thread as unwinding, if that can be told from `std::thread::panicking`, which is
    /// also true while another coroutine is suspended in the middle of unwinding.
    pub(super) fn note_unwinding(&mut self, thread: ThreadIndex) {
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

    /// Marks the panic of a joined thread as received.
    pub(super) fn observe_panic(&mut self, thread: ThreadIndex) {
        for record in self.panics.iter_mut().filter(|record| record.thread == thread) {
            record.observed = true;
        }
    }
}
