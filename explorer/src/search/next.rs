//! The answers of a search: which thread goes on, or why none does.

use crate::identity::ThreadIndex;

/// The next thing that happens in an execution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    /// The thread goes on: its operation has been executed, with the program's `result`.
    Run(ThreadIndex),
    /// The thread goes on that had stopped because it repeated itself.
    Wake(ThreadIndex),
    /// The execution is over.
    Stop(Stop),
}

/// The reason for which an execution is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stop {
    /// No thread is enabled.
    Complete,
    /// All enabled threads sleep.
    Blocked,
    /// It has as many events as allowed.
    StepLimit,
    /// A thread has left a loop in which it was probed: the execution is to be begun again.
    Again,
    /// The program did not repeat what it had done before.
    Mismatch,
    /// A thread is to execute an operation that the strategy cannot explore.
    Unsupported,
    /// The schedule to follow is at its end, and nothing was to come after it.
    Asked,
    /// The schedule to follow cannot be followed.
    Refused(Refusal),
    /// The explorer itself has failed, or has reached one of its limits.
    Failed,
}

/// The reason for which a step of a schedule cannot be executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refusal {
    /// No thread of this name has been spawned.
    NotSpawned,
    /// The thread has ended.
    Ended,
    /// The thread waits.
    Waits(ThreadIndex),
    /// Its operation has only so many alternatives.
    Alternatives(u8),
    /// It is not to see what came before it, but the execution is sequentially consistent.
    Sequential,
    /// Only so many changes came before it that it might not see.
    Unseen(u16),
    /// It sees no changes, as it neither reads nor changes an object that has them in an order.
    SeesNothing,
    /// The memory model does not allow it.
    Inconsistent,
}
