//! An interleaving in full: all that a drawing, a story or a game needs of an execution.
//!
//! The search does not record the threads that could have gone on where another was chosen. They are
//! found afterwards: the history knows every object's state at every point.

use std::panic::Location;

use super::cost::Cost;
use super::data_race;
use super::ending::{self, StuckThread};
use super::event::{self, Event, Link, ObjectNames, name_of};
use super::identity::{NO_OBJECT, ObjectId, ObjectIndex, ObjectKind, ThreadId, ThreadIndex};
use super::naming::ObjectName;
use super::object::{self, ObjectState, threads_in};
use super::operation::{Operation, OperationKind};
use super::search::{Communication, Program, Status, Thread};
use super::value::Value;

/// One execution, step by step, with the threads and the objects as it left them.
#[derive(Clone, Debug)]
pub struct Interleaving {
    /// The threads, in the order of their names, the main thread first.
    pub threads: Vec<ThreadView>,
    /// The objects, in the order of their names.
    pub objects: Vec<ObjectView>,
    /// The steps, in the order in which they were executed.
    pub steps: Vec<Step>,
    /// Spawns and joins, in order.
    pub links: Vec<Link>,
    /// The indices of the steps that are the two accesses of the data race, if these steps contain one; of
    /// several, that which the fewest steps lead to.
    pub race: Option<(usize, usize)>,
}

/// A step of an interleaving.
#[derive(Clone, Debug)]
pub struct Step {
    /// The event that was executed.
    pub event: Event,
    /// The thread that executed the step before, if it could have gone on: then it was *preempted*.
    pub preempted: Option<ThreadId>,
}

/// A thread at the end of an interleaving.
#[derive(Clone, Debug)]
pub struct ThreadView {
    /// The thread's name in the exploration: its spawn path.
    pub id: ThreadId,
    /// Its state at the end.
    pub status: ThreadStatus,
    /// The thing that it waits for, if it cannot go on.
    pub waits: Option<StuckThread>,
    /// The thread's [label](super::thread::label), if it has one and has not ended.
    pub label: Option<&'static str>,
}

/// The state of a thread.
#[derive(Clone, Debug)]
pub enum ThreadStatus {
    /// It has ended, or panicked.
    Ended,
    /// It has announced an operation.
    Pending(PendingOperation),
    /// It waits for another thread to end.
    Joining {
        /// That thread.
        thread: ThreadId,
        /// The place of the join in the source.
        location: &'static Location<'static>,
    },
}

/// An operation that a thread will execute next.
#[derive(Clone, Debug)]
pub struct PendingOperation {
    /// The operation.
    pub operation: OperationKind,
    /// The object, if the operation has one.
    pub object: Option<(ObjectKind, ObjectId)>,
    /// The name of the object.
    pub called: Option<ObjectName>,
    /// The mutex, in operations on a condition variable that release or acquire one.
    pub mutex: Option<ObjectId>,
    /// The value that it will store, or its operand, if it is an operation on an atomic that has one.
    pub operand: Option<Value>,
    /// The value that it expects, if it is a compare-exchange.
    pub expected: Option<Value>,
    /// The number of alternatives: 1 unless it is a choice.
    pub alternatives: u8,
    /// `true` if the operation can be executed now.
    pub enabled: bool,
    /// Its place in the source.
    pub location: &'static Location<'static>,
    /// The [label](super::thread::label) that the program gave it, if any.
    pub label: Option<&'static str>,
}

/// An object at the end of an interleaving.
#[derive(Clone, Debug)]
pub struct ObjectView {
    /// The object's name in the exploration.
    pub id: ObjectId,
    /// Its name, as everything calls it that is shown.
    pub called: ObjectName,
    /// Its kind.
    pub kind: ObjectKind,
    /// The name that the program gave it.
    pub name: Option<&'static str>,
    /// The place where it was created.
    pub created_at: &'static Location<'static>,
    /// Its state.
    pub contents: Contents,
}

