//! The one table of operations: all that is true of an operation whatever the state of its objects.
//!
//! A new operation gets a row here, and nothing compiles until it has one. What depends on the state (may it
//! be executed now, how does it access the object, what does it change) is matched in [`object`](super), as
//! exhaustively.

use std::sync::atomic::Ordering;

use crate::operation::{OperationKind, Spurious};
use crate::waiting_for::WaitingFor;

/// The row of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// The verb by which it is told; its object follows.
    pub(crate) told: &'static str,
    pub(crate) course: Course,
    /// The role of its second object, if it has one.
    pub(crate) second: Second,
    /// The synchronisation if it succeeds.
    pub(crate) if_done: Synchronisation,
    /// The synchronisation if it fails, if it can.
    pub(crate) if_failed: Synchronisation,
}

/// The role of the second object of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Second {
    /// There is none.
    Absent,
    /// Both objects must let the operation go on; the thread is told what the second answers.
    Required,
    /// The operation goes on as soon as one of the two lets it; the thread is told what the first answers.
    Alternative,
}

/// The conditions under which an operation is enabled, and its possible results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Course {
    /// It is enabled, and is the same step, in every state.
    Steady,
    /// It is enabled in every state, but is not the same step in all of them.
    Changing,
    /// It is enabled in every state, but may fail: then it is a different step.
    MayFail,
    /// It is enabled in every state, and may in some end for no reason: that is its second alternative.
    Spurious,
    /// It is a choice of one of so many alternatives.
    Choice(u8),
    /// It is a choice of one of the threads that wait on its condition variable.
    ChoiceOfWaiting,
    /// It is enabled in some states; a thread that it keeps waits for this.
    Blocks(WaitingFor),
}

/// The effect of an operation on the order of memory accesses, in the sense of the memory model.
///
/// The number is the slot of the object that has this effect, if that is not always the first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Synchronisation {
    /// It orders nothing.
    Nothing,
    /// It reads an atomic.
    Load(usize, Ordering),
    /// It writes an atomic.
    Store(Ordering),
    /// It reads an atomic and writes it, as one.
    Update(Ordering),
    /// It adds to an atomic, as one, and reads nothing that could order it.
    Add(Ordering),
    /// It is a fence.
    Fence(Ordering),
    /// It acquires a lock, to hold it alone: after all that was released.
    Lock(usize),
    /// It acquires a lock, to share it: after all that was released by threads that held it alone.
    LockShared,
    /// It releases a lock that it holds alone.
    Unlock(usize),
    /// It releases a lock that it shares.
    UnlockShared,
    /// It takes a token, after all that has set it.
    Take,
    /// It sets a token.
    Set,
    /// It reads plain memory.
    Read,
    /// It writes plain memory.
    Write,
}

/// The meaning of an operation in a loop that polls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Polls {
    /// It looks, and changes nothing.
    Always,
    /// It looks and changes nothing if it fails, or if it writes the value that was there.
    IfSame,
    /// It acquires a lock, if it does not fail; that changes nothing if the lock is released unchanged.
    Enters,
    /// It takes something, or looks and changes nothing if it fails.
    Takes,
    /// It releases a lock.
    Leaves,
    /// It neither looks nor changes anything.
    Neither,
    /// It is progress.
    Never,
}

