//! Coherence: which writes a read can read from, and which places a write can take.
//!
//! By these choices the accesses of each location respect happens-before, and nothing comes between a
//! read-modify-write and its source. So these need no check afterwards.

use super::{Event, EventId, Graph, Kind};
use crate::identity::{ObjectIndex, ThreadIndex};
use crate::search::Clock;

/// The stamp of a write that stands in the way of another, if it stays there whatever the other revisits.
pub(super) const STAYS: u32 = 0;

impl Graph {
    /// Returns the place of the latest write of the location that this past has written or read.
    pub(super) fn bound(&self, object: ObjectIndex, past: &Clock) -> u16 {
        let location = self.location(object);
        if location.coherence.last().is_some_and(|last| last.is_in(past)) {
            return location.end() - 1;
        }
        let mut bound = 0;
        for (thread, &last) in location.last[..self.thread_count].iter().enumerate() {
            let thread = thread as ThreadIndex;
            let mut number = last;
            while number > past.of(thread) {
                number = self.event(EventId { thread, number }).previous;
            }
            while number > 0 {
                let access = self.event(EventId { thread, number });
                if let Some(position) = self.position_of(access) {
                    bound = bound.max(position);
                    break;
                }
                number = access.previous;
            }
        }
        bound
    }

    /// Returns `true` if a write at this place would come between a read-modify-write and its source.
    pub(super) fn splits(&self, object: ObjectIndex, position: u16) -> bool {
        let next = self.location(object).coherence.get(usize::from(position));
        next.is_some_and(|&next| self.event(next).write().is_some_and(|write| write.exclusive))
    }

    /// Returns the stamp of the write that stands where this one must, if it is that of a read-modify-write: a revisit
    /// by which that one stays is none. It is [`STAYS`] for a write that leads to this one.
    pub(super) fn in_the_way_of(&self, write: &Event) -> Option<u32> {
        if !write.write().is_some_and(|write| write.exclusive) {
            return None;
        }
        let place = usize::from(self.place_after_source(write.id));
        let coherence = &self.location(write.location).coherence;
        let other = *coherence.get(place).filter(|&&other| other != write.id)?;
        let event = self.event(other);
        let exclusive = event.write().is_some_and(|write| write.exclusive);
        let stays = other.is_in(&write.past.porf);
        exclusive.then_some(if stays { STAYS } else { event.stamp })
    }

    /// Returns the place that the write of a read-modify-write must take: directly after its source.
    pub(super) fn place_after_source(&self, write: EventId) -> u16 {
        match &self.read_of(write).kind {
            Kind::Read(read) => self.position(read.source) + 1,
            other => unreachable!("an exclusive write follows its read, not {other:?}"),
        }
    }
}
