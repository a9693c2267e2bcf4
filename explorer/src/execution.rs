//! An execution, as it is shown to the caller.

use std::panic::Location;
use std::sync::atomic::Ordering;

use super::data_race;
use super::ending::{Ending, Holder, PanicInfo, StuckThread, WaitingFor};
use super::happens_before::Clock;
use super::history;
use super::identity::{NO_OBJECT, ObjectId, ObjectIndex, ObjectKind, ThreadId, ThreadIndex};
use super::interleaving::Interleaving;
use super::object::{ObjectState, threads_in};
use super::operation::OperationKind;
use super::runtime::{PanicRecord, Runtime};
use super::search::{Search, Status, Stop};
use super::trace_hash;
use super::value::Value;

/// One step of a schedule: which thread executes its next operation, with which alternative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Choice {
    /// The thread.
    pub thread: ThreadId,
    /// The alternative, if the operation is a choice; 0 for all others.
    pub alternative: u8,
}

/// An event of an execution.
#[derive(Clone, Debug)]
pub struct Event {
    /// The thread.
    pub thread: ThreadId,
    /// Its number among the events of its thread, from 1.
    pub number: u32,
    /// What was done.
    pub operation: OperationKind,
    /// To which object.
    pub object: Option<(ObjectKind, ObjectId)>,
    /// The mutex, in operations on a condition variable that release or acquire one.
    pub mutex: Option<ObjectId>,
    /// The value of the atomic before.
    pub before: Option<Value>,
    /// The value of the atomic after.
    pub after: Option<Value>,
    /// The value that was read from plain memory or written to it, or that was in the mutex when it was
    /// acquired or released; only if [values are recorded](super::Explorer::record_values).
    pub data: Option<Value>,
    /// Whether a `try_…`, a compare-exchange or a timed wait succeeded; `true` for all others.
    pub succeeded: bool,
    /// The alternative, if it was a choice.
    pub alternative: u8,
    /// Where in the source.
    pub location: &'static Location<'static>,
    /// What the program called it, if it has given a [label](super::thread::label).
    pub label: Option<&'static str>,
    clock: Clock,
    index: ThreadIndex,
}

impl Event {
    /// Returns the memory ordering that the operation was given, if it is an atomic one.
    pub fn ordering(&self) -> Option<Ordering> {
        match self.operation {
            OperationKind::Load(ordering)
            | OperationKind::Store(ordering, _)
            | OperationKind::ReadModifyWrite(ordering, ..)
            | OperationKind::Fence(ordering) => Some(ordering),
            OperationKind::CompareExchange { success, failure, .. } => {
                Some(if self.succeeded { success } else { failure })
            }
            _ => None,
        }
    }

    /// Returns `true` if this is the other event, or happens before it: by program order, spawn
    /// and join, and the order of conflicting operations.
    pub fn happens_before(&self, later: &Self) -> bool {
        self.number <= u32::from(later.clock.of(self.index))
    }
}

/// A spawn or a join: no event, because nothing races with it, but part of the order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// How many events came before.
    pub position: usize,
    /// Whether it is a spawn.
    pub spawn: bool,
    /// The thread that spawned or joined.
    pub by: ThreadId,
    /// The thread that was spawned or joined.
    pub of: ThreadId,
    /// Where in the source.
    pub location: &'static Location<'static>,
    /// What the program called it, if it has given a [label](super::thread::label).
    pub label: Option<&'static str>,
}

/// One execution of the program under test, with its ending.
///
/// Events and schedule are put together only when they are asked for.
#[derive(Debug)]
pub struct Execution<'a, O> {
    search: &'a Search,
    ending: Ending<O>,
    number: u64,
}

impl<'a, O> Execution<'a, O> {
    pub(crate) fn new(search: &'a Search, ending: Ending<O>, number: u64) -> Self {
        Self {
            search,
            ending,
            number,
        }
    }

    /// Returns how the execution ended.
    pub fn ending(&self) -> &Ending<O> {
        &self.ending
    }

    /// Returns the number of this execution, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Returns the number of events.
    pub fn len(&self) -> usize {
        self.search.history.events.len()
    }

    /// Returns `true` if there are no events.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the choices that lead to this execution.
    pub fn schedule(&self) -> Vec<Choice> {
        schedule(self.search)
    }

    /// Returns the events, in the order of the execution.
    pub fn events(&self) -> impl Iterator<Item = Event> + '_ {
        events(self.search)
    }

    /// Returns the spawns and joins, in the order of the execution.
    pub fn links(&self) -> impl Iterator<Item = Link> + '_ {
        links(self.search)
    }

    /// Takes down the execution: its steps, its threads and its objects.
    pub fn interleaving(&self) -> Interleaving {
        Interleaving::of(self.search)
    }

    /// Returns a hash of the trace: equal for executions that differ only in the order of
    /// independent events, in whatever mode they were found.
    pub fn trace_hash(&self) -> u128 {
        trace_hash::trace_hash(self.search)
    }
}

/// Returns the choices that lead to where the search stands.
pub(crate) fn schedule(search: &Search) -> Vec<Choice> {
    let choice = |event: &history::Event| Choice {
        thread: search.registry.thread_id(event.step.thread),
        alternative: search.alternative_by_name(event),
    };
    search.history.events.iter().map(choice).collect()
}

/// Returns the events of the current execution, in order.
pub(crate) fn events(search: &Search) -> impl Iterator<Item = Event> + '_ {
    let events = search.history.events.iter().enumerate();
    events.map(|(position, event)| event_of(search, position, event))
}

