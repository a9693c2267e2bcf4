//! What an event did, in the words of the source.

use super::drawing::{Action, Values};
use super::names::{Names, list, thread, with_minus};
use crate::explorer::{Event, ObjectId, OperationKind, ThreadId, Update, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What events leave behind that later events do not tell of themselves.
#[derive(Default, Debug)]
pub(super) struct Aftermath {
    poisoned: BTreeSet<ObjectId>,
    waiting: BTreeMap<ObjectId, Waiting>,
}

/// The threads that wait on a condition variable.
#[derive(Default, Debug)]
struct Waiting {
    /// All that have not gone on yet.
    threads: BTreeSet<ThreadId>,
    /// How many of them have been notified.
    notified: usize,
}

impl Aftermath {
    /// Returns what an event did; to be called with each event in turn.
    pub(super) fn action(&mut self, event: &Event, names: &Names) -> Action {
        let object = event.object.map(|(_, id)| id);
        let remark = self.remark(event, names);
        let named = match event.operation {
            OperationKind::Fence(ordering) => Some(format!("{ordering:?}")),
            OperationKind::Choose(_) => Some(event.alternative.to_string()),
            OperationKind::Park => None,
            _ => object.map(|id| names.object(id)),
        };
        let values = match (event.operation, object) {
            (OperationKind::IsPoisoned, Some(lock)) => {
                Values::Seen(self.poisoned.contains(&lock).to_string())
            }
            _ => values(event),
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
                self.waiting
                    .entry(object)
                    .or_default()
                    .threads
                    .insert(event.thread);
            }
            Kind::NotifyOne => {
                let waiting = self.waiting.entry(object).or_default();
                waiting.notified = waiting.threads.len().min(waiting.notified + 1);
            }
            Kind::NotifyAll => {
                let waiting = self.waiting.entry(object).or_default();
                waiting.notified = waiting.threads.len();
            }
            Kind::Reacquire | Kind::WakeOrTimeOut => {
                let waiting = self.waiting.entry(object).or_default();
                waiting.threads.remove(&event.thread);
                waiting.notified -= usize::from(event.succeeded).min(waiting.notified);
            }
            _ => {}
        }
    }

    fn remark(&self, event: &Event, names: &Names) -> Option<String> {
        use OperationKind as Kind;
        let object = event.object.map(|(_, id)| id);
        let mutex = event.mutex.map(|id| names.object(id));
        let is_poisoned = |lock: Option<ObjectId>| lock.is_some_and(|lock| self.poisoned.contains(&lock));
        match event.operation {
            Kind::CompareExchange { .. } | Kind::TryLock | Kind::TryReadLock | Kind::TryWriteLock
                if !event.succeeded =>
            {
                Some("fails".to_owned())
            }
            Kind::Unlock(true) | Kind::WriteUnlock(true) => Some("poisons it".to_owned()),
            Kind::Wait => mutex.map(|mutex| format!("unlocks {mutex}")),
            Kind::Reacquire => mutex.map(|mutex| format!("locks {mutex}")),
            Kind::NotifyOne | Kind::NotifyAll => Some(self.woken(event)),
            Kind::Choose(alternatives) => Some(format!("from 0 to {}", alternatives.saturating_sub(1))),
            _ if event.operation.acquires() && is_poisoned(object) => Some("finds it poisoned".to_owned()),
            _ => None,
        }
    }

    /// Whom a notification wakes.
    fn woken(&self, event: &Event) -> String {
        let waiting = event.object.and_then(|(_, condvar)| self.waiting.get(&condvar));
        let Some(waiting) = waiting.filter(|waiting| waiting.threads.len() > waiting.notified) else {
            return "nobody waits".to_owned();
        };
        let left = waiting.threads.len() - waiting.notified;
        let all = event.operation == OperationKind::NotifyAll;
        if waiting.notified == 0 && (all || left == 1) {
            let threads: Vec<String> = waiting.threads.iter().map(|&id| thread(id)).collect();
            return format!("wakes {}", list(&threads));
        }
        match all || left == 1 {
            true => format!("wakes {left}"),
            false => format!("wakes one of {left}"),
        }
    }
}

/// The values that the event itself tells of: those of atomics.
fn values(event: &Event) -> Values {
    use OperationKind as Kind;
    let is_write = match event.operation {
        Kind::Store(..) | Kind::ReadModifyWrite(..) => true,
        Kind::CompareExchange { .. } => event.succeeded,
        Kind::Load(_) => false,
        _ => return Values::Unknown,
    };
    match (event.before, event.after) {
        (Some(before), Some(after)) if is_write => Values::Changed {
            before: value(before),
            after: value(after),
        },
        (Some(before), _) => Values::Seen(value(before)),
        _ => Values::Unknown,
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
        Kind::WakeOrTimeOut if succeeded => "woken by",
        Kind::WakeOrTimeOut => "time out on",
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