impl OperationKind {
    /// Returns the row of the operation.
    #[inline]
    pub(crate) fn row(self) -> Row {
        use Course::{Blocks, Changing, Choice, ChoiceOfWaiting, MayFail, Steady};
        use Synchronisation as S;
        let row = |told, course, if_done, if_failed| Row {
            told,
            course,
            second: Second::Absent,
            if_done,
            if_failed,
        };
        // Most operations cannot fail.
        let sure = |told, course, if_done| row(told, course, if_done, S::Nothing);
        match self {
            Self::Load(ordering) => sure("load", Steady, S::Load(0, ordering)),
            Self::Store(ordering, _) => sure("store to", Steady, S::Store(ordering)),
            Self::ReadModifyWrite(ordering, ..) => sure("read-modify-write of", Steady, S::Update(ordering)),
            Self::Add(ordering, _) => sure("add to", Steady, S::Add(ordering)),
            Self::CompareExchange {
                success,
                failure,
                weak,
                ..
            } => {
                let course = if weak { Course::Spurious } else { MayFail };
                let (done, failed) = (S::Update(success), S::Load(0, failure));
                row("compare-exchange of", course, done, failed)
            }
            Self::Fence(ordering) => sure("fence", Steady, S::Fence(ordering)),
            Self::Lock => sure("lock", Blocks(WaitingFor::Lock), S::Lock(0)),
            Self::TryLock => sure("try to lock", MayFail, S::Lock(0)),
            Self::Unlock(_) => sure("unlock", Steady, S::Unlock(0)),
            Self::IsPoisoned => sure("poison test of", Steady, S::Nothing),
            Self::ClearPoison => sure("clear the poison of", Steady, S::Nothing),
            Self::ReadLock => {
                let course = Blocks(WaitingFor::ReadLock);
                sure("lock for reading", course, S::LockShared)
            }
            Self::TryReadLock => sure("try to lock for reading", MayFail, S::LockShared),
            Self::ReadUnlock => sure("unlock", Changing, S::UnlockShared),
            Self::WriteLock => {
                let course = Blocks(WaitingFor::WriteLock);
                sure("lock for writing", course, S::Lock(0))
            }
            Self::WriteLockOrQueue => {
                let course = Blocks(WaitingFor::WriteLock);
                sure("lock for writing, or queue for", course, S::Lock(0))
            }
            Self::TryWriteLock => sure("try to lock for writing", MayFail, S::Lock(0)),
            Self::WriteUnlock(_) => sure("unlock", Steady, S::Unlock(0)),
            Self::Wait(spurious) => {
                let course = match spurious {
                    Spurious::Never => Steady,
                    Spurious::IfTried | Spurious::Always => Course::Spurious,
                };
                Row {
                    second: Second::Required,
                    ..row("wait for", course, S::Unlock(1), S::Unlock(1))
                }
            }
            Self::Reacquire => {
                let course = Blocks(WaitingFor::Notification);
                Row {
                    second: Second::Required,
                    ..sure("go on after a notification of", course, S::Lock(1))
                }
            }
            Self::WakeOrTimeOut => sure("go on, or time out, waiting for", Steady, S::Nothing),
            Self::WakeOrTimeOutUnless(_) => {
                // It looks at the word only when the time is up.
                let (course, failed) = (Blocks(WaitingFor::Notification), S::Load(1, Ordering::Relaxed));
                Row {
                    second: Second::Alternative,
                    ..row("go on, or time out, waiting for", course, S::Nothing, failed)
                }
            }
            Self::NotifyOne => sure("notify one that waits for", ChoiceOfWaiting, S::Nothing),
            Self::NotifyAll => sure("notify all that wait for", Steady, S::Nothing),
            Self::CellRead => sure("read", Steady, S::Read),
            Self::CellWrite => sure("write", Steady, S::Write),
            Self::StartToPark => sure("start to park", Choice(2), S::Nothing),
            Self::Park => sure("park on", Blocks(WaitingFor::Unpark), S::Take),
            Self::ParkOrTimeOut => sure("park on, or time out,", MayFail, S::Take),
            Self::Unpark => sure("unpark by", Steady, S::Set),
            Self::Choose(alternatives) => sure("choose", Choice(alternatives), S::Nothing),
        }
    }

    /// Returns `true` if the operation has several alternatives in some states of its objects.
    #[inline]
    pub(crate) fn may_choose(self) -> bool {
        match self {
            Self::CompareExchange { weak, .. } => weak,
            Self::Wait(spurious) => spurious != Spurious::Never,
            Self::NotifyOne | Self::StartToPark | Self::Choose(_) => true,
            Self::Load(_)
            | Self::Store(..)
            | Self::ReadModifyWrite(..)
            | Self::Add(..)
            | Self::Fence(_)
            | Self::Lock
            | Self::TryLock
            | Self::Unlock(_)
            | Self::IsPoisoned
            | Self::ClearPoison
            | Self::ReadLock
            | Self::TryReadLock
            | Self::ReadUnlock
            | Self::WriteLock
            | Self::WriteLockOrQueue
            | Self::TryWriteLock
            | Self::WriteUnlock(_)
            | Self::Reacquire
            | Self::WakeOrTimeOut
            | Self::WakeOrTimeOutUnless(_)
            | Self::NotifyAll
            | Self::CellRead
            | Self::CellWrite
            | Self::Park
            | Self::ParkOrTimeOut
            | Self::Unpark => false,
        }
    }

