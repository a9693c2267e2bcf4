//! Repeating the record: the events that an execution has in common with an earlier one.
//!
//! The objects are already in the state after the record, so repeating an event is no more than to
//! compare it with what its thread announces, and to hand out the recorded result.

use super::{Program, Status, Thread};
use crate::identity::{MAX_THREADS, ThreadIndex};
use crate::nondeterminism::{Mismatch, Said};
use crate::operation::{Operation, Step};
use crate::search::next::{Next, Stop};

/// The part of the record that an execution repeats, and the point at which it leaves the one before.
#[derive(Debug)]
pub(super) struct Record {
    /// The number of events that are repeated.
    pub(super) length: usize,
    /// The number of them that an execution has had which was looked at when it had ended.
    looked_at: usize,
    /// `true` if the execution is one that was given up, begun again.
    again: bool,
    /// The operation that each thread had announced, in the execution before, when this one leaves it.
    announced: [Operation; MAX_THREADS],
    /// The threads that had announced something there or would later, as a bit set.
    announcing: u32,
    /// The stops of the execution before: the thread, and the number of events before.
    stops: Vec<(ThreadIndex, usize)>,
    /// `true` in the first execution, in which nothing is repeated.
    first: bool,
    /// `true` if it is known what the threads announce after the record.
    knows_announced: bool,
}

impl Record {
    pub(super) fn new(nothing: Operation) -> Self {
        Self {
            length: 0,
            looked_at: 0,
            again: false,
            announced: [nothing; MAX_THREADS],
            announcing: 0,
            stops: Vec::new(),
            first: true,
            knows_announced: true,
        }
    }
}

impl Program {
    /// Returns the number of events of the current execution that earlier ones have had: those after are new.
    pub(crate) fn recorded(&self) -> usize {
        self.record.looked_at
    }

    /// Begins an execution, which repeats all that the history has.
    pub(super) fn begin_record(&mut self) {
        self.record.length = self.history.events.len();
        if !self.record.again {
            self.record.looked_at = self.record.length;
        }
    }

    /// Lets the next execution begin with all events of this one, which is given up.
    pub(crate) fn repeat_all(&mut self) {
        self.record.first = false;
        self.record.again = true;
    }

    /// Lets the first execution repeat the record.
    pub(crate) fn begin_with_record(&mut self) {
        self.record.first = false;
    }

    /// Returns `true` if what a thread does now, it has done before: it follows from the record.
    ///
    /// Where an execution was given up and begins again, what comes after its last event is new.
    pub(super) fn is_repeating(&self) -> bool {
        let length = self.record.length;
        !self.record.first && (self.position < length || self.position == length && !self.record.again)
    }

    /// Repeats the next recorded event, if it is this operation of this thread: the short way, for
    /// a thread that goes on.
    #[inline]
    pub(crate) fn repeat_own(&mut self, thread: ThreadIndex, operation: &Operation) -> bool {
        if self.position >= self.record.length {
            return false;
        }
        let event = &self.history.events[self.position];
        if event.step.thread != thread || !operation.same(&event.operation) || self.mismatch.is_some() {
            return false;
        }
        if self.has_stopped() {
            return false; // a thread may have to go on first
        }
        self.threads[usize::from(thread)].clock = event.clock;
        self.result = event.result;
        self.position += 1;
        true
    }

    /// Repeats the next recorded event; returns `None` if all are repeated, and nothing was different.
    #[inline(always)]
    pub(crate) fn repeat(&mut self) -> Option<Next> {
        if self.position < self.record.length {
            return Some(self.repeat_next());
        }
        if self.position > self.record.length && self.mismatch.is_none() {
            return None; // the short way, for events that are new
        }
        self.leave_record()
    }

    /// Compares what the threads announce where the record ends; returns `None` if nothing was different.
    #[inline(never)]
    fn leave_record(&mut self) -> Option<Next> {
        // What the threads had announced where an execution was given up has not been noted.
        let known = self.record.knows_announced && !self.record.first && !self.record.again;
        if self.position == self.record.length && known {
            self.compare_announced();
        }
        self.mismatch.is_some().then_some(Next::Stop(Stop::Mismatch))
    }

