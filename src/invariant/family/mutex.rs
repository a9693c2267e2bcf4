//! Mutual exclusion.

use super::{Handle, refuse_attempt};
use crate::backend::Lock;
use crate::explorer::ObjectKind;
use crate::invariant::checker::ask;
use crate::invariant::value::{pack, unpack};
use std::ops::{Deref, DerefMut};
use std::thread;

/// A mutex, of which there is but the number.
pub(in crate::invariant) struct CheckedMutex<T>(Handle<T>);

/// The right to use what a mutex holds: it holds it meanwhile.
pub(in crate::invariant) struct CheckedGuard<T: 'static> {
    lock: u32,
    value: T,
}

impl<T: Send + 'static> Lock<T> for CheckedMutex<T> {
    type Guard<'a> = CheckedGuard<T>;

    fn new(value: T) -> Self {
        CheckedMutex(Handle::new(ObjectKind::Mutex, &value))
    }

    fn named(self, name: &'static str) -> Self {
        CheckedMutex(self.0.named(name))
    }

    #[inline]
    fn lock(&self) -> CheckedGuard<T> {
        CheckedGuard::lock(self.0.id)
    }

    fn try_lock(&self) -> Option<CheckedGuard<T>> {
        refuse_attempt();
        None
    }
}

impl<T: 'static> CheckedGuard<T> {
    /// Locks a lock for this guard alone.
    #[inline]
    pub(super) fn lock(lock: u32) -> Self {
        let value = ask(|checker| checker.lock(lock, true));
        CheckedGuard {
            lock,
            value: unpack(value).expect("other types are refused"),
        }
    }
}

impl<T> Deref for CheckedGuard<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for CheckedGuard<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: 'static> Drop for CheckedGuard<T> {
    #[inline]
    fn drop(&mut self) {
        // The change of a section that panics is of no interest: the panic is.
        let value = match thread::panicking() {
            true => None,
            false => pack(&self.value),
        };
        ask(|checker| checker.unlock(self.lock, value));
    }
}