/// The state of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Contents {
    /// The value of an atomic.
    Atomic(Value),
    /// A lock: the thread that holds it for writing, and those that hold it for reading.
    ///
    /// A mutex is held for writing.
    Lock {
        /// The thread that holds it alone.
        holder: Option<ThreadId>,
        /// The threads that share it.
        readers: Vec<ThreadId>,
        /// `true` if a thread panicked while it held the lock alone.
        poisoned: bool,
    },
    /// A condition variable: the threads that wait for a notification.
    Condvar {
        /// Those threads.
        waiting: Vec<ThreadId>,
    },
    /// Plain memory.
    Cell,
    /// The park token of a thread: `true` if it is set.
    ParkToken(bool),
}

impl Interleaving {
    /// Records the current execution of a search, as far as it has come.
    pub(crate) fn of(program: &Program, communication: Vec<Communication>) -> Self {
        let names = ObjectNames::of(program);
        let mut threads: Vec<ThreadView> = (0..program.registry.thread_count())
            .filter_map(|index| thread_view(program, index as ThreadIndex, &names))
            .collect();
        threads.sort_by_key(|thread| thread.id);
        let mut objects: Vec<ObjectView> = (0..program.history.objects.len())
            .map(|index| object_view(program, index as ObjectIndex, &names))
            .collect();
        objects.sort_by_key(|object| object.id);
        let step = |(index, event)| Step {
            event,
            preempted: preempted(program, index),
        };
        Self {
            threads,
            objects,
            steps: event::events(program, communication)
                .enumerate()
                .map(step)
                .collect(),
            links: event::links(program).collect(),
            race: data_race::positions(program),
        }
    }

    /// Returns the number of steps that preempt a thread.
    pub fn preemptions(&self) -> usize {
        self.steps.iter().filter(|step| step.preempted.is_some()).count()
    }

    /// Returns the number of steps of another thread than the step before.
    pub fn switches(&self) -> usize {
        let pairs = self.steps.windows(2);
        pairs
            .filter(|pair| pair[0].event.thread != pair[1].event.thread)
            .count()
    }

    /// Returns the cost: how hard the interleaving is to follow.
    pub fn cost(&self) -> Cost {
        Cost {
            preemptions: self.preemptions(),
            switches: self.switches(),
            events: self.steps.len(),
        }
    }

    /// Returns the object with this name in the exploration.
    pub fn object(&self, id: ObjectId) -> Option<&ObjectView> {
        self.objects.iter().find(|object| object.id == id)
    }
}

fn thread_view(program: &Program, index: ThreadIndex, names: &ObjectNames) -> Option<ThreadView> {
    let thread = &program.threads[usize::from(index)];
    let status = match thread.status {
        Status::Absent => return None,
        // Only a thread that has not announced anything yet runs when the search looks.
        Status::Running | Status::Finished => ThreadStatus::Ended,
        Status::Joining { thread, location } => ThreadStatus::Joining {
            thread: program.registry.thread_id(thread),
            location,
        },
        Status::Pending | Status::Repeating => ThreadStatus::Pending(pending(program, index, names)),
    };
    let waits = match &status {
        ThreadStatus::Ended => false,
        ThreadStatus::Pending(pending) => !pending.enabled,
        ThreadStatus::Joining { .. } => true,
    };
    let label = match &status {
        ThreadStatus::Ended => None,
        ThreadStatus::Pending(_) | ThreadStatus::Joining { .. } => thread.label,
    };
    Some(ThreadView {
        id: program.registry.thread_id(index),
        status,
        waits: waits.then(|| ending::stuck_thread(program, index, names)),
        label,
    })
}

