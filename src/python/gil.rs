//! The Global Interpreter Lock: one thread at a time runs Python bytecode.
//!
//! [`Gil`] is CPython's protocol. What a program sees of it is less: that at certain points another thread may get its
//! turn. [`AnySwitch`] is just that, and [`NoGil`] is what is left in a free-threaded build. All three are a
//! [`GlobalLock`], under which the [`interpreter`](crate::python::interpreter) runs. A [`Timeline`] notes who held one when.

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

/// What keeps other threads from running bytecode, or does not.
pub trait GlobalLock: Send + Sync + 'static {
    /// The right to run bytecode; dropping it gives it up for good.
    type Turn<'a>: Turn
    where
        Self: 'a;

    /// Waits for the right to run bytecode. Threads have numbers, from 1.
    fn take(&self, thread: usize) -> Self::Turn<'_>;
}

/// The right to run bytecode.
pub trait Turn {
    /// Returns `true` if another thread asks for its turn.
    fn is_asked_for(&self) -> bool;

    /// Looks at the eval breaker: if it is asked for, another thread gets its turn now.
    fn check(&mut self) {
        if self.is_asked_for() {
            self.while_waiting(|| ());
        }
    }

    /// Waits for something else, while other threads may run bytecode.
    fn while_waiting<R>(&mut self, wait: impl FnOnce() -> R) -> R;
}
