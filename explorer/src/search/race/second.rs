//! The second of a race, which is to come before the first.

use crate::identity::{NO_OBJECT, ThreadIndex};
use crate::operation::{Operation, Step};
use crate::search::happens_before::Clock;
use crate::search::history::{History, NONE};
use crate::search::program::Program;

/// An operation that may be the second of a race: an event, or one pending at the end.
pub(super) struct Second<'a> {
    pub(super) operation: &'a Operation,
    pub(super) step: Step,
    pub(super) pre: &'a Clock,
    /// For each object, the newest touch before it.
    pub(super) newest: [u32; 2],
    /// The number of events before it.
    pub(super) index: usize,
}

impl<'a> Second<'a> {
    pub(super) fn of_event(history: &'a History, index: usize) -> Self {
        let event = &history.events[index];
        let newest = std::array::from_fn(|slot| match event.step.objects[slot] {
            NO_OBJECT => NONE,
            _ => history.touches[event.touches as usize + slot].previous,
        });
        Self {
            operation: &event.operation,
            step: event.step,
            pre: &event.pre,
            newest,
            index,
        }
    }

    /// Returns the operation that this thread has announced at the end of the execution.
    pub(super) fn pending(program: &'a Program, thread: ThreadIndex) -> Self {
        let history = &program.history;
        let announcer = &program.threads[usize::from(thread)];
        let operation = &announcer.pending;
        Self {
            operation,
            step: history.step(operation, thread, 0),
            pre: &announcer.clock,
            newest: operation.objects.map(|object| match object {
                NO_OBJECT => NONE,
                object => history.object(object).last,
            }),
            index: history.events.len(),
        }
    }
}