/// Returns the operation that the thread has announced.
pub(crate) fn pending(program: &Program, thread: ThreadIndex, names: &ObjectNames) -> PendingOperation {
    let Thread {
        pending: operation,
        label,
        ..
    } = &program.threads[usize::from(thread)];
    let [first, second] = operation.objects.map(|object| name_of(program, object));
    let (expected, operand) = arguments(program, operation);
    PendingOperation {
        operation: operation.kind,
        object: first,
        called: names.get(operation.objects[0]),
        mutex: second
            .filter(|_| operation.kind.is_with_mutex())
            .map(|(_, id)| id),
        operand,
        expected,
        alternatives: program.history.alternatives(operation),
        enabled: program.enabled(thread).is_some(),
        location: operation.location,
        label: *label,
    }
}

/// Returns the value that an operation on an atomic expects, and the one that it stores or computes with.
fn arguments(program: &Program, operation: &Operation) -> (Option<Value>, Option<Value>) {
    let (expected, operand) = operation.kind.arguments();
    if operand.is_none() {
        return (None, None);
    }
    let object = program.history.object(operation.objects[0]);
    let ObjectState::Atomic(atomic) = &object.state else {
        return (None, None);
    };
    let value = |bits| Value::of_atomic(atomic.with(bits), object.kind);
    (expected.map(value), operand.map(value))
}

fn object_view(program: &Program, index: ObjectIndex, names: &ObjectNames) -> ObjectView {
    let object = program.history.object(index);
    ObjectView {
        id: program.registry.object_id(index),
        called: names.get(index).expect("each object has a name"),
        kind: object.kind,
        name: object.name,
        created_at: object.location,
        contents: contents(program, object.kind, &object.state),
    }
}

fn contents(program: &Program, kind: ObjectKind, state: &ObjectState) -> Contents {
    let names = |set: u32| {
        let names = threads_in(set).map(|thread| program.registry.thread_id(thread));
        let mut names: Vec<ThreadId> = names.collect();
        names.sort_unstable();
        names
    };
    let id = |thread: ThreadIndex| program.registry.thread_id(thread);
    match state {
        ObjectState::Atomic(atomic) => Contents::Atomic(Value::of_atomic(*atomic, kind)),
        ObjectState::Mutex(mutex) => Contents::Lock {
            holder: mutex.holder.map(id),
            readers: Vec::new(),
            poisoned: mutex.poisoned,
        },
        ObjectState::RwLock(rwlock) => Contents::Lock {
            holder: rwlock.writer.map(id),
            readers: match rwlock.writer {
                None => names(state.holders()),
                Some(_) => Vec::new(),
            },
            poisoned: rwlock.poisoned,
        },
        ObjectState::Condvar(condvar) => Contents::Condvar {
            waiting: names(condvar.waiting),
        },
        ObjectState::Cell => Contents::Cell,
        ObjectState::ParkToken(token) => Contents::ParkToken(token.set),
    }
}

/// Returns the thread that the event with this index preempted: the one that executed the event
/// before, and could have executed another.
fn preempted(program: &Program, index: usize) -> Option<ThreadId> {
    let events = &program.history.events;
    let last = events[index.checked_sub(1)?].step.thread;
    if last == events[index].step.thread || program.has_stopped_at(last, index) {
        return None;
    }
    let next = (index..events.len()).find(|&next| events[next].step.thread == last);
    let operation = match next {
        Some(next) => events[next].operation,
        None if program.threads[usize::from(last)].status == Status::Pending => {
            program.threads[usize::from(last)].pending
        }
        None => return None, // it has ended, or waits for another thread to end
    };
    let until = next.unwrap_or(usize::MAX);
    let joins = program.links.iter().filter(|link| !link.spawn && link.to == last);
    let mut later = joins.filter(|link| link.position > index && link.position <= until);
    if later.next().is_some() {
        return None; // it waited for another thread to end
    }
    let states = operation.objects.map(|object| match object {
        NO_OBJECT => ObjectState::Cell,
        object => program.history.state_before(object, index),
    });
    let could = object::enabled(&operation, last, |slot| &states[slot]);
    could.then(|| program.registry.thread_id(last))
}
