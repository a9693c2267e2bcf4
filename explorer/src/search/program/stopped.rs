//! The threads that have stopped because they repeat themselves.

use super::{Program, Status};
use crate::identity::{ObjectIndex, ThreadIndex};
use crate::object::table::{Course, Polls};
use crate::operation::{Operation, OperationResult};
use crate::turns::{Look, sees_published};

/// A thread that repeats itself, and the turn that it would take again.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) thread: ThreadIndex,
    turn: Vec<Look>,
}

impl Stopped {
    /// Returns the objects that the thread looks at, each once.
    pub(crate) fn objects(&self) -> Vec<ObjectIndex> {
        let mut objects = Vec::new();
        for look in &self.turn {
            for (_, object) in look.operation.slots() {
                if !objects.contains(&object) {
                    objects.push(object);
                }
            }
        }
        objects
    }

    /// Returns the locks that the turn acquires.
    fn locks(&self) -> impl Iterator<Item = ObjectIndex> {
        let acquires = self.turn.iter().filter(|look| look.acquires());
        acquires.map(|look| look.operation.objects[0])
    }
}

impl Program {
    /// Stops a thread that would take this turn again, and has announced its first operation.
    pub(crate) fn stop(&mut self, thread: ThreadIndex, operation: &Operation, turn: Vec<Look>) {
        let state = &mut self.threads[usize::from(thread)];
        state.pending = *operation;
        state.status = Status::Repeating;
        self.stopped.push(Stopped { thread, turn });
        self.stops.push((thread, self.position));
    }

    /// Returns `true` if the thread has stopped after so many events.
    pub(crate) fn has_stopped_at(&self, thread: ThreadIndex, position: usize) -> bool {
        self.stops.contains(&(thread, position))
    }

    /// Lets a thread go on that had stopped.
    pub(crate) fn go_on(&mut self, thread: ThreadIndex) {
        self.threads[usize::from(thread)].status = Status::Running;
        let index = self.stopped.iter().position(|stopped| stopped.thread == thread);
        let stopped = self
            .stopped
            .remove(index.expect("only a thread that has stopped goes on"));
        if stopped.locks().next().is_some() {
            self.went_on.push(stopped);
        }
        // One that goes on where it has stopped could have gone on there.
        self.stops.retain(|&stop| stop != (thread, self.position));
    }

    /// Returns `true` if a thread has stopped.
    #[inline]
    pub(crate) fn has_stopped(&self) -> bool {
        !self.stopped.is_empty()
    }

    /// Returns the first thread that has stopped and would do something else where the execution stands, if there
    /// is one.
    pub(crate) fn could_go_on(&self) -> Option<ThreadIndex> {
        let stopped = self.stopped.iter().find(|stopped| {
            let thread = stopped.thread;
            // A lock is released with the result with which it was acquired.
            let differs = |look: &Look| {
                look.operation.kind.polls() != Polls::Leaves
                    && (self.result_without_effect(&look.operation, thread) != look.result
                        || self.published(&look.operation) != look.published)
            };
            stopped.turn.iter().any(differs)
        });
        stopped.map(|stopped| stopped.thread)
    }

    /// Returns the result that the operation would have where the execution stands, without executing it.
    ///
    /// While the record is repeated, the objects are in the state after it already; an execution that is to be begun
    /// again can end there.
    pub(crate) fn result_without_effect(
        &self,
        operation: &Operation,
        thread: ThreadIndex,
    ) -> OperationResult {
        let mut result = OperationResult::of(0);
        for (slot, object) in operation.slots() {
            let mut state = self.history.state_before(object, self.position);
            let answer = state.apply(operation.kind, thread, 0);
            if operation.kind.is_answered_by(slot) {
                result = answer;
            }
        }
        result
    }

    /// Returns the event that published what the operation would let its thread see where the execution stands,
    /// if the models do not have that.
    fn published(&self, operation: &Operation) -> Option<u32> {
        match sees_published(operation.kind) {
            true => self.history.published_before(operation.objects[0], self.position),
            false => None,
        }
    }

    /// Returns `true` if another thread may have noticed a turn of a thread that has stopped, also if it has gone on
    /// since: it has failed to acquire a lock that the turn acquires.
    pub(crate) fn turns_were_noticed(&self) -> bool {
        self.stopped.iter().chain(&self.went_on).any(|stopped| {
            stopped.locks().any(|lock| {
                self.history.events.iter().any(|event| {
                    let row = event.operation.kind.row();
                    event.operation.kind.polls() == Polls::Enters
                        && row.course == Course::MayFail
                        && !event.result.succeeded
                        && event.step.thread != stopped.thread
                        && event.step.objects.contains(&lock)
                })
            })
        })
    }
}
