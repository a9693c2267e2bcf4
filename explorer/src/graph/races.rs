//! Data races: accesses to plain memory that happens-before does not order.

use super::event::Part;
use super::growth::New;
use super::{EventId, Graph, Kind};
use crate::identity::ThreadIndex;

impl Graph {
    /// Adds an access to plain memory, and notes the data races that it has.
    pub(super) fn add_plain(&mut self, new: &New<'_>, write: bool) {
        let (thread, cell, past) = (new.thread, new.object(), new.past.hb);
        let id = self.add(new, Kind::Plain { write }, Part::Last, cell).id;
        for other in (0..self.thread_count as ThreadIndex).filter(|&other| other != thread) {
            let mut number = self.location(cell).last[usize::from(other)];
            while number > past.of(other) {
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
    }
}
