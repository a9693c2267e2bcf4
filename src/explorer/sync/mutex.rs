//! A mutual exclusion lock under exploration.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, TryLockError, TryLockResult};

use super::poison;
use crate::explorer::identity::ObjectKind;
use crate::explorer::object::{self, ObjectState};
use crate::explorer::operation::{OperationKind, Outcome};
use crate::explorer::runtime::{self, Guarded, Handle, Taken};
use crate::explorer::value::Value;

/// A mutual exclusion lock.
pub struct Mutex<T: ?Sized> {
    handle: Handle,
    /// Never contended, as the explorer lets in one thread at a time.
    value: Guarded<T>,
}

/// Access to what a mutex protects; unlocks it when dropped.
#[must_use = "if unused the mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    /// `None` once the guard has been handed to a condition variable.
    value: Option<Taken<'a, T>>,
    /// Where the mutex was locked: it is also reported as the place of the unlock.
    location: &'static Location<'static>,
    /// Whether the thread was already unwinding when it locked.
    unwinding: bool,
    recorder: Recorder<T>,
}

/// How to show the value, if it is to be recorded.
type Recorder<T> = Option<fn(&T) -> Option<Value>>;

/// What a thread that waits on a condition variable needs to have its guard again.
pub(super) struct GivenUp<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    recorder: Recorder<T>,
}

impl<T: ?Sized> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex").finish_non_exhaustive()
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T> Mutex<T> {
    /// Creates an unlocked mutex.
    ///
    /// # Panics
    ///
    /// Outside an execution.
    #[track_caller]
    pub fn new(value: T) -> Self {
        let initial = ObjectState::Mutex(object::mutex::Mutex::default());
        let handle = Handle::new(ObjectKind::Mutex, initial, Location::caller());
        Self {
            handle,
            value: Guarded::new(value),
        }
    }

    /// Gives the mutex a name, by which drawings of an interleaving call it.
    pub fn named(self, name: &'static str) -> Self {
        self.handle.set_name(name);
        self
    }

    /// Consumes the mutex and returns what it protects.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned.
    #[track_caller]
    pub fn into_inner(self) -> LockResult<T> {
        let poisoned = self.is_poisoned();
        let value = self.value.into_inner();
        poison::checked(value, poisoned)
    }
}

impl<T: 'static> Mutex<T> {
    /// Locks the mutex as [`lock`](Self::lock) does; besides, the value can be
    /// [recorded](crate::explorer::Explorer::record_values), now and when it is unlocked.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned: the error holds the guard.
    #[inline(always)]
    #[track_caller]
    pub fn lock_recorded(&self) -> LockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        let outcome = runtime::perform(OperationKind::Lock, self.handle, location);
        let recorder: Recorder<T> = if self.handle.records() {
            Some(Value::of)
        } else {
            None
        };
        self.locked(outcome, location, recorder)
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Locks the mutex, waiting until it is free.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned: the error holds the guard.
    // The result is large, and slow to move: inlined, it stays in registers.
    #[inline(always)]
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        let outcome = runtime::perform(OperationKind::Lock, self.handle, location);
        self.locked(outcome, location, None)
    }

    /// Locks the mutex if it is free.
    ///
    /// # Errors
    ///
    /// If it is held, or if it is poisoned: that error holds the guard.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        let outcome = runtime::perform(OperationKind::TryLock, self.handle, location);
        if !outcome.succeeded {
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.locked(outcome, location, None)?)
    }

    /// Returns `true` if a thread has panicked while it held the mutex.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        runtime::perform(OperationKind::IsPoisoned, self.handle, Location::caller()).value == 1
    }

    /// Clears the poison.
    #[track_caller]
    pub fn clear_poison(&self) {
        runtime::perform(OperationKind::ClearPoison, self.handle, Location::caller());
    }

    /// Returns what the mutex protects; nobody else can hold it.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned.
    #[track_caller]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.is_poisoned();
        let value = self.value.get_mut();
        poison::checked(value, poisoned)
    }

    /// Returns the guard after the explorer has let the thread in.
    #[inline(always)]
    fn locked(
        &self,
        outcome: Outcome,
        location: &'static Location<'static>,
        recorder: Recorder<T>,
    ) -> LockResult<MutexGuard<'_, T>> {
        // Only a destructor in an abandoned execution is let in where another thread holds the mutex.
        let value = self.value.try_take().unwrap_or_else(|| runtime::lose());
        if let Some(show) = recorder {
            runtime::record(show(&value));
        }
        let unwinding = runtime::is_unwinding();
        let guard = MutexGuard {
            mutex: self,
            value: Some(value),
            location,
            unwinding,
            recorder,
        };
        poison::checked(guard, outcome.value == 1)
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// Releases the mutex by this operation of the condition variable, instead of an unlock.
    pub(super) fn give_up(mut self, by: impl FnOnce(Handle)) -> GivenUp<'a, T> {
        let shown = self.release();
        by(self.mutex.handle);
        if let Some(value) = shown {
            runtime::record(value);
        }
        GivenUp {
            mutex: self.mutex,
            recorder: self.recorder,
        }
    }

    /// Gives the value back; returns what it is to be shown as, if it is to be recorded.
    #[inline(always)]
    fn release(&mut self) -> Option<Option<Value>> {
        let value = self.value.take()?;
        self.recorder.map(|show| show(&value))
    }
}

impl<'a, T: ?Sized> GivenUp<'a, T> {
    /// Returns the handle of the mutex.
    pub(super) fn handle(&self) -> Handle {
        self.mutex.handle
    }

    /// Returns the guard after the explorer has let the thread in again.
    pub(super) fn locked(
        self,
        outcome: Outcome,
        location: &'static Location<'static>,
    ) -> LockResult<MutexGuard<'a, T>> {
        self.mutex.locked(outcome, location, self.recorder)
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect("a guard that is given up is gone")
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect("a guard that is given up is gone")
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if self.value.is_none() || !runtime::in_execution() {
            return;
        }
        let shown = self.release();
        let poison = !self.unwinding && runtime::is_unwinding();
        runtime::perform(OperationKind::Unlock(poison), self.mutex.handle, self.location);
        if let Some(value) = shown {
            runtime::record(value);
        }
    }
}