    #[inline(always)]
    fn repeat_next(&mut self) -> Next {
        let event = &self.history.events[self.position];
        let thread = &mut self.threads[usize::from(event.step.thread)];
        if thread.status != Status::Pending
            || !thread.pending.same(&event.operation)
            || self.mismatch.is_some()
        {
            let (thread, before) = (event.step.thread, event.operation);
            return self.differs(thread, Said::Announced(before));
        }
        thread.clock = event.clock;
        thread.status = Status::Running;
        self.position += 1;
        self.result = event.result;
        Next::Run(event.step.thread)
    }

    /// Compares what the threads announce, where the execution leaves the one before, with what they
    /// had announced there: a thread's next operation follows from the record.
    fn compare_announced(&mut self) {
        for index in 0..self.registry.thread_count() {
            let Thread { status, pending, .. } = &self.threads[index];
            let known = self.record.announcing >> index & 1 == 1;
            let same = || pending.same(&self.record.announced[index]);
            let agrees = match status {
                Status::Pending => known && same(),
                // If it went on later, then with the operation at which it had stopped.
                Status::Repeating => !known || same(),
                Status::Finished => !known,
                // It may yet announce it: once it is spawned, or what it waits for has ended.
                Status::Absent | Status::Joining { .. } | Status::Running => true,
            };
            if !agrees || !self.has_stopped_as_before(index as ThreadIndex) {
                let before = match known {
                    true => Said::Announced(self.record.announced[index]),
                    false => Said::Ended,
                };
                self.differs(index as ThreadIndex, before);
            }
        }
    }

    /// Returns `true` if the thread has stopped where it had in the execution before, up to the end of the record,
    /// and nowhere else.
    fn has_stopped_as_before(&self, thread: ThreadIndex) -> bool {
        if self.record.stops.is_empty() && self.stops.is_empty() {
            return true;
        }
        let here = self.record.length;
        let before = self.record.stops.iter();
        let before = before.filter(|&&(stopped, position)| stopped == thread && position <= here);
        before.eq(self.stops.iter().filter(|&&(stopped, _)| stopped == thread))
    }

    /// Notes that a thread cannot take the step that was scheduled for it, and stops.
    #[cold]
    pub(crate) fn cannot_take(&mut self, step: Step) -> Next {
        self.differs(step.thread, Said::Touched(step.objects[0]))
    }

    /// Notes that a thread has not announced the operation that it is to execute, and stops.
    #[cold]
    pub(crate) fn has_not_announced(&mut self, thread: ThreadIndex, before: Operation) -> Next {
        self.differs(thread, Said::Announced(before))
    }

    /// Notes a mismatch, unless there is one, and stops.
    #[cold]
    fn differs(&mut self, thread: ThreadIndex, before: Said) -> Next {
        let now = self.said(thread);
        self.mismatch.get_or_insert(Mismatch {
            step: self.position,
            thread,
            now,
            before,
        });
        Next::Stop(Stop::Mismatch)
    }

    /// Returns a thread's behaviour now, for an explanation.
    fn said(&self, thread: ThreadIndex) -> Said {
        let Thread { status, pending, .. } = self.threads[usize::from(thread)];
        match status {
            Status::Pending => Said::Announced(pending),
            Status::Absent => Said::NotSpawned,
            Status::Finished => Said::Ended,
            Status::Running | Status::Repeating | Status::Joining { .. } => Said::Waiting,
        }
    }

    /// Ends an execution: notes what the threads have announced that can never go on.
    pub(crate) fn end(&mut self) {
        self.record.first = false;
        self.record.again = false;
        self.record.announcing = 0;
        self.record.stops.clone_from(&self.stops);
        for (index, thread) in self.threads[..self.registry.thread_count()].iter().enumerate() {
            if thread.status == Status::Pending {
                self.record.announced[index] = thread.pending;
                self.record.announcing |= 1 << index;
            }
        }
    }

    /// Notes that it is not known what the threads announce after the record.
    pub(super) fn forget_announced(&mut self) {
        self.record.knows_announced = false;
    }

    /// Takes the last event off the record, and notes that its thread had announced it.
    pub(crate) fn take_back(&mut self) -> Step {
        let event = self.history.events.last().expect("one event leads to each node");
        let step = event.step;
        self.record.announced[usize::from(step.thread)] = event.operation;
        self.record.announcing |= 1 << step.thread;
        self.history.undo();
        step
    }
}
