//! The model of a condition variable.
//!
//! The waiting threads are a set: which of them `NotifyOne` wakes is a choice, so their order
//! does not matter. A notified thread leaves the set; its `Reacquire` is then enabled once the
//! mutex is free. A thread that waits with a timeout may instead leave the set by itself: always, or only
//! while an atomic does not have some value. Waits do not end spuriously. All pairs of operations on a condition variable are ordered.

use super::threads_in;
use crate::identity::ThreadIndex;
use crate::operation::{OperationKind, OperationResult};

/// The state of a condition variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Condvar {
    /// The threads that wait, as a bit set.
    pub(crate) waiting: u32,
    /// The threads that were notified and have not gone on yet; disjoint from `waiting`.
    notified: u32,
}

impl Condvar {
    pub(super) fn enabled(&self, kind: OperationKind, thread: ThreadIndex) -> bool {
        match kind {
            OperationKind::Reacquire | OperationKind::WakeOrTimeOutUnless(_) => {
                self.notified >> thread & 1 == 1
            }
            _ => true,
        }
    }

    pub(super) fn alternatives(&self, kind: OperationKind) -> u8 {
        match kind {
            OperationKind::NotifyOne => self.waiting.count_ones().max(1) as u8,
            _ => 1,
        }
    }

    pub(super) fn apply(
        &mut self,
        kind: OperationKind,
        thread: ThreadIndex,
        alternative: u8,
    ) -> OperationResult {
        let own = 1 << thread;
        match kind {
            OperationKind::Wait => self.waiting |= own,
            OperationKind::Reacquire => self.notified &= !own,
            OperationKind::WakeOrTimeOut | OperationKind::WakeOrTimeOutUnless(_) => {
                let notified = self.notified & own != 0;
                self.waiting &= !own;
                self.notified &= !own;
                return OperationResult {
                    value: 0,
                    succeeded: notified,
                };
            }
            OperationKind::NotifyOne => {
                let chosen = threads_in(self.waiting).nth(usize::from(alternative));
                self.notify(chosen.map_or(0, |thread| 1 << thread));
            }
            OperationKind::NotifyAll => self.notify(self.waiting),
            _ => unreachable!("{kind:?} is not an operation on a condition variable"),
        }
        OperationResult::of(0)
    }

    fn notify(&mut self, threads: u32) {
        self.waiting &= !threads;
        self.notified |= threads;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OperationKind::{NotifyAll, NotifyOne, Reacquire, Wait, WakeOrTimeOut};

    #[test]
    fn notify_one_chooses_among_the_waiting() {
        let mut condvar = Condvar::default();
        assert_eq!(condvar.alternatives(NotifyOne), 1);
        condvar.apply(NotifyOne, 0, 0);
        assert_eq!(condvar, Condvar::default(), "nobody waits: nothing happens");
        condvar.apply(Wait, 1, 0);
        condvar.apply(Wait, 4, 0);
        assert_eq!(condvar.alternatives(NotifyOne), 2);
        condvar.apply(NotifyOne, 0, 1);
        assert!(condvar.enabled(Reacquire, 4) && !condvar.enabled(Reacquire, 1));
        condvar.apply(Reacquire, 4, 0);
        condvar.apply(NotifyAll, 0, 0);
        assert!(!condvar.enabled(Reacquire, 4) && condvar.enabled(Reacquire, 1));
    }

    #[test]
    fn a_timed_wait_ends_either_way() {
        let mut condvar = Condvar::default();
        condvar.apply(Wait, 1, 0);
        assert_eq!(condvar.apply(WakeOrTimeOut, 1, 0), OperationResult::failed(0));
        assert_eq!(condvar, Condvar::default(), "the thread has left the set");
        condvar.apply(Wait, 1, 0);
        condvar.apply(NotifyAll, 0, 0);
        assert_eq!(condvar.apply(WakeOrTimeOut, 1, 0), OperationResult::of(0));
        assert_eq!(condvar, Condvar::default());
    }
}
