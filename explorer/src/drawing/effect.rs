//! The values that events saw and left: of atomics, of plain memory, and of what mutexes guard.
//!
//! An atomic's event tells both values itself. Plain memory and mutexes tell only the value that was moved, if values
//! are recorded; what was there before a write or an unlock is what the last event on the same object left.

use crate::{Event, ObjectId, OperationKind, Value};
use std::collections::BTreeMap;

/// What an event saw in its object, and what it left there; `None` if that is not known.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Effect {
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

impl Effect {
    /// Returns `true` if both values are known, and differ.
    pub(super) fn is_change(self) -> bool {
        self.before.is_some() && self.after.is_some() && self.before != self.after
    }
}

/// Returns the effect of each event, in order.
pub(super) fn effects<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<Effect> {
    let mut known = BTreeMap::new();
    events.map(|event| effect(event, &mut known)).collect()
}

/// Returns the effect of one event, and notes what it left.
fn effect(event: &Event, known: &mut BTreeMap<ObjectId, Value>) -> Effect {
    use OperationKind as Kind;
    let object = event.object.map(|(_, id)| id);
    let (place, replaces) = match event.operation {
        Kind::CellRead | Kind::Lock => (object, false),
        Kind::TryLock if event.succeeded => (object, false),
        Kind::CellWrite | Kind::Unlock(_) => (object, true),
        Kind::Reacquire => (event.mutex, false),
        Kind::Wait => (event.mutex, true),
        Kind::Load(_)
        | Kind::Store(..)
        | Kind::ReadModifyWrite(..)
        | Kind::CompareExchange { .. }
        | Kind::Fence(_)
        | Kind::TryLock
        | Kind::IsPoisoned
        | Kind::ClearPoison
        | Kind::ReadLock
        | Kind::TryReadLock
        | Kind::ReadUnlock
        | Kind::WriteLock
        | Kind::TryWriteLock
        | Kind::WriteUnlock(_)
        | Kind::WakeOrTimeOut
        | Kind::WakeOrTimeOutUnless(_)
        | Kind::NotifyOne
        | Kind::NotifyAll
        | Kind::Park
        | Kind::Unpark
        | Kind::Choose(_)
        | Kind::Spin(_) => {
            let (before, after) = (event.before, event.after);
            return Effect { before, after };
        }
    };
    let Some(place) = place else {
        return Effect::default();
    };
    let old = match event.data {
        Some(value) => known.insert(place, value),
        None => known.remove(&place),
    };
    Effect {
        before: if replaces { old } else { event.data },
        after: event.data,
    }
}
