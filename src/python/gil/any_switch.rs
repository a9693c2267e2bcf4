//! What a program sees of the GIL: a turn may end wherever the eval breaker is looked at.

use super::{GlobalLock, Turn};
use crate::backend::{Backend, Lock};
use std::fmt;

/// A GIL as a plain mutex, given up and taken again at every look at the eval breaker, as if somebody always asked.
///
/// Whoever gets it then is anybody: every switch that [`Gil`](super::Gil) allows is possible here, and some more, since
/// here nobody has to ask. So what never happens under this lock does not happen under the GIL either; and there are
/// far fewer interleavings, for how a switch comes about is not among them.
#[derive(Debug)]
pub struct AnySwitch<B: Backend>(B::Mutex<()>);

impl<B: Backend> AnySwitch<B> {
    /// Creates one that nobody holds.
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
    /// There is always one, but for the moment in which it is given up.
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
