//! The events of an execution graph.

use crate::identity::{ObjectIndex, ThreadIndex};
use crate::operation::{Operation, OperationKind};
use crate::search::Clock;

/// The name of an event: its thread, and its number among the events of that thread, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct EventId {
    pub(super) thread: ThreadIndex,
    pub(super) number: u16,
}

impl EventId {
    /// The write that gave a location its first value; it happens before all events.
    pub(super) const INITIAL: Self = Self { thread: 0, number: 0 };

    pub(super) fn is_initial(self) -> bool {
        self.number == 0
    }

    /// Returns `true` if the event is in this past.
    #[inline]
    pub(super) fn is_in(self, past: &Clock) -> bool {
        self.number <= past.of(self.thread)
    }
}

/// What comes before a thread's next event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Past {
    /// The events that happen before it.
    pub(super) hb: Clock,
    /// The events that lead to it by program order, spawns, joins, *reads from* and releases of mutexes.
    pub(super) porf: Clock,
    /// The events before it in program order, spawns and joins included.
    pub(super) sb: Clock,
    /// The number of the thread's last release fence; 0 if there is none.
    pub(super) release_fence: u16,
}

impl Past {
    pub(super) const NOTHING: Self = Self {
        hb: Clock::ZERO,
        porf: Clock::ZERO,
        sb: Clock::ZERO,
        release_fence: 0,
    };

    /// Adds what has come before in another thread: where it is spawned from, or joined.
    pub(super) fn join(&mut self, other: &Self) {
        self.hb.join(&other.hb);
        self.porf.join(&other.porf);
        self.sb.join(&other.sb);
    }
}

/// An event of an execution graph.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) id: EventId,
    /// The order in which events were added. A read that is revisited keeps its stamp.
    pub(super) stamp: u32,
    /// The operation that it belongs to.
    pub(super) operation: Operation,
    /// The program's name for what the thread does.
    pub(super) label: Option<&'static str>,
    /// The number of operations that the thread has completed, this one included if the event completes it.
    pub(super) completed: u16,
    /// The object that it accesses, or `NO_OBJECT`.
    pub(super) location: ObjectIndex,
    /// The number of the thread's access to the same object before; 0 if there is none.
    pub(super) previous: u16,
    /// `true` if the memory model counts it among the sequentially consistent events.
    pub(super) sequential: bool,
    pub(super) kind: Kind,
    /// What comes before the thread's next event: this one is included.
    pub(super) past: Past,
}

/// A kind of event.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Read(Read),
    Write(Write),
    Fence,
    /// An alternative that was chosen, of so many.
    Choice {
        alternative: u8,
        alternatives: u8,
    },
    /// The acquisition of a mutex whose ticket has been drawn.
    Acquire,
    /// The release of a mutex.
    Release,
    /// An access to plain memory.
    Plain {
        write: bool,
    },
}

/// The part of a read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    /// The write that it reads from.
    pub(super) source: EventId,
    /// The value that it reads.
    pub(super) value: u64,
    /// `true` if a write follows that belongs to it.
    pub(super) exclusive: bool,
    /// The happens-before and porf pasts before the read: what it has read adds to them.
    pub(super) hb_before: Clock,
    pub(super) porf_before: Clock,
}

/// The part of a write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write {
    pub(super) value: u64,
    /// Its place in the coherence order of the location.
    pub(super) position: u16,
    /// `true` if it belongs to the read before it in its thread.
    pub(super) exclusive: bool,
    /// What an acquiring read of it gains.
    pub(super) releases: Clock,
}

impl Event {
    /// Returns `true` if the thread is told a result when the event has happened. There is one such event for each
    /// operation.
    pub(super) fn completes(&self) -> bool {
        match &self.kind {
            Kind::Read(_) => !self.draws_ticket(),
            Kind::Write(write) => !write.exclusive,
            Kind::Fence | Kind::Choice { .. } | Kind::Acquire | Kind::Release | Kind::Plain { .. } => true,
        }
    }

    /// Returns `true` if it is one of the two events by which a ticket is drawn at a mutex.
    pub(super) fn draws_ticket(&self) -> bool {
        self.operation.kind == OperationKind::Lock && matches!(self.kind, Kind::Read(_) | Kind::Write(_))
    }

    /// Returns the part of a read.
    pub(super) fn read(&self) -> Option<&Read> {
        match &self.kind {
            Kind::Read(read) => Some(read),
            _ => None,
        }
    }

    /// Returns the part of a write.
    pub(super) fn write(&self) -> Option<&Write> {
        match &self.kind {
            Kind::Write(write) => Some(write),
            _ => None,
        }
    }
}
