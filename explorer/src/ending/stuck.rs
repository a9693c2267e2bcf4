//! The threads that are stuck, and the threads that hold what they wait for.

use super::{Holder, Polled, StuckThread};
use crate::event::{ObjectNames, name_of};
use crate::identity::{ObjectIndex, ThreadIndex};
use crate::object::table::Course;
use crate::object::{ObjectState, threads_in};
use crate::operation::{Operation, OperationKind};
use crate::search::{Program, Status};
use crate::waiting_for::WaitingFor;

/// Returns the threads that can never go on, in the order of their names.
pub(crate) fn stuck_threads(program: &Program) -> Vec<StuckThread> {
    let names = ObjectNames::of(program);
    let mut stuck: Vec<StuckThread> = threads_in(program.stuck_threads())
        .map(|thread| stuck_thread(program, thread, &names))
        .collect();
    stuck.sort_by_key(|stuck| stuck.thread);
    stuck
}

/// Returns the thread as a stuck one: with the object that it waits for, and the object's holders.
pub(crate) fn stuck_thread(program: &Program, index: ThreadIndex, names: &ObjectNames) -> StuckThread {
    let state = &program.threads[usize::from(index)];
    let thread = program.registry.thread_id(index);
    if let Status::Joining {
        thread: awaited,
        location,
    } = state.status
    {
        let waiting_for = WaitingFor::End(program.registry.thread_id(awaited));
        return StuckThread {
            thread,
            waiting_for,
            object: None,
            others: Vec::new(),
            called: None,
            location,
            label: state.label,
            holders: Vec::new(),
        };
    }
    let operation = &state.pending;
    if state.status == Status::Repeating {
        let stopped = program.stopped.iter().find(|stopped| stopped.thread == index);
        let polled = stopped.map_or_else(Vec::new, |stopped| stopped.objects());
        let mut polled = polled.into_iter().filter_map(|object| {
            let ((kind, id), called) = (name_of(program, object)?, names.get(object)?);
            Some(Polled { kind, id, called })
        });
        let first = polled.next();
        return StuckThread {
            thread,
            waiting_for: WaitingFor::Change,
            object: first.map(|polled| (polled.kind, polled.id)),
            called: first.map(|polled| polled.called),
            others: polled.collect(),
            location: operation.location,
            label: state.label,
            holders: Vec::new(),
        };
    }
    // A notified thread that cannot acquire its mutex again waits for the mutex.
    let [first, second] = operation.objects;
    let notified = operation.kind == OperationKind::Reacquire
        && program
            .history
            .object(first)
            .state
            .enabled(operation.kind, 0, index);
    if let Some(stuck) = behind_writer(program, index, operation, names) {
        return stuck;
    }
    let (waiting_for, object) = match (notified, operation.kind.row().course) {
        (true, _) => (WaitingFor::Lock, second),
        (false, Course::Blocks(waiting_for)) => (waiting_for, first),
        (false, Course::Steady | Course::Changing | Course::MayFail | Course::Spurious)
        | (false, Course::Choice(_) | Course::ChoiceOfWaiting) => {
            unreachable!("{:?} never blocks", operation.kind)
        }
    };
    StuckThread {
        thread,
        waiting_for,
        object: name_of(program, object),
        others: Vec::new(),
        called: names.get(object),
        location: operation.location,
        label: state.label,
        holders: holders(program, object),
    }
}

/// Returns a thread that is to read as a stuck one, if a writer keeps it out that waits for other readers.
fn behind_writer(
    program: &Program,
    index: ThreadIndex,
    operation: &Operation,
    names: &ObjectNames,
) -> Option<StuckThread> {
    let object = operation.objects[0];
    let ObjectState::RwLock(lock) = program.history.object(object).state else {
        return None;
    };
    if operation.kind != OperationKind::ReadLock || lock.writer.is_some() {
        return None;
    }
    let name = |thread| program.registry.thread_id(thread);
    let writer = threads_in(lock.queued.into()).map(name).min()?;
    Some(StuckThread {
        thread: name(index),
        waiting_for: WaitingFor::Writer(writer),
        object: name_of(program, object),
        called: names.get(object),
        others: Vec::new(),
        location: operation.location,
        label: program.threads[usize::from(index)].label,
        holders: Vec::new(),
    })
}

fn holders(program: &Program, object: ObjectIndex) -> Vec<Holder> {
    let held_by = program.history.object(object).state.holders();
    let mut holders: Vec<Holder> = threads_in(held_by)
        .filter_map(|thread| {
            let acquired = program
                .history
                .events
                .iter()
                .enumerate()
                .rfind(|(_, event)| event.step.thread == thread && event.acquires(object));
            let thread = program.registry.thread_id(thread);
            acquired.map(|(position, event)| Holder {
                thread,
                acquired_at: event.operation.location,
                label: program.notes.label_at(position),
            })
        })
        .collect();
    holders.sort_unstable();
    holders
}
