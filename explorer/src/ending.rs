//! The endings of executions.

mod found;
mod stuck;

use std::fmt;
use std::panic::Location;

use super::identity::{ObjectId, ObjectKind, ThreadId};
use super::naming::ObjectName;
use super::place::place;
use super::waiting_for::WaitingFor;

pub(crate) use found::{decided, found};
pub(crate) use stuck::{stuck_thread, stuck_threads};

/// A place in the source, as far as a panic tells it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceLocation {
    /// The path of the file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl From<&Location<'_>> for SourceLocation {
    fn from(location: &Location<'_>) -> Self {
        Self {
            file: location.file().to_owned(),
            line: location.line(),
            column: location.column(),
        }
    }
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A panic of a thread of the program under test.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PanicInfo {
    /// The thread that panicked.
    pub thread: ThreadId,
    /// Its message.
    pub message: String,
    /// Its place; `None` unless the process's panic hook notes it with [`note_panic`](super::note_panic).
    pub location: Option<SourceLocation>,
}

impl fmt::Display for PanicInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "thread {} panicked", self.thread)?;
        if let Some(location) = &self.location {
            write!(f, " at {location}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A thread that holds a lock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Holder {
    /// The thread that holds the lock.
    pub thread: ThreadId,
    /// The place where it acquired the lock.
    pub acquired_at: &'static Location<'static>,
    /// The [label](super::thread::label) that the program gave that acquisition, if any.
    pub label: Option<&'static str>,
}

/// An object that a thread polls in a loop.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Polled {
    /// The kind of the object.
    pub kind: ObjectKind,
    /// The object.
    pub id: ObjectId,
    /// The name of the object.
    pub called: ObjectName,
}

/// A thread that can never go on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StuckThread {
    /// The thread that is stuck.
    pub thread: ThreadId,
    /// The thing that it waits for.
    pub waiting_for: WaitingFor,
    /// The object that it waits for, if it is not a thread.
    pub object: Option<(ObjectKind, ObjectId)>,
    /// The other objects of which a change would let it go on: those that it polls in a loop.
    pub others: Vec<Polled>,
    /// The name of the object.
    pub called: Option<ObjectName>,
    /// The place where it waits.
    pub location: &'static Location<'static>,
    /// The [label](super::thread::label) that the program gave the operation that waits, if any.
    pub label: Option<&'static str>,
    /// The threads that hold the object.
    pub holders: Vec<Holder>,
}

impl fmt::Display for StuckThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            thread,
            waiting_for,
            object,
            others,
            called,
            location,
            label,
            holders,
        } = self;
        write!(f, "thread {thread} waits at {} ", place(*label, location))?;
        match waiting_for {
            WaitingFor::Lock => write!(f, "to lock")?,
            WaitingFor::ReadLock => write!(f, "to lock for reading")?,
            WaitingFor::Writer(writer) => write!(f, "to lock for reading, behind writer {writer},")?,
            WaitingFor::WriteLock => write!(f, "to lock for writing")?,
            WaitingFor::Notification => write!(f, "to be notified by")?,
            WaitingFor::Unpark => write!(f, "to be unparked")?,
            WaitingFor::Change => write!(f, "in a loop for a change of")?,
            WaitingFor::End(thread) => write!(f, "for the end of thread {thread}")?,
        }
        if let (Some((kind, _)), Some(called)) = (object, called) {
            called.write_with(*kind, f)?;
        }
        for (index, polled) in others.iter().enumerate() {
            f.write_str(if index + 1 == others.len() { " or" } else { "," })?;
            polled.called.write_with(polled.kind, f)?;
        }
        for holder in holders {
            let since = place(holder.label, holder.acquired_at);
            write!(f, ", held by thread {} since {since}", holder.thread)?;
        }
        Ok(())
    }
}

/// One of the two accesses of a data race.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CellAccess {
    /// The thread that accesses the memory.
    pub thread: ThreadId,
    /// `true` for a write, `false` for a read.
    pub write: bool,
    /// Its place in the source.
    pub location: &'static Location<'static>,
    /// The [label](super::thread::label) that the program gave the access, if any.
    pub label: Option<&'static str>,
}

impl fmt::Display for CellAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.write { "writes" } else { "reads" };
        let place = place(self.label, self.location);
        write!(f, "thread {} {verb} at {place}", self.thread)
    }
}

/// Two accesses to plain memory, at least one a write, that nothing synchronises.
///
/// If there are several in an execution, it is the one that the fewest events lead to: the same in all
/// executions of a trace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DataRace {
    /// The memory that they access.
    pub cell: ObjectId,
    /// The name of that memory.
    pub called: ObjectName,
    /// The access that came first in this execution.
    pub first: CellAccess,
    /// The access that came second.
    pub second: CellAccess,
}

impl fmt::Display for DataRace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "data race on {}: {}, {}", self.called, self.first, self.second)
    }
}

/// The ending of an execution.
///
/// If several apply, it is the first of data race, panic, step limit and deadlock.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ending<O> {
    /// All threads ended; the body returned this.
    Finished(O),
    /// These threads can never go on: all that have not ended.
    Deadlock(Vec<StuckThread>),
    /// A thread panicked, and no other thread received that by joining it; or the main thread
    /// panicked. If several did, this is the lowest by name, the main thread last.
    Panic(PanicInfo),
    /// Plain memory was accessed without synchronisation: undefined behaviour.
    DataRace(Box<DataRace>),
    /// The execution had as many events as allowed, and was not followed further.
    StepLimit,
}

impl<O> Ending<O> {
    /// Returns the body's output, if the execution finished.
    pub fn finished(&self) -> Option<&O> {
        match self {
            Self::Finished(output) => Some(output),
            _ => None,
        }
    }

    /// Returns the kind of ending in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Finished(_) => "finished",
            Self::Deadlock(_) => "deadlock",
            Self::Panic(_) => "panic",
            Self::DataRace(_) => "data race",
            Self::StepLimit => "step limit",
        }
    }

    /// Returns `true` for a deadlock, a panic or a data race.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Deadlock(_) | Self::Panic(_) | Self::DataRace(_))
    }
}

impl<O: fmt::Debug> fmt::Display for Ending<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished(output) => write!(f, "finished: {output:?}"),
            Self::Deadlock(threads) => {
                f.write_str("deadlock")?;
                threads.iter().try_for_each(|thread| write!(f, "; {thread}"))
            }
            Self::Panic(panic) => panic.fmt(f),
            Self::DataRace(race) => race.fmt(f),
            Self::StepLimit => f.write_str("step limit"),
        }
    }
}
