//! The GIL as a program sees it: a turn may end wherever the eval breaker is checked.

use super::{GlobalLock, Turn};
use crate::backend::{Backend, Lock};
use std::fmt;

/// A GIL as a plain mutex, unlocked and locked again at every check of the eval breaker.
///
/// Any thread may get it then. Every switch that [`Gil`](super::Gil) allows is possible here, and some more,
/// as no thread needs to ask. So what never happens here never happens under the GIL. There are far fewer
/// interleavings, because the way in which a switch comes about is not part of them.
#[derive(Debug)]
pub struct AnySwitch<B: Backend>(B::Mutex<()>);

impl<B: Backend> AnySwitch<B> {
    /// Creates a lock that no thread holds.
    pub fn new() -> Self {
        AnySwitch(B::Mutex::new(()).named("GIL"))
    }
}

impl<B: Backend> Default for AnySwitch<B> {
    fn default() -> Self {
        Self::new()
    }
}

/// The right to run bytecode under [`AnySwitch`].
pub struct AnySwitchTurn<'a, B: Backend> {
    lock: &'a B::Mutex<()>,
    /// The guard of the mutex; `None` only for the moment in which the lock is given up.
    guard: Option<<B::Mutex<()> as Lock<()>>::Guard<'a>>,
}

impl<B: Backend> fmt::Debug for AnySwitchTurn<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnySwitchTurn")
    }
}

impl<B: Backend> GlobalLock for AnySwitch<B> {
    type Turn<'a> = AnySwitchTurn<'a, B>;

    fn take(&self, _thread: usize) -> AnySwitchTurn<'_, B> {
        AnySwitchTurn {
            lock: &self.0,
            guard: Some(self.0.lock()),
        }
    }
}

impl<B: Backend> Turn for AnySwitchTurn<'_, B> {
    fn is_asked_for(&self) -> bool {
        true
    }

    fn while_waiting<R>(&mut self, wait: impl FnOnce() -> R) -> R {
        self.guard = None;
        let result = wait();
        self.guard = Some(self.lock.lock());
        result
    }
}
