//! Futures: polling one until it is ready, and a waker that threads share.

use std::future::Future;
use std::panic::Location;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use selvedge_explorer::choose;
use selvedge_explorer::sync::Token;

use crate::leaks::Tracked;
use crate::sync::Mutex;

/// The task of a [`block_on`].
#[derive(Debug)]
struct Task {
    token: Token,
    /// A waker that is never dropped is a leak.
    _tracked: Option<Tracked>,
}

impl Wake for Task {
    #[track_caller]
    fn wake(self: Arc<Self>) {
        self.token.set();
    }

    #[track_caller]
    fn wake_by_ref(self: &Arc<Self>) {
        self.token.set();
    }
}

/// Polls a future until it is ready, on the calling thread.
///
/// After a poll that was not ready, the thread waits until the waker is called. Once in each call it may poll again
/// without that, as executors do: that is an alternative, and both are explored.
///
/// # Panics
///
/// Outside a model.
#[track_caller]
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let task = Arc::new(Task {
        token: Token::new(),
        _tracked: Tracked::new("a waker", Location::caller()),
    });
    let waker = Waker::from(Arc::clone(&task));
    let mut context = Context::from_waker(&waker);
    let mut may_poll_again = true;
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        if may_poll_again && choose(2) == 1 {
            may_poll_again = false;
            continue;
        }
        task.token.take();
    }
}

/// The place for the waker of a task that waits, shared by the task and those that wake it.
///
/// Each operation on it is one step to the others.
#[derive(Debug)]
pub struct AtomicWaker {
    waker: Mutex<Option<Waker>>,
}

impl Default for AtomicWaker {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl AtomicWaker {
    /// Creates a place without a waker.
    ///
    /// # Panics
    ///
    /// Outside a model.
    #[track_caller]
    pub fn new() -> Self {
        Self {
            waker: Mutex::new(None),
        }
    }

    /// Puts the waker there, for the next [`wake`](Self::wake).
    #[track_caller]
    pub fn register(&self, waker: Waker) {
        let earlier = self.replace(Some(waker));
        drop(earlier);
    }

    /// Puts a clone of the waker there, for the next [`wake`](Self::wake).
    #[track_caller]
    pub fn register_by_ref(&self, waker: &Waker) {
        self.register(waker.clone());
    }

    /// Takes the waker, if there is one, and calls it.
    #[track_caller]
    pub fn wake(&self) {
        if let Some(waker) = self.take_waker() {
            waker.wake();
        }
    }

    /// Takes the waker, if there is one.
    #[track_caller]
    pub fn take_waker(&self) -> Option<Waker> {
        self.replace(None)
    }

    #[track_caller]
    fn replace(&self, waker: Option<Waker>) -> Option<Waker> {
        let mut place = match self.waker.lock() {
            Ok(place) => place,
            // No code of the program runs while it is locked, so what is in it is whole.
            Err(poisoned) => poisoned.into_inner(),
        };
        std::mem::replace(&mut *place, waker)
    }
}
