//! The execution so far: its events, the state of every object, and how to undo the last event.
//!
//! Each event leaves a *touch* on each of its objects. The touches of an object form a chain,
//! newest first; a touch keeps the object's state before the event, so that undoing is a copy, and
//! so that the state at any earlier point is at hand. Nothing is allocated per event once the
//! vectors have grown to the length of the longest execution.
//!
//! The chain falls into *groups*: the accesses of one kind that follow one another, if that kind commutes
//! with itself (loads; adds), or else one access alone. Two accesses of one group do not conflict; one that
//! follows a group conflicts with all of it. So an access comes after everything before its group, and that
//! is all that it comes after.

#[cfg(test)]
mod tests;

use std::panic::Location;

use super::happens_before::Clock;
use super::program::Told;
use crate::identity::{NO_OBJECT, ObjectIndex, ObjectKind, ThreadIndex};
use crate::object::table::Second;
use crate::object::{self, ObjectState};
use crate::operation::{Access, Operation, OperationKind, OperationResult, Step};

/// An index into a vector of touches or events that stands for none.
pub(crate) const NONE: u32 = u32::MAX;

/// One occurrence of an operation in the execution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) operation: Operation,
    pub(crate) result: OperationResult,
    pub(crate) step: Step,
    /// The number of this event among those of its thread, from 1.
    pub(crate) number: u16,
    /// `true` if an earlier event conflicts with this one and was not yet in the thread's past.
    pub(crate) racing: bool,
    /// The first of its touches: one for each object of the operation.
    pub(crate) touches: u32,
    /// The past without this event's own conflicts: program order, spawn, join.
    pub(crate) pre: Clock,
    /// Everything that happens before this event, itself included.
    pub(crate) clock: Clock,
}

impl Event {
    /// Returns `true` if this event is `later`, or happens before it.
    #[inline]
    pub(crate) fn happens_before(&self, later: &Clock) -> bool {
        self.number <= later.of(self.step.thread)
    }

    /// Returns `true` if the thread has acquired this lock by the event.
    pub(crate) fn acquires(&self, lock: ObjectIndex) -> bool {
        self.operation.kind.acquires() && self.result.succeeded && self.step.objects.contains(&lock)
    }
}

/// The effect of an event on one object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Touch {
    /// The index of the event.
    pub(crate) event: u32,
    /// The touch of the same object before this one.
    pub(crate) previous: u32,
    /// The newest touch of the object before this one's group: the newest with which it conflicts.
    pub(crate) before_group: u32,
    pub(crate) access: Access,
    /// The object's state before the event.
    pub(crate) before: ObjectState,
    /// The joined clocks of all events on the object up to this one.
    pub(crate) accesses: Clock,
}

impl Touch {
    /// Returns `true` if an access of this kind that follows would not conflict with this touch's group.
    #[inline]
    pub(crate) fn is_in_group_of(&self, access: Access) -> bool {
        access.commutes_with_itself() && self.access == access
    }
}

/// An object that the execution has created.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object {
    pub(crate) kind: ObjectKind,
    pub(crate) state: ObjectState,
    pub(crate) initial: ObjectState,
    /// The newest touch.
    pub(crate) last: u32,
    /// The place where the object was created.
    pub(crate) location: &'static Location<'static>,
    /// The name that the program gave it.
    pub(crate) name: Option<&'static str>,
}

impl Object {
    /// Makes it as it is before anything has touched it.
    pub(crate) fn forget_touches(&mut self) {
        self.state = self.initial;
        self.last = NONE;
    }

    /// Creates an object that nothing has touched.
    pub(crate) fn new(kind: ObjectKind, initial: ObjectState, location: &'static Location<'static>) -> Self {
        Self {
            kind,
            state: initial,
            initial,
            last: NONE,
            location,
            name: None,
        }
    }
}

/// The events of the current execution, and the objects as they stand after them.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) events: Vec<Event>,
    pub(crate) touches: Vec<Touch>,
    pub(crate) objects: Vec<Object>,
}

impl History {
    /// Returns the object with this index.
    #[inline]
    pub(crate) fn object(&self, object: ObjectIndex) -> &Object {
        &self.objects[usize::from(object)]
    }

