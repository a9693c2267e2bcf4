//! The choices that lead to where an execution stands, as schedules tell them.
//!
//! Whom a notification wakes is numbered among the waiting threads. The search counts them by index, but
//! which thread got which index depends on what an exploration saw first. A schedule must mean the same in
//! another exploration, so there they are counted in the order of names.

use super::{Communication, Program};
use crate::identity::ThreadIndex;
use crate::object::table::Course;
use crate::object::{ObjectState, threads_in};
use crate::operation::Operation;
use crate::schedule::Choice;
use crate::search::history::Event;

impl Program {
    /// Returns the choices that lead to where the execution stands.
    pub(crate) fn choices(&self, communication: &[Communication]) -> Vec<Choice> {
        let orders = self.orders(communication);
        let choice = |(position, event): (usize, &Event)| Choice {
            thread: self.registry.thread_id(event.step.thread),
            alternative: self.alternative_by_name(event),
            unseen: orders.get(position).map_or(0, |order| order.unseen.len() as u16),
        };
        self.history.events.iter().enumerate().map(choice).collect()
    }

    /// Returns the number of an event's alternative, counted in the order of names.
    pub(crate) fn alternative_by_name(&self, event: &Event) -> u8 {
        if event.operation.kind.row().course != Course::ChoiceOfWaiting {
            return event.step.alternative;
        }
        let before = self.history.touches[event.touches as usize].before;
        let by_index = waiting(&before);
        let Some(&woken) = by_index.get(usize::from(event.step.alternative)) else {
            return event.step.alternative; // no thread waits
        };
        let name = |thread: ThreadIndex| self.registry.thread_id(thread);
        by_index
            .iter()
            .filter(|&&thread| name(thread) < name(woken))
            .count() as u8
    }

    /// Returns the number, as the search counts, of the alternative with this number in the order of names.
    pub(crate) fn alternative_by_index(&self, operation: &Operation, named: u8) -> u8 {
        if operation.kind.row().course != Course::ChoiceOfWaiting {
            return named;
        }
        self.alternative_in(&self.history.object(operation.objects[0]).state, named)
    }

    /// Returns the same, of a notification that finds its condition variable in this state.
    pub(crate) fn alternative_in(&self, found: &ObjectState, named: u8) -> u8 {
        let by_index = waiting(found);
        let mut by_name = by_index.clone();
        by_name.sort_by_key(|&thread| self.registry.thread_id(thread));
        let woken = by_name.get(usize::from(named));
        let index = woken.and_then(|woken| by_index.iter().position(|thread| thread == woken));
        index.map_or(named, |index| index as u8)
    }
}

/// Returns the threads that wait on a condition variable, by index.
fn waiting(state: &ObjectState) -> Vec<ThreadIndex> {
    match state {
        ObjectState::Condvar(condvar) => threads_in(condvar.waiting).collect(),
        ObjectState::Atomic(_)
        | ObjectState::Mutex(_)
        | ObjectState::RwLock(_)
        | ObjectState::Cell
        | ObjectState::ParkToken(_) => Vec::new(),
    }
}
