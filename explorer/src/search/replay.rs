//! Repeating the prefix that an execution shares with the one before.
//!
//! The objects are already in the state after the prefix, so repeating an event is no more than to
//! compare it with what its thread announces, and to hand out the recorded result.

use super::{Next, Search, Status, Stop, Thread};
use crate::identity::ThreadIndex;
use crate::nondeterminism::{Mismatch, Said};
use crate::operation::{Step, Operation};

impl Search {
    /// Repeats the next recorded event, if it is this operation of this thread: the short way, for
    /// a thread that goes on.
    #[inline]
    pub(crate) fn repeat_own(&mut self, thread: ThreadIndex, operation: &Operation) -> bool {
        if self.position >= self.replay {
            return false;
        }
        let event = &self.history.events[self.position];
        if event.step.thread != thread || !operation.same(&event.operation) || self.mismatch.is_some() {
            return false;
        }
        self.threads[usize::from(thread)].clock = event.clock;
        self.result = event.result;
        self.position += 1;
        true
    }

    /// Repeats the next recorded event.
    #[inline]
    pub(super) fn repeat(&mut self) -> Next {
        let event = &self.history.events[self.position];
        let thread = &mut self.threads[usize::from(event.step.thread)];
        if thread.status != Status::Pending
            || !thread.pending.same(&event.operation)
            || self.mismatch.is_some()
        {
            return self.explain_mismatch();
        }
        thread.clock = event.clock;
        thread.status = Status::Running;
        self.position += 1;
        self.result = event.result;
        Next::Run(event.step.thread)
    }

    /// Compares what the threads announce, where the execution leaves the one before, with what they
    /// had announced there: a thread's next operation follows from the repeated prefix.
    pub(super) fn compare_announced(&mut self) {
        for index in 0..self.registry.thread_count() {
            let Thread { status, pending, .. } = &self.threads[index];
            let known = self.announcing >> index & 1 == 1;
            let agrees = match status {
                Status::Pending => known && pending.same(&self.announced[index]),
                Status::Finished => !known,
                // It may yet announce it: once it is spawned, or what it waits for has ended.
                Status::Absent | Status::Joining { .. } | Status::Running => true,
            };
            if !agrees {
                self.explain_announced(index as ThreadIndex, known);
            }
        }
    }

    #[cold]
    fn explain_announced(&mut self, thread: ThreadIndex, known: bool) {
        let before = match known {
            true => Said::Announced(self.announced[usize::from(thread)]),
            false => Said::Ended,
        };
        let now = self.said(thread);
        self.mismatch.get_or_insert(Mismatch {
            step: self.position,
            thread,
            now,
            before,
        });
    }

    #[cold]
    fn explain_mismatch(&mut self) -> Next {
        let event = &self.history.events[self.position];
        let thread = event.step.thread;
        let now = self.said(thread);
        let before = Said::Announced(event.operation);
        self.mismatch.get_or_insert(Mismatch {
            step: self.position,
            thread,
            now,
            before,
        });
        Next::Stop(Stop::Mismatch)
    }

    /// Explains that a thread cannot take the step that was scheduled for it.
    #[cold]
    pub(super) fn explain_missing_step(&mut self, step: Step) -> Next {
        let now = self.said(step.thread);
        let before = Said::Touched(step.objects[0]);
        self.mismatch = Some(Mismatch {
            step: self.position,
            thread: step.thread,
            now,
            before,
        });
        Next::Stop(Stop::Mismatch)
    }

    /// Explains that a thread does not announce the operation that it is to execute.
    #[cold]
    pub(super) fn explain_given_step(&mut self, thread: ThreadIndex, before: Operation) -> Next {
        self.mismatch = Some(Mismatch {
            step: self.position,
            thread,
            now: self.said(thread),
            before: Said::Announced(before),
        });
        Next::Stop(Stop::Mismatch)
    }

    /// Returns what a thread is doing, for an explanation.
    fn said(&self, thread: ThreadIndex) -> Said {
        let Thread { status, pending, .. } = self.threads[usize::from(thread)];
        match status {
            Status::Pending => Said::Announced(pending),
            Status::Absent => Said::NotSpawned,
            Status::Finished => Said::Ended,
            Status::Running | Status::Joining { .. } => Said::Waiting,
        }
    }
}
