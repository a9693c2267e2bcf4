//! Races, and the sequences that reverse them.
//!
//! Source: Abdulla, Aronis, Jonsson, Sagonas, *Optimal Dynamic Partial Order Reduction*, POPL
//! 2014, section 5 (locks: the journal version, 2017). Two events race if they conflict, and the
//! first happens before the second *only* by that conflict. The reversal runs, from the point
//! before the first event, everything in between that does not happen after it, and then the
//! second event.
//!
//! # Example
//!
//! Thread `p` stores to x. Thread `q` stores to y, then locks m, unlocks it and loads x:
//!
//! ```text
//! event             pre (program order)   clock (all that happens before, and itself)
//! 0  p: x := 1      -                     p1
//! 1  q: y := 1      -                     q1
//! 2  q: lock m      q1                    q2
//! 3  q: unlock m    q2                    q3
//! 4  q: load x      q3                    p1 q4
//! ```
//!
//! Event 4 conflicts with event 0, which is in its clock but not in its `pre`: the conflict alone orders the
//! two, and they race. In the reversal, events 1 to 3 come first, as none has p1 in its clock, and then the
//! load: `q q q q`, to be run from before event 0.
//!
//! Had `p` held m around its store, the walk back from `q: lock m` would first meet `p: unlock m`, which
//! conflicts too. But the reversal of these two ends with `q: lock m` while `p` holds m: it is not enabled,
//! so this is no race. The walk goes on *without* adding the past of the unlock. So the next conflict, `p:
//! lock m`, is not hidden in it, and that is the race: its reversal has all of `p`'s section left out, and
//! then `q: lock m`, which is enabled.
//!
//! # Deviations
//!
//! - Blocking operations. The second event must be enabled at the reversal's end; if it is not, the first
//!   event (a release, say) merely enabled it. The walk then goes on to the earlier events, without adding
//!   the first one's past: so it comes to the acquisition that disabled it. A wait whose time-out goes
//!   unnoticed while an atomic has some value needs no more than the walk, if only stores disable it: each store
//!   to an atomic happens before the next, and a notification enables it for good. So what disabled it is one
//!   store, with what happens after; no others can be left that disable it too. Adds can: see `adds`.
//! - Shared holders. If readers other than the first event's keep the second event waiting, then
//!   their acquisitions, and what happens after these, are left out of the sequence too: a
//!   writer's acquisition may be disabled by several readers, none of which alone is the cause.
//! - Operations still pending at the end of an execution race too: in a deadlock, a blocked
//!   acquisition against the holder's.
//! - The sequence ends with the second event, and only events from the first new one on, after the prefix
//!   that an execution repeats, are second events. [`optimal`](super::optimal) says where that is not enough,
//!   and asks for the rest.
//! - A compare-exchange, a `try_…` and a choice are labelled anew at the reversal's end, where
//!   they may succeed instead of fail, or have other alternatives; each alternative is a reversal.

mod adds;
mod second;

use std::marker::PhantomData;

use super::happens_before::Clock;
use super::history::{Event, History, NONE};
use super::program::{Program, Status};
use super::rules::Rules;
use crate::identity::{MAX_THREADS, NO_OBJECT, ThreadIndex};
use crate::object::table::Course;
use crate::object::{self, ObjectState};
use crate::operation::{Access, Step};
use second::Second;

/// Two events that race, by index; the second may be an operation that is still pending at the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Race {
    pub(super) first: usize,
    pub(super) second: usize,
}

/// A race reversal: the steps that bring the second event of a race before the first.
pub(super) struct Reversal<'a> {
    /// The race's first event: the sequence is to be run from before it.
    pub(super) first: usize,
    /// The race's second event, or the number of events if it is pending at the end.
    pub(super) second: usize,
    /// The sequence; the receiver may use it up.
    pub(super) steps: &'a mut Vec<Step>,
    /// The number of steps up to the second event: the race's own.
    pub(super) own: usize,
}

impl Reversal<'_> {
    /// Returns the race.
    pub(super) fn race(&self) -> Race {
        Race {
            first: self.first,
            second: self.second,
        }
    }
}

/// The events that a reversal omits, with all that happens after them.
struct Omitted {
    /// The race's first event.
    first: usize,
    /// Acquisitions of other holders, and adds. Most reversals have none: then nothing is allocated.
    others: Vec<usize>,
}

impl Omitted {
    fn new(first: usize) -> Self {
        Self {
            first,
            others: Vec::new(),
        }
    }

    /// Returns `true` if there is room for one more: those to omit are by different threads.
    fn has_room(&self) -> bool {
        self.others.len() < MAX_THREADS - 1
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }
}

