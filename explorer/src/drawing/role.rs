//! The roles that operations play in an interleaving, and the words for operations: the one table from which
//! everything that is drawn or told of an operation follows.
//!
//! [`Role::of`] and [`verb`] name every operation, and each `match` on a role names every role. So the
//! compiler asks how a new operation is to be drawn and told.

use crate::{Event, ObjectId, OperationKind, Update};
use std::sync::atomic::Ordering;

/// The role of an operation in an interleaving: what it does, as a drawing and a story tell it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// Accesses the value of an atomic.
    Atomic(AccessKind),
    /// Accesses plain memory.
    Plain(AccessKind),
    /// Orders the accesses before it and after it.
    Fence(Ordering),
    /// Acquires a lock.
    Acquires(LockKind),
    /// Would have acquired a lock if another thread had not held it.
    FailsToAcquire,
    /// Releases a lock, and poisons it if the thread panics.
    Releases { lock: LockKind, poisons: bool },
    /// Asks whether a lock is poisoned.
    AsksForPoison,
    /// Clears the poison of a lock.
    ClearsPoison,
    /// Releases a mutex, and starts to wait for a notification.
    Waits,
    /// Releases a mutex to wait, but goes on for no reason once it can acquire the mutex again.
    WaitsForNothing,
    /// Is queued for a lock, to write, and keeps new readers out.
    Queues,
    /// Acquires the mutex again after a wait.
    Reacquires,
    /// Ends a wait: by a notification, or because the time is up.
    EndsWait { in_time: bool },
    /// Notifies one waiting thread, or all.
    Notifies { all: bool },
    /// Starts to park, or returns from there for no reason.
    StartsToPark { returns: bool },
    /// Waits for the token of its own thread, and takes it.
    Parks,
    /// Waits for the token of its own thread until the time is up.
    ParksInVain,
    /// Sets the token of another thread.
    Unparks,
    /// Chooses one of so many alternatives.
    Chooses(u8),
}

/// The ways to access a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum AccessKind {
    /// Reads it; so does a compare-exchange that fails.
    Read,
    /// Replaces it without a look at it.
    Store,
    /// Reads and replaces it in one step.
    ReadModifyWrite,
    /// Adds to it in one step, without a look at it.
    Add,
}

/// The ways in which a thread can hold a lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LockKind {
    /// A mutex.
    Mutex,
    /// A readers-writer lock, to read.
    Read,
    /// A readers-writer lock, to write.
    Write,
}

impl Role {
    /// Returns the role of an event.
    pub(super) fn of(event: &Event) -> Self {
        Self::of_operation(event.operation, event.succeeded)
    }

    /// Returns the role of an operation that succeeds or fails.
    pub(super) fn of_operation(operation: OperationKind, succeeded: bool) -> Self {
        use OperationKind as Kind;
        let tries = |lock| match succeeded {
            true => Self::Acquires(lock),
            false => Self::FailsToAcquire,
        };
        let releases = |lock, poisons| Self::Releases { lock, poisons };
        match operation {
            Kind::Load(_) => Self::Atomic(AccessKind::Read),
            Kind::Store(..) => Self::Atomic(AccessKind::Store),
            Kind::ReadModifyWrite(..) => Self::Atomic(AccessKind::ReadModifyWrite),
            Kind::Add(..) => Self::Atomic(AccessKind::Add),
            Kind::CompareExchange { .. } if succeeded => Self::Atomic(AccessKind::ReadModifyWrite),
            Kind::CompareExchange { .. } => Self::Atomic(AccessKind::Read),
            Kind::CellRead => Self::Plain(AccessKind::Read),
            Kind::CellWrite => Self::Plain(AccessKind::Store),
            Kind::Fence(ordering) => Self::Fence(ordering),
            Kind::Lock => Self::Acquires(LockKind::Mutex),
            Kind::TryLock => tries(LockKind::Mutex),
            Kind::Unlock(poisons) => releases(LockKind::Mutex, poisons),
            Kind::ReadLock => Self::Acquires(LockKind::Read),
            Kind::TryReadLock => tries(LockKind::Read),
            Kind::ReadUnlock => releases(LockKind::Read, false),
            Kind::WriteLock => Self::Acquires(LockKind::Write),
            Kind::WriteLockOrQueue if succeeded => Self::Acquires(LockKind::Write),
            Kind::WriteLockOrQueue => Self::Queues,
            Kind::TryWriteLock => tries(LockKind::Write),
            Kind::WriteUnlock(poisons) => releases(LockKind::Write, poisons),
            Kind::IsPoisoned => Self::AsksForPoison,
            Kind::ClearPoison => Self::ClearsPoison,
            Kind::Wait(_) if succeeded => Self::Waits,
            Kind::Wait(_) => Self::WaitsForNothing,
            Kind::Reacquire => Self::Reacquires,
            Kind::WakeOrTimeOut | Kind::WakeOrTimeOutUnless(_) => Self::EndsWait { in_time: succeeded },
            Kind::NotifyOne => Self::Notifies { all: false },
            Kind::NotifyAll => Self::Notifies { all: true },
            Kind::StartToPark => Self::StartsToPark { returns: !succeeded },
            Kind::Park => Self::Parks,
            Kind::ParkOrTimeOut if succeeded => Self::Parks,
            Kind::ParkOrTimeOut => Self::ParksInVain,
            Kind::Unpark => Self::Unparks,
            Kind::Choose(alternatives) => Self::Chooses(alternatives),
        }
    }

