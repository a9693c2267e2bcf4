//! A coroutine and its job, and what is known of the thread that runs on it.

use std::panic::Location;
use std::sync::Arc;

use corosensei::Coroutine;
use corosensei::stack::DefaultStack;

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
    /// `None` before the first use, and while it runs.
    pub(super) coroutine: Option<Box<Coroutine<(), (), (), DefaultStack>>>,
    pub(super) job: Option<Job>,
    /// Whether the job has been done.
    pub(super) idle: bool,
    /// Whether the coroutine is never to be resumed again.
    pub(super) lost: bool,
    /// Whether the thread is unwinding from a panic of its own.
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
    pub(super) stack: Option<Stack>,
}

impl Worker {
    /// Creates a worker without a coroutine.
    pub(super) fn new() -> Self {
        Self {
            coroutine: None,
            job: None,
            idle: true,
            lost: false,
            unwinding: false,
            panic_location: None,
            name: None,
            polling: Polling::default(),
            last_turn: None,
            timeouts: 0,
            #[cfg(unix)]
            stack: None,
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
}
