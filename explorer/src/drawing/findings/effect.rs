//! The effect of each event: the value that it found in its object, and the value that it left there.
//!
//! The objects are atomics, plain memory, and the values that mutexes guard. An event on an atomic tells both
//! values itself. One on plain memory or on a mutex tells only the value that it read or wrote, and that only
//! if values are recorded. So the value before a write or an unlock is the one that the last event on the
//! same object left.

use crate::drawing::role::{AccessKind, LockKind, Role, lock_of};
use crate::{Event, ObjectId, Value};
use std::collections::BTreeMap;

/// The values that an event found and left in its object; `None` if they are not known.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(in crate::drawing) struct Effect {
    pub(in crate::drawing) before: Option<Value>,
    pub(in crate::drawing) after: Option<Value>,
}

impl Effect {
    /// Returns `true` if both values are known, and differ.
    pub(in crate::drawing) fn is_change(self) -> bool {
        self.before.is_some() && self.after.is_some() && self.before != self.after
    }

    /// Returns `true` if both values are known, and are the same.
    pub(in crate::drawing) fn leaves_what_it_found(self) -> bool {
        self.before.is_some() && self.before == self.after
    }
}

/// Returns the effect of each event, in order.
pub(in crate::drawing) fn effects<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<Effect> {
    let mut known = BTreeMap::new();
    events.map(|event| effect(event, &mut known)).collect()
}

/// Returns the effect of one event, and keeps the value that it left.
fn effect(event: &Event, known: &mut BTreeMap<ObjectId, Value>) -> Effect {
    let (object, replaces) = match Role::of(event) {
        Role::Plain(kind) => (event.object.map(|(_, id)| id), kind != AccessKind::Read),
        Role::Acquires(LockKind::Mutex) | Role::Reacquires => (lock_of(event), false),
        Role::Releases {
            lock: LockKind::Mutex,
            ..
        }
        | Role::Waits
        | Role::WaitsForNothing => (lock_of(event), true),
        Role::Atomic(_) => {
            let (before, after) = (event.before, event.after);
            return Effect { before, after };
        }
        Role::Fence(_) | Role::Acquires(_) | Role::FailsToAcquire | Role::Releases { .. } => (None, false),
        Role::AsksForPoison | Role::ClearsPoison | Role::EndsWait { .. } => (None, false),
        Role::Queues | Role::StartsToPark { .. } | Role::ParksInVain => (None, false),
        Role::Notifies { .. } | Role::Parks | Role::Unparks | Role::Chooses(_) => (None, false),
    };
    let Some(object) = object else {
        return Effect::default();
    };
    let old = match event.data {
        Some(value) => known.insert(object, value),
        None => known.remove(&object),
    };
    Effect {
        before: if replaces { old } else { event.data },
        after: event.data,
    }
}