/// Returns the spawns and joins of the current execution, in order.
pub(crate) fn links(search: &Search) -> impl Iterator<Item = Link> + '_ {
    let id = |thread| search.registry.thread_id(thread);
    search.links.iter().map(move |link| {
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

fn event_of(search: &Search, position: usize, event: &history::Event) -> Event {
    let [first, second] = event.operation.objects;
    let value = |state: &ObjectState| match *state {
        ObjectState::Atomic(atomic) => Some(Value::of_atomic(atomic, search.history.object(first).kind)),
        _ => None,
    };
    let before = (first != NO_OBJECT).then(|| search.history.touches[event.touches as usize].before);
    let after = before.map(|mut state| {
        state.apply(event.operation.kind, event.step.thread, event.step.alternative);
        state
    });
    Event {
        thread: search.registry.thread_id(event.step.thread),
        number: event.number.into(),
        operation: event.operation.kind,
        object: name_of(search, first),
        mutex: name_of(search, second)
            .filter(|_| event.operation.kind.is_with_mutex())
            .map(|(_, id)| id),
        before: before.as_ref().and_then(value),
        after: after.as_ref().and_then(value),
        data: search.value_at(position),
        succeeded: event.result.succeeded,
        alternative: search.alternative_by_name(event),
        location: event.operation.location,
        label: search.label_at(position),
        clock: event.clock,
        index: event.step.thread,
    }
}

fn name_of(search: &Search, object: ObjectIndex) -> Option<(ObjectKind, ObjectId)> {
    let named = object != NO_OBJECT;
    named.then(|| {
        (
            search.history.object(object).kind,
            search.registry.object_id(object),
        )
    })
}

/// Returns how the execution that has just stopped ended.
pub(crate) fn ending<O>(runtime: &Runtime, stop: Stop, output: Option<O>) -> Ending<O> {
    let search = &runtime.search;
    if let Some(race) = data_race::find(search) {
        return Ending::DataRace(Box::new(race));
    }
    if let Some(panic) = panic(runtime) {
        return Ending::Panic(panic);
    }
    if stop == Stop::StepLimit {
        return Ending::StepLimit;
    }
    match output {
        Some(output) if search.stuck_threads() == 0 => Ending::Finished(output),
        _ => Ending::Deadlock(stuck_threads(search)),
    }
}

/// Returns how many events it took until the execution could only end like this: until the panic or the data race
/// had happened, or else all.
pub(crate) fn decided<O>(runtime: &Runtime, ending: &Ending<O>) -> usize {
    let events = runtime.search.history.events.len();
    match ending {
        Ending::DataRace(_) => {
            data_race::positions(&runtime.search).map_or(events, |(first, second)| first.max(second) + 1)
        }
        Ending::Panic(info) => {
            let record = runtime
                .panics
                .iter()
                .find(|record| record.info.thread == info.thread);
            record.map_or(events, |record| record.position)
        }
        Ending::Finished(_) | Ending::Deadlock(_) | Ending::StepLimit => events,
    }
}

/// Returns the panic that counts: the least of those not received by a join, the main thread last.
fn panic(runtime: &Runtime) -> Option<PanicInfo> {
    let main = runtime.panics.iter().any(|record| record.thread == 0);
    let counting = runtime.panics.iter().filter(|record| main || !record.observed);
    let least = counting.min_by_key(|record| (record.thread == 0, record.info.thread))?;
    if !is_unwrapped_join(least) {
        return Some(least.info.clone());
    }
    // It only passes on the panic of a thread that it has joined: that one is what happened.
    let causes = runtime.panics.iter().filter(|record| !is_unwrapped_join(record));
    let cause = causes.min_by_key(|record| (record.thread == 0, record.info.thread));
    Some(cause.unwrap_or(least).info.clone())
}

/// Returns `true` if the panic is the `unwrap` or `expect` of what joining a thread returned.
fn is_unwrapped_join(record: &PanicRecord) -> bool {
    record.info.message.ends_with("Any { .. }")
}

fn stuck_threads(search: &Search) -> Vec<StuckThread> {
    let mut stuck: Vec<StuckThread> = threads_in(search.stuck_threads())
        .map(|thread| stuck_thread(search, thread))
        .collect();
    stuck.sort_by_key(|stuck| stuck.thread);
    stuck
}

pub(crate) fn stuck_thread(search: &Search, index: ThreadIndex) -> StuckThread {
    let state = &search.threads[usize::from(index)];
    let thread = search.registry.thread_id(index);
    if let Status::Joining {
        thread: awaited,
        location,
    } = state.status
    {
        let waiting_for = WaitingFor::End(search.registry.thread_id(awaited));
        return StuckThread {
            thread,
            waiting_for,
            object: None,
            location,
            label: state.label,
            holders: Vec::new(),
        };
    }
    let operation = &state.pending;
    // A notified thread that cannot acquire its mutex again waits for the mutex.
    let [first, second] = operation.objects;
    let notified = operation.kind == OperationKind::Reacquire
        && search.history.object(first).state.enabled(operation.kind, index);
    let (waiting_for, object) = match notified {
        true => (WaitingFor::Lock, second),
        false => (WaitingFor::of(operation.kind), first),
    };
    StuckThread {
        thread,
        waiting_for,
        object: name_of(search, object),
        location: operation.location,
        label: state.label,
        holders: holders(search, object),
    }
}

fn holders(search: &Search, object: ObjectIndex) -> Vec<Holder> {
    let held_by = search.history.object(object).state.holders();
    let mut holders: Vec<Holder> = threads_in(held_by)
        .filter_map(|thread| {
            let acquired = search
                .history
                .events
                .iter()
                .enumerate()
                .rfind(|(_, event)| event.step.thread == thread && event.acquires(object));
            let thread = search.registry.thread_id(thread);
            acquired.map(|(position, event)| Holder {
                thread,
                acquired_at: event.operation.location,
                label: search.label_at(position),
            })
        })
        .collect();
    holders.sort_unstable();
    holders
}
