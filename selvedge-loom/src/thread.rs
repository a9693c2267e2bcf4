//! Threads, shaped like `std::thread`.
//!
//! As loom has it, [`spawn`] does not ask for `Send`. There can be up to [`MAX_THREADS`](crate::MAX_THREADS).
//! [`park`] and [`park_timeout`] may return for no reason, as `std` says; each such return is explored.

mod local;

use std::io;
use std::time::Duration;

use selvedge_explorer::thread as explorer;

use crate::execution::Execution;

pub use local::{AccessError, LocalKey};
pub(crate) use local::{Locals, with_locals};
pub use selvedge_explorer::ThreadId;
pub use selvedge_explorer::thread::{JoinHandle, Thread, current, panicking, park};
pub use selvedge_explorer::thread::{Scope, ScopedJoinHandle, scope};

/// Spawns a thread.
///
/// # Panics
///
/// Outside a model, or if there would be more than [`MAX_THREADS`](crate::MAX_THREADS).
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    noted(explorer::spawn_local(|| with_locals(body)))
}

/// Notes the thread for whoever has to wait for all.
fn noted<T>(handle: JoinHandle<T>) -> JoinHandle<T> {
    let execution = Execution::must_be_current();
    execution.threads.borrow_mut().push(handle.thread().clone());
    handle
}

/// Does nothing: every operation is a scheduling point anyway, and loops that poll come to an end by themselves.
pub fn yield_now() {
    explorer::yield_now();
}

/// Waits until the calling thread's token is set, or until the time is up: both are explored, whatever the time.
#[track_caller]
pub fn park_timeout(time: Duration) {
    explorer::park_timeout(time);
}

/// A builder of threads.
#[derive(Debug)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    inner: explorer::Builder,
}

impl Builder {
    /// Creates a builder of a thread without a name.
    #[expect(clippy::new_without_default, reason = "std's has no default either")]
    pub fn new() -> Self {
        Self {
            inner: explorer::Builder::new(),
        }
    }

    /// Sets the name of the thread.
    pub fn name(self, name: String) -> Self {
        Self {
            inner: self.inner.name(name),
        }
    }

    /// Accepts the size of the stack, which has no effect.
    pub fn stack_size(self, bytes: usize) -> Self {
        Self {
            inner: self.inner.stack_size(bytes),
        }
    }

    /// Spawns the thread.
    ///
    /// # Errors
    ///
    /// If the name contains a null byte.
    ///
    /// # Panics
    ///
    /// As [`spawn`] does.
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.inner.spawn(|| with_locals(body)).map(noted)
    }
}
