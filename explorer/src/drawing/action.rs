//! The action of each event: an operation, its object and its values, in the words of the source.

use super::findings::effect::{Effect, effects};
use super::findings::order::out_of_order;
use super::model::{Action, Values};
use super::names::{Names, thread};
use super::role::{AccessKind, Role, lock_of, verb};
use super::words::{list, value};
use crate::{Event, Interleaving, ObjectId, ThreadId, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Puts the events of an interleaving into words, one after the other.
///
/// It keeps what later events do not tell of themselves: which locks are poisoned, and which threads wait.
#[derive(Default, Debug)]
pub(super) struct Actions {
    poisoned: BTreeSet<ObjectId>,
    /// The threads that wait on a condition variable and have not been notified.
    waiting: BTreeMap<ObjectId, BTreeSet<ThreadId>>,
    /// The value that each event has left, as far as values are known.
    left: Vec<Option<Value>>,
    /// The objects of which not every step sees the steps above it.
    out_of_order: BTreeSet<ObjectId>,
    /// `true` if the memory orderings of atomic operations are shown.
    shows_orderings: bool,
}

impl Actions {
    /// Creates one that shows the memory orderings, or leaves them out.
    ///
    /// They are shown where they decide: in a data race, and where steps do not see all the steps above them.
    /// Everywhere else each operation takes effect at once, whatever its ordering.
    pub(super) fn new(interleaving: &Interleaving, has_race: bool) -> Self {
        let out_of_order = out_of_order(interleaving);
        Self {
            shows_orderings: has_race || !out_of_order.is_empty(),
            out_of_order,
            ..Self::default()
        }
    }

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
        self.left.push(effect.after);
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
            Role::WaitsForNothing | Role::Queues | Role::StartsToPark { .. } => {}
            Role::AsksForPoison | Role::Parks | Role::ParksInVain => {}
            Role::Unparks | Role::Chooses(_) => {}
        }
    }

    /// Returns the remark on an event, with its ordering if that is shown: `fails, Relaxed`.
    fn remark(&self, event: &Event, effect: Effect, names: &Names) -> Option<String> {
        let is_atomic = matches!(Role::of(event), Role::Atomic(_));
        let ordering = event.ordering().filter(|_| self.shows_orderings && is_atomic);
        let remarks = [
            self.result(event, effect, names),
            self.unseen(event),
            ordering.map(|ordering| format!("{ordering:?}")),
        ];
        let remarks: Vec<String> = remarks.into_iter().flatten().collect();
        (!remarks.is_empty()).then(|| remarks.join(", "))
    }

    /// Returns what an access to an atomic does not see of the steps above it: `not the 1 of step 3`.
    fn unseen(&self, event: &Event) -> Option<String> {
        let (&first, &last) = (event.unseen.first()?, event.unseen.last()?);
        let of = |index: usize| match self.left.get(index).copied().flatten() {
            Some(left) => format!("the {} of step {}", value(left), index + 1),
            None => format!("step {}", index + 1),
        };
        match Role::of(event) {
            Role::Atomic(AccessKind::Store) => Some(format!("before {}", of(first))),
            Role::Atomic(_) => Some(format!("not {}", of(last))),
            _ => None,
        }
    }

    /// Returns `true` if not every step on the event's object sees the steps above it.
    fn is_out_of_order(&self, event: &Event) -> bool {
        event
            .object
            .is_some_and(|(_, id)| self.out_of_order.contains(&id))
    }

    fn result(&self, event: &Event, effect: Effect, names: &Names) -> Option<String> {
        let mutex = event.mutex.map(|id| names.object(id));
        match Role::of(event) {
            Role::Atomic(_) if event.fails_for_no_reason() => Some("fails for no reason".to_owned()),
            Role::StartsToPark { returns: true } => Some("returns for no reason".to_owned()),
            Role::ParksInVain => Some("the time is up".to_owned()),
            Role::Queues => Some("keeps new readers out".to_owned()),
            Role::Atomic(_) | Role::FailsToAcquire if !event.succeeded => Some("fails".to_owned()),
            Role::Releases { poisons: true, .. } => Some("poisons it".to_owned()),
            Role::Acquires(_) => self.found(lock_of(event), effect),
            role @ (Role::Waits | Role::WaitsForNothing) => mutex.map(|mutex| {
                let ends = match role == Role::Waits {
                    true => "",
                    false => ", returns for no reason",
                };
                match values_of(effect, true) {
                    Values::Changed { before, after } if before != after => {
                        format!("unlocks {mutex}: {before} → {after}{ends}")
                    }
                    _ => format!("unlocks {mutex}{ends}"),
                }
            }),
            Role::Reacquires => mutex.map(|mutex| match self.found(lock_of(event), effect) {
                Some(found) => format!("locks {mutex}, {found}"),
                None => format!("locks {mutex}"),
            }),
            Role::Notifies { .. } if self.is_out_of_order(event) => None,
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
            Role::StartsToPark { returns: false } => None,
            Role::EndsWait { .. } | Role::Parks | Role::Unparks => None,
        }
    }

    /// Returns what a thread finds in a lock that it acquires: the value, and poison.
    fn found(&self, lock: Option<ObjectId>, effect: Effect) -> Option<String> {
        let is_poisoned =
            lock.is_some_and(|lock| self.poisoned.contains(&lock) && !self.out_of_order.contains(&lock));
        match (effect.before.map(value), is_poisoned) {
            (None, false) => None,
            (None, true) => Some("is poisoned".to_owned()),
            (Some(value), false) => Some(format!("holds {value}")),
            (Some(value), true) => Some(format!("holds {value}, is poisoned")),
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
            Role::AsksForPoison if self.is_out_of_order(event) => Values::Unknown,
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
            Role::WaitsForNothing | Role::Queues | Role::StartsToPark { .. } => Values::Unknown,
            Role::ParksInVain => Values::Unknown,
            Role::Notifies { .. } | Role::Parks | Role::Unparks | Role::Chooses(_) => Values::Unknown,
        }
    }
}