/// Finds the races of one execution and builds the sequences that reverse them.
#[derive(Debug)]
pub(super) struct RaceDetector<'a, R> {
    program: &'a Program,
    history: &'a History,
    /// `true` if a reversal goes on, after the second event, with what comes later in the execution.
    to_the_end: bool,
    /// A buffer for the sequence being built.
    sequence: &'a mut Vec<Step>,
    rules: PhantomData<R>,
}

impl<'a, R: Rules> RaceDetector<'a, R> {
    /// Creates a detector for the execution that has just ended.
    pub(super) fn new(program: &'a Program, sequence: &'a mut Vec<Step>) -> Self {
        Self {
            program,
            history: &program.history,
            to_the_end: false,
            sequence,
            rules: PhantomData,
        }
    }

    /// Reports the reversals of all races that the executions before did not have.
    pub(super) fn of_execution(&mut self, mut report: impl FnMut(Reversal<'_>)) {
        // 1. The second event is new. Of two events on record, an earlier execution has had the race.
        for index in self.program.recorded()..self.history.events.len() {
            if self.history.events[index].racing {
                self.find(&Second::of_event(self.history, index), &mut report);
            }
        }
        // 2. The second operation is still pending: it waits, and may have to because of the race.
        for index in 0..self.program.registry.thread_count() {
            if R::PENDING_RACES && self.program.threads[index].status == Status::Pending {
                self.find(&Second::pending(self.program, index as ThreadIndex), &mut report);
            }
        }
    }

    /// Reports the reversals of one race, each with all that comes after.
    pub(super) fn of_race(&mut self, race: Race, mut report: impl FnMut(Reversal<'_>)) {
        self.to_the_end = true;
        self.reverse(
            race.first,
            &Second::of_event(self.history, race.second),
            &mut report,
        );
    }

    /// Finds the races of one second operation: walks back from it over the touches of its objects.
    fn find(&mut self, second: &Second<'_>, report: &mut impl FnMut(Reversal<'_>)) {
        let history = self.history;
        // What orders the second operation by more than one conflict. At first that is `pre`, not the event's
        // clock, in which all its own conflicts are already.
        let mut past = *second.pre;
        let mut next = second.newest;
        // 1. Take the events that touch one of its objects, the latest first.
        while let Some(first) = self.step_back(second, &mut next, &past) {
            let event = &history.events[first];
            // 2. It must come before by a conflict, and by that alone.
            if event.happens_before(&past) || !event.step.conflicts_with(&second.step) {
                continue;
            }
            if !R::ADDS_RACE && event.step.access(0) == Access::Adding {
                continue;
            }
            // 3. If the two can be reversed, they race. Then what happens before the first event comes before
            //    the second by way of the first, and races with it no more.
            let raced = self.reverse(first, second, report);
            if raced || !R::SKIP_ENABLERS {
                past.join(&event.clock);
            }
            // 4. Else the first event only enabled the second. The event that disabled it comes earlier, and
            //    is in the first one's past (a lock, in that of its unlock): so that past is not added.
            if raced && !R::ALL_RACES {
                return;
            }
        }
    }

    /// Returns the newest event among the objects' next touches, and moves past it.
    ///
    /// `next` has one touch for each object: where the walk along that object's chain stands.
    fn step_back(&self, second: &Second<'_>, next: &mut [u32; 2], past: &Clock) -> Option<usize> {
        let mut newest = NONE;
        for (slot, next) in next.iter_mut().enumerate() {
            if let Some(touch) = self.history.touches.get(*next as usize) {
                if touch.accesses.is_within(past) {
                    *next = NONE; // and so is everything before it
                } else if touch.is_in_group_of(second.step.access(slot)) {
                    *next = touch.before_group; // nothing in the group conflicts
                }
            }
            if let Some(touch) = self.history.touches.get(*next as usize) {
                newest = if newest == NONE {
                    touch.event
                } else {
                    newest.max(touch.event)
                };
            }
        }
        if newest == NONE {
            return None;
        }
        for next in next.iter_mut() {
            if let Some(touch) = self.history.touches.get(*next as usize)
                && touch.event == newest
            {
                *next = touch.previous;
            }
        }
        Some(newest as usize)
    }

    /// Reports the reversals of the two, if the second can come first; returns whether it can.
    fn reverse(&mut self, first: usize, second: &Second<'_>, report: &mut impl FnMut(Reversal<'_>)) -> bool {
        let omitted = &mut Omitted::new(first);
        // 1. Most operations are enabled in every state and always look the same: their reversal is clear.
        if second.operation.kind.row().course == Course::Steady {
            self.report(omitted, second, second.step, report);
            return true;
        }
        // 2. A short way for what `reverse_without` would find: until its release the holder has the lock.
        let release = self.history.events[first].operation.kind;
        if R::TEST_ENABLED && release.releases_for(second.operation.kind) {
            return false;
        }
        // 3. Several adds may keep a timed wait waiting.
        if self.is_add_in_its_way(&self.history.events[first], second) {
            return self.reverse_without_adds(omitted, first + 1, second, report);
        }
        self.reverse_without(omitted, second, report)
    }

