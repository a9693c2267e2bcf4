//! The sight of an operation: what it lets its thread see of others.

use crate::operation::{OperationKind, OperationResult, Spurious};

/// Returns the part of a result that the thread is told.
pub(super) fn seen(kind: OperationKind, result: OperationResult) -> OperationResult {
    use OperationKind as Kind;
    match kind {
        // Not the value that it has replaced; to tell the thread that it has left everything as it was would
        // be wrong, however.
        Kind::Store(_, new) => OperationResult::of(!new),
        Kind::Unlock(_)
        | Kind::ReadUnlock
        | Kind::WriteUnlock(_)
        | Kind::ClearPoison
        | Kind::NotifyOne
        | Kind::NotifyAll
        | Kind::CellRead
        | Kind::CellWrite
        | Kind::Fence(_) => OperationResult::of(0),
        // Whether a thread has failed to lock the mutex matters only where the wait could not end for no
        // reason.
        Kind::Wait(Spurious::IfTried | Spurious::Always) => OperationResult { value: 0, ..result },
        _ => result,
    }
}

/// Returns `true` if what the operation lets its thread see of others is also ordered after what they did.
pub(super) fn orders_as_it_shows(kind: OperationKind) -> bool {
    use OperationKind as Kind;
    use std::sync::atomic::Ordering::SeqCst;
    match kind {
        Kind::Load(ordering)
        | Kind::Store(ordering, _)
        | Kind::Add(ordering, _)
        | Kind::ReadModifyWrite(ordering, ..) => ordering == SeqCst,
        Kind::CompareExchange { success, failure, .. } => success == SeqCst && failure == SeqCst,
        Kind::Fence(_)
        | Kind::Lock
        | Kind::Unlock(_)
        | Kind::ReadLock
        | Kind::ReadUnlock
        | Kind::WriteLock
        | Kind::WriteLockOrQueue
        | Kind::WriteUnlock(_)
        | Kind::CellRead
        | Kind::CellWrite
        | Kind::Choose(_) => true,
        Kind::TryLock
        | Kind::TryReadLock
        | Kind::TryWriteLock
        | Kind::IsPoisoned
        | Kind::ClearPoison
        | Kind::Wait(_)
        | Kind::Reacquire
        | Kind::WakeOrTimeOut
        | Kind::WakeOrTimeOutUnless(_)
        | Kind::NotifyOne
        | Kind::NotifyAll
        | Kind::StartToPark
        | Kind::Park
        | Kind::ParkOrTimeOut
        | Kind::Unpark => false,
    }
}
