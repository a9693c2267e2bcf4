//! How a graph grows: what comes before a new event, and what it passes on.
//!
//! All clocks depend on the porf past of their event only. So they stay right when a graph is cut.

use std::sync::atomic::Ordering;

use super::decision::{Decision, decide};
use super::event::Past;
use super::{Event, EventId, Graph, Kind, MemoryModel, Read, Rules, Write};
use crate::identity::ThreadIndex;
use crate::operation::{Operation, OperationKind};
use crate::search::Clock;

impl Past {
    /// Adds the event with this number to what comes before.
    fn tick(&mut self, thread: ThreadIndex) -> u16 {
        self.porf.tick(thread);
        self.sb.tick(thread);
        self.hb.tick(thread)
    }
}

impl Event {
    /// Creates the next event of a thread that has this past.
    pub(super) fn next(thread: ThreadIndex, mut past: Past, operation: &Operation, kind: Kind) -> Self {
        let number = past.tick(thread);
        Self {
            id: EventId { thread, number },
            stamp: 0,
            operation: *operation,
            label: None,
            completed: 0,
            location: operation.objects[0],
            previous: 0,
            sequential: false,
            kind,
            past,
        }
    }
}

impl Graph {
    /// Adds a read, which has no source yet.
    pub(super) fn add_read(&mut self, thread: ThreadIndex, past: Past, operation: &Operation) -> EventId {
        let read = Read {
            source: EventId::INITIAL,
            value: 0,
            exclusive: false,
            hb_before: past.hb,
            porf_before: past.porf,
        };
        self.push(Event::next(thread, past, operation, Kind::Read(read)))
            .id
    }

    /// Lets the read, the last of all events, read from this write; returns what its operation does then.
    pub(super) fn set_source<R: Rules>(
        &mut self,
        model: MemoryModel,
        id: EventId,
        source: EventId,
    ) -> Decision {
        let index = self.index(id);
        debug_assert_eq!(index + 1, self.events.len(), "the last event reads");
        let object = self.events[index].location;
        let value = self.value(source, object);
        let (releases, porf) = match source.is_initial() {
            true => (Clock::ZERO, Clock::ZERO),
            false => {
                let event = self.event(source);
                (
                    event.write().expect("a source is a write").releases,
                    event.past.porf,
                )
            }
        };
        let initial = self.location(object).initial;
        let event = &mut self.events[index];
        let operation = event.operation.kind;
        let Kind::Read(read) = &mut event.kind else {
            unreachable!("only reads have a source");
        };
        let decision = decide(&operation, initial.with(value));
        read.source = source;
        read.value = value;
        read.exclusive = decision.writes.is_some();
        event.past.hb = read.hb_before;
        event.past.porf = read.porf_before;
        event.past.porf.join(&porf);
        let adds = matches!(operation, OperationKind::Add(..));
        if model.acquires(decision.ordering) && !adds {
            event.past.hb.join(&releases);
        }
        event.past.hb.tick(id.thread);
        event.past.porf.tick(id.thread);
        let sequential = model.is_sequential(decision.ordering);
        let before = std::mem::replace(&mut event.sequential, sequential);
        self.sequential = self.sequential - usize::from(before) + usize::from(sequential);
        decision
    }

    /// Adds a write, which has no place in coherence order yet.
    pub(super) fn add_write<R: Rules>(
        &mut self,
        model: MemoryModel,
        thread: ThreadIndex,
        past: Past,
        operation: &Operation,
        (value, ordering): (u64, Ordering),
    ) -> EventId {
        let value = self.location_mut(operation.objects[0]).initial.with(value).value;
        let write = Write {
            value,
            position: 0,
            exclusive: false,
            releases: Clock::ZERO,
        };
        let mut event = Event::next(thread, past, operation, Kind::Write(write));
        event.sequential = model.is_sequential(ordering);
        let fence = past.release_fence;
        let releases = match fence {
            _ if model.releases(ordering) => event.past.hb,
            0 => Clock::ZERO,
            number => self.event(EventId { thread, number }).past.hb,
        };
        let event = self.push(event);
        if let Kind::Write(write) = &mut event.kind {
            write.releases = releases;
        }
        event.id
    }

    /// Adds the write of a read-modify-write, whose read is the last event; it has no place yet.
    pub(super) fn add_exclusive_write<R: Rules>(
        &mut self,
        model: MemoryModel,
        decision: &Decision,
    ) -> EventId {
        let event = *self.newest();
        let read = event.read().expect("an exclusive write follows its read");
        let value = decision.writes.expect("the operation writes");
        let written = (value, decision.ordering);
        let mut continued = Clock::ZERO;
        if R::RELEASE_SEQUENCES && !read.source.is_initial() {
            let source = self.event(read.source).write();
            continued = source.expect("a source is a write").releases;
        }
        let thread = event.id.thread;
        let id = self.add_write::<R>(model, thread, event.past, &event.operation, written);
        let added = self.event_mut(id);
        added.label = event.label;
        if let Kind::Write(write) = &mut added.kind {
            write.exclusive = true;
            write.releases.join(&continued);
        }
        id
    }

    /// Adds a fence.
    pub(super) fn add_fence<R: Rules>(
        &mut self,
        model: MemoryModel,
        thread: ThreadIndex,
        mut past: Past,
        operation: &Operation,
        ordering: Ordering,
    ) -> EventId {
        if ordering != Ordering::Release && R::ACQUIRE_FENCES {
            past.hb.join(&self.read_so_far(thread));
        }
        let mut event = Event::next(thread, past, operation, Kind::Fence);
        if ordering != Ordering::Acquire {
            event.past.release_fence = event.id.number;
        }
        event.sequential = model.is_sequential(ordering);
        self.push(event).id
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
    pub(super) fn add_choice(
        &mut self,
        thread: ThreadIndex,
        past: Past,
        operation: &Operation,
        alternatives: u8,
    ) -> EventId {
        let kind = Kind::Choice {
            alternative: 0,
            alternatives,
        };
        self.push(Event::next(thread, past, operation, kind)).id
    }

    /// Adds the acquisition of a mutex after this release; after none, if it is the first.
    pub(super) fn add_acquire(
        &mut self,
        thread: ThreadIndex,
        mut past: Past,
        operation: &Operation,
        after: Option<EventId>,
    ) -> EventId {
        if let Some(after) = after {
            let release = &self.event(after).past;
            past.hb.join(&release.hb);
            past.porf.join(&release.porf);
        }
        self.push(Event::next(thread, past, operation, Kind::Acquire)).id
    }

    /// Adds the release of a mutex.
    pub(super) fn add_release(&mut self, thread: ThreadIndex, past: Past, operation: &Operation) -> EventId {
        self.push(Event::next(thread, past, operation, Kind::Release)).id
    }
}