    /// Returns `true` if the operation asks for the state of a mutex, or tells later ones of it, without waiting for it.
    pub(crate) fn asks_for_lock(self) -> bool {
        matches!(
            self,
            Self::TryLock | Self::IsPoisoned | Self::ClearPoison | Self::Unlock(_)
        )
    }

    /// Returns `true` if the operation is not enabled in some states of its objects.
    #[inline]
    pub(crate) fn may_wait(self) -> bool {
        match self {
            Self::Lock
            | Self::ReadLock
            | Self::WriteLock
            | Self::WriteLockOrQueue
            | Self::Reacquire
            | Self::WakeOrTimeOutUnless(_)
            | Self::Park => true,
            Self::Load(_)
            | Self::Store(..)
            | Self::ReadModifyWrite(..)
            | Self::Add(..)
            | Self::CompareExchange { .. }
            | Self::Fence(_)
            | Self::TryLock
            | Self::Unlock(_)
            | Self::IsPoisoned
            | Self::ClearPoison
            | Self::TryReadLock
            | Self::ReadUnlock
            | Self::TryWriteLock
            | Self::WriteUnlock(_)
            | Self::Wait(_)
            | Self::WakeOrTimeOut
            | Self::NotifyOne
            | Self::NotifyAll
            | Self::CellRead
            | Self::CellWrite
            | Self::StartToPark
            | Self::ParkOrTimeOut
            | Self::Unpark
            | Self::Choose(_) => false,
        }
    }

    /// Returns the meaning of the operation in a loop that polls.
    #[inline]
    pub(crate) fn polls(self) -> Polls {
        match self {
            Self::Load(_) | Self::IsPoisoned | Self::CellRead => Polls::Always,
            Self::Store(..) | Self::ReadModifyWrite(..) | Self::CompareExchange { .. } => Polls::IfSame,
            Self::Lock
            | Self::TryLock
            | Self::ReadLock
            | Self::TryReadLock
            | Self::WriteLock
            | Self::WriteLockOrQueue
            | Self::TryWriteLock => Polls::Enters,
            Self::Unlock(_) | Self::ReadUnlock | Self::WriteUnlock(_) => Polls::Leaves,
            Self::Fence(_) | Self::StartToPark => Polls::Neither,
            Self::ParkOrTimeOut => Polls::Takes,
            Self::ClearPoison
            | Self::Wait(_)
            | Self::Reacquire
            | Self::WakeOrTimeOut
            | Self::WakeOrTimeOutUnless(_)
            | Self::NotifyOne
            | Self::NotifyAll
            | Self::CellWrite
            | Self::Park
            | Self::Unpark
            | Self::Choose(_) => Polls::Never,
            // Even one that adds 0: its thread has looked at nothing.
            Self::Add(..) => Polls::Never,
        }
    }

    /// Returns the synchronisation of the operation, which depends on its success.
    #[inline]
    pub(crate) fn synchronises(self, succeeded: bool) -> Synchronisation {
        let row = self.row();
        if succeeded { row.if_done } else { row.if_failed }
    }

    /// Returns `true` if the thread holds a lock after the operation, if it succeeds.
    pub(crate) fn acquires(self) -> bool {
        self.row().if_done.acquires()
    }

    /// Returns `true` if the second object is a mutex, which the operation releases or acquires.
    pub(crate) fn is_with_mutex(self) -> bool {
        let mutex = [Synchronisation::Lock(1), Synchronisation::Unlock(1)];
        mutex.contains(&self.row().if_done)
    }

    /// Returns `true` if this is the release of a lock by its only holder, and a thread that is to execute
    /// the other operation waits for that.
    pub(crate) fn releases_for(self, other: Self) -> bool {
        use Synchronisation::{Lock, LockShared, Unlock};
        if !matches!(self.row().if_done, Unlock(0)) {
            return false;
        }
        let Row { course, if_done, .. } = other.row();
        matches!((course, if_done), (Course::Blocks(_), Lock(0) | LockShared))
    }

