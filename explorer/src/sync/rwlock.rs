//! A readers-writer lock under exploration.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{self, LockResult, PoisonError, TryLockError, TryLockResult};

use super::poison;
use crate::identity::ObjectKind;
use crate::object::{self, ObjectState};
use crate::operation::{OperationKind, OperationResult};
use crate::runtime::{self, Handle};

/// A readers-writer lock.
///
/// The order in which waiting threads get the lock is not fixed: every order is explored. A writer that waits
/// for readers may keep new readers out, or may not: both are explored; see
/// [`Explorer::writer_preference`](crate::Explorer::writer_preference).
pub struct RwLock<T: ?Sized> {
    handle: Handle,
    /// Never contended, as the explorer lets threads in; its poison is not used.
    value: sync::RwLock<T>,
}

/// Shared access to the value that a readers-writer lock protects; unlocks it when dropped.
#[must_use = "if unused the lock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    handle: Handle,
    /// `None` only while the guard is dropped.
    value: Option<sync::RwLockReadGuard<'a, T>>,
    location: &'static Location<'static>,
}

/// Exclusive access to the value that a readers-writer lock protects; unlocks it when dropped.
#[must_use = "if unused the lock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    handle: Handle,
    /// `None` only while the guard is dropped.
    value: Option<sync::RwLockWriteGuard<'a, T>>,
    location: &'static Location<'static>,
    /// `true` if the thread was already unwinding when it locked.
    unwinding: bool,
    /// `true` if the value has been borrowed mutably.
    changed: bool,
}

impl<T: ?Sized> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RwLock").finish_non_exhaustive()
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T> RwLock<T> {
    /// Creates an unlocked lock.
    ///
    /// # Panics
    ///
    /// Outside an execution.
    #[track_caller]
    pub fn new(value: T) -> Self {
        let initial = ObjectState::RwLock(object::rwlock::RwLock::default());
        let handle = Handle::new(ObjectKind::RwLock, initial, Location::caller());
        if handle.records() {
            runtime::note_contents(handle, &value);
        }
        Self {
            handle,
            value: sync::RwLock::new(value),
        }
    }

    /// Gives the lock a name, by which drawings of an interleaving call it.
    pub fn named(self, name: &'static str) -> Self {
        self.handle.set_name(name);
        self
    }

    /// Consumes the lock and returns the value that it protects.
    ///
    /// # Errors
    ///
    /// If the lock is poisoned.
    #[track_caller]
    pub fn into_inner(self) -> LockResult<T> {
        let poisoned = self.is_poisoned();
        let value = self.value.into_inner().unwrap_or_else(PoisonError::into_inner);
        poison::checked(value, poisoned)
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Locks for reading, waiting while a writer holds the lock, or while readers hold it and a writer that
    /// waits for them keeps new readers out.
    ///
    /// # Errors
    ///
    /// If the lock is poisoned: the error holds the guard.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        let result = runtime::perform(OperationKind::ReadLock, self.handle, location);
        self.reading(result, location)
    }

    /// Locks for reading if no writer holds the lock, or keeps new readers out.
    ///
    /// # Errors
    ///
    /// If a writer does, or if it is poisoned: that error holds the guard.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        let result = runtime::perform(OperationKind::TryReadLock, self.handle, location);
        if !result.succeeded {
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.reading(result, location)?)
    }

    /// Locks for writing, waiting while any thread holds the lock.
    ///
    /// # Errors
    ///
    /// If the lock is poisoned: the error holds the guard.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        if runtime::is_preferred() {
            let result = runtime::perform(OperationKind::WriteLockOrQueue, self.handle, location);
            if result.succeeded {
                return self.writing(result, location);
            }
        }
        let result = runtime::perform(OperationKind::WriteLock, self.handle, location);
        self.writing(result, location)
    }

    /// Locks for writing if no thread holds the lock.
    ///
    /// # Errors
    ///
    /// If a thread holds it, or if it is poisoned: that error holds the guard.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        let result = runtime::perform(OperationKind::TryWriteLock, self.handle, location);
        if !result.succeeded {
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.writing(result, location)?)
    }

    /// Returns `true` if a thread has panicked while it held the lock for writing.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        runtime::perform(OperationKind::IsPoisoned, self.handle, Location::caller()).value == 1
    }

    /// Clears the poison.
    #[track_caller]
    pub fn clear_poison(&self) {
        runtime::perform(OperationKind::ClearPoison, self.handle, Location::caller());
    }

    /// Returns a mutable reference to the value. No thread can hold the lock meanwhile.
    ///
    /// # Errors
    ///
    /// If the lock is poisoned.
    #[track_caller]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.is_poisoned();
        if self.handle.records() {
            runtime::note_borrowed(self.handle);
        }
        let value = self.value.get_mut().unwrap_or_else(PoisonError::into_inner);
        poison::checked(value, poisoned)
    }

    fn reading(
        &self,
        result: OperationResult,
        location: &'static Location<'static>,
    ) -> LockResult<RwLockReadGuard<'_, T>> {
        // Where the thread reads already, nothing can have changed.
        if self.handle.records()
            && let Ok(mut value) = self.value.try_write()
        {
            runtime::move_in(&mut *value);
        }
        let value = match self.value.try_read() {
            Ok(value) => value,
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            // Only a destructor in an abandoned execution is let in where a writer is.
            Err(TryLockError::WouldBlock) => runtime::lose(),
        };
        runtime::note_read_lock();
        let guard = RwLockReadGuard {
            handle: self.handle,
            value: Some(value),
            location,
        };
        poison::checked(guard, result.value == 1)
    }

    fn writing(
        &self,
        result: OperationResult,
        location: &'static Location<'static>,
    ) -> LockResult<RwLockWriteGuard<'_, T>> {
        let mut value = match self.value.try_write() {
            Ok(value) => value,
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            // Only a destructor in an abandoned execution is let in where others are.
            Err(TryLockError::WouldBlock) => runtime::lose(),
        };
        if self.handle.records() {
            runtime::move_in(&mut *value);
        }
        let unwinding = runtime::is_unwinding();
        let guard = RwLockWriteGuard {
            handle: self.handle,
            value: Some(value),
            location,
            unwinding,
            changed: false,
        };
        poison::checked(guard, result.value == 1)
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.value {
            Some(value) => value,
            None => runtime::impossible("a guard holds its value until it is dropped"),
        }
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.value {
            Some(value) => value,
            None => runtime::impossible("a guard holds its value until it is dropped"),
        }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match self.changed {
            true => runtime::note_change(),
            false => self.changed = true,
        }
        match &mut self.value {
            Some(value) => value,
            None => runtime::impossible("a guard holds its value until it is dropped"),
        }
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        self.value = None;
        if runtime::in_execution() {
            runtime::perform(OperationKind::ReadUnlock, self.handle, self.location);
        }
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        if let Some(value) = &self.value
            && self.handle.records()
        {
            runtime::move_out(&**value);
        }
        self.value = None;
        if runtime::in_execution() {
            let poison = !self.unwinding && runtime::is_unwinding();
            let kind = OperationKind::WriteUnlock(poison);
            runtime::publish(kind, self.handle, self.location, self.changed);
        }
    }
}
