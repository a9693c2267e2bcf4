//! The action of each event: an operation, its object and its values, in the words of the source.

use super::findings::effect::{Effect, effects};
use super::model::{Action, Values};
use super::names::{Names, thread};
use super::role::{AccessKind, Role, lock_of, verb};
use super::words::{list, value};
use crate::{Event, Interleaving, ObjectId, ThreadId};
use std::collections::{BTreeMap, BTreeSet};

/// Puts the events of an interleaving into words, one after the other.
///
/// It keeps what later events do not tell of themselves: which locks are poisoned, and which threads wait.
#[derive(Default, Debug)]
pub(super) struct Actions {
    poisoned: BTreeSet<ObjectId>,
    /// The threads that wait on a condition variable and have not been notified.
    waiting: BTreeMap<ObjectId, BTreeSet<ThreadId>>,
}

impl Actions {
    /// Returns the action of the next event; to be called with each event in turn.
    pub(super) fn next(&mut self, event: &Event, effect: Effect, names: &Names) -> Action {
        let action = Action {
            verb: verb(event.operation, event.succeeded),
            object: object(event, names),
            values: self.values(event, effect),
            remark: self.remark(event, effect, names),
        };
        if let Some((_, object)) = event.object {
            self.note(event, object);
        }
        action
    }

    /// Keeps what an event changes for those after it.
    fn note(&mut self, event: &Event, object: ObjectId) {
        match Role::of(event) {
            Role::Releases { poisons: true, .. } => {
                self.poisoned.insert(object);
            }
            Role::ClearsPoison => {
                self.poisoned.remove(&object);
            }
            Role::Waits => {
                self.waiting.entry(object).or_default().insert(event.thread);
            }
            Role::Notifies { all } => {
                let woken = self.woken(event, all);
                let waiting = self.waiting.entry(object).or_default();
                waiting.retain(|thread| !woken.contains(thread));
            }
            Role::EndsWait { .. } => {
                self.waiting.entry(object).or_default().remove(&event.thread);
            }
            Role::Atomic(_) | Role::Plain(_) | Role::Fence(_) => {}
            Role::Acquires(_) | Role::FailsToAcquire | Role::Releases { .. } | Role::Reacquires => {}
            Role::AsksForPoison | Role::Parks | Role::Unparks | Role::Chooses(_) | Role::Polls => {}
        }
    }

    fn remark(&self, event: &Event, effect: Effect, names: &Names) -> Option<String> {
        let mutex = event.mutex.map(|id| names.object(id));
        match Role::of(event) {
            Role::Atomic(_) | Role::FailsToAcquire if !event.succeeded => Some("fails".to_owned()),
            Role::Releases { poisons: true, .. } => Some("poisons it".to_owned()),
            Role::Acquires(_) => self.found(lock_of(event), effect),
            Role::Waits => mutex.map(|mutex| match values_of(effect, true) {
                Values::Changed { before, after } if before != after => {
                    format!("unlocks {mutex}: {before} → {after}")
                }
                _ => format!("unlocks {mutex}"),
            }),
            Role::Reacquires => mutex.map(|mutex| match self.found(lock_of(event), effect) {
                Some(found) => format!("locks {mutex}, {found}"),
                None => format!("locks {mutex}"),
            }),
            Role::Notifies { all } => {
                let woken: Vec<String> = self.woken(event, all).into_iter().map(thread).collect();
                Some(match woken.is_empty() {
                    true => "nobody waits".to_owned(),
                    false => format!("wakes {}", list(&woken)),
                })
            }
            Role::Chooses(alternatives) => Some(format!("from 0 to {}", alternatives.saturating_sub(1))),
            Role::Atomic(_) | Role::Plain(_) | Role::Fence(_) | Role::FailsToAcquire => None,
            Role::Releases { .. } | Role::AsksForPoison | Role::ClearsPoison => None,
            Role::EndsWait { .. } | Role::Parks | Role::Unparks | Role::Polls => None,
        }
    }