    /// Returns `true` if the thread is told what the object in this slot answers, unless a later one's answer
    /// replaces it.
    #[inline]
    pub(crate) fn is_answered_by(self, slot: usize) -> bool {
        slot == 0 || self.row().second == Second::Required
    }

    /// Returns the value of its atomic that the operation expects, and the one that it stores or computes
    /// with.
    pub(crate) fn arguments(self) -> (Option<u64>, Option<u64>) {
        match self {
            Self::Store(_, value) | Self::ReadModifyWrite(_, _, value) | Self::Add(_, value) => {
                (None, Some(value))
            }
            Self::CompareExchange { expected, new, .. } => (Some(expected), Some(new)),
            Self::Load(_)
            | Self::Fence(_)
            | Self::Lock
            | Self::TryLock
            | Self::Unlock(_)
            | Self::IsPoisoned
            | Self::ClearPoison
            | Self::ReadLock
            | Self::TryReadLock
            | Self::ReadUnlock
            | Self::WriteLock
            | Self::WriteLockOrQueue
            | Self::TryWriteLock
            | Self::WriteUnlock(_)
            | Self::Wait(_)
            | Self::Reacquire
            | Self::WakeOrTimeOut
            | Self::WakeOrTimeOutUnless(_)
            | Self::NotifyOne
            | Self::NotifyAll
            | Self::CellRead
            | Self::CellWrite
            | Self::StartToPark
            | Self::Park
            | Self::ParkOrTimeOut
            | Self::Unpark
            | Self::Choose(_) => (None, None),
        }
    }

    /// Returns the operation with its values replaced: the function is given each, with the slot of the
    /// object that it is a value of.
    pub(crate) fn map_values(self, mut map: impl FnMut(usize, u64) -> u64) -> Self {
        match self {
            Self::Store(ordering, value) => Self::Store(ordering, map(0, value)),
            Self::ReadModifyWrite(ordering, update, operand) => {
                Self::ReadModifyWrite(ordering, update, map(0, operand))
            }
            Self::Add(ordering, operand) => Self::Add(ordering, map(0, operand)),
            Self::CompareExchange {
                success,
                failure,
                expected,
                new,
                weak,
            } => Self::CompareExchange {
                success,
                failure,
                expected: map(0, expected),
                new: map(0, new),
                weak,
            },
            Self::WakeOrTimeOutUnless(value) => Self::WakeOrTimeOutUnless(map(1, value)),
            Self::Load(_)
            | Self::Fence(_)
            | Self::Lock
            | Self::TryLock
            | Self::Unlock(_)
            | Self::IsPoisoned
            | Self::ClearPoison
            | Self::ReadLock
            | Self::TryReadLock
            | Self::ReadUnlock
            | Self::WriteLock
            | Self::WriteLockOrQueue
            | Self::TryWriteLock
            | Self::WriteUnlock(_)
            | Self::Wait(_)
            | Self::Reacquire
            | Self::WakeOrTimeOut
            | Self::NotifyOne
            | Self::NotifyAll
            | Self::CellRead
            | Self::CellWrite
            | Self::StartToPark
            | Self::Park
            | Self::ParkOrTimeOut
            | Self::Unpark
            | Self::Choose(_) => self,
        }
    }
}

impl Synchronisation {
    /// Returns `true` if a lock is acquired.
    fn acquires(self) -> bool {
        match self {
            Self::Lock(_) | Self::LockShared => true,
            Self::Nothing
            | Self::Load(..)
            | Self::Store(_)
            | Self::Update(_)
            | Self::Add(_)
            | Self::Fence(_)
            | Self::Unlock(_)
            | Self::UnlockShared
            | Self::Take
            | Self::Set
            | Self::Read
            | Self::Write => false,
        }
    }

    /// Returns the memory ordering that the program has given for it, if any.
    pub(crate) fn ordering(self) -> Option<Ordering> {
        match self {
            Self::Load(0, ordering)
            | Self::Store(ordering)
            | Self::Update(ordering)
            | Self::Add(ordering)
            | Self::Fence(ordering) => Some(ordering),
            // The word of a timed wait is read as a part of the wait.
            Self::Load(..) => None,
            Self::Nothing
            | Self::Lock(_)
            | Self::LockShared
            | Self::Unlock(_)
            | Self::UnlockShared
            | Self::Take
            | Self::Set
            | Self::Read
            | Self::Write => None,
        }
    }
}
