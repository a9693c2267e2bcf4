//! The events of an execution, as they are shown to the caller.

use std::panic::Location;
use std::sync::atomic::Ordering;

use super::identity::{NO_OBJECT, ObjectId, ObjectIndex, ObjectKind, ThreadId, ThreadIndex};
use super::naming::{self, Nameable, ObjectName};
use super::object::ObjectState;
use super::operation::OperationKind;
use super::search::{self, Clock, Communication, Order, Program, Source};
use super::value::Value;

/// An event of an execution.
#[derive(Clone, Debug)]
pub struct Event {
    /// The thread that executed it.
    pub thread: ThreadId,
    /// Its number among the events of its thread, from 1.
    pub number: u32,
    /// The operation that was executed.
    pub operation: OperationKind,
    /// The object, if the operation has one.
    pub object: Option<(ObjectKind, ObjectId)>,
    /// The mutex, in operations on a condition variable that release or acquire one.
    pub mutex: Option<ObjectId>,
    /// The value of the atomic before. That of an add depends on the order in which adds were executed that
    /// commute; all other values are the same in all executions of a trace.
    pub before: Option<Value>,
    /// The value of the atomic after; see [`before`](Self::before) for an add.
    pub after: Option<Value>,
    /// The value that was read from plain memory or written to it, or that was in the mutex when it was
    /// acquired or released; only if [values are recorded](super::Explorer::record_values).
    pub data: Option<Value>,
    /// `false` if a `try_…`, a compare-exchange or a timed wait failed, if a wait ended for no reason, or if
    /// a writer was queued; `true` for all other operations.
    pub succeeded: bool,
    /// The alternative, if it was a choice; 0 for all other operations.
    pub alternative: u8,
    /// The operation's place in the source.
    pub location: &'static Location<'static>,
    /// The [label](super::thread::label) that the program gave the operation, if any.
    pub label: Option<&'static str>,
    /// The change of the object that it has read from; only in executions under a
    /// [memory model](super::Explorer::memory_model) that is explored by graphs, and only if the operation reads.
    pub reads_from: Option<ReadsFrom>,
    /// The changes of the object that come before it in the execution, but later in the *coherence order* of the
    /// object: the order in which its changes count for all threads. Named are the positions of their events, in
    /// that order.
    ///
    /// They are changes that a read does not see. A store that has such changes takes its place before them: it is
    /// overwritten at once. Empty where each event sees all that came before it, as it is under sequential
    /// consistency, unless the execution comes from [`Mode::Graphs`](super::Mode::Graphs).
    pub unseen: Vec<usize>,
    clock: Clock,
    index: ThreadIndex,
}

impl Event {
    /// Returns the memory ordering that the operation was given, if it is an atomic one.
    pub fn ordering(&self) -> Option<Ordering> {
        self.operation.synchronises(self.succeeded).ordering()
    }

    /// Returns `true` if it is a weak exchange that has failed although it found the value that it expected.
    pub fn fails_for_no_reason(&self) -> bool {
        matches!(self.operation, OperationKind::CompareExchange { .. }) && self.alternative == 1
    }

    /// Returns `true` if this is the other event, or happens before it: by program order, spawn
    /// and join, and the order of conflicting operations.
    pub fn happens_before(&self, later: &Self) -> bool {
        self.number <= u32::from(later.clock.of(self.index))
    }
}

/// The change that an event reads from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ReadsFrom {
    /// The first value of the object.
    Initial,
    /// The change by the event at this position, from 0.
    Event(usize),
}

impl ReadsFrom {
    fn of(source: Source) -> Option<Self> {
        match source {
            Source::Nothing => None,
            Source::Initial => Some(Self::Initial),
            Source::Event(position) => Some(Self::Event(position as usize)),
        }
    }
}

/// A spawn or a join: no event, because nothing races with it, but part of the order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// The number of events that came before.
    pub position: usize,
    /// `true` for a spawn, `false` for a join.
    pub spawn: bool,
    /// The thread that spawned or joined.
    pub by: ThreadId,
    /// The thread that was spawned or joined.
    pub of: ThreadId,
    /// Its place in the source.
    pub location: &'static Location<'static>,
    /// The [label](super::thread::label) that the program gave it, if any.
    pub label: Option<&'static str>,
}

/// Returns the events of the current execution, in order.
///
/// `communication` is what they read and write, if an execution graph has decided it.
pub(crate) fn events(
    program: &Program,
    communication: Vec<Communication>,
) -> impl Iterator<Item = Event> + '_ {
    let events = program.history.events.iter().enumerate();
    let mut orders = program.orders(&communication).into_iter();
    events.map(move |(position, event)| {
        let order = orders.next();
        let source = communication.get(position).filter(|_| order.is_some());
        let reads_from = source.and_then(|communication| ReadsFrom::of(communication.source));
        event_of(program, position, event, order, reads_from)
    })
}

