//! The idle turns of a thread: those that end for no reason and leave everything as it was.
//!
//! The contracts of `Condvar::wait` and `park` allow them to return for no reason, and that of a weak
//! exchange to fail for no reason. So programs put them into loops, which look at what they wait for and, if
//! nothing has changed, come back to the same operation. It could end for no reason for ever. This rule ends
//! it: an operation that has ended for no reason does not do so again before its thread has done more than
//! look.
//!
//! # Nothing is left out
//!
//! Take an execution in which an operation of a thread ends for no reason, the thread only looks, and then
//! the same operation ends for no reason again. Leave out this *turn*: the events after the first of these
//! ends, up to the second and with it. What is left is an execution too:
//!
//! - The thread stands at the same operation after both ends, and is in the same state, if it does not count
//!   its turns or remember what it saw.
//! - No other thread sees a difference: what the turn did was to load, to fail, to write back what was there,
//!   and to hold the mutex of a wait. Only a thread that fails to lock this mutex can notice that: after such
//!   a failure the wait may end for no reason again (see [`Spurious::IfTried`](crate::operation::Spurious)).
//!   A wait that ends for no reason is never among the waiting threads, so notifications do not matter.
//!
//! So of the executions that differ in such turns alone, the one that has the fewest is explored, and stands
//! for the others. A thread that has not even looked must be counting, and this rule is not applied.
//!
//! That a thread which has only looked is in the same state is an assumption: the explorer does not see a
//! thread's variables. A loop that counts its turns, and looks at something too, is explored with as many of
//! them as other threads bring about, and one more.

use super::operation::Operation;
use super::turns::Effect;

/// The rule by which idle turns are told; all but the first are for the tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(not(test), allow(dead_code, reason = "the tests break the rule"))]
pub(crate) enum Rule {
    /// The rule as it is described above.
    Sound,
    /// No turn is idle.
    Off,
    /// A turn is idle even if another thread has noticed it.
    Unnoticed,
}

/// The operations that have ended for no reason since the thread last did more than look.
#[derive(Clone, Default, Debug)]
pub(crate) struct Idle {
    ended: Vec<End>,
    /// The number of looks since the first of them.
    looks: u32,
}

/// An end for no reason.
#[derive(Clone, Copy, Debug)]
struct End {
    /// The operation, as it is where it may end for no reason.
    operation: Operation,
    /// The number of looks before.
    looks: u32,
}

impl Idle {
    /// Returns `true` if there is anything to be noted: if an operation has ended for no reason.
    #[inline]
    pub(crate) fn is_watching(&self) -> bool {
        !self.ended.is_empty()
    }

    /// Notes an operation by its effect.
    #[cold]
    pub(crate) fn note(&mut self, effect: Effect) {
        match effect {
            Effect::Looks => self.look(),
            Effect::Passes | Effect::Chooses => {}
            Effect::Enters | Effect::Leaves | Effect::Changes => self.change(),
        }
    }

    /// Notes that the thread has looked at something.
    pub(crate) fn look(&mut self) {
        self.looks += 1;
    }

    /// Notes that the thread has done more than look.
    pub(crate) fn change(&mut self) {
        self.ended.clear();
        self.looks = 0;
    }

    /// Notes that the operation has ended for no reason.
    pub(crate) fn end(&mut self, operation: &Operation) {
        self.ended.retain(|end| !end.operation.same(operation));
        let looks = self.looks;
        self.ended.push(End {
            operation: *operation,
            looks,
        });
    }

    /// Returns `true` if the operation has ended for no reason, and the thread has looked at something since,
    /// and done no more.
    pub(crate) fn repeats(&self, operation: &Operation) -> bool {
        let same = |end: &&End| end.operation.same(operation);
        self.ended
            .iter()
            .find(same)
            .is_some_and(|end| end.looks < self.looks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::OperationKind;
    use std::panic::Location;

    #[track_caller]
    fn operation(kind: OperationKind) -> Operation {
        Operation::on(0, kind, Location::caller())
    }

    #[test]
    fn only_a_turn_that_looks_and_does_no_more_is_idle() {
        let park = operation(OperationKind::StartToPark);
        let mut idle = Idle::default();
        assert!(!idle.is_watching() && !idle.repeats(&park));
        idle.end(&park);
        assert!(idle.is_watching() && !idle.repeats(&park), "it has not looked");
        idle.note(Effect::Looks);
        assert!(idle.repeats(&park));
        assert!(
            !idle.repeats(&operation(OperationKind::StartToPark)),
            "another place"
        );
        idle.end(&park);
        assert!(!idle.repeats(&park), "it has not looked since");
        idle.note(Effect::Looks);
        idle.note(Effect::Changes);
        assert!(!idle.repeats(&park), "it has stored");
    }
}
