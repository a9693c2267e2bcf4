//! The cut: the graph in which a read is revisited.
//!
//! The graph is cut in place. What it loses is kept, for it to be whole again.

use super::event::Event;
use super::{EventId, Graph, Kind, Rules};
use crate::identity::ObjectIndex;

/// What a graph has lost by a cut, and where.
#[derive(Clone, Debug, Default)]
pub(super) struct Removed {
    /// The number of events, from the first on, that have stayed where they were.
    pub(super) common: usize,
    /// The events after those, as they were.
    events: Vec<Event>,
    /// The same, of the stamps.
    stamps: usize,
    by_stamp: Vec<EventId>,
    /// All as they were.
    revisited: Vec<EventId>,
    races: Vec<(EventId, EventId)>,
    /// The writes that have lost their places in coherence order, by location and place.
    writes: Vec<(ObjectIndex, u16, EventId)>,
}

impl Graph {
    /// Becomes the graph in which the write, its last event, revisits a read, of which it is told the number among the
    /// stamps: without what was added after the read and does not lead to the write. The read is the last event then,
    /// still with its old source. The write has no place in coherence order, neither before nor after.
    pub(super) fn cut<R: Rules>(&mut self, write: EventId, read: usize, removed: &mut Removed) {
        let revisited = *self.event(self.by_stamp[read]);
        let porf = self.event(write).past.porf;
        let stays = |event: &Event| {
            let leads = R::KEEP_PAST && event.id.is_in(&porf) || event.id == write;
            event.id != revisited.id && (leads || event.stamp < revisited.stamp)
        };
        let later = self.by_stamp[read..].iter().map(|&id| self.index(id));
        let moved = later.filter(|&index| !stays(&self.events[index])).min();
        removed.common = moved.expect("the read itself moves");
        self.cut_writes(write, stays, removed);
        self.cut_lists(revisited.id, read, stays, removed);
        removed.events.clear();
        removed.events.extend_from_slice(&self.events[removed.common..]);
        self.truncate(removed.common);
        let kept = removed.events.iter().filter(|event| stays(event));
        self.events.extend(kept);
        self.events.push(revisited);
        self.note_from(removed.common);
        if !R::KEEP_STAMP {
            self.restamp(revisited.id);
        }
    }

    /// Takes those writes out of coherence order that do not stay.
    fn cut_writes(&mut self, write: EventId, stays: impl Fn(&Event) -> bool, removed: &mut Removed) {
        removed.writes.clear();
        for event in &self.events[removed.common..] {
            if let Kind::Write(own) = &event.kind
                && event.id != write
                && !stays(event)
            {
                removed.writes.push((event.location, own.position, event.id));
            }
        }
        removed.writes.sort_unstable();
        for writes in removed.writes.chunk_by(|one, next| one.0 == next.0) {
            let (location, first, _) = writes[0];
            for &(_, position, _) in writes.iter().rev() {
                let coherence = &mut self.locations[usize::from(location)].coherence;
                coherence.remove(usize::from(position));
            }
            self.renumber(usize::from(location), first);
        }
    }

    /// Takes what does not stay out of the lists of events.
    fn cut_lists(
        &mut self,
        read: EventId,
        stamp: usize,
        stays: impl Fn(&Event) -> bool,
        removed: &mut Removed,
    ) {
        removed.stamps = stamp;
        removed.by_stamp.clear();
        removed.by_stamp.extend(self.by_stamp.drain(stamp..));
        for &id in &removed.by_stamp {
            if id == read || stays(self.event(id)) {
                self.by_stamp.push(id);
            }
        }
        removed.revisited.clear();
        removed.revisited.append(&mut self.revisited);
        for &id in &removed.revisited {
            if stays(self.event(id)) {
                self.revisited.push(id);
            }
        }
        self.revisited.push(read);
        removed.races.clear();
        removed.races.append(&mut self.races);
        for &race in &removed.races {
            if stays(self.event(race.0)) && stays(self.event(race.1)) {
                self.races.push(race);
            }
        }
    }

    /// Becomes whole again: as it was before this was removed.
    pub(super) fn restore(&mut self, removed: &mut Removed) {
        self.truncate(removed.common);
        self.events.extend_from_slice(&removed.events);
        self.note_from(removed.common);
        self.by_stamp.truncate(removed.stamps);
        self.by_stamp.append(&mut removed.by_stamp);
        std::mem::swap(&mut self.revisited, &mut removed.revisited);
        std::mem::swap(&mut self.races, &mut removed.races);
        for writes in removed.writes.chunk_by(|one, next| one.0 == next.0) {
            let (location, first, _) = writes[0];
            let coherence = &mut self.locations[usize::from(location)].coherence;
            for &(_, position, write) in writes {
                coherence.insert(usize::from(position), write);
            }
            self.renumber(usize::from(location), first);
        }
    }

    /// Gives the event the highest stamp.
    fn restamp(&mut self, id: EventId) {
        let highest = self.by_stamp.last().map_or(0, |&last| self.event(last).stamp);
        self.by_stamp.retain(|&other| other != id);
        self.by_stamp.push(id);
        self.event_mut(id).stamp = highest + 1;
    }
}
