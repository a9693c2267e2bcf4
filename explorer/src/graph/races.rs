//! Data races: accesses to plain memory that happens-before does not order.

use super::event::Past;
use super::{Event, EventId, Graph, Kind};
use crate::identity::ThreadIndex;
use crate::operation::Operation;

impl Graph {
    /// Adds an access to plain memory, and notes the data races that it has.
    pub(super) fn add_plain(
        &mut self,
        thread: ThreadIndex,
        past: Past,
        operation: &Operation,
        write: bool,
    ) -> EventId {
        let cell = operation.objects[0];
        let event = Event::next(thread, past, operation, Kind::Plain { write });
        let id = self.push(event).id;
        for other in (0..self.thread_count as ThreadIndex).filter(|&other| other != thread) {
            let mut number = self.location(cell).last[usize::from(other)];
            while number > past.hb.of(other) {
                let earlier = self.event(EventId {
                    thread: other,
                    number,
                });
                let (first, previous) = (earlier.id, earlier.previous);
                if write || matches!(earlier.kind, Kind::Plain { write: true }) {
                    self.races.push((first, id));
                }
                number = previous;
            }
        }
        id
    }
}