    /// Returns the current state of an operation's object, by slot.
    #[inline]
    fn state_of(&self, operation: &Operation, slot: usize) -> &ObjectState {
        &self.object(operation.objects[slot]).state
    }

    /// Returns `true` if the thread may execute the operation now.
    #[inline]
    pub(crate) fn enabled(&self, operation: &Operation, thread: ThreadIndex) -> bool {
        !operation.kind.may_wait() || self.lets_go_on(operation, thread)
    }

    /// Returns `true` if the objects of an operation that may have to wait let the thread execute it now.
    #[inline(never)]
    fn lets_go_on(&self, operation: &Operation, thread: ThreadIndex) -> bool {
        object::enabled(operation, thread, |slot| self.state_of(operation, slot))
    }

    /// Returns the operation as the dependence relation sees it now.
    #[inline]
    pub(crate) fn step(&self, operation: &Operation, thread: ThreadIndex, alternative: u8) -> Step {
        object::step(operation, thread, alternative, |slot| {
            self.state_of(operation, slot)
        })
    }

    /// Returns the number of alternatives that the operation has now.
    #[inline]
    pub(crate) fn alternatives(&self, operation: &Operation) -> u8 {
        if !operation.kind.may_choose() {
            return 1;
        }
        object::alternatives(operation, |slot| self.state_of(operation, slot))
    }

    /// Executes the operation and appends its event; `clock` is its thread's, and moves on.
    pub(crate) fn execute(
        &mut self,
        operation: &Operation,
        step: Step,
        clock: &mut Clock,
    ) -> OperationResult {
        debug_assert!(
            operation.objects[1] == NO_OBJECT || operation.kind.row().second != Second::Absent,
            "{operation:?} has a second object that the table does not know"
        );
        let pre = *clock;
        let index = self.events.len() as u32;
        let touches = self.touches.len() as u32;
        let number = clock.tick(step.thread);
        let mut racing = false;
        for (slot, object) in operation.slots() {
            racing |= self.join_accesses(object, step.access(slot), &pre, clock);
        }
        let clock = *clock;
        let mut result = OperationResult::of(u64::from(step.alternative));
        for (slot, object) in operation.slots() {
            let state = &mut self.objects[usize::from(object)].state;
            let before = *state;
            let answer = state.apply(operation.kind, step.thread, step.alternative);
            if operation.kind.is_answered_by(slot) {
                result = answer;
            }
            self.push_touch(index, object, step.access(slot), before, &clock);
        }
        self.events.push(Event {
            operation: *operation,
            result,
            step,
            number,
            racing,
            touches,
            pre,
            clock,
        });
        result
    }

    /// Appends the event of an operation that an execution graph has decided, and returns its result.
    pub(crate) fn record(&mut self, told: &Told<'_>) -> OperationResult {
        let step = self.step(told.operation, told.thread, told.alternative);
        let index = self.events.len() as u32;
        let touches = self.touches.len() as u32;
        let mut result = OperationResult::of(u64::from(told.alternative));
        for (slot, object) in told.operation.slots() {
            let state = &mut self.objects[usize::from(object)].state;
            let mut before = *state;
            if let Some((read, found)) = told.found
                && read == object
            {
                before = found;
            }
            let mut after = before;
            let answer = after.apply(told.operation.kind, told.thread, told.alternative);
            if after != before {
                *state = after;
            }
            if told.operation.kind.is_answered_by(slot) {
                result = answer;
            }
            self.push_touch(index, object, step.access(slot), before, &told.clock);
        }
        // A store finds nothing, so it always changes something.
        if let OperationKind::Store(_, value) = told.operation.kind {
            result.value = !value;
        }
        self.events.push(Event {
            operation: *told.operation,
            result,
            step,
            number: told.number,
            racing: false,
            touches,
            pre: told.clock,
            clock: told.clock,
        });
        result
    }

    /// Adds the conflicting accesses of the object to the clock; returns `true` if one is no part
    /// of `pre`: then there is a race to look for.
    pub(crate) fn join_accesses(
        &self,
        object: ObjectIndex,
        access: Access,
        pre: &Clock,
        clock: &mut Clock,
    ) -> bool {
        let last = self.object(object).last;
        if last == NONE {
            return false;
        }
        let mut last = &self.touches[last as usize];
        if last.is_in_group_of(access) {
            match self.touches.get(last.before_group as usize) {
                Some(before) => last = before,
                None => return false,
            }
        }
        let conflicting = &last.accesses;
        clock.join(conflicting);
        !conflicting.is_within(pre)
    }

