//! Sequential consistency: there is an interleaving in which each read reads from the last write.
//!
//! There is one if program order, *reads from*, coherence order and *reads before* have no cycle together.

use crate::graph::{EventId, Graph, Kind};
use crate::identity::ThreadIndex;

impl Graph {
    /// Returns `true` if there is an interleaving with this graph.
    pub(super) fn is_interleaved(&self) -> bool {
        let mut order = Order::new(self.events.len());
        for (index, event) in self.events.iter().enumerate() {
            for thread in 0..self.thread_count as ThreadIndex {
                let own = u16::from(thread == event.id.thread);
                let number = event.past.porf.of(thread) - own;
                if number > 0 {
                    order.add(self.index(EventId { thread, number }), index);
                }
            }
            let Some(position) = self.position_of(event) else {
                continue;
            };
            // A write that has no place yet counts for nothing.
            let coherence = &self.location(event.location).coherence;
            let placed = match event.kind {
                Kind::Write(_) => coherence.get(usize::from(position)) == Some(&event.id),
                _ => true,
            };
            if let Some(&next) = coherence.get(usize::from(position) + 1)
                && placed
                && next != event.id
            {
                order.add(index, self.index(next));
            }
        }
        order.is_acyclic()
    }
}

/// A relation on events, which are numbered.
struct Order {
    /// For each event, how many come directly before it.
    before: Vec<u32>,
    after: Vec<Vec<u32>>,
}

impl Order {
    fn new(events: usize) -> Self {
        Self {
            before: vec![0; events],
            after: vec![Vec::new(); events],
        }
    }

    fn add(&mut self, first: usize, second: usize) {
        self.before[second] += 1;
        self.after[first].push(second as u32);
    }

    /// Returns `true` if the events can be put in an order (Kahn 1962).
    fn is_acyclic(&self) -> bool {
        let mut waits_for = self.before.clone();
        let events = self.before.len();
        let mut free: Vec<usize> = (0..events).filter(|&event| self.before[event] == 0).collect();
        let mut ordered = 0;
        while let Some(event) = free.pop() {
            ordered += 1;
            for &next in &self.after[event] {
                let before = &mut waits_for[next as usize];
                *before -= 1;
                if *before == 0 {
                    free.push(next as usize);
                }
            }
        }
        ordered == events
    }
}