/// Returns the spawns and joins of the current execution, in order.
pub(crate) fn links(program: &Program) -> impl Iterator<Item = Link> + '_ {
    let id = |thread| program.registry.thread_id(thread);
    program.links.iter().map(move |link| {
        let (by, of) = if link.spawn {
            (link.from, link.to)
        } else {
            (link.to, link.from)
        };
        let (by, of) = (id(by), id(of));
        Link {
            position: link.position,
            spawn: link.spawn,
            by,
            of,
            location: link.location,
            label: link.label,
        }
    })
}

fn event_of(
    program: &Program,
    position: usize,
    event: &search::Event,
    order: Option<Order>,
    reads_from: Option<ReadsFrom>,
) -> Event {
    let [first, second] = event.operation.objects;
    let value = |state: &ObjectState| match *state {
        ObjectState::Atomic(atomic) => Some(Value::of_atomic(atomic, program.history.object(first).kind)),
        ObjectState::Mutex(_)
        | ObjectState::RwLock(_)
        | ObjectState::Condvar(_)
        | ObjectState::Cell
        | ObjectState::ParkToken(_) => None,
    };
    let before = (first != NO_OBJECT).then(|| before(program, event, order.as_ref()));
    let after = before.map(|state| after(event, state));
    Event {
        thread: program.registry.thread_id(event.step.thread),
        number: event.number.into(),
        operation: event.operation.kind,
        object: name_of(program, first),
        mutex: name_of(program, second)
            .filter(|_| event.operation.kind.is_with_mutex())
            .map(|(_, id)| id),
        before: before.as_ref().and_then(value),
        after: after.as_ref().and_then(value),
        data: program.notes.value_at(position),
        succeeded: event.result.succeeded && !returns_from_park(event),
        alternative: program.alternative_by_name(event),
        location: event.operation.location,
        label: program.notes.label_at(position),
        reads_from,
        unseen: order.unwrap_or_default().unseen,
        clock: event.clock,
        index: event.step.thread,
    }
}

/// Returns the state in which the event finds its first object. A store finds what it follows in coherence order.
fn before(program: &Program, event: &search::Event, order: Option<&Order>) -> ObjectState {
    match (event.operation.kind, order) {
        (OperationKind::Store(..), Some(Order { follows: None, .. })) => {
            program.history.object(event.operation.objects[0]).initial
        }
        (
            OperationKind::Store(..),
            Some(Order {
                follows: Some(last), ..
            }),
        ) => {
            let last = &program.history.events[*last];
            after(last, program.history.touches[last.touches as usize].before)
        }
        _ => program.history.touches[event.touches as usize].before,
    }
}

/// Returns the state in which the event leaves its first object.
fn after(event: &search::Event, mut state: ObjectState) -> ObjectState {
    state.apply(event.operation.kind, event.step.thread, event.step.alternative);
    state
}

/// Returns `true` if the event is a park that returns for no reason: its result has that as the alternative.
fn returns_from_park(event: &search::Event) -> bool {
    event.operation.kind == OperationKind::StartToPark && event.step.alternative == 1
}

/// Returns the object's kind and its name; `None` for no object.
pub(crate) fn name_of(program: &Program, object: ObjectIndex) -> Option<(ObjectKind, ObjectId)> {
    let named = object != NO_OBJECT;
    named.then(|| {
        (
            program.history.object(object).kind,
            program.registry.object_id(object),
        )
    })
}

/// The names of the current execution's objects, as everything calls them that is shown.
#[derive(Debug)]
pub(crate) struct ObjectNames(Vec<ObjectName>);

impl ObjectNames {
    /// Names the objects that the execution has created so far.
    pub(crate) fn of(program: &Program) -> Self {
        let objects = program.history.objects.iter().enumerate();
        let objects: Vec<Nameable> = objects
            .map(|(index, object)| Nameable {
                id: program.registry.object_id(index as ObjectIndex),
                kind: object.kind,
                given: object.name,
                created_at: object.location,
                exists: program.has_created(index as ObjectIndex),
            })
            .collect();
        Self(naming::names(&objects))
    }

    /// Returns the name of an object; `None` for no object.
    pub(crate) fn get(&self, object: ObjectIndex) -> Option<ObjectName> {
        self.0.get(usize::from(object)).copied()
    }
}
