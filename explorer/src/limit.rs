//! Limits of the explorer itself, as distinct from faults of the program under test.

use std::cell::Cell;
use std::fmt;
use std::panic;

use super::identity::{MAX_THREADS, NO_OBJECT};

/// A limit of the explorer itself that the program under test has run into: the exploration ends there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Limit {
    /// The program has more than [`MAX_THREADS`] threads, over all executions.
    Threads,
    /// The program has more than 65,535 objects (atomics, locks, cells …), over all executions.
    Objects,
    /// A thread holds more than 15 read locks of one readers-writer lock at once.
    ReadLocks,
    /// There is no memory for the stack of a thread: see
    /// [`Explorer::stack_size`](super::Explorer::stack_size).
    StackMemory,
    /// The OS starts no thread. The explorer needs one, for a moment, if a thread of the program is suspended
    /// or abandoned while it unwinds.
    OsThread,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Threads => write!(f, "the explored program has more than {MAX_THREADS} threads"),
            Self::Objects => write!(f, "the explored program has more than {NO_OBJECT} objects"),
            Self::ReadLocks => f.write_str("a thread holds more than 15 read locks at once"),
            Self::StackMemory => f.write_str("there is no memory for the stack of a thread"),
            Self::OsThread => f.write_str("the operating system starts no thread"),
        }
    }
}

thread_local! {
    /// The limit that an exploration on this OS thread has reached.
    static REACHED: Cell<Option<Limit>> = const { Cell::new(None) };
}

/// Ends the exploration because of a limit, from anywhere in the explorer's own code.
///
/// This unwinds, past the panic hook, to where the exploration ends; `runtime::own` tells it from a panic by
/// [`take`]. The threads of the program do not notice.
#[cold]
pub(crate) fn reach(limit: Limit) -> ! {
    REACHED.set(Some(limit));
    panic::resume_unwind(Box::new(limit))
}

/// Returns the limit that has been reached, once.
pub(crate) fn take() -> Option<Limit> {
    REACHED.take()
}