/// Returns the action of each step of an interleaving.
pub fn actions(interleaving: &Interleaving) -> Vec<Action> {
    let names = Names::of(interleaving);
    let mut actions = Actions::new(interleaving, false);
    let events = || interleaving.steps.iter().map(|step| &step.event);
    let steps = events().zip(effects(events()));
    steps
        .map(|(event, effect)| actions.next(event, effect, &names))
        .collect()
}

/// Returns the words after the verb: the object, unless the operation has none.
fn object(event: &Event, names: &Names) -> Option<String> {
    match Role::of(event) {
        Role::Fence(ordering) => Some(format!("{ordering:?}")),
        Role::Chooses(_) => Some(event.alternative.to_string()),
        Role::Parks | Role::ParksInVain | Role::StartsToPark { .. } => None,
        Role::Atomic(_) | Role::Plain(_) | Role::Acquires(_) | Role::FailsToAcquire => named(event, names),
        Role::Releases { .. } | Role::AsksForPoison | Role::ClearsPoison => named(event, names),
        Role::Waits | Role::Reacquires | Role::EndsWait { .. } => named(event, names),
        Role::WaitsForNothing | Role::Queues => named(event, names),
        Role::Notifies { .. } | Role::Unparks => named(event, names),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::atomic::{AtomicI32, fence};
    use crate::sync::{Arc, Cell, Condvar, Mutex, RwLock};
    use crate::{Explorer, Schedule, Then, choose, thread};
    use std::sync::atomic::Ordering::SeqCst;
    use std::time::Duration;

    /// Returns the actions of an execution that begins with a schedule, as text.
    fn texts<O: 'static>(body: impl Fn() -> O + 'static, schedule: &str) -> Vec<String> {
        let schedule: Schedule = schedule.parse().expect("a schedule");
        let replay = Explorer::new().replay(body, &schedule.0, Then::RunOn);
        let actions = actions(&replay.expect("it can be followed").interleaving);
        actions.iter().map(Action::to_string).collect()
    }

    fn atomics() {
        let x = AtomicI32::new(0).named("x");
        x.load(SeqCst);
        x.store(-1, SeqCst);
        x.swap(3, SeqCst);
        x.fetch_add(3, SeqCst);
        x.add(-2, SeqCst);
        let _ = x.compare_exchange(4, 5, SeqCst, SeqCst);
        let _ = x.compare_exchange(4, 6, SeqCst, SeqCst);
        fence(SeqCst);
        let y = Cell::new(0).named("y");
        y.set(7);
        y.get();
    }

    #[test]
    fn accesses_show_their_values() {
        let expected = [
            "load x = 0",
            "store x: 0 → −1",
            "swap x: −1 → 3",
            "fetch_add x: 3 → 6",
            "add x: 6 → 4",
            "compare_exchange x: 4 → 5",
            "compare_exchange x = 5, fails",
            "fence SeqCst",
            "write y = 7",
            "read y = 7",
        ];
        assert_eq!(texts(atomics, ""), expected);
    }

    fn locks() {
        let lock = Mutex::new(0).named("count");
        *lock.lock_recorded().unwrap() += 1;
        let held = lock.try_lock();
        drop(lock.try_lock());
        drop(held);
        let table = RwLock::new(0).named("table");
        let read = table.read();
        drop(table.try_write());
        drop(table.try_read());
        drop(read);
        let write = table.write();
        drop(table.try_read());
        drop(write);
        table.is_poisoned();
        table.clear_poison();
    }

    #[test]
    fn locks_tell_what_is_found_and_what_fails() {
        let expected = [
            "lock count, holds 0",
            "unlock count: 0 → 1",
            "try_lock count",
            "try_lock count, fails",
            "unlock count",
            "read-lock table",
            "try_write table, fails",
            "try_read table",
            "read-unlock table",
            "read-unlock table",
            "write-lock table",
            "try_read table, fails",
            "write-unlock table",
            "is_poisoned table = false",
            "clear_poison table",
        ];
        assert_eq!(texts(locks, ""), expected);
    }

    fn poison() {
        let table = Arc::new(RwLock::new(0).named("table"));
        let theirs = Arc::clone(&table);
        let writer = thread::spawn(move || {
            let _held = theirs.write();
            panic!("on purpose");
        });
        drop(writer.join());
        drop(table.read());
        table.is_poisoned();
        table.clear_poison();
        drop(table.write());
    }

    #[test]
    fn poison_is_told_until_it_is_cleared() {
        let expected = [
            "write-lock table",
            "write-unlock table, poisons it",
            "read-lock table, is poisoned",
            "read-unlock table",
            "is_poisoned table = true",
            "clear_poison table",
            "write-lock table",
            "write-unlock table",
        ];
        assert_eq!(texts(poison, ""), expected);
    }

    /// Returns the actions of a program in which two threads wait until the main thread notifies them.
    fn notified(notify: fn(&Condvar), schedule: &str) -> Vec<String> {
        let body = move || {
            let shared = Arc::new((Mutex::new(0).named("count"), Condvar::new().named("bell")));
            let waiters = [(); 2].map(|()| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || drop(shared.1.wait(shared.0.lock().unwrap())))
            });
            notify(&shared.1);
            waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
        };
        texts(body, schedule)
    }

    #[test]
    fn a_notification_tells_whom_it_wakes() {
        let one_then_all = |bell: &Condvar| {
            bell.notify_one();
            bell.notify_all();
        };
        let after_two_waits = |schedule| notified(one_then_all, schedule)[4..6].to_vec();
        let first = [
            "notify_one bell, wakes thread 1",
            "notify_all bell, wakes thread 2",
        ];
        assert_eq!(after_two_waits("1×2 2×2 main×2"), first);
        let second = [
            "notify_one bell, wakes thread 2",
            "notify_all bell, wakes thread 1",
        ];
        assert_eq!(after_two_waits("1×2 2×2 main:1 main"), second);
        let expected = [
            "lock count",
            "wait bell, unlocks count",
            "lock count",
            "wait bell, unlocks count",
            "notify_all bell, wakes thread 1 and thread 2",
            "woken by bell, locks count",
            "unlock count",
            "woken by bell, locks count",
            "unlock count",
        ];
        assert_eq!(notified(Condvar::notify_all, "1×2 2×2 main"), expected);
        let none = texts(|| Condvar::new().named("bell").notify_all(), "");
        assert_eq!(none, ["notify_all bell, nobody waits"]);
    }

    fn the_rest() {
        let lock = Mutex::new(0).named("count");
        let bell = Condvar::new().named("bell");
        let wait = bell.wait_timeout(lock.lock().unwrap(), Duration::from_millis(1));
        drop(wait);
        thread::current().unpark();
        thread::park();
        choose(3);
    }

    #[test]
    fn waits_tokens_and_choices_are_told() {
        let expected = [
            "lock count",
            "wait bell, unlocks count",
            "time out on bell",
            "lock count",
            "unlock count",
            "unpark main",
            "park",
            "park",
            "choose 0, from 0 to 2",
        ];
        assert_eq!(texts(the_rest, ""), expected);
    }
}
