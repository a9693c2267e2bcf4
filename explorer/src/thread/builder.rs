//! A builder of threads, shaped like `std`'s.

use std::io;
use std::sync::Arc;

use super::{JoinHandle, spawn};

/// A builder of threads.
#[derive(Debug, Default)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    name: Option<String>,
}

impl Builder {
    /// Creates a builder of a thread without a name.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name of the thread, which [`Thread::name`](super::Thread::name) returns.
    pub fn name(mut self, name: String) -> Self {
        self.name = Some(name);
        self
    }

    /// Accepts the size of the thread's stack, in bytes, which has no effect: all stacks are as large
    /// as [`Explorer::stack_size`](crate::Explorer::stack_size) says.
    pub fn stack_size(self, _bytes: usize) -> Self {
        self
    }

    /// Spawns the thread.
    ///
    /// # Errors
    ///
    /// If the name contains a null byte, at which `std` panics.
    ///
    /// # Panics
    ///
    /// Outside an execution, or if there would be more than
    /// [`MAX_THREADS`](crate::MAX_THREADS).
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        if let Some(name) = &self.name
            && name.contains('\0')
        {
            let message = format!("the thread name {name:?} contains a null byte");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let mut handle = spawn(body);
        if let Some(name) = self.name {
            let name: Arc<str> = Arc::from(name);
            handle.thread.handle.set_name(Arc::clone(&name));
            handle.thread.name = Some(name);
        }
        Ok(handle)
    }
}
