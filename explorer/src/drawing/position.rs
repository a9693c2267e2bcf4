//! The position of an interleaving: what each thread will do next, and the states of the objects.

use super::names::{Names, thread};
use super::place::Place;
use super::role::{AccessKind, Role, verb};
use super::waiting::waits;
use super::words::{list, value};
use crate::{
    Contents, Event, Interleaving, ObjectId, ObjectKind, ObjectView, PendingOperation, ThreadId,
    ThreadStatus, ThreadView, Value,
};
use std::collections::BTreeSet;

/// The position of an interleaving: its threads and its objects, in words.
///
/// Names are those of a [`Drawing`](super::Drawing) of the same interleaving.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Position {
    /// The threads, in the order of their names, the main thread first.
    pub threads: Vec<Standing>,
    /// The objects that still matter, each with its state: `x = 1`, `lock: held by thread 1`.
    pub objects: Vec<String>,
}

/// A thread, and what it does next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The thread's name in the exploration.
    pub thread: ThreadId,
    /// Its name, such as `thread 1`.
    pub name: String,
    /// Its next step.
    pub next: NextStep,
    /// The place of that step in the source; `None` if the thread has ended.
    pub place: Option<Place>,
}

/// The next step of a thread.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NextStep {
    /// None: it has ended.
    Ended,
    /// It can take this step, such as `store −1 to x`.
    Ready {
        /// The step.
        text: String,
        /// The possible results of the step, by the number of the alternative; empty unless there is a
        /// choice.
        alternatives: Vec<String>,
    },
    /// None: it waits, such as for a lock: `waits to lock count, held by thread 1`.
    Waits(String),
}

impl Position {
    /// Describes the position of an interleaving.
    pub fn of(interleaving: &Interleaving) -> Self {
        let names = Names::of(interleaving);
        let standing = |view: &ThreadView| Standing {
            thread: view.id,
            name: thread(view.id),
            next: next(view, interleaving, &names),
            place: place(view),
        };
        let objects = interleaving.objects.iter();
        Position {
            threads: interleaving.threads.iter().map(standing).collect(),
            objects: objects
                .filter(|object| matters(interleaving, object))
                .map(|object| state(interleaving, object, &names))
                .collect(),
        }
    }
}

fn place(view: &ThreadView) -> Option<Place> {
    let location = match &view.status {
        ThreadStatus::Ended => return None,
        ThreadStatus::Pending(pending) => pending.location,
        ThreadStatus::Joining { location, .. } => location,
    };
    Some(Place::new(location, view.label))
}

fn next(view: &ThreadView, interleaving: &Interleaving, names: &Names) -> NextStep {
    match (&view.status, &view.waits) {
        (_, Some(stuck)) => NextStep::Waits(waits(stuck, names)),
        (ThreadStatus::Pending(pending), None) => NextStep::Ready {
            text: step(pending, names),
            alternatives: alternatives(pending, interleaving),
        },
        (ThreadStatus::Ended | ThreadStatus::Joining { .. }, None) => NextStep::Ended,
    }
}

/// Returns the words for an operation that a thread will execute, as drawings use them.
fn step(pending: &PendingOperation, names: &Names) -> String {
    let verb = verb(pending.operation, true);
    let object = pending.object.map(|(_, id)| names.object(id)).unwrap_or_default();
    let mutex = pending.mutex.map(|id| names.object(id)).unwrap_or_default();
    let operand = pending.operand.map(value).unwrap_or_default();
    match Role::of_operation(pending.operation, true) {
        Role::Atomic(AccessKind::Store | AccessKind::Add) => format!("{verb} {operand} to {object}"),
        Role::Atomic(AccessKind::ReadModifyWrite) => match pending.expected.map(value) {
            Some(expected) => format!("{verb} {object}: {expected} → {operand}"),
            None => format!("{verb} {operand} on {object}"),
        },
        Role::Fence(ordering) => format!("{verb} {ordering:?}"),
        Role::Chooses(alternatives) => format!("{verb} one of {alternatives}"),
        Role::Parks | Role::ParksInVain | Role::StartsToPark { .. } => verb.to_owned(),
        Role::Waits | Role::WaitsForNothing => format!("{verb} {object}, unlocks {mutex}"),
        Role::EndsWait { .. } => format!("go on or time out on {object}"),
        Role::Atomic(AccessKind::Read) | Role::Plain(_) => format!("{verb} {object}"),
        Role::Acquires(_) | Role::FailsToAcquire | Role::Releases { .. } => format!("{verb} {object}"),
        Role::AsksForPoison | Role::ClearsPoison | Role::Reacquires | Role::Queues => {
            format!("{verb} {object}")
        }
        Role::Notifies { .. } | Role::Unparks => format!("{verb} {object}"),
    }
}

