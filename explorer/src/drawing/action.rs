//! What an event did, in the words of the source.

use super::effect::{Effect, effects};
use super::model::{Action, Values};
use super::names::{Names, list, thread, with_minus};
use crate::{Event, Interleaving, ObjectId, OperationKind, ThreadId, Update, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What events leave behind that later events do not tell of themselves.
#[derive(Default, Debug)]
pub(super) struct Aftermath {
    poisoned: BTreeSet<ObjectId>,
    /// The threads that wait on a condition variable and have not been notified.
    waiting: BTreeMap<ObjectId, BTreeSet<ThreadId>>,
}

impl Aftermath {
    /// Returns what an event did; to be called with each event in turn.
    pub(super) fn action(&mut self, event: &Event, effect: Effect, names: &Names) -> Action {
        let object = event.object.map(|(_, id)| id);
        let remark = self.remark(event, effect, names);
        let named = match event.operation {
            OperationKind::Fence(ordering) => Some(format!("{ordering:?}")),
            OperationKind::Choose(_) => Some(event.alternative.to_string()),
            OperationKind::Park => None,
            OperationKind::Load(_)
            | OperationKind::Store(..)
            | OperationKind::ReadModifyWrite(..)
            | OperationKind::CompareExchange { .. }
            | OperationKind::Lock
            | OperationKind::TryLock
            | OperationKind::Unlock(_)
            | OperationKind::IsPoisoned
            | OperationKind::ClearPoison
            | OperationKind::ReadLock
            | OperationKind::TryReadLock
            | OperationKind::ReadUnlock
            | OperationKind::WriteLock
            | OperationKind::TryWriteLock
            | OperationKind::WriteUnlock(_)
            | OperationKind::Wait
            | OperationKind::Reacquire
            | OperationKind::WakeOrTimeOut
            | OperationKind::WakeOrTimeOutUnless(_)
            | OperationKind::NotifyOne
            | OperationKind::NotifyAll
            | OperationKind::CellRead
            | OperationKind::CellWrite
            | OperationKind::Unpark
            | OperationKind::Spin(_) => object.map(|id| names.object(id)),
        };
        let asked = object.filter(|_| event.operation == OperationKind::IsPoisoned);
        let values = match asked {
            Some(lock) => Values::Single(self.poisoned.contains(&lock).to_string()),
            None => values(event, effect),
        };
        if let Some(object) = object {
            self.note(event, object);
        }
        Action {
            verb: verb_of(event.operation, event.succeeded),
            object: named,
            values,
            remark,
        }
    }

    fn note(&mut self, event: &Event, object: ObjectId) {
        use OperationKind as Kind;
        match event.operation {
            Kind::Unlock(true) | Kind::WriteUnlock(true) => {
                self.poisoned.insert(object);
            }
            Kind::ClearPoison => {
                self.poisoned.remove(&object);
            }
            Kind::Wait => {
                self.waiting.entry(object).or_default().insert(event.thread);
            }
            Kind::NotifyOne | Kind::NotifyAll => {
                let woken = self.woken(event);
                self.waiting
                    .entry(object)
                    .or_default()
                    .retain(|thread| !woken.contains(thread));
            }
            Kind::WakeOrTimeOut | Kind::WakeOrTimeOutUnless(_) => {
                self.waiting.entry(object).or_default().remove(&event.thread);
            }
            Kind::Load(_)
            | Kind::Store(..)
            | Kind::ReadModifyWrite(..)
            | Kind::CompareExchange { .. }
            | Kind::Fence(_)
            | Kind::Lock
            | Kind::TryLock
            | Kind::Unlock(_)
            | Kind::IsPoisoned
            | Kind::ReadLock
            | Kind::TryReadLock
            | Kind::ReadUnlock
            | Kind::WriteLock
            | Kind::TryWriteLock
            | Kind::WriteUnlock(_)
            | Kind::Reacquire
            | Kind::CellRead
            | Kind::CellWrite
            | Kind::Park
            | Kind::Unpark
            | Kind::Choose(_)
            | Kind::Spin(_) => {}
        }
    }

    fn remark(&self, event: &Event, effect: Effect, names: &Names) -> Option<String> {
        use OperationKind as Kind;
        let object = event.object.map(|(_, id)| id);
        let mutex = event.mutex.map(|id| names.object(id));
        match event.operation {
            Kind::CompareExchange { .. } | Kind::TryLock | Kind::TryReadLock | Kind::TryWriteLock
                if !event.succeeded =>
            {
                Some("fails".to_owned())
            }
            Kind::Unlock(true) | Kind::WriteUnlock(true) => Some("poisons it".to_owned()),
            Kind::Wait => mutex.map(|mutex| match values_of(effect, true) {
                Values::Changed { before, after } if before != after => {
                    format!("unlocks {mutex}: {before} → {after}")
                }
                _ => format!("unlocks {mutex}"),
            }),
            Kind::Reacquire => mutex.map(|mutex| match self.found(event.mutex, effect) {
                Some(found) => format!("locks {mutex}, {found}"),
                None => format!("locks {mutex}"),
            }),
            Kind::NotifyOne | Kind::NotifyAll => {
                let woken: Vec<String> = self.woken(event).into_iter().map(thread).collect();
                Some(match woken.is_empty() {
                    true => "nobody waits".to_owned(),
                    false => format!("wakes {}", list(&woken)),
                })
            }
            Kind::Choose(alternatives) => Some(format!("from 0 to {}", alternatives.saturating_sub(1))),
            Kind::Lock
            | Kind::TryLock
            | Kind::ReadLock
            | Kind::TryReadLock
            | Kind::WriteLock
            | Kind::TryWriteLock => self.found(object, effect),
            Kind::Load(_)
            | Kind::Store(..)
            | Kind::ReadModifyWrite(..)
            | Kind::CompareExchange { .. }
            | Kind::Fence(_)
            | Kind::Unlock(_)
            | Kind::IsPoisoned
            | Kind::ClearPoison
            | Kind::ReadUnlock
            | Kind::WriteUnlock(_)
            | Kind::WakeOrTimeOut
            | Kind::WakeOrTimeOutUnless(_)
            | Kind::CellRead
            | Kind::CellWrite
            | Kind::Park
            | Kind::Unpark
            | Kind::Spin(_) => None,
        }
    }

    /// What a thread finds that acquires a lock: the value in it, and poison.
    fn found(&self, lock: Option<ObjectId>, effect: Effect) -> Option<String> {
        let is_poisoned = lock.is_some_and(|lock| self.poisoned.contains(&lock));
        match (effect.before.map(value), is_poisoned) {
            (None, false) => None,
            (None, true) => Some("finds it poisoned".to_owned()),
            (Some(value), false) => Some(format!("finds {value}")),
            (Some(value), true) => Some(format!("finds {value}, poisoned")),
        }
    }

    /// Whom a notification wakes: its alternative counts the waiting threads in the order of their names.
    fn woken(&self, event: &Event) -> Vec<ThreadId> {
        let waiting = event.object.and_then(|(_, condvar)| self.waiting.get(&condvar));
        let waiting = waiting.into_iter().flatten().copied();
        match event.operation == OperationKind::NotifyAll {
            true => waiting.collect(),
            false => waiting.skip(event.alternative.into()).take(1).collect(),
        }
    }
}

/// Returns what each step of an interleaving does.
pub fn actions(interleaving: &Interleaving) -> Vec<Action> {
    let names = Names::of(interleaving);
    let mut aftermath = Aftermath::default();
    let events = || interleaving.steps.iter().map(|step| &step.event);
    let steps = events().zip(effects(events()));
    steps
        .map(|(event, effect)| aftermath.action(event, effect, &names))
        .collect()
}

/// The values that a row shows beside the object: those of an access, and those of an unlock that changed what the
/// mutex guards.
fn values(event: &Event, effect: Effect) -> Values {
    use OperationKind as Kind;
    match event.operation {
        Kind::Store(..) | Kind::ReadModifyWrite(..) | Kind::CellWrite => values_of(effect, true),
        Kind::CompareExchange { .. } => values_of(effect, event.succeeded),
        Kind::Load(_) | Kind::CellRead => values_of(effect, false),
        Kind::Unlock(_) if effect.is_change() => values_of(effect, true),
        Kind::Fence(_)
        | Kind::Lock
        | Kind::TryLock
        | Kind::Unlock(_)
        | Kind::IsPoisoned
        | Kind::ClearPoison
        | Kind::ReadLock
        | Kind::TryReadLock
        | Kind::ReadUnlock
        | Kind::WriteLock
        | Kind::TryWriteLock
        | Kind::WriteUnlock(_)
        | Kind::Wait
        | Kind::Reacquire
        | Kind::WakeOrTimeOut
        | Kind::WakeOrTimeOutUnless(_)
        | Kind::NotifyOne
        | Kind::NotifyAll
        | Kind::Park
        | Kind::Unpark
        | Kind::Choose(_)
        | Kind::Spin(_) => Values::Unknown,
    }
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

/// Returns a value as a drawing shows it.
pub(super) fn value(value: Value) -> String {
    with_minus(&value.to_string())
}

/// Returns the word for an operation; how it went matters only where a wait may time out.
pub(super) fn verb_of(operation: OperationKind, succeeded: bool) -> &'static str {
    use OperationKind as Kind;
    match operation {
        Kind::Load(_) => "load",
        Kind::Store(..) => "store",
        Kind::ReadModifyWrite(_, update, _) => update_verb(update),
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
        Kind::TryWriteLock => "try_write",
        Kind::WriteUnlock(_) => "write-unlock",
        Kind::Wait => "wait",
        Kind::Reacquire => "woken by",
        Kind::WakeOrTimeOut | Kind::WakeOrTimeOutUnless(_) if succeeded => "woken by",
        Kind::WakeOrTimeOut | Kind::WakeOrTimeOutUnless(_) => "time out on",
        Kind::NotifyOne => "notify_one",
        Kind::NotifyAll => "notify_all",
        Kind::CellRead => "read",
        Kind::CellWrite => "write",
        Kind::Park => "park",
        Kind::Unpark => "unpark",
        Kind::Choose(_) => "choose",
        Kind::Spin(_) => "see a change of",
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
