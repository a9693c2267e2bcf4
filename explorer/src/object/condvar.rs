//! The model of a condition variable.
//!
//! The waiting threads are a set: which of them `NotifyOne` wakes is a choice, so their order
//! does not matter. A notified thread leaves the set; its `Reacquire` is then enabled once the
//! mutex is free. A thread that waits with a timeout may instead leave the set by itself: always, or only
//! while an atomic does not have some value. All pairs of operations on a condition variable are ordered.
//!
//! A wait may end for no reason. That is the same as if the thread had never been in the set, but had only
//! released the mutex and acquired it again: a notification that it misses is one that would have woken it
//! for a reason, or that has chosen another thread. So the wait's own step decides it; see `Wait`.

use super::threads_in;
use crate::identity::ThreadIndex;
use crate::operation::OperationResult;

/// The state of a condition variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Condvar {
    /// The threads that wait, as a bit set.
    pub(crate) waiting: u32,
    /// The threads that were notified and have not gone on yet; disjoint from `waiting`.
    notified: u32,
}

impl Condvar {
    /// Returns `true` if the thread was notified and has not gone on yet.
    pub(crate) fn is_notified(&self, thread: ThreadIndex) -> bool {
        self.notified >> thread & 1 == 1
    }

    /// Returns the number of threads that one notification could wake; 1 if none waits: that is one step too.
    pub(crate) fn alternatives(&self) -> u8 {
        self.waiting.count_ones().max(1) as u8
    }

    /// Lets the thread wait.
    pub(super) fn wait(&mut self, thread: ThreadIndex) -> OperationResult {
        self.waiting |= 1 << thread;
        OperationResult::of(0)
    }

    /// Does nothing for a wait that ends for no reason.
    pub(super) fn stay_away(&mut self) -> OperationResult {
        OperationResult::failed(0)
    }

    /// Lets a notified thread go on.
    pub(super) fn go_on(&mut self, thread: ThreadIndex) -> OperationResult {
        self.notified &= !(1 << thread);
        OperationResult::of(0)
    }

    /// Ends the wait of a thread: with success if it was notified.
    pub(super) fn wake_or_time_out(&mut self, thread: ThreadIndex) -> OperationResult {
        let succeeded = self.is_notified(thread);
        self.waiting &= !(1 << thread);
        self.notified &= !(1 << thread);
        OperationResult {
            succeeded,
            ..OperationResult::of(0)
        }
    }

    /// Notifies one of the threads that wait, if any: that with this index among them.
    pub(super) fn notify_one(&mut self, index: u8) -> OperationResult {
        let chosen = threads_in(self.waiting).nth(usize::from(index));
        self.notify(chosen.map_or(0, |thread| 1 << thread))
    }

    /// Notifies all threads that wait.
    pub(super) fn notify_all(&mut self) -> OperationResult {
        self.notify(self.waiting)
    }

    fn notify(&mut self, threads: u32) -> OperationResult {
        self.waiting &= !threads;
        self.notified |= threads;
        OperationResult::of(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notify_one_chooses_among_the_waiting() {
        let mut condvar = Condvar::default();
        assert_eq!(condvar.alternatives(), 1);
        condvar.notify_one(0);
        assert_eq!(condvar, Condvar::default(), "nobody waits: nothing happens");
        condvar.wait(1);
        condvar.wait(4);
        assert_eq!(condvar.alternatives(), 2);
        condvar.notify_one(1);
        assert!(condvar.is_notified(4) && !condvar.is_notified(1));
        condvar.go_on(4);
        condvar.notify_all();
        assert!(!condvar.is_notified(4) && condvar.is_notified(1));
    }

    #[test]
    fn a_timed_wait_ends_either_way() {
        let mut condvar = Condvar::default();
        condvar.wait(1);
        assert_eq!(condvar.wake_or_time_out(1), OperationResult::failed(0));
        assert_eq!(condvar, Condvar::default(), "the thread has left the set");
        condvar.wait(1);
        condvar.notify_all();
        assert_eq!(condvar.wake_or_time_out(1), OperationResult::of(0));
        assert_eq!(condvar, Condvar::default());
    }
}
