//! The threads that are stuck, and the threads that hold what they wait for.

use super::{Holder, StuckThread};
use crate::event::{ObjectNames, name_of};
use crate::identity::{ObjectIndex, ThreadIndex};
use crate::object::table::Course;
use crate::object::threads_in;
use crate::operation::OperationKind;
use crate::search::{Program, Status};
use crate::waiting_for::WaitingFor;

/// Returns the threads that can never go on, in the order of their names.
pub(super) fn stuck_threads(program: &Program) -> Vec<StuckThread> {
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
            called: None,
            location,
            label: state.label,
            holders: Vec::new(),
        };
    }
    let operation = &state.pending;
    // A notified thread that cannot acquire its mutex again waits for the mutex.
    let [first, second] = operation.objects;
    let notified = operation.kind == OperationKind::Reacquire
        && program
            .history
            .object(first)
            .state
            .enabled(operation.kind, 0, index);
    let (waiting_for, object) = match (notified, operation.kind.row().course) {
        (true, _) => (WaitingFor::Lock, second),
        (false, Course::Blocks(waiting_for)) => (waiting_for, first),
        (false, Course::Steady | Course::MayFail | Course::Choice(_) | Course::ChoiceOfWaiting) => {
            unreachable!("{:?} never blocks", operation.kind)
        }
    };
    StuckThread {
        thread,
        waiting_for,
        object: name_of(program, object),
        called: names.get(object),
        location: operation.location,
        label: state.label,
        holders: holders(program, object),
    }
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
