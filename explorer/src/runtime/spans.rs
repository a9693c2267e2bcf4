//! Spans: accesses to plain memory that take a while, such as those by a pointer.
//!
//! A span is an access where it begins, and one before each further operation of its thread while it lasts, but the
//! first: up to there the memory may be in use. (Its end is none. A guard is often dropped just after the operation that
//! hands the memory over, as a field is after the `drop` of its struct.) So an access of another thread must be ordered with
//! all of the span.
//!
//! Unlike a [`Cell`](crate::sync::Cell), the memory is the program's own: what is wrong with an access must be found before
//! the program makes it. So a thread halts whose access completes a data race, or overlaps with another span.

use std::mem;
use std::panic::Location;

use super::{Handle, calls, try_with, with};
use crate::data_race;
use crate::identity::{NO_OBJECT, ObjectIndex, ThreadIndex};
use crate::operation::{Operation, OperationKind};
use crate::place::place;

/// The spans of the current execution that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    open: Vec<Open>,
    /// The thread that accessed each object last, if it is accessed in spans; `true` if it has only read since another
    /// thread accessed it.
    last: Vec<Option<(ThreadIndex, bool)>>,
    /// `true` if an access has completed a data race.
    raced: bool,
    /// The number of events, from the beginning of the record, among which there is no data race.
    clean: usize,
    /// `true` if the operation that is announced next is an access of a span that lasts.
    touches: bool,
}

/// A span that has not ended.
#[derive(Clone, Copy, Debug)]
struct Open {
    object: ObjectIndex,
    thread: ThreadIndex,
    write: bool,
    location: &'static Location<'static>,
    /// `true` if its thread has executed nothing since it accessed the memory.
    touched: bool,
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
    /// Forgets all spans: an execution begins, the first events of which are those of the one before.
    pub(super) fn begin(&mut self, repeated: usize) {
        self.clean = self.clean.min(repeated);
        self.open.clear();
        self.last.clear();
        self.raced = false;
        self.touches = false;
    }

    /// Returns `true` if there is a span that has not ended.
    #[inline]
    pub(super) fn are_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Notes that the thread is to execute an operation; returns an access that it has to make before, if there is one.
    pub(super) fn touch(&mut self, thread: ThreadIndex) -> Option<Operation> {
        if mem::take(&mut self.touches) {
            return None;
        }
        let mut own = self.open.iter_mut().filter(|open| open.thread == thread);
        if let Some(open) = own.find(|open| !open.touched) {
            open.touched = true;
            self.touches = true;
            return Some(access(open.object, open.write, open.location));
        }
        let own = self.open.iter_mut().filter(|open| open.thread == thread);
        own.for_each(|open| open.touched = false);
        None
    }

    /// Notes that the thread accesses the object; returns `true` if that can complete a data race.
    fn note(&mut self, thread: ThreadIndex, object: ObjectIndex, write: bool) -> bool {
        let index = usize::from(object);
        if self.last.len() <= index {
            self.last.resize(index + 1, None);
        }
        let last = &mut self.last[index];
        match *last {
            Some((before, only_reads)) if before == thread => {
                *last = Some((thread, only_reads && !write));
                write && only_reads
            }
            before => {
                *last = Some((thread, before.is_some() && !write));
                before.is_some()
            }
        }
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
        calls::announce(object.serial, &access(object.index, write, location));
        let fault = with("memory was accessed", |runtime| {
            if runtime.abandoning || runtime.repetition.probes {
                return None;
            }
            let thread = runtime.current;
            if runtime.spans.raced || runtime.races(thread, object.index, write) {
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
                touched: true,
            });
            None
        });
        match fault {
            None => span,
            Some(Fault::DataRace) => calls::halt(location),
            Some(Fault::Overlap(message)) => calls::fail(message, location),
        }
    }
}

/// Returns an access to the object.
fn access(object: ObjectIndex, write: bool, location: &'static Location<'static>) -> Operation {
    let kind = match write {
        true => OperationKind::CellWrite,
        false => OperationKind::CellRead,
    };
    Operation {
        kind,
        objects: [object, NO_OBJECT],
        location,
        publishes: write,
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        try_with(|runtime| {
            let thread = runtime.current;
            let mut open = runtime.spans.open.iter();
            let index = open.rposition(|open| {
                open.object == self.object.index
                    && open.thread == thread
                    && open.write == self.write
                    && open.location == self.location
            });
            index.map(|index| runtime.spans.open.remove(index));
        });
    }
}

impl super::Runtime {
    /// Returns `true` if the thread's access to the object, the last event, completes a data race.
    fn races(&mut self, thread: ThreadIndex, object: ObjectIndex, write: bool) -> bool {
        let position = self.program.position;
        if !self.spans.note(thread, object, write) || position <= self.spans.clean {
            return false;
        }
        let races = data_race::find(&self.program).is_some();
        if !races {
            self.spans.clean = position;
        }
        races
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
