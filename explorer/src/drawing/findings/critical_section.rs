//! Critical sections: the values that a thread found and left in a mutex while it held it.

use super::effect::Effect;
use crate::drawing::role::{LockKind, Role, lock_of};
use crate::{Event, ObjectId, ThreadId, Value};

/// The steps of a thread from the event that locks a mutex to the one that releases it. Events are named by
/// their indices.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::drawing) struct CriticalSection {
    pub(in crate::drawing) lock: ObjectId,
    pub(in crate::drawing) thread: ThreadId,
    pub(in crate::drawing) locked: usize,
    /// `None` if the thread still holds the mutex.
    pub(in crate::drawing) unlocked: Option<usize>,
    /// The value that the thread found in the mutex, if it is known.
    pub(in crate::drawing) found: Option<Value>,
    /// The value that it left there, if it is known.
    pub(in crate::drawing) left: Option<Value>,
    /// The line where the mutex was locked, and the label under which.
    pub(in crate::drawing) locked_at: (u32, Option<&'static str>),
    /// `true` if it began after a wait for a notification, or ended with one.
    pub(in crate::drawing) waits: bool,
}

impl CriticalSection {
    /// Returns `true` if it is known to have left another value than it found.
    pub(in crate::drawing) fn is_change(&self) -> bool {
        self.found.is_some() && self.left.is_some() && self.found != self.left
    }

    /// Returns `true` if it is known to have left the value that it found.
    pub(in crate::drawing) fn only_looks(&self) -> bool {
        self.found.is_some() && self.found == self.left
    }
}

/// Returns the critical sections of mutexes, in the order in which they began.
pub(in crate::drawing) fn sections<'a>(
    events: impl Iterator<Item = &'a Event>,
    effects: &[Effect],
) -> Vec<CriticalSection> {
    let mut sections: Vec<CriticalSection> = Vec::new();
    for (index, (event, effect)) in events.zip(effects).enumerate() {
        let Some(lock) = lock_of(event) else { continue };
        match Role::of(event) {
            role @ (Role::Acquires(LockKind::Mutex) | Role::Reacquires) => sections.push(CriticalSection {
                lock,
                thread: event.thread,
                locked: index,
                unlocked: None,
                found: effect.before,
                left: None,
                locked_at: (event.location.line(), event.label),
                waits: role == Role::Reacquires,
            }),
            role @ (Role::Releases {
                lock: LockKind::Mutex,
                ..
            }
            | Role::Waits
            | Role::WaitsForNothing) => {
                let mut open = sections.iter_mut().rev();
                if let Some(section) = open.find(|section| section.lock == lock) {
                    section.unlocked = Some(index);
                    section.left = effect.after;
                    section.waits |= [Role::Waits, Role::WaitsForNothing].contains(&role);
                }
            }
            Role::Atomic(_) | Role::Plain(_) | Role::Fence(_) => {}
            Role::Acquires(_) | Role::FailsToAcquire | Role::Releases { .. } => {}
            Role::AsksForPoison | Role::ClearsPoison | Role::EndsWait { .. } | Role::Notifies { .. } => {}
            Role::Queues | Role::StartsToPark { .. } => {}
            Role::Parks | Role::ParksInVain | Role::Unparks | Role::Chooses(_) => {}
        }
    }
    sections
}
