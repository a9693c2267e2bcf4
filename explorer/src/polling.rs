//! A thread's reads since it last yielded: the rule that lets spin loops end.
//!
//! A thread that has only polled since it last yielded (loaded, or failed to exchange or acquire),
//! and has seen the same in two turns at the same location, would see the same again until one of the
//! objects it polled changes. So its second yield waits for that: it is enabled once one of them no
//! longer looks as it did. The first turn does not wait: a thread may yield between a load and a
//! store, or after it has found what it polled for. A loop that counts its turns and gives up
//! looks like one that does not, and must be explored without this rule.

use super::identity::{NO_OBJECT, ObjectIndex};
use super::object::table::Polls;
use super::operation::{Operation, OperationResult};

/// The objects polled, and what was seen in each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Polling {
    pub(crate) objects: [ObjectIndex; 2],
    pub(crate) seen: [u64; 2],
    /// `true` if the thread has done anything else, or polled more than two objects.
    progress: bool,
}

impl Default for Polling {
    fn default() -> Self {
        Self {
            objects: [NO_OBJECT; 2],
            seen: [0; 2],
            progress: false,
        }
    }
}

impl Polling {
    /// Notes an operation and its result.
    #[inline]
    pub(crate) fn note(&mut self, operation: &Operation, result: OperationResult) {
        match operation.kind.row().polls {
            Polls::Always => self.saw(operation.objects[0], result.value),
            Polls::IfItFails if !result.succeeded => self.saw(operation.objects[0], result.value),
            Polls::Neither => {}
            Polls::IfItFails | Polls::Never => self.progress = true,
        }
    }

    /// Notes that the thread has done something other than polling.
    pub(crate) fn progress(&mut self) {
        self.progress = true;
    }

    #[inline]
    fn saw(&mut self, object: ObjectIndex, value: u64) {
        let free = self
            .objects
            .iter()
            .position(|&known| known == object || known == NO_OBJECT);
        match free {
            Some(slot) => {
                self.objects[slot] = object;
                self.seen[slot] = value;
            }
            None => self.progress = true,
        }
    }

    /// Returns this if the thread has polled, and done nothing else.
    pub(crate) fn only_polled(self) -> Option<Self> {
        (!self.progress && self.objects[0] != NO_OBJECT).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::OperationKind;
    use std::panic::Location;
    use std::sync::atomic::Ordering::SeqCst;

    fn note(polling: &mut Polling, object: ObjectIndex, kind: OperationKind, result: OperationResult) {
        polling.note(&Operation::on(object, kind, Location::caller()), result);
    }

    #[test]
    fn only_polling_counts() {
        let load = OperationKind::Load(SeqCst);
        let mut polling = Polling::default();
        assert_eq!(polling.only_polled(), None);
        note(&mut polling, 4, load, OperationResult::of(1));
        note(&mut polling, 4, load, OperationResult::of(2));
        note(
            &mut polling,
            7,
            OperationKind::TryLock,
            OperationResult::failed(1),
        );
        let polled = polling.only_polled().unwrap();
        assert_eq!((polled.objects, polled.seen), ([4, 7], [2, 1]));
        let mut three = polling;
        note(&mut three, 8, load, OperationResult::of(0));
        assert_eq!(three.only_polled(), None, "three objects are too many");
        note(
            &mut polling,
            4,
            OperationKind::Store(SeqCst, 0),
            OperationResult::of(0),
        );
        assert_eq!(polling.only_polled(), None);
    }
}
