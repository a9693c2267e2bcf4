//! Spans: accesses to plain memory that take a while, such as those by a pointer.
//!
//! A span is an access where it begins, and one where it ends if anything has happened in between. So what happens
//! between the two must be ordered with the whole of it. Unlike a [`Cell`](crate::sync::Cell), the memory is the program's
//! own: what is wrong with an access must be found before the program makes it. So a thread halts whose access completes
//! a data race, or overlaps with another span.

use std::panic::Location;

use super::{Handle, calls, with};
use crate::data_race;
use crate::identity::{NO_OBJECT, ObjectIndex, ThreadIndex};
use crate::operation::OperationKind;
use crate::place::place;

/// The spans of the current execution that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    open: Vec<Open>,
    /// The thread that accessed each object last, if it is accessed in spans.
    last: Vec<Option<ThreadIndex>>,
    /// `true` if an access has completed a data race.
    raced: bool,
}

/// A span that has not ended.
#[derive(Clone, Copy, Debug)]
struct Open {
    object: ObjectIndex,
    thread: ThreadIndex,
    write: bool,
    location: &'static Location<'static>,
    /// The number of events when it had begun.
    position: usize,
}

/// A span of the current execution; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Span {
    object: Handle,
    write: bool,
    location: &'static Location<'static>,
}

/// The reason for which a thread does not make an access.
enum Fault {
    DataRace,
    Overlap(String),
}

impl Spans {
    /// Forgets all spans: an execution begins.
    pub(super) fn clear(&mut self) {
        self.open.clear();
        self.last.clear();
        self.raced = false;
    }

    /// Notes that the thread accesses the object; returns `true` if another one has accessed it before.
    fn pass_to(&mut self, thread: ThreadIndex, object: ObjectIndex) -> bool {
        let index = usize::from(object);
        if self.last.len() <= index {
            self.last.resize(index + 1, None);
        }
        let before = self.last[index].replace(thread);
        before.is_some_and(|before| before != thread)
    }
}

impl Span {
    /// Begins to access the object. Does not return if the access is a fault.
    pub(crate) fn begin(object: Handle, write: bool, location: &'static Location<'static>) -> Self {
        let span = Self {
            object,
            write,
            location,
        };
        span.access();
        let fault = with("memory was accessed", |runtime| {
            if runtime.abandoning || runtime.repetition.probes {
                return None;
            }
            let thread = runtime.current;
            if runtime.spans.raced || runtime.races(thread, object.index) {
                runtime.spans.raced = true;
                return Some(Fault::DataRace);
            }
            let mut open = runtime.spans.open.iter();
            let other = open.find(|open| open.object == object.index && (open.write || write));
            if let Some(other) = other {
                return Some(Fault::Overlap(runtime.overlap(*other, write)));
            }
            runtime.spans.open.push(Open {
                object: object.index,
                thread,
                write,
                location,
                position: runtime.program.position,
            });
            None
        });
        match fault {
            None => span,
            Some(Fault::DataRace) => calls::halt(location),
            Some(Fault::Overlap(message)) => calls::fail(message, location),
        }
    }

    fn access(&self) {
        let kind = match self.write {
            true => OperationKind::CellWrite,
            false => OperationKind::CellRead,
        };
        calls::publish(kind, self.object, self.location, self.write);
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if !super::in_execution() {
            return;
        }
        let lasted = with("memory was accessed", |runtime| {
            let thread = runtime.current;
            let mut open = runtime.spans.open.iter();
            let index = open.rposition(|open| {
                open.object == self.object.index
                    && open.thread == thread
                    && open.write == self.write
                    && open.location == self.location
            });
            let ended = index.map(|index| runtime.spans.open.remove(index));
            ended.is_some_and(|ended| ended.position != runtime.program.position)
        });
        if lasted {
            self.access();
        }
    }
}

impl super::Runtime {
    /// Returns `true` if the thread's access to the object, the last event, completes a data race that the earlier
    /// executions have not had.
    fn races(&mut self, thread: ThreadIndex, object: ObjectIndex) -> bool {
        debug_assert_ne!(object, NO_OBJECT);
        self.spans.pass_to(thread, object) && data_race::find(&self.program).is_some()
    }

    /// Tells of an access that overlaps with a span.
    fn overlap(&self, other: Open, write: bool) -> String {
        let verb = |write| if write { "writes" } else { "reads" };
        let since = place(None, other.location);
        match other.thread == self.current {
            true => format!(
                "the thread {} memory that it still {}, since {since}",
                verb(write),
                verb(other.write)
            ),
            false => format!(
                "the thread {} memory that thread {} still {}, since {since}",
                verb(write),
                self.program.registry.thread_id(other.thread),
                verb(other.write)
            ),
        }
    }
}
