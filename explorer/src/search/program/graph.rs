//! An execution whose events an execution graph has decided: what is read is not always what was written last.

use super::{Program, Status};
use crate::identity::{ObjectIndex, ThreadIndex};
use crate::object::ObjectState;
use crate::operation::{Operation, OperationResult};
use crate::search::Clock;

/// An event that is decided by an execution graph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'a> {
    pub(crate) thread: ThreadIndex,
    pub(crate) operation: &'a Operation,
    /// The program's name for what the thread does.
    pub(crate) label: Option<&'static str>,
    /// Its number among the operations of its thread, from 1.
    pub(crate) number: u16,
    /// The object of which it finds a state, and the state, if that is decided by what it reads.
    pub(crate) found: Option<(ObjectIndex, ObjectState)>,
    pub(crate) alternative: u8,
    /// The operations that happen before it, in the sense of the memory model; it is included.
    pub(crate) clock: Clock,
}

/// The write that an event reads from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Source {
    /// It reads no atomic.
    Nothing,
    /// The first value of the atomic.
    Initial,
    /// The event at this position.
    Event(u32),
}

/// What an event reads and writes, in an execution graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Communication {
    pub(crate) source: Source,
    /// The place in coherence order of the write that it is, or else, of that which it reads from. That of a wait is
    /// in the order of its condition variable.
    pub(crate) place: Option<u16>,
    /// The place of its other write, in the order of its second object: a wait gives its mutex back.
    pub(crate) second: Option<u16>,
    /// `true` if the place is that of a write.
    pub(crate) writes: bool,
}

impl Program {
    /// Executes the pending operation of a thread as it is told.
    pub(crate) fn execute_as(&mut self, told: &Told<'_>) {
        self.result = self.history.record(told);
        let thread = &mut self.threads[usize::from(told.thread)];
        thread.status = Status::Running;
        thread.clock = told.clock;
        self.notes.note_label(self.position, told.label);
        self.position += 1;
    }

    /// Adds an event to the record that the next execution repeats.
    pub(crate) fn record_as(&mut self, told: &Told<'_>) -> OperationResult {
        let position = self.history.events.len();
        self.notes.note_label(position, told.label);
        self.history.record(told)
    }

    /// Takes events off the record, down to so many. What threads announce after the record is not known then.
    pub(crate) fn cut_record(&mut self, length: usize) {
        while self.history.events.len() > length {
            self.history.undo();
        }
        self.forget_announced();
    }
}
