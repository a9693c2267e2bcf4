//! Operations: the visible steps of threads, and how each touches the objects.

use std::panic::Location;
use std::sync::atomic::Ordering;

use super::identity::{NO_OBJECT, ObjectIndex, ThreadIndex};

/// A way in which an atomic read-modify-write changes the value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Update {
    /// Replaces the value.
    Swap,
    /// Adds, wrapping around.
    Add,
    /// Subtracts, wrapping around.
    Sub,
    /// Bitwise and.
    And,
    /// Bitwise not-and.
    Nand,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// The larger value.
    Max,
    /// The smaller value.
    Min,
}

/// The condition under which a wait may end for no reason.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Spurious {
    /// It never does.
    Never,
    /// It does if a thread has failed to lock the mutex since it was last acquired.
    ///
    /// The thread has done nothing since this wait last ended for no reason, so it would only repeat itself.
    /// Nobody but the thread that failed can have noticed.
    IfTried,
    /// It may end so at any time.
    Always,
}

/// An operation without its object: its kind and its arguments.
///
/// Values of atomics are carried as the low bits of a `u64`, pointers as their numbers (see
/// [`Value::Pointer`](super::Value::Pointer)).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum OperationKind {
    /// An atomic load.
    Load(Ordering),
    /// An atomic store of a value.
    Store(Ordering, u64),
    /// An atomic read-modify-write with an operand.
    ReadModifyWrite(Ordering, Update, u64),
    /// An atomic addition, wrapping around, that tells its thread nothing.
    Add(Ordering, u64),
    /// An atomic compare-exchange; when it finds another value it fails, and counts as a load.
    CompareExchange {
        /// The ordering if it succeeds.
        success: Ordering,
        /// The ordering if it fails.
        failure: Ordering,
        /// The value that must be found.
        expected: u64,
        /// The value that is then stored.
        new: u64,
        /// `true` if it may also fail for no reason: then that is its second alternative.
        weak: bool,
    },
    /// A fence between atomics.
    Fence(Ordering),
    /// Acquires a mutex.
    Lock,
    /// Acquires a mutex if it is free.
    TryLock,
    /// Releases a mutex, and poisons it if the flag is set.
    Unlock(bool),
    /// Reads whether a lock is poisoned.
    IsPoisoned,
    /// Clears the poison of a lock.
    ClearPoison,
    /// Acquires a readers-writer lock for reading.
    ReadLock,
    /// Acquires a readers-writer lock for reading, if no writer holds it.
    TryReadLock,
    /// Releases a readers-writer lock held for reading.
    ReadUnlock,
    /// Acquires a readers-writer lock for writing.
    WriteLock,
    /// Acquires a readers-writer lock for writing; where readers hold it, the operation fails, and the thread
    /// is queued for the lock and keeps new readers out until it has acquired it by a [`WriteLock`].
    ///
    /// [`WriteLock`]: Self::WriteLock
    WriteLockOrQueue,
    /// Acquires a readers-writer lock for writing, if no thread holds it.
    TryWriteLock,
    /// Releases a readers-writer lock held for writing, and poisons it if the flag is set.
    WriteUnlock(bool),
    /// Releases the mutex and starts to wait on the condition variable, as one step. Its second alternative,
    /// if it has one, is that the wait ends for no reason: the operation fails, and only releases the mutex.
    Wait(Spurious),
    /// Acquires the mutex again after a notification.
    Reacquire,
    /// Ends a wait with a timeout: by the notification if there was one, else by the clock.
    WakeOrTimeOut,
    /// Ends a wait with a timeout that goes unnoticed while an atomic has this value: by the notification
    /// if there was one, else by the clock.
    WakeOrTimeOutUnless(u64),
    /// Wakes one waiting thread; which one is a choice.
    NotifyOne,
    /// Wakes all waiting threads.
    NotifyAll,
    /// Reads plain memory.
    CellRead,
    /// Writes plain memory.
    CellWrite,
    /// Starts to park: goes on to [`Park`](Self::Park), or fails and returns for no reason; a choice.
    StartToPark,
    /// Waits for the thread's own token, and takes it.
    Park,
    /// Takes the thread's own token, or fails: it has waited until the time was up.
    ParkOrTimeOut,
    /// Sets the token of a thread.
    Unpark,
    /// Chooses one of so many alternatives.
    Choose(u8),
}

/// An operation that a thread has announced: its kind, its objects and its place in the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) kind: OperationKind,
    /// The objects touched, by slot; unused slots are [`NO_OBJECT`].
    pub(crate) objects: [ObjectIndex; 2],
    pub(crate) location: &'static Location<'static>,
    /// `true` if it publishes a new value that the models do not have: that of a cell or, where a lock is
    /// released, the value that the lock protects.
    pub(crate) publishes: bool,
}

