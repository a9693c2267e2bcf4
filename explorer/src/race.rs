//! Races, and the sequences that reverse them.
//!
//! Source: Abdulla, Aronis, Jonsson, Sagonas, *Optimal Dynamic Partial Order Reduction*, POPL
//! 2014, section 5 (locks: the journal version, 2017). Two events race if they conflict, and the
//! first happens before the second *only* by that conflict. The reversal runs, from the point
//! before the first event, everything in between that does not happen after it, and then the
//! second event.
//!
//! Deviations:
//! - Blocking operations. The second event must be enabled at the reversal's end; if it is not,
//!   the first event (a release, say) merely enabled it. The walk then goes on to the earlier
//!   events, without adding the first one's past: so it comes to the acquisition that disabled it.
//!   A wait whose time-out goes unnoticed while an atomic has some value needs no more than the walk: only
//!   stores disable it, each store to an atomic happens before the next, and a notification enables it for good.
//!   So what disabled it is one store, with what happens after; no others can be left that disable it too.
//! - Shared holders. If readers other than the first event's keep the second event waiting, then
//!   their acquisitions, and what happens after these, are left out of the sequence too: a
//!   writer's acquisition may be disabled by several readers, none of which alone is the cause.
//! - Operations still pending at the end of an execution race too: in a deadlock, a blocked
//!   acquisition against the holder's.
//! - The sequence ends with the second event, and only events from the first new one on, after the
//!   prefix that an execution repeats, are second events. `optimal` says where that is not enough,
//!   and asks for the rest.
//! - A compare-exchange, a `try_…` and a choice are labelled anew at the reversal's end, where
//!   they may succeed instead of fail, or have other alternatives; each alternative is a reversal.

use super::happens_before::Clock;
use super::history::{self, Event, History, NONE};
use super::identity::{MAX_THREADS, NO_OBJECT};
use super::object::ObjectState;
use super::operation::{Access, Step, Operation, OperationKind};

/// A deliberate mistake in the search, to show that the tests would notice it.
#[doc(hidden)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mutation {
    /// Forgets the operations that are pending at the end.
    NoPending,
    /// Adds the past of a release that is walked over.
    JoinOnRelease,
    /// Takes every conflicting pair for a race, without asking whether the second is enabled.
    NoEnabledTest,
    /// Stops at the nearest race of each event.
    NearestOnly,
    /// Leaves out of the reversal what is independent of both.
    DropIndependent,
    /// Forgets the other alternatives of a choice that a reversal leads to.
    OneAlternative,
    /// Takes a race for settled if a weak initial of its reversal is scheduled or asleep.
    NoOpenRaces,
}

/// An operation that may be the second of a race: an event, or one pending at the end.
struct Second<'a> {
    operation: &'a Operation,
    step: Step,
    pre: &'a Clock,
    /// For each object, the newest touch before it.
    newest: [u32; 2],
    /// How many events come before it.
    index: usize,
}

impl<'a> Second<'a> {
    fn of_event(history: &'a History, index: usize) -> Self {
        let event = &history.events[index];
        let newest = std::array::from_fn(|slot| match event.step.objects[slot] {
            NO_OBJECT => NONE,
            _ => history.touches[event.touches as usize + slot].previous,
        });
        Self {
            operation: &event.operation,
            step: event.step,
            pre: &event.pre,
            newest,
            index,
        }
    }
}

/// The events that a reversal omits, with all that happens after them: the race's first event, then
/// acquisitions of other holders.
struct Omitted {
    events: [usize; MAX_THREADS],
    count: usize,
}

impl Omitted {
    fn new(first: usize) -> Self {
        Self {
            events: [first; MAX_THREADS],
            count: 1,
        }
    }

    fn add(&mut self, event: usize) {
        self.events[self.count] = event;
        self.count += 1;
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.events[..self.count].iter().copied()
    }
}

/// Finds the races of one execution and builds the sequences that reverse them.
#[derive(Debug)]
pub(crate) struct RaceDetector<'a> {
    pub(crate) history: &'a History,
    pub(crate) mutation: Option<Mutation>,
    /// Whether a reversal goes on, after the second event, with what comes later in the execution.
    pub(crate) to_the_end: bool,
    /// A buffer for the sequence being built.
    pub(crate) sequence: &'a mut Vec<Step>,
}

