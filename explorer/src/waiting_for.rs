//! The things that a thread may wait for.

use super::identity::ThreadId;

/// A thing that a stuck thread waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum WaitingFor {
    /// A mutex that another thread holds.
    Lock,
    /// A readers-writer lock, to read.
    ReadLock,
    /// A readers-writer lock, to read: readers hold it, and this thread waits for them, to write, and keeps
    /// new readers out.
    Writer(ThreadId),
    /// A readers-writer lock, to write.
    WriteLock,
    /// A notification of a condition variable, or its mutex after one; of a wait whose time-out goes
    /// unnoticed while an atomic has some value, also for the atomic to change.
    Notification,
    /// To be unparked.
    Unpark,
    /// A change of something that it polls in a loop.
    Change,
    /// The end of this thread.
    End(ThreadId),
}
