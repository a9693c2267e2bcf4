//! Revisits: a read that came before takes its value from a new write, in a graph that is cut for it.

use super::{Node, Search};
use crate::graph::coherence::STAYS;
use crate::graph::cut::Removed;
use crate::graph::{EventId, Kind, Rules};

/// A read that has been given a later write to read from.
#[derive(Debug)]
pub(super) struct Revisit {
    /// What the graph in which the revisit took place has lost.
    removed: Removed,
    read: EventId,
    write: EventId,
    /// The place that the write has.
    place: u16,
    /// The first place that it can have.
    lowest: u16,
}

impl<R: Rules> Search<R> {
    /// Lets a write, the last event, revisit the next read; takes the write back if there is none.
    pub(super) fn revisit_next(&mut self, write: EventId) -> bool {
        if let Some(read) = self.next_to_revisit(write) {
            self.cut(write, read);
            return false; // the revisit itself comes next
        }
        self.take_back_from(write);
        self.stack.pop();
        false
    }

    /// Returns the next read that the write is to revisit: its number among the stamps.
    fn next_to_revisit(&mut self, write: EventId) -> Option<usize> {
        let Some(Node::Write(node)) = self.stack.last_mut() else {
            unreachable!("the write is at the top");
        };
        let event = self.graph.event(write);
        let in_the_way = self.graph.in_the_way_of(event);
        if in_the_way == Some(STAYS) {
            return None;
        }
        while node.beside > 0 {
            node.unasked -= 1;
            let id = self.graph.by_stamp[node.unasked];
            if id.is_in(&event.past.porf) {
                continue;
            }
            node.beside -= 1;
            if R::MAXIMALITY && !self.graph.is_maximal::<R>(id, write) {
                node.beside = 0;
                return None;
            }
            let asked = self.graph.event(id);
            if let Kind::Read(read) = &asked.kind
                && asked.location == event.location
                && (R::REVISIT_EXCLUSIVE || !read.exclusive)
                && in_the_way.is_none_or(|other| other > asked.stamp)
            {
                return Some(node.unasked);
            }
        }
        None
    }

    /// Cuts the graph for a revisit, which then is at the top, and has tried no place for the write yet.
    fn cut(&mut self, write: EventId, read: usize) {
        let mut removed = self.unused.pop().unwrap_or_default();
        self.graph.cut::<R>(write, read, &mut removed);
        self.unchanged = self.unchanged.min(removed.common);
        let graph = &self.graph;
        let revisited = graph.newest();
        let (read, object) = (revisited.id, revisited.location);
        let before = &revisited.read().expect("a read is revisited").hb_before;
        let mut lowest = graph.bound(object, before) + u16::from(R::STRICTLY_LATER);
        let mut place = graph.location(object).end();
        let event = graph.event(write);
        if event.write().is_some_and(|write| write.exclusive) {
            let own = graph.place_after_source(write);
            lowest = lowest.max(own);
            place = place.min(own);
        } else {
            let before = event.past.hb.without_one_of(write.thread);
            lowest = lowest.max(graph.bound(object, &before) + 1);
        }
        self.stack.push(Node::Revisit(Revisit {
            removed,
            read,
            write,
            // One more than the first to try.
            place: place + 1,
            lowest,
        }));
    }

    /// Gives the write of the revisit at the top the next place; ends the revisit if there is none.
    pub(super) fn place_revisiting(&mut self) -> bool {
        loop {
            let Some(Node::Revisit(revisit)) = self.stack.last_mut() else {
                unreachable!("the revisit is at the top");
            };
            let (read, write) = (revisit.read, revisit.write);
            let more = revisit.place > revisit.lowest;
            revisit.place = revisit.place.saturating_sub(1);
            let place = revisit.place;
            self.take_back_after(read);
            if self.graph.has_place(self.graph.event(write)) {
                self.graph.remove(write);
            }
            if !more {
                self.end_revisit();
                return false;
            }
            let object = self.graph.event(write).location;
            if R::ATOMICITY && self.graph.splits(object, place) {
                continue;
            }
            let last = place == self.graph.location(object).end();
            self.graph.insert(write, place);
            self.touch_last();
            let decision = self.graph.set_source::<R>(self.model, read, (write, 0));
            if !last && (decision.waits || !self.graph.is_consistent::<R>(self.model)) {
                continue;
            }
            return decision.writes.is_none() || self.write_exclusively(&decision);
        }
    }

    /// Goes back to the graph in which the revisit at the top took place.
    fn end_revisit(&mut self) {
        if let Some(Node::Revisit(Revisit { mut removed, .. })) = self.stack.pop() {
            self.unchanged = self.unchanged.min(removed.common);
            self.graph.restore(&mut removed);
            self.unused.push(removed);
        }
    }
}
