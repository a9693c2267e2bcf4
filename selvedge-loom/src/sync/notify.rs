//! Parking without a thread.

use std::sync::atomic::{AtomicBool, Ordering};

use selvedge_explorer::sync::Token;

/// A notification that is kept until it is waited for.
///
/// What comes before a [`notify`](Self::notify) happens before what comes after the [`wait`](Self::wait) that it lets go
/// on. A wait does not return for no reason; loom's may, once.
#[derive(Debug)]
pub struct Notify {
    token: Token,
    waits: AtomicBool,
}

impl Default for Notify {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl Notify {
    /// Creates a `Notify` without a notification.
    ///
    /// # Panics
    ///
    /// Outside a model.
    #[track_caller]
    pub fn new() -> Self {
        Self {
            token: Token::new(),
            waits: AtomicBool::new(false),
        }
    }

    /// Notifies the thread that waits, or the next one that does.
    #[track_caller]
    pub fn notify(&self) {
        self.token.set();
    }

    /// Waits for a notification, and uses it up.
    ///
    /// # Panics
    ///
    /// If another thread waits already.
    #[track_caller]
    pub fn wait(&self) {
        let waits = self.waits.swap(true, Ordering::Relaxed);
        assert!(!waits, "only one thread may wait on a `Notify`");
        self.token.take();
        self.waits.store(false, Ordering::Relaxed);
    }
}