    /// Returns what a thread finds in a lock that it acquires: the value, and poison.
    fn found(&self, lock: Option<ObjectId>, effect: Effect) -> Option<String> {
        let is_poisoned = lock.is_some_and(|lock| self.poisoned.contains(&lock));
        match (effect.before.map(value), is_poisoned) {
            (None, false) => None,
            (None, true) => Some("finds it poisoned".to_owned()),
            (Some(value), false) => Some(format!("finds {value}")),
            (Some(value), true) => Some(format!("finds {value}, poisoned")),
        }
    }

    /// Returns the threads that a notification wakes. Its alternative counts the waiting threads in the order
    /// of their names.
    fn woken(&self, event: &Event, all: bool) -> Vec<ThreadId> {
        let waiting = event.object.and_then(|(_, condvar)| self.waiting.get(&condvar));
        let waiting = waiting.into_iter().flatten().copied();
        match all {
            true => waiting.collect(),
            false => waiting.skip(event.alternative.into()).take(1).collect(),
        }
    }

    /// Returns the values that a row shows beside the object: those of an access, and those of an unlock that
    /// changed what the mutex guards.
    fn values(&self, event: &Event, effect: Effect) -> Values {
        match Role::of(event) {
            Role::Atomic(AccessKind::Read) | Role::Plain(AccessKind::Read) => values_of(effect, false),
            Role::Atomic(_) | Role::Plain(_) => values_of(effect, true),
            Role::Releases { .. } if effect.is_change() => values_of(effect, true),
            Role::AsksForPoison => {
                let is_poisoned = event
                    .object
                    .is_some_and(|(_, lock)| self.poisoned.contains(&lock));
                Values::Single(is_poisoned.to_string())
            }
            Role::Fence(_) | Role::Acquires(_) | Role::FailsToAcquire | Role::Releases { .. } => {
                Values::Unknown
            }
            Role::ClearsPoison | Role::Waits | Role::Reacquires | Role::EndsWait { .. } => Values::Unknown,
            Role::Notifies { .. } | Role::Parks | Role::Unparks | Role::Chooses(_) | Role::Polls => {
                Values::Unknown
            }
        }
    }
}

/// Returns the action of each step of an interleaving.
pub fn actions(interleaving: &Interleaving) -> Vec<Action> {
    let names = Names::of(interleaving);
    let mut actions = Actions::default();
    let events = || interleaving.steps.iter().map(|step| &step.event);
    let steps = events().zip(effects(events()));
    steps
        .map(|(event, effect)| actions.next(event, effect, &names))
        .collect()
}

/// Returns what stands after the verb: the object, unless the operation has none.
fn object(event: &Event, names: &Names) -> Option<String> {
    match Role::of(event) {
        Role::Fence(ordering) => Some(format!("{ordering:?}")),
        Role::Chooses(_) => Some(event.alternative.to_string()),
        Role::Parks => None,
        Role::Atomic(_) | Role::Plain(_) | Role::Acquires(_) | Role::FailsToAcquire => named(event, names),
        Role::Releases { .. } | Role::AsksForPoison | Role::ClearsPoison => named(event, names),
        Role::Waits | Role::Reacquires | Role::EndsWait { .. } => named(event, names),
        Role::Notifies { .. } | Role::Unparks | Role::Polls => named(event, names),
    }
}

fn named(event: &Event, names: &Names) -> Option<String> {
    event.object.map(|(_, id)| names.object(id))
}

fn values_of(effect: Effect, is_write: bool) -> Values {
    match (effect.before, effect.after) {
        (Some(before), Some(after)) if is_write => Values::Changed {
            before: value(before),
            after: value(after),
        },
        (None, Some(single)) | (Some(single), _) => Values::Single(value(single)),
        (None, None) => Values::Unknown,
    }
}
