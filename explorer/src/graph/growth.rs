//! How a graph grows: what comes before a new event, and what it passes on.
//!
//! All clocks depend on the porf past of their event only. So they stay right when a graph is cut.

use std::sync::atomic::Ordering;

use super::decision::{Decision, decide};
use super::event::{Part, Past};
use super::{Event, EventId, Graph, Kind, MemoryModel, Read, Rules, Write};
use crate::identity::{NO_OBJECT, ObjectIndex, ThreadIndex};
use crate::object::ObjectState;
use crate::object::table::Synchronisation;
use crate::operation::{Operation, OperationKind};
use crate::search::Clock;

impl Past {
    /// Adds the next event of the thread.
    fn tick(&mut self, thread: ThreadIndex) {
        self.porf.tick(thread);
        self.sb.tick(thread);
        self.hb.tick(thread);
    }
}

/// An event that is to be added: the next of its thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct New<'a> {
    pub(super) thread: ThreadIndex,
    pub(super) past: Past,
    pub(super) operation: &'a Operation,
    pub(super) label: Option<&'static str>,
}

impl New<'_> {
    /// Returns the first object of the operation.
    pub(super) fn object(&self) -> ObjectIndex {
        self.operation.objects[0]
    }
}

impl Graph {
    /// Adds an event, which accesses this object.
    pub(super) fn add(&mut self, new: &New<'_>, kind: Kind, part: Part, location: ObjectIndex) -> &mut Event {
        let thread = usize::from(new.thread);
        let id = EventId {
            thread: new.thread,
            number: self.threads[thread].len() as u16 + 1,
        };
        let previous = match location {
            NO_OBJECT => 0,
            _ => self.location_mut(location).last[thread],
        };
        let stamp = self.by_stamp.last().map_or(0, |&last| self.event(last).stamp + 1);
        let completed = self.completed_before(id);
        self.by_stamp.push(id);
        self.thread_count = self.thread_count.max(thread + 1);
        let index = self.events.len();
        self.events.push(Event {
            id,
            stamp,
            operation: *new.operation,
            label: new.label,
            completed,
            part,
            location,
            previous,
            sequential: false,
            kind,
            past: new.past,
        });
        self.note_from(index);
        let event = &mut self.events[index];
        event.completed += u16::from(event.completes());
        event.past.tick(new.thread);
        event
    }

    /// Adds a read, which has no source yet.
    pub(super) fn add_read(&mut self, new: &New<'_>, part: Part, object: ObjectIndex) -> EventId {
        let read = Read {
            source: EventId::INITIAL,
            alternative: 0,
            waits: false,
            exclusive: false,
            hb_before: new.past.hb,
            porf_before: new.past.porf,
        };
        self.add(new, Kind::Read(read), part, object).id
    }

    /// Lets the read, the last of all events, read from this write, with this alternative; returns what its
    /// operation does then.
    pub(super) fn set_source<R: Rules>(
        &mut self,
        model: MemoryModel,
        id: EventId,
        (source, alternative): (EventId, u8),
    ) -> Decision {
        let index = self.index(id);
        debug_assert_eq!(index + 1, self.events.len(), "the last event reads");
        let Event {
            location,
            operation,
            part,
            ..
        } = self.events[index];
        let found = self.state(source, location);
        let decision = match part {
            Part::Ticket => Decision {
                ordering: Ordering::Relaxed,
                writes: Some(found),
                waits: false,
            },
            Part::Last | Part::Earlier => decide(operation.kind, id.thread, alternative, found),
        };
        let gained = self.gained::<R>(model, &self.events[index], source, &decision);
        let mut porf = Clock::ZERO;
        if !source.is_initial() {
            porf = self.event(source).past.porf;
        }
        let event = &mut self.events[index];
        event.completed -= u16::from(event.completes());
        let Kind::Read(read) = &mut event.kind else {
            unreachable!("only reads have a source");
        };
        read.source = source;
        read.alternative = alternative;
        read.waits = decision.waits;
        read.exclusive = decision.writes.is_some();
        event.past.hb = read.hb_before;
        event.past.hb.join(&gained);
        event.past.hb.tick(id.thread);
        event.past.porf = read.porf_before;
        event.past.porf.join(&porf);
        event.past.porf.tick(id.thread);
        event.completed += u16::from(event.completes());
        let sequential = model.is_sequential(decision.ordering);
        let before = std::mem::replace(&mut event.sequential, sequential);
        self.sequential = self.sequential - usize::from(before) + usize::from(sequential);
        decision
    }

    /// Returns what happens before the read because of what it reads.
    fn gained<R: Rules>(
        &self,
        model: MemoryModel,
        read: &Event,
        source: EventId,
        decision: &Decision,
    ) -> Clock {
        let kind = read.operation.kind;
        if read.part != Part::Last || source.is_initial() || decision.waits {
            return Clock::ZERO;
        }
        if !matches!(self.location(read.location).initial, ObjectState::Atomic(_)) {
            let done = decision.writes.is_some();
            return self.gained_from_object(read.location, source, kind.synchronises(done));
        }
        let adds = matches!(kind, OperationKind::Add(..));
        match model.acquires(decision.ordering) && !adds {
            true => self.event(source).write().expect("a source is a write").releases,
            false => Clock::ZERO,
        }
    }