    /// Adds a touch of the object by the event with this clock.
    #[inline]
    fn push_touch(
        &mut self,
        event: u32,
        object: ObjectIndex,
        access: Access,
        before: ObjectState,
        clock: &Clock,
    ) {
        let index = self.touches.len() as u32;
        let previous = std::mem::replace(&mut self.objects[usize::from(object)].last, index);
        // The first access of a group comes after all others; the next may be concurrent to some.
        let (mut accesses, mut before_group) = (*clock, previous);
        if access.commutes_with_itself()
            && let Some(earlier) = self.touches.get(previous as usize)
            && earlier.access == access
        {
            accesses.join(&earlier.accesses);
            before_group = earlier.before_group;
        }
        self.touches.push(Touch {
            event,
            previous,
            before_group,
            access,
            before,
            accesses,
        });
    }

    /// Forgets all events; the objects stay as they are.
    pub(crate) fn forget(&mut self) {
        self.events.clear();
        self.touches.clear();
        for object in &mut self.objects {
            object.last = NONE;
        }
    }

    /// Takes back the last event.
    pub(crate) fn undo(&mut self) {
        let event = self.events.pop().expect("only an executed event is undone");
        let first = event.touches as usize;
        for (slot, touch) in self.touches[first..].iter().enumerate() {
            let object = &mut self.objects[usize::from(event.step.objects[slot])];
            object.state = touch.before;
            object.last = touch.previous;
        }
        self.touches.truncate(first);
    }

    /// Returns the event by which a value was last published on an object that the models do not have, as of this
    /// touch.
    pub(crate) fn last_publication(&self, touch: u32) -> Option<u32> {
        let mut next = touch;
        while let Some(touch) = self.touches.get(next as usize) {
            if self.events[touch.event as usize].operation.publishes {
                return Some(touch.event);
            }
            next = touch.previous;
        }
        None
    }

    /// Returns the event before the one with this index by which a value was last published on the object.
    pub(crate) fn published_before(&self, object: ObjectIndex, event: usize) -> Option<u32> {
        let mut next = self.object(object).last;
        while let Some(touch) = self.touches.get(next as usize) {
            if (touch.event as usize) < event {
                break;
            }
            next = touch.previous;
        }
        self.last_publication(next)
    }

    /// Returns the state of the object before the event with this index.
    pub(crate) fn state_before(&self, object: ObjectIndex, event: usize) -> ObjectState {
        let object = self.object(object);
        let mut state = object.state;
        let mut next = object.last;
        while let Some(touch) = self.touches.get(next as usize) {
            if (touch.event as usize) < event {
                break;
            }
            state = touch.before;
            next = touch.previous;
        }
        state
    }

    /// Checks what must hold between events, touches and objects.
    pub(crate) fn check_invariants(&self) {
        for (index, event) in self.events.iter().enumerate() {
            assert!(
                event.pre.is_within(&event.clock),
                "event {index}: the past only grows"
            );
            assert_eq!(
                event.clock.of(event.step.thread),
                event.number,
                "event {index}: its number"
            );
            let objects = event
                .step
                .objects
                .iter()
                .filter(|&&object| object != NO_OBJECT)
                .count();
            for touch in &self.touches[event.touches as usize..][..objects] {
                assert_eq!(touch.event as usize, index, "a touch names its event");
                assert!(
                    event.clock.is_within(&touch.accesses),
                    "accesses include the newest"
                );
                self.check_group(touch);
            }
        }
    }

    /// Checks that a touch comes after its object's group before.
    fn check_group(&self, touch: &Touch) {
        let event = &self.events[touch.event as usize];
        if let Some(before) = self.touches.get(touch.before_group as usize) {
            assert!(!before.is_in_group_of(touch.access), "another group");
            assert!(before.accesses.is_within(&event.clock), "after the group before");
        }
        if let Some(previous) = self.touches.get(touch.previous as usize) {
            let same = previous.before_group == touch.before_group;
            assert!(
                same || touch.previous == touch.before_group,
                "one group after the other"
            );
        }
    }
}
