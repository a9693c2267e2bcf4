//! What an operation does, once the value that it reads is known.

use std::sync::atomic::Ordering;

use crate::object::atomic::Atomic;
use crate::operation::{OperationKind, OperationResult, Update};

/// The effect of an operation that reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Decision {
    /// The ordering, which may depend on success.
    pub(super) ordering: Ordering,
    /// The value that it writes, if it writes.
    pub(super) writes: Option<u64>,
    /// What the thread is told.
    pub(super) result: OperationResult,
}

/// Returns the effect of an operation that reads, where the location holds this value.
pub(super) fn decide(operation: &OperationKind, found: Atomic) -> Decision {
    let result = OperationResult::of(found.value);
    match *operation {
        OperationKind::Load(ordering) => Decision {
            ordering,
            writes: None,
            result,
        },
        OperationKind::ReadModifyWrite(ordering, update, operand) => Decision {
            ordering,
            writes: Some(found.updated(update, operand)),
            result,
        },
        // It tells its thread nothing, and acquires nothing.
        OperationKind::Add(ordering, operand) => Decision {
            ordering,
            writes: Some(found.updated(Update::Add, operand)),
            result: OperationResult::of(0),
        },
        OperationKind::CompareExchange {
            success,
            expected,
            new,
            ..
        } if found.value == expected => Decision {
            ordering: success,
            writes: Some(new),
            result,
        },
        OperationKind::CompareExchange { failure, .. } => Decision {
            ordering: failure,
            writes: None,
            result: OperationResult::failed(found.value),
        },
        // A ticket.
        OperationKind::Lock => Decision {
            ordering: Ordering::Relaxed,
            writes: Some(0),
            result,
        },
        ref other => unreachable!("{other:?} reads no location"),
    }
}

/// Returns `true` if the operation reads from a write, whether it also writes or not.
pub(super) fn reads(operation: &OperationKind) -> bool {
    matches!(
        operation,
        OperationKind::Load(_)
            | OperationKind::ReadModifyWrite(..)
            | OperationKind::Add(..)
            | OperationKind::CompareExchange { .. }
            | OperationKind::Lock
    )
}
