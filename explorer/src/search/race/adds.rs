//! Adds that keep a timed wait waiting together.
//!
//! A wait whose time-out goes unnoticed while an atomic holds some value may be disabled by several adds that
//! are concurrent to each other, no one of which is the cause. Say that the atomic holds 0, two threads add 1
//! to it, and the wait goes on while it holds 1. After both adds the wait is enabled. Without either of them it
//! is not; but it is without both.
//!
//! So a reversal of an add and such a wait may have to omit more adds: those between the two that are
//! concurrent to the first. Which of them, the execution does not show. Each set is tried that leaves an
//! execution of the program, and each that leaves the wait enabled is a reversal. They are many where many adds
//! are concurrent; but waits of this kind are rare, and those on a number that threads only add to rarer still.

use super::{Omitted, RaceDetector, Reversal, Second};
use crate::object::table::Second as SecondObject;
use crate::operation::Access;
use crate::search::history::Event;
use crate::search::rules::Rules;

impl<R: Rules> RaceDetector<'_, R> {
    /// Returns `true` if the event is an add that can keep the second operation waiting.
    #[inline]
    pub(super) fn is_add_in_its_way(&self, event: &Event, second: &Second<'_>) -> bool {
        event.step.access(0) == Access::Adding
            && R::ADDS_TOGETHER
            && second.operation.kind.row().second == SecondObject::Alternative
            && event.step.objects[0] == second.operation.objects[1]
    }

    /// Reports the reversals that omit this, and those that also omit adds from an index on; returns whether
    /// there are any.
    #[cold]
    pub(super) fn reverse_without_adds(
        &mut self,
        omitted: &mut Omitted,
        from: usize,
        second: &Second<'_>,
        report: &mut impl FnMut(Reversal<'_>),
    ) -> bool {
        let mut reversed = self.reverse_without(omitted, second, report);
        for index in from..second.index {
            let event = &self.history.events[index];
            let may_go = self.is_add_in_its_way(event, second)
                && !event.happens_before(second.pre)
                && !self.is_omitted(event, omitted);
            // Events that are concurrent to each other are by different threads: there is room for them.
            if may_go && omitted.has_room() {
                omitted.others.push(index);
                reversed |= self.reverse_without_adds(omitted, index + 1, second, report);
                omitted.others.pop();
            }
        }
        reversed
    }
}