impl RaceDetector<'_> {
    /// Reports the reversals of all races whose second event is the one with this index.
    ///
    /// The callback gets the index of the first event, the sequence to run instead from there, and how
    /// many steps there are up to the second event; it may use the sequence up.
    pub(crate) fn of_event(&mut self, index: usize, report: impl FnMut(usize, &mut Vec<Step>, usize)) {
        if self.history.events[index].racing {
            self.find(&Second::of_event(self.history, index), report);
        }
    }

    /// Reports the reversals of the race between these two events.
    pub(crate) fn of_pair(
        &mut self,
        first: usize,
        second: usize,
        mut report: impl FnMut(usize, &mut Vec<Step>, usize),
    ) {
        self.reverse(first, &Second::of_event(self.history, second), &mut report);
    }

    /// Reports the reversals of all races whose second operation is pending at the end.
    pub(crate) fn of_pending(
        &mut self,
        thread: u8,
        operation: &Operation,
        pre: &Clock,
        report: impl FnMut(usize, &mut Vec<Step>, usize),
    ) {
        if self.mutation == Some(Mutation::NoPending) {
            return;
        }
        let step = self.history.step(operation, thread, 0);
        let newest = operation.objects.map(|object| match object {
            NO_OBJECT => NONE,
            object => self.history.object(object).last,
        });
        let index = self.history.events.len();
        self.find(
            &Second {
                operation,
                step,
                pre,
                newest,
                index,
            },
            report,
        );
    }

    /// Walks back from the second operation over the touches of its objects.
    fn find(&mut self, second: &Second<'_>, mut report: impl FnMut(usize, &mut Vec<Step>, usize)) {
        let history = self.history;
        let mut past = *second.pre;
        let mut next = second.newest;
        while let Some(first) = self.step_back(second, &mut next, &past) {
            let event = &history.events[first];
            if event.happens_before(&past) || !event.step.conflicts_with(&second.step) {
                continue;
            }
            let raced = self.reverse(first, second, &mut report);
            if raced || self.mutation == Some(Mutation::JoinOnRelease) {
                past.join(&event.clock);
            }
            if raced && self.mutation == Some(Mutation::NearestOnly) {
                return;
            }
        }
    }

    /// Returns the newest event among the objects' next touches, and moves past it.
    fn step_back(&self, second: &Second<'_>, next: &mut [u32; 2], past: &Clock) -> Option<usize> {
        let mut newest = NONE;
        for (slot, next) in next.iter_mut().enumerate() {
            if let Some(touch) = self.history.touches.get(*next as usize) {
                if touch.accesses.is_within(past) {
                    *next = NONE; // and so is everything before it
                } else if second.step.access(slot) == Access::Shared {
                    *next = touch.exclusive;
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
    fn reverse(
        &mut self,
        first: usize,
        second: &Second<'_>,
        report: &mut impl FnMut(usize, &mut Vec<Step>, usize),
    ) -> bool {
        let omitted = &mut Omitted::new(first);
        if never_blocks_or_changes(second.operation.kind) {
            let own = self.collect(omitted, second, second.step);
            report(first, self.sequence, own);
            return true;
        }
        let release = self.history.events[first].operation.kind;
        if releases_for(release, second.operation.kind) && self.mutation.is_none() {
            return false; // the holder still holds the lock, and its release is what is reversed
        }
        let thread = second.step.thread;
        let states = loop {
            let states = self.states_at_the_end(omitted, second);
            if history::enabled(second.operation, thread, |slot| &states[slot])
                || self.mutation == Some(Mutation::NoEnabledTest)
            {
                break states;
            }
            match self.holders_acquisition(&states, omitted, second) {
                Some(acquisition) if omitted.count < MAX_THREADS => omitted.add(acquisition),
                _ => return false,
            }
        };
        let step = history::step(second.operation, thread, 0, |slot| &states[slot]);
        for alternative in 0..history::alternatives(second.operation, |slot| &states[slot]) {
            let own = self.collect(omitted, second, Step { alternative, ..step });
            report(first, self.sequence, own);
        }
        true
    }

    /// Collects what lies between the two and does not happen after what is omitted, and then the
    /// second; returns how many steps that are. More may follow.
    fn collect(&mut self, omitted: &Omitted, second: &Second<'_>, step: Step) -> usize {
        self.sequence.clear();
        for event in &self.history.events[omitted.events[0] + 1..second.index] {
            if self.mutation == Some(Mutation::DropIndependent) && !event.happens_before(second.pre) {
                continue;
            }
            if !self.is_omitted(event, omitted) {
                self.sequence.push(event.step);
            }
        }
        self.sequence.push(step);
        let own = self.sequence.len();
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
        let first = omitted.events[0];
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
        let between = omitted.events[0] + 1..second.index;
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

/// Returns `true` if the operation is enabled, and has the same step, in every state.
fn never_blocks_or_changes(kind: OperationKind) -> bool {
    use OperationKind as Kind;
    matches!(
        kind,
        Kind::Load(_)
            | Kind::Store(..)
            | Kind::ReadModifyWrite(..)
            | Kind::CellRead
            | Kind::CellWrite
            | Kind::Unpark
            | Kind::NotifyAll
            | Kind::Unlock(_)
            | Kind::ReadUnlock
            | Kind::WriteUnlock(_)
            | Kind::IsPoisoned
            | Kind::ClearPoison
            | Kind::Wait
            | Kind::WakeOrTimeOut
    )
}

/// Returns `true` if the first is the release of a lock by its only holder, which the second awaits.
fn releases_for(release: OperationKind, acquisition: OperationKind) -> bool {
    use OperationKind as Kind;
    matches!(
        (release, acquisition),
        (Kind::Unlock(_), Kind::Lock) | (Kind::WriteUnlock(_), Kind::ReadLock | Kind::WriteLock)
    )
}