/// Returns the possible results of a step with a choice.
fn alternatives(pending: &PendingOperation, interleaving: &Interleaving) -> Vec<String> {
    if pending.alternatives < 2 {
        return Vec::new();
    }
    match Role::of_operation(pending.operation, true) {
        Role::Waits | Role::StartsToPark { .. } => {
            return ["wait", "return for no reason"].map(str::to_owned).into();
        }
        Role::Atomic(_) => return ["exchange", "fail for no reason"].map(str::to_owned).into(),
        _ => {}
    }
    let waiting = pending.object.and_then(|(_, id)| interleaving.object(id));
    match waiting.map(|object| &object.contents) {
        Some(Contents::Condvar { waiting }) => {
            waiting.iter().map(|&id| format!("wake {}", thread(id))).collect()
        }
        _ => (0..pending.alternatives)
            .map(|number| format!("choose {number}"))
            .collect(),
    }
}

/// Returns the threads that have touched an object.
fn touched_by(interleaving: &Interleaving, id: ObjectId) -> BTreeSet<ThreadId> {
    let events = interleaving.steps.iter().map(|step| &step.event);
    events
        .filter(|event| touches(event, id))
        .map(|event| event.thread)
        .collect()
}

fn touches(event: &Event, id: ObjectId) -> bool {
    event.object.is_some_and(|(_, object)| object == id) || event.mutex == Some(id)
}

/// Returns `true` for an object that a thread is about to touch, that is in use, or that several threads have
/// touched.
///
/// So a lock that only one thread has used, and has released, no longer matters.
fn matters(interleaving: &Interleaving, object: &ObjectView) -> bool {
    let is_pending = interleaving.threads.iter().any(|thread| match &thread.status {
        ThreadStatus::Pending(pending) => {
            pending.object.is_some_and(|(_, id)| id == object.id) || pending.mutex == Some(object.id)
        }
        _ => false,
    });
    let is_in_use = match &object.contents {
        Contents::Lock { holder, readers, .. } => holder.is_some() || !readers.is_empty(),
        Contents::Condvar { waiting } => !waiting.is_empty(),
        Contents::ParkToken(is_set) => *is_set,
        Contents::Atomic(_) | Contents::Cell => !touched_by(interleaving, object.id).is_empty(),
    };
    is_pending || is_in_use || touched_by(interleaving, object.id).len() > 1
}

/// Returns the state of an object.
fn state(interleaving: &Interleaving, object: &ObjectView, names: &Names) -> String {
    let name = names.object(object.id);
    let known = last_known(interleaving, object.id).map(value);
    match &object.contents {
        Contents::Atomic(now) => format!("{name} = {}", value(*now)),
        Contents::Cell => match known {
            Some(known) => format!("{name} = {known}"),
            None => format!("{name}: not touched yet"),
        },
        Contents::Lock {
            holder,
            readers,
            poisoned,
        } => {
            let mut text = format!("{name}: {}", held(*holder, readers, object.kind, known));
            text += &waiting_for(interleaving, object.id);
            text + if *poisoned { ", poisoned" } else { "" }
        }
        Contents::Condvar { waiting } => match waiting.is_empty() {
            true => format!("{name}: nobody waits"),
            false => format!("{name}: awaited by {}", names_of(waiting)),
        },
        Contents::ParkToken(true) => format!("token of {name}: set"),
        Contents::ParkToken(false) => format!("token of {name}: not set"),
    }
}

/// Tells which thread holds a lock; of one that is free, also the value that it guards, if that is known.
fn held(holder: Option<ThreadId>, readers: &[ThreadId], kind: ObjectKind, known: Option<String>) -> String {
    match (holder, readers, known) {
        (Some(holder), _, _) if kind == ObjectKind::RwLock => format!("held by {} to write", thread(holder)),
        (Some(holder), _, Some(known)) => format!("held by {}, who found {known} in it", thread(holder)),
        (Some(holder), _, None) => format!("held by {}", thread(holder)),
        (None, [], Some(known)) => format!("free, holds {known}"),
        (None, [], None) => "free".to_owned(),
        (None, readers, _) => format!("held by {} to read", names_of(readers)),
    }
}

/// Tells which threads wait for a lock, to be put after its state.
fn waiting_for(interleaving: &Interleaving, id: ObjectId) -> String {
    let is_waiting = |view: &&ThreadView| {
        let object = view.waits.as_ref().and_then(|stuck| stuck.object);
        object.is_some_and(|(_, object)| object == id)
    };
    let waiting: Vec<ThreadId> = interleaving
        .threads
        .iter()
        .filter(is_waiting)
        .map(|view| view.id)
        .collect();
    match waiting.is_empty() {
        true => String::new(),
        false => format!(", awaited by {}", names_of(&waiting)),
    }
}

