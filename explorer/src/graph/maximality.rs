//! Maximality: which write revisits which reads, so that no graph is reached twice.
//!
//! A revisit cuts away what was added after the read and does not lead to the write. The same graph could be
//! reached from any graph that differs in what is cut away. It is reached only from the one in which everything
//! that is cut away, and the read, was *maximal*: as if it had been added last, with the first of its options.
//! (TruSt, POPL 2022, section 4.)

use super::{EventId, Graph, Kind, Rules};

impl Graph {
    /// Returns `true` if the event was added with the first of its options, seen from the revisit by this write:
    /// among the events with no later stamp, and those that lead to the write.
    pub(super) fn is_maximal<R: Rules>(&self, id: EventId, write: EventId) -> bool {
        let event = self.event(id);
        let stamp = event.stamp;
        let porf = &self.event(write).past.porf;
        let counts =
            |other: EventId| R::PAST_OF_WRITE && other.is_in(porf) || self.event(other).stamp <= stamp;
        let later = |position: u16| {
            let coherence = &self.location(event.location).coherence;
            coherence[usize::from(position) + 1..]
                .iter()
                .any(|&later| counts(later))
        };
        match &event.kind {
            Kind::Read(read) if read.alternative > 0 => false,
            Kind::Read(read) => !later(self.position(read.source)),
            Kind::Write(_) if !R::MAXIMAL_WRITES => true,
            Kind::Write(own) => {
                let reads_it = |&read: &EventId| {
                    let reader = self.event(read);
                    reader.stamp < stamp && reader.read().is_some_and(|read| read.source == id)
                };
                let earlier = R::NO_EARLIER_READER && self.revisited.iter().any(reads_it);
                !(earlier || R::MAXIMAL_WRITES_LAST && later(own.position))
            }
            Kind::Choice { alternative, .. } => *alternative == 0 || !R::FIRST_ALTERNATIVE,
            Kind::Fence | Kind::Notified | Kind::Acquire | Kind::Release | Kind::Plain { .. } => true,
        }
    }
}