    /// Returns `true` if the thread holds a lock afterwards that it did not hold before.
    pub(super) fn acquires(self) -> bool {
        matches!(self, Self::Acquires(_) | Self::Reacquires)
    }

    /// Returns `true` if a thread that panics releases a lock, and so poisons it.
    pub(super) fn poisons(self) -> bool {
        matches!(self, Self::Releases { poisons: true, .. })
    }
}

/// Returns the lock that an event acquires or releases, if it is one that does.
pub(super) fn lock_of(event: &Event) -> Option<ObjectId> {
    event.mutex.or(event.object.map(|(_, id)| id))
}

/// Returns the word for an operation; if it fails, that matters only to a wait, which then times out, and to
/// a writer, which is then queued.
pub(super) fn verb(operation: OperationKind, succeeded: bool) -> &'static str {
    use OperationKind as Kind;
    match operation {
        Kind::Load(_) => "load",
        Kind::Store(..) => "store",
        Kind::ReadModifyWrite(_, update, _) => update_verb(update),
        Kind::Add(..) => "add",
        Kind::CompareExchange { weak: true, .. } => "compare_exchange_weak",
        Kind::CompareExchange { .. } => "compare_exchange",
        Kind::Fence(_) => "fence",
        Kind::Lock => "lock",
        Kind::TryLock => "try_lock",
        Kind::Unlock(_) => "unlock",
        Kind::IsPoisoned => "is_poisoned",
        Kind::ClearPoison => "clear_poison",
        Kind::ReadLock => "read-lock",
        Kind::TryReadLock => "try_read",
        Kind::ReadUnlock => "read-unlock",
        Kind::WriteLock => "write-lock",
        Kind::WriteLockOrQueue if succeeded => "write-lock",
        Kind::WriteLockOrQueue => "queue to write-lock",
        Kind::TryWriteLock => "try_write",
        Kind::WriteUnlock(_) => "write-unlock",
        Kind::Wait(_) => "wait",
        Kind::Reacquire => "woken by",
        Kind::WakeOrTimeOut | Kind::WakeOrTimeOutUnless(_) if succeeded => "woken by",
        Kind::WakeOrTimeOut | Kind::WakeOrTimeOutUnless(_) => "time out on",
        Kind::NotifyOne => "notify_one",
        Kind::NotifyAll => "notify_all",
        Kind::CellRead => "read",
        Kind::CellWrite => "write",
        Kind::StartToPark | Kind::Park => "park",
        Kind::ParkOrTimeOut => "park_timeout",
        Kind::Unpark => "unpark",
        Kind::Choose(_) => "choose",
    }
}

fn update_verb(update: Update) -> &'static str {
    match update {
        Update::Swap => "swap",
        Update::Add => "fetch_add",
        Update::Sub => "fetch_sub",
        Update::And => "fetch_and",
        Update::Nand => "fetch_nand",
        Update::Or => "fetch_or",
        Update::Xor => "fetch_xor",
        Update::Max => "fetch_max",
        Update::Min => "fetch_min",
    }
}
