//! The cut: the graph in which a read is revisited.

use super::{EventId, Graph, Rules};

impl Graph {
    /// Becomes the part of the other graph in which the write, its last event, revisits the read: without what was
    /// added after the read and does not lead to the write. The read is the last event here, still with its old
    /// source, and the write has no place in coherence order yet.
    pub(super) fn cut_from<R: Rules>(&mut self, whole: &Self, write: EventId, read: EventId) {
        self.begin_like(whole);
        let revisited = *whole.event(read);
        let porf = &whole.event(write).past.porf;
        let stays = |id: EventId| {
            id != read
                && (R::KEEP_PAST && id.is_in(porf) || id == write || whole.event(id).stamp < revisited.stamp)
        };
        for event in whole.events.iter().filter(|event| stays(event.id)) {
            self.adopt(*event);
        }
        self.adopt(revisited);
        let stamps = whole.by_stamp.iter();
        self.by_stamp
            .extend(stamps.filter(|&&id| id == read || stays(id)));
        let before = whole.revisited.iter();
        self.revisited.extend(before.filter(|&&id| stays(id)));
        self.revisited.push(read);
        let races = whole.races.iter();
        self.races
            .extend(races.filter(|race| stays(race.0) && stays(race.1)));
        for (index, location) in whole.locations.iter().enumerate() {
            for &id in &location.coherence[1..] {
                if id != write && stays(id) {
                    self.locations[index].coherence.push(id);
                }
            }
            self.renumber(index, 1);
        }
        if !R::KEEP_STAMP {
            self.restamp(read);
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
