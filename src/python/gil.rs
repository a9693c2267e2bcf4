//! The Global Interpreter Lock: one thread at a time runs Python bytecode.
//!
//! [`Gil`] is CPython's protocol. A program sees only that another thread may get its turn at certain points:
//! [`AnySwitch`] is just that. [`NoGil`] is a build without the GIL. All three are a [`GlobalLock`] for the
//! [`interpreter`](crate::python::interpreter). A [`Timeline`] notes which thread held one when.

mod any_switch;
mod cpython;
mod no_gil;
mod stretch;
mod timeline;

pub use any_switch::AnySwitch;
pub use cpython::{Gil, GilTurn, Protocol, SwitchInterval};
pub use no_gil::NoGil;
pub use stretch::{History, Stretch};
pub use timeline::{NotedTurn, Timeline};

/// A lock that may keep other threads from running bytecode.
pub trait GlobalLock: Send + Sync + 'static {
    /// The right to run bytecode; it ends when this is dropped.
    type Turn<'a>: Turn
    where
        Self: 'a;

    /// Waits for the right to run bytecode. Threads have numbers, from 1.
    fn take(&self, thread: usize) -> Self::Turn<'_>;
}

/// The right to run bytecode.
pub trait Turn {
    /// Returns `true` if another thread has asked for its turn.
    fn is_asked_for(&self) -> bool;

    /// Checks the eval breaker: if another thread has asked for its turn, it gets it now.
    fn check(&mut self) {
        if self.is_asked_for() {
            self.while_waiting(|| ());
        }
    }

    /// Waits for something else, while other threads may run bytecode.
    fn while_waiting<R>(&mut self, wait: impl FnOnce() -> R) -> R;
}
