//! What waits for other threads. A step that does so has no path that surely ends, whatever the others do: it is
//! refused.

use super::Checked;
use crate::backend::{ConditionVariable, Guard, Primitives, Unpark};
use crate::invariant::checker::{ask, fails};
use crate::invariant::obligation::Obligation;
use std::time::Duration;

/// Refuses to wait.
pub(super) fn refuse(who: &str) {
    ask::<()>(|_| {
        let reason = format!("{who} waits for another thread");
        Err(fails(Obligation::FinitePaths, reason))
    });
}

/// A condition variable: nobody waits on it, so that a notification does nothing.
pub(in crate::invariant) struct CheckedCondvar;

impl<I> ConditionVariable<Checked<I>> for CheckedCondvar
where
    Checked<I>: Primitives,
{
    fn new() -> Self {
        CheckedCondvar
    }

    fn wait<'a, T: Send + 'static>(&self, guard: Guard<'a, Checked<I>, T>) -> Guard<'a, Checked<I>, T> {
        refuse("a wait on a condition variable");
        guard
    }

    fn wait_timeout<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, Checked<I>, T>,
        _: Duration,
    ) -> (Guard<'a, Checked<I>, T>, bool) {
        refuse("a wait on a condition variable");
        (guard, true)
    }

    fn wait_timeout_unless<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, Checked<I>, T>,
        _: Duration,
        _: &<Checked<I> as Primitives>::AtomicUsize,
        _: usize,
    ) -> (Guard<'a, Checked<I>, T>, bool) {
        refuse("a wait on a condition variable");
        (guard, true)
    }

    fn notify_one(&self) {}

    fn notify_all(&self) {}
}

/// The one thread that runs a step: it is never parked.
#[derive(Clone)]
pub(in crate::invariant) struct Nobody;

impl Unpark for Nobody {
    fn unpark(&self) {}
}