    /// Returns what happens before an operation because of the earlier ones on its object, which is no atomic.
    fn gained_from_object(&self, object: ObjectIndex, source: EventId, by: Synchronisation) -> Clock {
        let from_readers = matches!(by, Synchronisation::Lock(_));
        let mut gained = Clock::ZERO;
        if !from_readers && !matches!(by, Synchronisation::LockShared | Synchronisation::Take) {
            return gained;
        }
        let before = &self.location(object).coherence[1..=usize::from(self.position(source))];
        for event in before.iter().map(|&write| self.event(write)) {
            let passes_on = match event.operation.kind.synchronises(true) {
                Synchronisation::Unlock(_) | Synchronisation::Set => true,
                Synchronisation::UnlockShared => from_readers,
                _ => false,
            };
            if passes_on {
                gained.join(&event.past.hb);
            }
        }
        gained
    }

    /// Adds a write, which has no place in coherence order yet.
    pub(super) fn add_write(
        &mut self,
        model: MemoryModel,
        new: &New<'_>,
        part: Part,
        object: ObjectIndex,
        (state, ordering): (ObjectState, Ordering),
    ) -> EventId {
        let fence = EventId {
            thread: new.thread,
            number: new.past.release_fence,
        };
        let releases = match fence.is_initial() {
            true => Clock::ZERO,
            false => self.event(fence).past.hb,
        };
        let write = Write {
            state,
            position: 0,
            exclusive: false,
            releases,
        };
        let event = self.add(new, Kind::Write(write), part, object);
        let (id, hb) = (event.id, event.past.hb);
        event.sequential = model.is_sequential(ordering);
        if model.releases(ordering)
            && let Kind::Write(write) = &mut event.kind
        {
            write.releases = hb;
        }
        self.sequential += usize::from(model.is_sequential(ordering));
        id
    }

    /// Adds the write of a read-modify-write, whose read is the last event; it has no place yet.
    pub(super) fn add_exclusive_write<R: Rules>(
        &mut self,
        model: MemoryModel,
        decision: &Decision,
    ) -> EventId {
        let event = self.newest();
        let (part, location, operation) = (event.part, event.location, event.operation);
        let new = New {
            thread: event.id.thread,
            past: event.past,
            operation: &operation,
            label: event.label,
        };
        let source = event.read().expect("an exclusive write follows its read").source;
        let state = decision.writes.expect("the operation writes");
        let mut continued = Clock::ZERO;
        if R::RELEASE_SEQUENCES && !source.is_initial() {
            let source = self.event(source).write();
            continued = source.expect("a source is a write").releases;
        }
        let id = self.add_write(model, &new, part, location, (state, decision.ordering));
        if let Kind::Write(write) = &mut self.event_mut(id).kind {
            write.exclusive = true;
            write.releases.join(&continued);
        }
        id
    }

    /// Adds a fence.
    pub(super) fn add_fence<R: Rules>(&mut self, model: MemoryModel, new: &New<'_>, ordering: Ordering) {
        let mut gained = Clock::ZERO;
        if ordering != Ordering::Release && R::ACQUIRE_FENCES {
            gained = self.read_so_far(new.thread);
        }
        let event = self.add(new, Kind::Fence, Part::Last, NO_OBJECT);
        event.past.hb.join(&gained);
        if ordering != Ordering::Acquire {
            event.past.release_fence = event.id.number;
        }
        event.sequential = model.is_sequential(ordering);
        self.sequential += usize::from(model.is_sequential(ordering));
    }

    /// Returns what an acquire fence of the thread gains: what the values that it has read pass on.
    fn read_so_far(&self, thread: ThreadIndex) -> Clock {
        let mut gained = Clock::ZERO;
        for &index in &self.threads[usize::from(thread)] {
            let event = &self.events[index as usize];
            if let Kind::Read(read) = &event.kind
                && !read.source.is_initial()
                && !matches!(event.operation.kind, OperationKind::Add(..))
                && let Kind::Write(write) = &self.event(read.source).kind
            {
                gained.join(&write.releases);
            }
        }
        gained
    }

    /// Adds a choice, of its first alternative.
    pub(super) fn add_choice(&mut self, new: &New<'_>, alternatives: u8) -> EventId {
        let kind = Kind::Choice {
            alternative: 0,
            alternatives,
        };
        self.add(new, kind, Part::Last, NO_OBJECT).id
    }

    /// Adds the acquisition of a mutex after this release; after none, if it is the first.
    pub(super) fn add_acquire(&mut self, new: &New<'_>, mutex: ObjectIndex, after: Option<EventId>) {
        let id = self.add(new, Kind::Acquire, Part::Last, mutex).id;
        if let Some(after) = after {
            let Past { hb, porf, .. } = self.event(after).past;
            let past = &mut self.event_mut(id).past;
            past.hb.join(&hb);
            past.porf.join(&porf);
        }
    }

    /// Adds the release of a mutex.
    pub(super) fn add_release(&mut self, new: &New<'_>, mutex: ObjectIndex) {
        self.add(new, Kind::Release, Part::Last, mutex);
    }

    /// Adds the end of a wait by this notification. It orders nothing in the sense of the memory model.
    pub(super) fn add_notified(&mut self, new: &New<'_>, by: EventId) {
        let porf = self.event(by).past.porf;
        let event = self.add(new, Kind::Notified, Part::Earlier, NO_OBJECT);
        event.past.porf.join(&porf);
    }
}