    /// Reports the reversals that omit this, if the second operation is enabled where they end; returns whether
    /// there are any.
    #[inline(always)]
    fn reverse_without(
        &mut self,
        omitted: &mut Omitted,
        second: &Second<'_>,
        report: &mut impl FnMut(Reversal<'_>),
    ) -> bool {
        // 1. Is the second operation enabled where the reversal ends? If other holders are in its way, their
        //    acquisitions are left out too, one after the other.
        let thread = second.step.thread;
        let states = loop {
            let states = self.states_at_the_end(omitted, second);
            if object::enabled(second.operation, thread, |slot| &states[slot]) || !R::TEST_ENABLED {
                break states;
            }
            match self.holders_acquisition(&states, omitted, second) {
                Some(acquisition) if omitted.has_room() => omitted.others.push(acquisition),
                Some(_) | None => return false,
            }
        };
        // 2. There it may look different from what it was: it succeeds instead of failing, say. Each
        //    alternative that it has there is a reversal of its own.
        let step = object::step(second.operation, thread, 0, |slot| &states[slot]);
        for alternative in 0..object::alternatives(second.operation, |slot| &states[slot]) {
            self.report(omitted, second, Step { alternative, ..step }, report);
        }
        true
    }

    /// Reports the reversal that ends with this step.
    fn report(
        &mut self,
        omitted: &Omitted,
        second: &Second<'_>,
        last: Step,
        report: &mut impl FnMut(Reversal<'_>),
    ) {
        let first = omitted.first;
        let own = self.collect(omitted, second, last);
        report(Reversal {
            first,
            second: second.index,
            steps: self.sequence,
            own,
        });
    }

    /// Collects the sequence of a reversal; returns how many steps it has up to the second event.
    fn collect(&mut self, omitted: &Omitted, second: &Second<'_>, last: Step) -> usize {
        self.sequence.clear();
        // 1. What lies between the two, without what happens after the first event: that cannot come before
        //    it.
        for event in &self.history.events[omitted.first + 1..second.index] {
            if !R::KEEP_INDEPENDENT && !event.happens_before(second.pre) {
                continue;
            }
            if !self.is_omitted(event, omitted) {
                self.sequence.push(event.step);
            }
        }
        // 2. The second event.
        self.sequence.push(last);
        let own = self.sequence.len();
        // 3. If that is wanted, what comes after it.
        if self.to_the_end {
            for event in &self.history.events[second.index + 1..] {
                if !self.is_omitted(event, omitted) {
                    self.sequence.push(event.step);
                }
            }
        }
        own
    }

    /// Returns `true` if the event is omitted, or happens after one that is.
    #[inline]
    fn is_omitted(&self, event: &Event, omitted: &Omitted) -> bool {
        omitted
            .iter()
            .any(|index| self.history.events[index].happens_before(&event.clock))
    }

    /// Returns the states of the second operation's objects after what is left of the sequence.
    fn states_at_the_end(&self, omitted: &Omitted, second: &Second<'_>) -> [ObjectState; 2] {
        let first = omitted.first;
        let mut states = second.operation.objects.map(|object| match object {
            NO_OBJECT => ObjectState::Cell,
            object => self.history.state_before(object, first),
        });
        for event in &self.history.events[first + 1..second.index] {
            let mut objects = event.step.objects.iter().filter(|&&object| object != NO_OBJECT);
            let touches = objects.any(|object| second.operation.objects.contains(object));
            if touches && !self.is_omitted(event, omitted) {
                apply(&mut states, &second.operation.objects, event);
            }
        }
        states
    }

    /// Returns an event of the sequence by which a thread has come to hold one of the objects; it
    /// must not be in the second operation's own past.
    fn holders_acquisition(
        &self,
        states: &[ObjectState; 2],
        omitted: &Omitted,
        second: &Second<'_>,
    ) -> Option<usize> {
        let between = omitted.first + 1..second.index;
        let held = |event: &Event| {
            states
                .iter()
                .zip(second.operation.objects)
                .any(|(state, object)| {
                    object != NO_OBJECT
                        && state.holders() >> event.step.thread & 1 == 1
                        && event.acquires(object)
                })
        };
        between.rev().find(|&index| {
            let event = &self.history.events[index];
            held(event) && !event.happens_before(second.pre) && !self.is_omitted(event, omitted)
        })
    }
}

/// Applies the event to those of the objects that it touches.
fn apply(states: &mut [ObjectState; 2], objects: &[u16; 2], event: &Event) {
    for (state, object) in states.iter_mut().zip(objects) {
        if *object != NO_OBJECT && event.step.objects.contains(object) {
            state.apply(event.operation.kind, event.step.thread, event.step.alternative);
        }
    }
}
