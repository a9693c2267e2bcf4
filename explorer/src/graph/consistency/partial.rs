//! RC11: the *partial SC order* of sequentially consistent events has no cycle (Lahav et al., PLDI 2017).
//!
//! With `scb = sb ∪ sb;hb;sb ∪ hb|same location ∪ co ∪ fr`, the relation is
//!
//! ```text
//! psc = ([SC] ∪ [Fsc];hb?); scb; ([SC] ∪ hb?;[Fsc])  ∪  [Fsc]; (hb ∪ hb;eco;hb); [Fsc]
//! ```
//!
//! Deviations from the paper: both `sb` of `sb;hb;sb` may be of any locations, as in the *strongly happens
//! before* of C++20 (P0668), and a release sequence has no later stores of its thread (P0982).
//!
//! Clocks answer nearly all of it. For a pair of sequentially consistent events, `s` and `t`:
//!
//! 1. `sb` and `sb;hb;sb`: each `t` has two clocks, of what comes before it in this sense for an access `s` and
//!    for a fence `s`. That between two fences is `hb`.
//! 2. `hb` on the same location: the last accesses of the location in the past of `t`.
//! 3. `co` and `fr`: the places of the two in coherence order; for fences, the places of what comes before or
//!    after them.

use crate::graph::{Event, EventId, Graph, Kind, Rules};
use crate::identity::{ObjectIndex, ThreadIndex};
use crate::search::Clock;

/// A sequentially consistent event, as the second of a pair.
struct Second<'a> {
    event: &'a Event,
    /// The accesses and the fences that come before it by `sb` and `sb;hb;sb`.
    accesses: Clock,
    fences: Clock,
}

/// The places in the coherence order of one location of what comes before or after a fence.
#[derive(Clone, Copy)]
struct Places {
    /// Of writes: the first after, or the last before.
    write: Option<u16>,
    /// Of reads.
    read: Option<u16>,
}

impl Event {
    fn is_fence(&self) -> bool {
        matches!(self.kind, Kind::Fence)
    }

    /// Returns the events before this one in program order. The read of a read-modify-write does not come before its
    /// write: the two are one event in C++.
    fn sb_before<R: Rules>(&self) -> Clock {
        let before = self.past.sb.without_one_of(self.id.thread);
        match &self.kind {
            Kind::Write(write) if write.exclusive && R::UPDATES_ARE_ONE => {
                before.without_one_of(self.id.thread)
            }
            _ => before,
        }
    }

    fn hb_before(&self) -> Clock {
        self.past.hb.without_one_of(self.id.thread)
    }
}

impl Graph {
    /// Returns `true` if the sequentially consistent events can be ordered.
    pub(super) fn is_partially_ordered<R: Rules>(&self) -> bool {
        let events = self.events.iter().filter(|event| event.sequential);
        let events: Vec<&Event> = events.collect();
        let mut relation = Relation::new(events.len());
        for (index, &second) in events.iter().enumerate() {
            let second = self.second::<R>(second);
            for (first_index, &first) in events.iter().enumerate() {
                if first_index != index && self.comes_before::<R>(first, &second) {
                    relation.add(first_index, index);
                }
            }
        }
        relation.is_acyclic()
    }

    /// Returns the last event of each thread in this past.
    fn latest(&self, past: Clock) -> impl Iterator<Item = &Event> {
        (0..self.thread_count as ThreadIndex).filter_map(move |thread| {
            let number = past.of(thread);
            (number > 0).then(|| self.event(EventId { thread, number }))
        })
    }

