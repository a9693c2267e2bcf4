//! A coroutine and its job, and what is known of the thread that runs on it.

use std::panic::Location;
use std::sync::Arc;

use super::coroutine::Coroutine;
#[cfg(unix)]
use super::overflow::Stack;
use crate::ending::SourceLocation;
use crate::polling::Polling;

/// What a coroutine is to run.
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
    /// Whether the job has been done.
    pub(super) idle: bool,
    /// How many panics were taken off the count when the thread was suspended while it unwound; see `panic_count`.
    pub(super) panics: usize,
    /// Whether the thread is known to be unwinding: only where the count is not exact.
    pub(super) unwinding: bool,
    /// Where the thread has panicked, if a panic hook has said so.
    pub(super) panic_location: Option<SourceLocation>,
    /// What the program calls the thread.
    pub(super) name: Option<Arc<str>>,
    /// What the thread has read since it last yielded.
    pub(super) polling: Polling,
    /// What it had read when it last yielded, and where that was.
    pub(super) last_turn: Option<(Polling, &'static Location<'static>)>,
    /// How often the thread has timed out.
    pub(super) timeouts: usize,
    /// Where the coroutine's stack is, for the report of an overflow.
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
            polling: Polling::default(),
            last_turn: None,
            timeouts: 0,
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
        self.polling = Polling::default();
        self.last_turn = None;
        self.timeouts = 0;
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