impl Operation {
    /// Creates an operation that touches no object.
    pub(crate) fn new(kind: OperationKind, location: &'static Location<'static>) -> Self {
        Self {
            kind,
            objects: [NO_OBJECT; 2],
            location,
            publishes: false,
        }
    }

    /// Creates an operation on one object.
    #[cfg(test)]
    pub(crate) fn on(object: ObjectIndex, kind: OperationKind, location: &'static Location<'static>) -> Self {
        Self {
            kind,
            objects: [object, NO_OBJECT],
            location,
            publishes: false,
        }
    }

    /// Returns the objects that the operation touches, each with its slot.
    #[inline]
    pub(crate) fn slots(&self) -> impl Iterator<Item = (usize, ObjectIndex)> + use<> {
        let objects = self.objects.into_iter().enumerate();
        objects.take_while(|&(_, object)| object != NO_OBJECT)
    }

    /// Returns `true` if the two cannot be told apart, their location included.
    #[inline]
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.objects == other.objects
            && (std::ptr::eq(self.location, other.location) || self.location == other.location)
    }
}

/// A way to touch an object: two accesses conflict unless both are shared, or both add.
///
/// The numbers are such that two accesses conflict if, and only if, their bits together are those of
/// [`Exclusive`](Self::Exclusive).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Access {
    /// There is no object. With this each pair of bits is an access, and nothing is to be decoded.
    Absent = 0b00,
    /// It commutes with other shared accesses.
    Shared = 0b01,
    /// It changes the object as others of its kind do, in any order, and tells its thread nothing.
    Adding = 0b10,
    /// It commutes with nothing.
    Exclusive = 0b11,
}

impl Access {
    /// The number of bits of an access.
    const BITS: usize = 2;

    /// Returns the access in the slot of an operation, as the bits of a [`Step`].
    #[inline]
    pub(crate) fn in_slot(self, slot: usize) -> u8 {
        (self as u8) << (Self::BITS * slot)
    }

    /// Returns `true` if two accesses of this kind to one object commute.
    #[inline]
    pub(crate) fn commutes_with_itself(self) -> bool {
        self != Self::Exclusive
    }
}

/// The result that the operation returned to the thread.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct OperationResult {
    /// The value read, the alternative chosen, or the poison flag found.
    pub(crate) value: u64,
    /// `false` if a `try_…`, a compare-exchange or a timed wait failed, if a wait ended for no reason, or if
    /// a writer was queued; `true` for all other operations.
    pub(crate) succeeded: bool,
}

impl OperationResult {
    /// The result of an operation that succeeded with this value.
    pub(crate) fn of(value: u64) -> Self {
        Self {
            value,
            succeeded: true,
        }
    }

    /// The result of an operation that failed and saw this value.
    pub(crate) fn failed(value: u64) -> Self {
        Self {
            value,
            succeeded: false,
        }
    }
}

/// An operation as the dependence relation sees it: its thread, and its accesses.
///
/// The step of an operation depends on the state: a compare-exchange that fails counts as a
/// load. It changes only when a dependent operation is executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    pub(crate) thread: ThreadIndex,
    /// The alternative of the operation: 0 unless it is a choice.
    pub(crate) alternative: u8,
    /// The access to object `k`, from bit `2k` on.
    pub(crate) accesses: u8,
    pub(crate) objects: [ObjectIndex; 2],
}

impl Step {
    /// Returns the access to the object in this slot.
    #[inline]
    pub(crate) fn access(&self, slot: usize) -> Access {
        match self.accesses >> (Access::BITS * slot) & Access::Exclusive as u8 {
            0b00 => Access::Absent,
            0b01 => Access::Shared,
            0b10 => Access::Adding,
            _ => Access::Exclusive,
        }
    }

    /// Returns `true` if the two touch a common object, and their accesses to it conflict.
    ///
    /// This covers enabling and disabling too: an operation that can enable or disable another
    /// has an access that conflicts with it.
    pub(crate) fn conflicts_with(&self, other: &Self) -> bool {
        for (mine, &object) in self.objects.iter().enumerate() {
            if object == NO_OBJECT {
                break;
            }
            for (theirs, &other_object) in other.objects.iter().enumerate() {
                let bits = self.accesses >> (Access::BITS * mine) | other.accesses >> (Access::BITS * theirs);
                if object == other_object && !bits & Access::Exclusive as u8 == 0 {
                    return true;
                }
            }
        }
        false
    }

    /// Returns `true` if the order of the two matters: the dependence relation.
    ///
    /// Spawn and join are not operations: they only move clocks, because a thread's first
    /// operation cannot come before its spawn, nor a join before the thread's end.
    pub(crate) fn depends_on(&self, other: &Self) -> bool {
        self.thread == other.thread || self.conflicts_with(other)
    }

    /// Returns `true` if both are the same step: the same thread with the same alternative.
    pub(crate) fn same_step(&self, other: &Self) -> bool {
        self.thread == other.thread && self.alternative == other.alternative
    }
}
