//! `std`'s condition variable, for [`StdMutex`](super::StdMutex).

use super::{Std, open_gate_if_main};
use crate::backend::{ConditionVariable, Guard};
use std::sync::Condvar;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

impl ConditionVariable<Std> for Condvar {
    fn new() -> Self {
        Condvar::new()
    }

    fn wait<'a, T: Send + 'static>(&self, guard: Guard<'a, Std, T>) -> Guard<'a, Std, T> {
        open_gate_if_main();
        guard.without(|guard| (Condvar::wait(self, guard).unwrap(), ())).0
    }

    fn wait_timeout<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, Std, T>,
        timeout: Duration,
    ) -> (Guard<'a, Std, T>, bool) {
        open_gate_if_main();
        guard.without(|guard| {
            let (guard, result) = Condvar::wait_timeout(self, guard, timeout).unwrap();
            (guard, result.timed_out())
        })
    }

    fn wait_timeout_unless<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, Std, T>,
        timeout: Duration,
        word: &AtomicUsize,
        value: usize,
    ) -> (Guard<'a, Std, T>, bool) {
        let (guard, timed_out) = ConditionVariable::wait_timeout(self, guard, timeout);
        // A second wait would miss a notification between the time-out and now. So this wait ends for no
        // reason, and the caller checks its condition.
        (guard, timed_out && word.load(Ordering::Relaxed) != value)
    }

    fn notify_one(&self) {
        Condvar::notify_one(self);
    }

    fn notify_all(&self) {
        Condvar::notify_all(self);
    }
}
