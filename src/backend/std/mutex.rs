//! `std`'s mutex, together with the thread of an exploration that holds it.

use super::waits_for::{Holder, ThreadKey};
use super::{RealThreads, open_gate_if_main};
use crate::backend::{Lock, unless_held};
use std::ops::{Deref, DerefMut};
use std::sync::TryLockError;

/// `std`'s mutex, and the thread that holds it.
#[derive(Debug)]
pub struct StdMutex<T> {
    value: std::sync::Mutex<T>,
    holder: Holder,
}

/// The right to use the value of a [`StdMutex`].
#[derive(Debug)]
pub struct StdGuard<'a, T> {
    // This is dropped after `Drop` has cleared the holder, so that the holder is never a thread that has
    // already unlocked. It is `None` only while a condition variable has the guard.
    guard: Option<std::sync::MutexGuard<'a, T>>,
    holder: &'a Holder,
}

impl<T: Send + 'static> Lock<T> for StdMutex<T> {
    type Guard<'a> = StdGuard<'a, T>;

    fn new(value: T) -> Self {
        StdMutex {
            value: std::sync::Mutex::new(value),
            holder: Holder::default(),
        }
    }

    fn lock(&self) -> StdGuard<'_, T> {
        let guard = match self.value.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => panic!("{poisoned}"),
            Err(TryLockError::WouldBlock) => self.wait(),
        };
        StdGuard::new(guard, &self.holder)
    }

    #[track_caller]
    fn try_lock(&self) -> Option<StdGuard<'_, T>> {
        let guard = unless_held(self.value.try_lock())?;
        Some(StdGuard::new(guard, &self.holder))
    }
}

impl<T> StdMutex<T> {
    #[cold]
    fn wait(&self) -> std::sync::MutexGuard<'_, T> {
        open_gate_if_main();
        let threads = RealThreads::current();
        let _waiting = threads
            .as_ref()
            .map(|threads| threads.waits_for.lock(&self.holder));
        self.value.lock().unwrap()
    }
}

impl<'a, T> StdGuard<'a, T> {
    fn new(guard: std::sync::MutexGuard<'a, T>, holder: &'a Holder) -> Self {
        holder.set(ThreadKey::current());
        StdGuard {
            guard: Some(guard),
            holder,
        }
    }

    /// Calls a function, such as a wait, that unlocks the mutex and locks it again.
    pub(super) fn without<R>(
        mut self,
        wait: impl FnOnce(std::sync::MutexGuard<'a, T>) -> (std::sync::MutexGuard<'a, T>, R),
    ) -> (Self, R) {
        self.holder.clear();
        let guard = self.guard.take().expect("the guard is here until it is dropped");
        let (guard, result) = wait(guard);
        (StdGuard::new(guard, self.holder), result)
    }
}

impl<T> Deref for StdGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.guard
            .as_ref()
            .expect("the guard is here until it is dropped")
    }
}

impl<T> DerefMut for StdGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.guard
            .as_mut()
            .expect("the guard is here until it is dropped")
    }
}

impl<T> Drop for StdGuard<'_, T> {
    fn drop(&mut self) {
        if self.guard.is_some() {
            self.holder.clear();
        }
    }
}
