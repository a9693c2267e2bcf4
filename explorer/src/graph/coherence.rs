//! Coherence: which writes a read can read from, and which places a write can take.
//!
//! By these choices the accesses of each location respect happens-before, and nothing comes between a
//! read-modify-write and its source. So these need no check afterwards.

use super::{EventId, Graph, Kind};
use crate::identity::{ObjectIndex, ThreadIndex};
use crate::search::Clock;

impl Graph {
    /// Returns the place of the latest write of the location that this past has written or read.
    pub(super) fn bound(&self, object: ObjectIndex, past: &Clock) -> u16 {
        let location = self.location(object);
        let mut bound = 0;
        for (thread, &last) in location.last[..self.thread_count].iter().enumerate() {
            let thread = thread as ThreadIndex;
            let mut number = last;
            while number > 0 {
                let access = self.event(EventId { thread, number });
                if let Some(position) = self.position_of(access).filter(|_| number <= past.of(thread)) {
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

    /// Returns the place that the write of a read-modify-write must take: directly after its source.
    pub(super) fn place_after_source(&self, write: EventId) -> u16 {
        match &self.read_of(write).kind {
            Kind::Read(read) => self.position(read.source) + 1,
            other => unreachable!("an exclusive write follows its read, not {other:?}"),
        }
    }
}
