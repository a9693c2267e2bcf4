//! A coroutine and its job, and the state of the thread that runs on it.

use std::sync::Arc;

use super::coroutine::Coroutine;
#[cfg(unix)]
use super::overflow::Stack;
use super::spurious::Counts;
use crate::ending::SourceLocation;
use crate::idle::Idle;
use crate::turns::Turns;

/// A piece of the program for a coroutine to run.
pub(super) enum Job {
    /// The body of the program; it lives as long as the execution.
    Main(&'static mut (dyn FnMut() + 'static)),
    Spawned(Box<dyn FnOnce()>),
}

/// A coroutine, and the state of the thread that runs on it.
pub(super) struct Worker {
    /// `None` before the first use.
    pub(super) coroutine: Option<Box<Coroutine>>,
    pub(super) job: Option<Job>,
    /// `true` if there is no job, or it has been done.
    pub(super) idle: bool,
    /// The number of panics that were taken off the count when the thread was suspended; see `panic_count`.
    pub(super) panics: usize,
    /// `true` if the thread is known to be unwinding: only used where the count is not exact.
    pub(super) unwinding: bool,
    /// The place where the thread has panicked, if a panic hook has said so.
    pub(super) panic_location: Option<SourceLocation>,
    /// The name that the program gives to the thread.
    pub(super) name: Option<Arc<str>>,
    /// The thread's operations since it last changed anything.
    pub(super) turns: Turns,
    /// The number of times that the thread has timed out.
    pub(super) timeouts: usize,
    /// The operations that have ended for no reason, as long as the thread has only looked since.
    pub(super) idle_turns: Idle,
    /// The number of times that the thread's operations have ended for no reason.
    pub(super) spurious: Counts,
    /// The place of the coroutine's stack, for the report of an overflow.
    #[cfg(unix)]
    pub(super) stack: Stack,
}

impl Worker {
    /// Creates a worker without a coroutine.
    pub(super) fn new() -> Self {
        Self {
            coroutine: None,
            job: None,
            idle: true,
            panics: 0,
            unwinding: false,
            panic_location: None,
            name: None,
            turns: Turns::default(),
            timeouts: 0,
            idle_turns: Idle::default(),
            spurious: Counts::default(),
            #[cfg(unix)]
            stack: Stack::NONE,
        }
    }

    /// Gives the coroutine a job.
    pub(super) fn start(&mut self, job: Job) {
        assert!(self.idle, "a coroutine has one job at a time");
        self.job = Some(job);
        self.idle = false;
        self.unwinding = false;
        self.name = None;
        self.turns.clear();
        self.timeouts = 0;
        self.idle_turns.change();
        self.spurious = Counts::default();
    }

    /// Gives up the job, without running a destructor.
    pub(super) fn reset(&mut self) {
        std::mem::forget(self.job.take());
        if let Some(coroutine) = &mut self.coroutine {
            coroutine.reset();
        }
        self.panics = 0;
        self.idle = true;
    }
}