    fn second<'a, R: Rules>(&self, event: &'a Event) -> Second<'a> {
        let mut accesses = Clock::ZERO;
        if event.is_fence() {
            self.latest(event.past.hb)
                .for_each(|latest| accesses.join(&latest.sb_before::<R>()));
            return Second {
                event,
                accesses,
                fences: event.hb_before(),
            };
        }
        let before = event.sb_before::<R>();
        let mut fences = Clock::ZERO;
        self.latest(before)
            .for_each(|latest| fences.join(&latest.past.hb));
        accesses.join(&before);
        if R::THROUGH_OTHERS {
            self.latest(fences)
                .for_each(|latest| accesses.join(&latest.sb_before::<R>()));
        }
        Second {
            event,
            accesses,
            fences,
        }
    }

    /// Returns `true` if `psc` orders the first before the second.
    fn comes_before<R: Rules>(&self, first: &Event, second: &Second<'_>) -> bool {
        let through = match first.is_fence() {
            true => &second.fences,
            false => &second.accesses,
        };
        if first.id.is_in(through) {
            return true;
        }
        let second = second.event;
        match (first.is_fence(), second.is_fence()) {
            (false, false) => {
                first.location == second.location
                    && (R::SAME_LOCATION && first.id.is_in(&second.past.hb)
                        || self.is_overwritten_by(first, second))
            }
            (true, false) => {
                R::SAME_LOCATION && self.is_before_an_access_before(first, second)
                    || self.after_fence_overwritten_by(first, second)
            }
            (false, true) => {
                R::SAME_LOCATION && self.is_before_an_access_in(first, &second.past.hb)
                    || self.overwritten_before_fence(first, second)
            }
            (true, true) => R::FENCES_ACROSS && self.communicates(first, second),
        }
    }

    /// Returns `true` if the second writes, later in coherence order than what the first writes or reads.
    fn is_overwritten_by(&self, first: &Event, second: &Event) -> bool {
        match &second.kind {
            Kind::Write(write) if self.has_place(second) => {
                self.has_place(first) && self.position_of(first) < Some(write.position)
            }
            _ => false,
        }
    }

    /// Returns the last access of each thread to the location in this past.
    fn latest_accesses(&self, object: ObjectIndex, past: Clock) -> impl Iterator<Item = &Event> {
        (0..self.thread_count as ThreadIndex).filter_map(move |thread| {
            let mut number = self.location(object).last[usize::from(thread)];
            while number > past.of(thread) {
                number = self.event(EventId { thread, number }).previous;
            }
            (number > 0).then(|| self.event(EventId { thread, number }))
        })
    }

    /// Returns `true` if the fence happens before an access that happens before the second, an access of the
    /// same location.
    fn is_before_an_access_before(&self, fence: &Event, second: &Event) -> bool {
        self.latest_accesses(second.location, second.hb_before())
            .any(|access| fence.id.is_in(&access.past.hb))
    }

    /// Returns `true` if the access happens before another one of its location in this past.
    fn is_before_an_access_in(&self, first: &Event, past: &Clock) -> bool {
        self.latest_accesses(first.location, *past)
            .any(|access| access.id != first.id && first.id.is_in(&access.past.hb))
    }

    /// Returns `true` if what happens after the fence is overwritten by the second.
    fn after_fence_overwritten_by(&self, fence: &Event, second: &Event) -> bool {
        let Kind::Write(write) = &second.kind else {
            return false;
        };
        let first = self.after_fence(fence, second.location).first();
        self.has_place(second) && first.is_some_and(|first| first < write.position)
    }

    /// Returns `true` if the first is overwritten by what happens before the fence.
    fn overwritten_before_fence(&self, first: &Event, fence: &Event) -> bool {
        let before = self.before_fence(fence, first.location);
        self.has_place(first) && before.write > self.position_of(first)
    }

    /// Returns `true` if something that happens after the first fence communicates, by `eco`, with something that
    /// happens before the second.
    fn communicates(&self, first: &Event, second: &Event) -> bool {
        (0..self.locations.len() as ObjectIndex).any(|object| {
            let after = self.after_fence(first, object);
            let before = self.before_fence(second, object);
            let overwritten = match (after.first(), before.last()) {
                (Some(first), Some(last)) => first < last,
                _ => false,
            };
            let read = match (after.write, before.read) {
                (Some(write), Some(read)) => write <= read,
                _ => false,
            };
            overwritten || read
        })
    }

    /// Returns the first places of what happens after the fence in this location.
    fn after_fence(&self, fence: &Event, object: ObjectIndex) -> Places {
        let mut places = Places {
            write: None,
            read: None,
        };
        for (thread, &last) in self.location(object).last[..self.thread_count].iter().enumerate() {
            let thread = thread as ThreadIndex;
            let mut number = last;
            while number > 0 {
                let access = self.event(EventId { thread, number });
                if !fence.id.is_in(&access.past.hb) {
                    break;
                }
                places.note(self, access, u16::min);
                number = access.previous;
            }
        }
        places
    }

    /// Returns the last places of what happens before the fence in this location.
    fn before_fence(&self, fence: &Event, object: ObjectIndex) -> Places {
        let mut places = Places {
            write: None,
            read: None,
        };
        for access in self.latest_accesses(object, fence.hb_before()) {
            let mut access = Some(access);
            while let Some(event) = access {
                places.note(self, event, u16::max);
                let id = EventId {
                    number: event.previous,
                    ..event.id
                };
                access = (!id.is_initial()).then(|| self.event(id));
            }
        }
        places
    }
}

impl Places {
    fn note(&mut self, graph: &Graph, access: &Event, choose: fn(u16, u16) -> u16) {
        let Some(position) = graph.position_of(access).filter(|_| graph.has_place(access)) else {
            return;
        };
        let place = match access.kind {
            Kind::Write(_) => &mut self.write,
            _ => &mut self.read,
        };
        *place = Some(place.map_or(position, |known| choose(known, position)));
    }

    fn first(self) -> Option<u16> {
        match (self.write, self.read) {
            (Some(write), Some(read)) => Some(write.min(read)),
            (write, read) => write.or(read),
        }
    }

    fn last(self) -> Option<u16> {
        self.write.max(self.read)
    }
}

/// A relation on events, which are numbered.
struct Relation {
    /// The events that come before each: a row of bits.
    before: Vec<u64>,
    words: usize,
}

impl Relation {
    fn new(events: usize) -> Self {
        let words = events.div_ceil(64);
        Self {
            before: vec![0; words * events],
            words,
        }
    }

    fn add(&mut self, first: usize, second: usize) {
        self.before[second * self.words + first / 64] |= 1 << (first % 64);
    }

    /// Returns `true` if the events can be put in an order.
    fn is_acyclic(&self) -> bool {
        let events = self.before.len() / self.words.max(1);
        let mut left: Vec<usize> = (0..events).collect();
        let mut waiting = vec![0_u64; self.words];
        left.iter()
            .for_each(|&event| waiting[event / 64] |= 1 << (event % 64));
        loop {
            let before = left.len();
            left.retain(|&event| {
                let row = &self.before[event * self.words..][..self.words];
                let waits = row.iter().zip(&waiting).any(|(row, waiting)| row & waiting != 0);
                if !waits {
                    waiting[event / 64] &= !(1 << (event % 64));
                }
                waits
            });
            if left.is_empty() {
                return true;
            }
            if left.len() == before {
                return false;
            }
        }
    }
}
