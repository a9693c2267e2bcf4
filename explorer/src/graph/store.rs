//! The graph as it is stored: events, and for each location its writes in coherence order.

use super::{Event, EventId, Kind};
use crate::identity::{MAX_THREADS, NO_OBJECT, ObjectIndex, ThreadIndex};
use crate::object::ObjectState;

/// An object that events access: an atomic, a mutex, or plain memory.
#[derive(Clone, Debug)]
pub(super) struct Location {
    /// The first state.
    pub(super) initial: ObjectState,
    /// The writes in coherence order, the initial one first.
    pub(super) coherence: Vec<EventId>,
    /// The number of each thread's last access; 0 if there is none.
    pub(super) last: [u16; MAX_THREADS],
}

impl Location {
    fn new() -> Self {
        Self {
            initial: ObjectState::Cell,
            coherence: vec![EventId::INITIAL],
            last: [0; MAX_THREADS],
        }
    }

    /// Returns the place after the last write.
    pub(super) fn end(&self) -> u16 {
        self.coherence.len() as u16
    }
}

/// An execution graph.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    /// The events, in an order in which each comes after all that it depends on.
    pub(super) events: Vec<Event>,
    /// For each thread, where in `events` its events are.
    pub(super) threads: [Vec<u32>; MAX_THREADS],
    /// The events by rising stamp. The last is always the one that was added last.
    pub(super) by_stamp: Vec<EventId>,
    /// The reads that were revisited: only these read from writes with a later stamp.
    pub(super) revisited: Vec<EventId>,
    /// Indexed by object.
    pub(super) locations: Vec<Location>,
    /// Conflicting accesses to plain memory of which neither happens before the other.
    pub(super) races: Vec<(EventId, EventId)>,
    /// The number of threads that have events, and those before them.
    pub(super) thread_count: usize,
    /// The number of sequentially consistent events.
    pub(super) sequential: usize,
}

impl Graph {
    /// Returns the index of an event in `events`.
    #[inline]
    pub(super) fn index(&self, id: EventId) -> usize {
        self.threads[usize::from(id.thread)][usize::from(id.number) - 1] as usize
    }

    /// Returns the event of this name.
    #[inline]
    pub(super) fn event(&self, id: EventId) -> &Event {
        &self.events[self.index(id)]
    }

    #[inline]
    pub(super) fn event_mut(&mut self, id: EventId) -> &mut Event {
        let index = self.index(id);
        &mut self.events[index]
    }

    /// Returns the last event of a thread.
    pub(super) fn last_of(&self, thread: ThreadIndex) -> Option<&Event> {
        let index = *self.threads[usize::from(thread)].last()?;
        Some(&self.events[index as usize])
    }

    /// Returns the event that was added last.
    pub(super) fn newest(&self) -> &Event {
        self.events.last().expect("an event has been added")
    }

    pub(super) fn location(&self, object: ObjectIndex) -> &Location {
        &self.locations[usize::from(object)]
    }

    /// Returns the location of this object, which is there from now on.
    pub(super) fn location_mut(&mut self, object: ObjectIndex) -> &mut Location {
        let index = usize::from(object);
        if self.locations.len() <= index {
            self.locations.resize_with(index + 1, Location::new);
        }
        &mut self.locations[index]
    }

    /// Returns the place in coherence order of a write, which is the initial one or has a place.
    #[inline]
    pub(super) fn position(&self, write: EventId) -> u16 {
        if write.is_initial() {
            return 0;
        }
        self.event(write).write().expect("it is a write").position
    }

    /// Returns the place of an access: of the write that it is, or that it reads from; `None` if it is neither.
    #[inline]
    pub(super) fn position_of(&self, access: &Event) -> Option<u16> {
        match &access.kind {
            Kind::Read(read) => Some(self.position(read.source)),
            Kind::Write(write) => Some(write.position),
            _ => None,
        }
    }

    /// Returns the state in which a write has left a location.
    pub(super) fn state(&self, write: EventId, object: ObjectIndex) -> ObjectState {
        if write.is_initial() {
            return self.location(object).initial;
        }
        self.event(write).write().expect("it is a write").state
    }

