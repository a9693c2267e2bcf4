//! Locks and condition variables, as traits.

use super::Primitives;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, TryLockError, TryLockResult};
use std::time::Duration;

/// The right to use the value of a backend's mutex.
pub type Guard<'a, P, T> = <<P as Primitives>::Mutex<T> as Lock<T>>::Guard<'a>;

/// A mutual exclusion lock.
pub trait Lock<T>: Send + Sync + 'static {
    /// The right to use the value; dropping it unlocks the lock.
    type Guard<'a>: DerefMut<Target = T>
    where
        Self: 'a;

    /// Creates an unlocked lock around `value`.
    fn new(value: T) -> Self;

    /// Gives the lock the name that drawings show; does nothing on a backend without drawings.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Lets drawings show the value as its `Debug` shows it; does nothing on a backend without drawings.
    ///
    /// Integers, flags, and common types of the standard library such as `Option<u64>`, `String` and
    /// `Vec<usize>` are shown in any case. The lock cannot know whether any other type has a `Debug`.
    fn shown(self) -> Self
    where
        Self: Sized,
        T: fmt::Debug,
    {
        self
    }

    /// Waits until no other thread holds the lock, and takes it.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock, like `lock().unwrap()` of `std`.
    fn lock(&self) -> Self::Guard<'_>;

    /// Takes the lock if no thread holds it; returns `None` if one does, the calling thread included. A
    /// scenario that calls this needs [`Feature::TryLock`](super::Feature::TryLock).
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock, as [`lock`](Self::lock) does; or if the backend has no such
    /// operation, as loom's.
    fn try_lock(&self) -> Option<Self::Guard<'_>>;
}

/// A lock that any number of readers can hold together, or one writer alone.
pub trait ReadWriteLock<T>: Send + Sync + 'static {
    /// The right to read the value.
    type ReadGuard<'a>: Deref<Target = T>
    where
        Self: 'a;
    /// The right to change the value.
    type WriteGuard<'a>: DerefMut<Target = T>
    where
        Self: 'a;

    /// Creates an unlocked lock around `value`.
    fn new(value: T) -> Self;

    /// Gives the lock the name that drawings show; does nothing on a backend without drawings.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Waits until no writer holds the lock, and takes it for reading.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock for writing.
    fn read(&self) -> Self::ReadGuard<'_>;

    /// Waits until no thread holds the lock, and takes it for writing.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock for writing.
    fn write(&self) -> Self::WriteGuard<'_>;

    /// Takes the lock for reading if no writer holds it; returns `None` if one does, and it may do so if one waits
    /// for it. A scenario that calls this needs [`Feature::TryLock`](super::Feature::TryLock).
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock for writing; or if the backend has no such operation, as loom's, or
    /// none for a thread that reads already, as shuttle's.
    fn try_read(&self) -> Option<Self::ReadGuard<'_>>;

    /// Takes the lock for writing if no thread holds it; returns `None` if one does, the calling thread included. A
    /// scenario that calls this needs [`Feature::TryLock`](super::Feature::TryLock).
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock for writing; or if the backend has no such operation, as loom's.
    fn try_write(&self) -> Option<Self::WriteGuard<'_>>;
}

/// A condition variable: threads wait until another says that something has changed.
pub trait ConditionVariable<P: Primitives>: Send + Sync + 'static {
    /// Creates a condition variable on which no thread waits.
    fn new() -> Self;

    /// Gives the condition variable the name that drawings show; does nothing on a backend without drawings.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Unlocks the mutex, waits for a notification, and locks the mutex again; may also return for no reason.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex.
    fn wait<'a, T: Send + 'static>(&self, guard: Guard<'a, P, T>) -> Guard<'a, P, T>;

    /// Waits as [`wait`](Self::wait) does, but at most for `timeout`; also returns `true` if the wait timed
    /// out. A scenario that calls this needs [`Feature::Timeouts`](super::Feature::Timeouts).
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex, or if the backend has no time-outs.
    fn wait_timeout<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, P, T>,
        timeout: Duration,
    ) -> (Guard<'a, P, T>, bool);

    /// Waits as [`wait_timeout`](Self::wait_timeout) does, but does not time out while `word` holds `value`:
    /// the wait then goes on. A scenario that calls this needs [`Feature::Timeouts`](super::Feature::Timeouts).
    ///
    /// This is for loops that do nothing after a time-out while `word` holds `value`. The explorer leaves out
    /// these time-outs. It needs no bound on the others if each of them changes `word` to `value` or brings
    /// the loop closer to its end in another way. On real threads such a wait ends for no reason instead: if
    /// it went on, it could miss a notification that came after the time-out. `word` is read with the
    /// ordering `Relaxed`, and only after a time-out.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex, or if the backend has no time-outs.
    fn wait_timeout_unless<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, P, T>,
        timeout: Duration,
        word: &P::AtomicUsize,
        value: usize,
    ) -> (Guard<'a, P, T>, bool);

    /// Waits until `condition` no longer holds.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex.
    #[track_caller]
    fn wait_while<'a, T: Send + 'static>(
        &self,
        mut guard: Guard<'a, P, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> Guard<'a, P, T> {
        while condition(&mut guard) {
            guard = self.wait(guard);
        }
        guard
    }

    /// Wakes one of the waiting threads, if there is one.
    fn notify_one(&self);

    /// Wakes all waiting threads.
    fn notify_all(&self);
}

/// Returns the guard of a lock that was tried; `None` if the lock was held.
///
/// # Panics
///
/// If the lock is poisoned, with the words of `lock().unwrap()`.
#[track_caller]
pub(super) fn unless_held<G>(tried: TryLockResult<G>) -> Option<G> {
    let locked: LockResult<G> = match tried {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(poisoned)) => Err(poisoned),
        Err(TryLockError::WouldBlock) => return None,
    };
    Some(locked.unwrap())
}