fn names_of(threads: &[ThreadId]) -> String {
    let names: Vec<String> = threads.iter().map(|&id| thread(id)).collect();
    list(&names)
}

/// Returns the value that last went through plain memory or a mutex, as far as it was recorded.
fn last_known(interleaving: &Interleaving, id: ObjectId) -> Option<Value> {
    let mut events = interleaving.steps.iter().rev().map(|step| &step.event);
    events
        .find(|event| touches(event, id) && event.data.is_some())?
        .data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::atomic::{AtomicI32, AtomicU64};
    use crate::sync::{Arc, Cell, Mutex, RwLock};
    use crate::{Explorer, Schedule, Then, choose, thread};
    use std::sync::atomic::Ordering::SeqCst;

    /// The position after a schedule: for each thread what comes next, and the objects.
    fn position<O: 'static>(body: impl Fn() -> O + 'static, schedule: &str) -> (Vec<String>, Vec<String>) {
        let schedule: Schedule = schedule.parse().expect("a schedule");
        let replay = Explorer::new().replay(body, &schedule.0, Then::Stop);
        let position = Position::of(&replay.expect("it can be followed").interleaving);
        let next = position.threads.into_iter().map(|standing| match standing.next {
            NextStep::Ended => "ended".to_owned(),
            NextStep::Waits(what) => what,
            NextStep::Ready { text, alternatives } => [vec![text], alternatives].concat().join("|"),
        });
        (next.collect(), position.objects)
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    fn atomics() {
        let values = Arc::new((AtomicI32::new(0).named("x"), AtomicU64::new(7).named("y")));
        let theirs = Arc::clone(&values);
        let thread = thread::spawn(move || {
            theirs.0.store(-3, SeqCst);
            theirs.0.fetch_sub(2, SeqCst);
            theirs.0.add(-4, SeqCst);
            theirs.1.compare_exchange(7, u64::MAX, SeqCst, SeqCst)
        });
        drop(thread.join());
    }

    #[test]
    fn the_values_of_operations_are_those_of_their_atomic() {
        let wait = "waits for thread 1 to end";
        let expected = [
            ("", "store −3 to x", vec!["x = 0"]),
            ("1", "fetch_sub 2 on x", vec!["x = −3"]),
            ("1 1", "add −4 to x", vec!["x = −5"]),
            (
                "1 1 1",
                "compare_exchange y: 7 → 18446744073709551615",
                vec!["x = −9", "y = 7"],
            ),
        ];
        for (schedule, next, objects) in expected {
            assert_eq!(
                position(atomics, schedule),
                (texts(&[wait, next]), texts(&objects)),
                "{schedule}"
            );
        }
        assert_eq!(position(atomics, "1 1 1 1").0, ["ended", "ended"]);
    }

    fn locks() {
        let shared = Arc::new((RwLock::new(0).named("table"), Cell::new(0).named("x")));
        let threads = [false, false, true].map(|writes| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || match writes {
                true => *shared.0.write().unwrap() += 1,
                false => {
                    let _table = shared.0.read().unwrap();
                    shared.1.get();
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }

    #[test]
    fn who_holds_a_lock_and_who_waits_for_it_is_told() {
        let (next, objects) = position(locks, "1 2 3");
        let waits = "waits to write-lock table, held by thread 1 and thread 2";
        assert_eq!(next[1..], texts(&["read x", "read x", waits]));
        let table = "table: held by thread 1 and thread 2 to read, awaited by thread 3";
        assert_eq!(objects, [table, "x: not touched yet"]);
        assert_eq!(position(locks, "1 1").1[1], "x = 0");
        let (next, objects) = position(locks, "3");
        assert_eq!(next[1], "waits to read-lock table, held by thread 3");
        let table = "table: held by thread 3 to write, awaited by thread 1 and thread 2";
        assert_eq!(objects, [table]);
    }

    fn own_lock() {
        let thread = thread::spawn(|| {
            let mine = Mutex::new(1).named("mine");
            drop(mine.lock_recorded());
            choose(2)
        });
        drop(thread.join());
    }

    #[test]
    fn a_lock_that_one_thread_is_done_with_matters_no_longer() {
        assert_eq!(position(own_lock, "").1, ["mine: free"]);
        assert_eq!(
            position(own_lock, "1").1,
            ["mine: held by thread 1, who found 1 in it"]
        );
        let (next, objects) = position(own_lock, "1 1");
        assert_eq!(next[1], "choose one of 2|choose 0|choose 1");
        assert_eq!(objects, [""; 0]);
    }
}