    /// Returns the last state of a location.
    pub(super) fn last_state(&self, object: ObjectIndex) -> ObjectState {
        let last = self.location(object).coherence.last();
        self.state(*last.expect("the initial write"), object)
    }

    /// Returns the read before the write of a read-modify-write.
    pub(super) fn read_of(&self, write: EventId) -> &Event {
        self.event(EventId {
            number: write.number - 1,
            ..write
        })
    }

    /// Returns the number of operations that the thread has completed before the event.
    pub(super) fn completed_before(&self, id: EventId) -> u16 {
        let number = id.number - 1;
        match number {
            0 => 0,
            _ => self.event(EventId { number, ..id }).completed,
        }
    }

    /// Notes where the events from this index on are, each of which is the next of its thread.
    pub(super) fn note_from(&mut self, first: usize) {
        for (index, event) in self.events.iter().enumerate().skip(first) {
            let thread = usize::from(event.id.thread);
            self.threads[thread].push(index as u32);
            debug_assert_eq!(usize::from(event.id.number), self.threads[thread].len());
            self.sequential += usize::from(event.sequential);
            if event.location != NO_OBJECT {
                self.locations[usize::from(event.location)].last[thread] = event.id.number;
            }
        }
    }

    /// Takes out all events but the first so many; they stay in the lists by stamp.
    pub(super) fn truncate(&mut self, length: usize) {
        for event in self.events[length..].iter().rev() {
            let thread = usize::from(event.id.thread);
            self.threads[thread].pop();
            self.sequential -= usize::from(event.sequential);
            if event.location != NO_OBJECT {
                self.locations[usize::from(event.location)].last[thread] = event.previous;
            }
        }
        self.events.truncate(length);
    }

    /// Takes back all events but the first so many: they have been added last.
    pub(super) fn take_back(&mut self, length: usize) {
        for index in (length..self.events.len()).rev() {
            let event = &self.events[index];
            let id = event.id;
            if matches!(event.kind, Kind::Write(_)) && self.has_place(event) {
                self.remove(id);
            }
            let last = self.by_stamp.pop();
            debug_assert_eq!(last, Some(id), "a read that was revisited is not taken back");
            while self.races.last().is_some_and(|race| race.1 == id) {
                self.races.pop();
            }
        }
        self.truncate(length);
    }

    /// Returns `true` unless it is a write that has no place in coherence order yet.
    pub(super) fn has_place(&self, access: &Event) -> bool {
        let Kind::Write(write) = &access.kind else {
            return true;
        };
        let coherence = &self.location(access.location).coherence;
        coherence.get(usize::from(write.position)) == Some(&access.id)
    }

    /// Gives a write this place in coherence order; those from there on move up.
    pub(super) fn insert(&mut self, write: EventId, position: u16) {
        let location = usize::from(self.event(write).location);
        self.locations[location]
            .coherence
            .insert(usize::from(position), write);
        self.renumber(location, position);
    }

    /// Takes a write out of the coherence order.
    pub(super) fn remove(&mut self, write: EventId) {
        let event = self.event(write);
        let (location, position) = (usize::from(event.location), self.position(write));
        self.locations[location].coherence.remove(usize::from(position));
        self.renumber(location, position);
    }

    pub(super) fn renumber(&mut self, location: usize, from: u16) {
        for position in usize::from(from)..self.locations[location].coherence.len() {
            let write = self.locations[location].coherence[position];
            if let Kind::Write(write) = &mut self.event_mut(write).kind {
                write.position = position as u16;
            }
        }
    }

    /// Checks that each event comes after all that it depends on.
    ///
    /// # Panics
    ///
    /// If one does not.
    pub(super) fn check_order(&self) {
        for (index, event) in self.events.iter().enumerate() {
            for (thread, events) in self.threads.iter().enumerate() {
                let before = usize::from(event.past.porf.of(thread as ThreadIndex));
                let last = before.checked_sub(1).map(|last| events[last] as usize);
                assert!(last.is_none_or(|last| last <= index), "{event:?} comes too early");
            }
        }
    }
}
