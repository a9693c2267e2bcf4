//! What an operation does, once it is known what it finds.

use std::sync::atomic::Ordering;

use crate::identity::ThreadIndex;
use crate::object::ObjectState;
use crate::operation::{OperationKind, Spurious, Update};

/// The effect of an operation that finds an object in some state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Decision {
    /// The ordering of the read, and of the write if there is one.
    pub(super) ordering: Ordering,
    /// The state that it leaves behind, if it writes.
    pub(super) writes: Option<ObjectState>,
    /// `true` if it can not be executed in this state: it waits for another one.
    pub(super) waits: bool,
}

impl Decision {
    fn load(ordering: Ordering) -> Self {
        Self {
            ordering,
            writes: None,
            waits: false,
        }
    }

    fn update(ordering: Ordering, writes: ObjectState) -> Self {
        Self {
            ordering,
            writes: Some(writes),
            waits: false,
        }
    }
}

/// Returns the effect of an operation that reads.
pub(super) fn decide(
    kind: OperationKind,
    thread: ThreadIndex,
    alternative: u8,
    found: ObjectState,
) -> Decision {
    match kind {
        OperationKind::Load(ordering) => Decision::load(ordering),
        OperationKind::ReadModifyWrite(ordering, update, operand) => {
            Decision::update(ordering, updated(found, update, operand))
        }
        OperationKind::Add(ordering, operand) => {
            Decision::update(ordering, updated(found, Update::Add, operand))
        }
        OperationKind::CompareExchange {
            success,
            failure,
            expected,
            new,
            ..
        } => {
            let atomic = found.atomic();
            match atomic.value == expected && alternative == 0 {
                true => Decision::update(success, ObjectState::Atomic(atomic.with(new))),
                false => Decision::load(failure),
            }
        }
        _ => decide_of_model(kind, thread, alternative, found),
    }
}

fn updated(found: ObjectState, update: Update, operand: u64) -> ObjectState {
    let atomic = found.atomic();
    ObjectState::Atomic(atomic.with(atomic.updated(update, operand)))
}

/// Returns the effect of an operation on an object that is not an atomic: each is a read-modify-write of the state
/// of its model, and orders nothing but what the operation itself does.
fn decide_of_model(
    kind: OperationKind,
    thread: ThreadIndex,
    alternative: u8,
    mut found: ObjectState,
) -> Decision {
    if !is_enabled(kind, thread, &found) {
        return Decision {
            waits: true,
            ..Decision::load(Ordering::Relaxed)
        };
    }
    // A thread that waits again has gone on after its last wait.
    if matches!(kind, OperationKind::Wait(_)) {
        found.apply(OperationKind::Reacquire, thread, 0);
    }
    let result = found.apply(kind, thread, alternative);
    match kind {
        OperationKind::IsPoisoned => Decision::load(Ordering::Relaxed),
        OperationKind::TryLock
        | OperationKind::TryReadLock
        | OperationKind::TryWriteLock
        | OperationKind::ParkOrTimeOut
            if !result.succeeded =>
        {
            Decision::load(Ordering::Relaxed)
        }
        _ => Decision::update(Ordering::Relaxed, found),
    }
}

/// Returns `true` if the object lets the thread go on. That a thread has been notified is the business of another
/// event.
fn is_enabled(kind: OperationKind, thread: ThreadIndex, state: &ObjectState) -> bool {
    match (kind, state) {
        (OperationKind::Reacquire, ObjectState::Mutex(_)) => state.enabled(OperationKind::Lock, 0, thread),
        (OperationKind::Reacquire, _) => true,
        _ => state.enabled(kind, 0, thread),
    }
}

/// Returns the number of alternatives of an operation in this state. A wait that would repeat itself ends for no
/// reason only if somebody may have tried to lock its mutex.
pub(super) fn alternatives(kind: OperationKind, found: &ObjectState, tries: bool) -> u8 {
    match kind {
        OperationKind::CompareExchange { expected, weak, .. } => {
            1 + u8::from(weak && found.atomic().value == expected)
        }
        OperationKind::NotifyOne => found.condvar().alternatives(),
        // That it returns is decided when it enters the condition variable.
        OperationKind::Wait(_) if matches!(found, ObjectState::Mutex(_)) => 1,
        OperationKind::Wait(Spurious::Always) => 2,
        OperationKind::Wait(Spurious::IfTried) => 1 + u8::from(tries),
        _ => 1,
    }
}
