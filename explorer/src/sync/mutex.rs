//! A mutual exclusion lock under exploration.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LockResult, TryLockError, TryLockResult};
use std::thread;

use super::poison;
use super::recorder::{Recorded, Recorder, Unrecorded};
use crate::identity::ObjectKind;
use crate::object::{self, ObjectState};
use crate::operation::{OperationKind, OperationResult};
use crate::runtime::spurious::GuardUse;
use crate::runtime::{self, Guarded, Handle, Taken};
use crate::value;

/// A mutual exclusion lock.
pub struct Mutex<T: ?Sized> {
    handle: Handle,
    /// Never contended, as the explorer lets in one thread at a time.
    value: Guarded<T>,
}

/// Access to the value that a mutex protects; unlocks the mutex when dropped.
#[must_use = "if unused the mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized, R: Recorder<T> = Unrecorded> {
    mutex: &'a Mutex<T>,
    /// `None` once the guard has been handed to a condition variable.
    value: Option<Taken<'a, T>>,
    /// The place where the mutex was locked: it is also reported as the place of the unlock.
    location: &'static Location<'static>,
    /// `true` if the thread was already unwinding when it locked.
    unwinding: bool,
    /// `true` if the value has been looked at.
    looked: AtomicBool,
    /// `true` if the value has been borrowed mutably.
    changed: bool,
    recorder: PhantomData<fn() -> R>,
}

impl<T: ?Sized> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex").finish_non_exhaustive()
    }
}

impl<T: ?Sized + fmt::Debug, R: Recorder<T>> fmt::Debug for MutexGuard<'_, T, R> {
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
        if handle.records() {
            runtime::note_contents(handle, &value);
        }
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

    /// Consumes the mutex and returns the value that it protects.
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
    /// Lets drawings show what is in the mutex, and in all others of the same type, as its `Debug` shows it.
    ///
    /// Integers, flags, and common types of the standard library such as `Option<u64>`, `String` and
    /// `Vec<usize>` are shown in any case. The type's `Debug` must not execute an operation of the explorer's:
    /// it runs only where values are [recorded](crate::Explorer::record_values). Nothing is done elsewhere.
    pub fn shown(self) -> Self
    where
        T: fmt::Debug,
    {
        if self.handle.records() {
            value::enlist::<T>();
        }
        self
    }

    /// Locks the mutex as [`lock`](Self::lock) does; besides, the value can be
    /// [recorded](crate::Explorer::record_values), now and when it is unlocked.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned: the error holds the guard.
    #[inline(always)]
    #[track_caller]
    pub fn lock_recorded(&self) -> LockResult<MutexGuard<'_, T, Recorded>> {
        let location = Location::caller();
        let result = runtime::perform(OperationKind::Lock, self.handle, location);
        self.locked(result, location)
    }

    /// Locks the mutex if it is free, as [`try_lock`](Self::try_lock) does; besides, the value can be
    /// [recorded](crate::Explorer::record_values), now and when it is unlocked.
    ///
    /// # Errors
    ///
    /// If it is held, or if it is poisoned: that error holds the guard.
    #[track_caller]
    pub fn try_lock_recorded(&self) -> TryLockResult<MutexGuard<'_, T, Recorded>> {
        self.try_locked(Location::caller())
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
        let result = runtime::perform(OperationKind::Lock, self.handle, location);
        self.locked(result, location)
    }

    /// Locks the mutex if it is free.
    ///
    /// # Errors
    ///
    /// If it is held, or if it is poisoned: that error holds the guard.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        self.try_locked(Location::caller())
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

    /// Returns a mutable reference to the value. No thread can hold the mutex meanwhile.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned.
    #[track_caller]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.is_poisoned();
        if self.handle.records() {
            runtime::note_borrowed(self.handle);
        }
        let value = self.value.get_mut();
        poison::checked(value, poisoned)
    }

    fn try_locked<R: Recorder<T>>(
        &self,
        location: &'static Location<'static>,
    ) -> TryLockResult<MutexGuard<'_, T, R>> {
        let result = runtime::perform(OperationKind::TryLock, self.handle, location);
        if !result.succeeded {
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.locked(result, location)?)
    }

    /// Returns the guard, once the explorer has let the thread acquire the mutex.
    #[inline(always)]
    pub(super) fn locked<R: Recorder<T>>(
        &self,
        result: OperationResult,
        location: &'static Location<'static>,
    ) -> LockResult<MutexGuard<'_, T, R>> {
        // Only a destructor in an abandoned execution is let in where another thread holds the mutex.
        let mut value = self.value.try_take().unwrap_or_else(|| runtime::lose());
        if self.handle.records() {
            note_value::<T, R>(&mut value);
        }
        let unwinding = runtime::is_unwinding();
        let guard = MutexGuard {
            mutex: self,
            value: Some(value),
            location,
            unwinding,
            looked: AtomicBool::new(false),
            changed: false,
            recorder: PhantomData,
        };
        poison::checked(guard, result.value == 1)
    }
}

/// Takes over the value from a search over states, and records it, as far as either is wanted.
#[cold]
fn note_value<T: ?Sized, R: Recorder<T>>(value: &mut T) {
    runtime::move_in(value);
    if R::SHOWS {
        runtime::record(R::show(value));
    }
}

impl<'a, T: ?Sized, R: Recorder<T>> MutexGuard<'a, T, R> {
    /// Returns the use that the thread has made of the guard.
    pub(super) fn used(&self) -> GuardUse {
        GuardUse {
            looked: self.looked.load(Ordering::Relaxed),
            changed: self.changed,
        }
    }

    /// Returns the value for a look at it, which is a mutable reference by `std`'s interface alone.
    pub(super) fn look(&mut self) -> &mut T {
        *self.looked.get_mut() = true;
        match &mut self.value {
            Some(value) => value,
            None => runtime::impossible("a guard that is given up is gone"),
        }
    }

    /// Gives up the guard by this operation of a condition variable, instead of an unlock, and returns the
    /// mutex.
    pub(super) fn give_up(mut self, by: impl FnOnce(Handle)) -> (&'a Mutex<T>, Handle) {
        self.release(|guard| by(guard.mutex.handle));
        (self.mutex, self.mutex.handle)
    }

    /// Gives the value back, and then calls `by`; records the value if that is wanted.
    fn release(&mut self, by: impl FnOnce(&Self)) {
        let value = self.value.take();
        if let Some(value) = value.as_deref()
            && self.mutex.handle.records()
        {
            runtime::move_out(value);
        }
        let records = R::SHOWS && self.mutex.handle.records();
        let shown = value.as_deref().filter(|_| records).and_then(R::show);
        drop(value);
        by(self);
        if records {
            runtime::record(shown);
        }
    }

    /// Unlocks where the value is recorded, or where a thread is unwinding.
    #[cold]
    #[inline(never)]
    fn unlock_with_care(&mut self) {
        self.release(|guard| {
            let poison = !guard.unwinding && runtime::is_unwinding();
            guard.unlock(poison);
        });
    }

    #[inline(always)]
    fn unlock(&self, poison: bool) {
        let kind = OperationKind::Unlock(poison);
        runtime::publish(kind, self.mutex.handle, self.location, self.changed);
    }
}

impl<T: ?Sized, R: Recorder<T>> Deref for MutexGuard<'_, T, R> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.looked.store(true, Ordering::Relaxed);
        match &self.value {
            Some(value) => value,
            None => runtime::impossible("a guard that is given up is gone"),
        }
    }
}

impl<T: ?Sized, R: Recorder<T>> DerefMut for MutexGuard<'_, T, R> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        match self.changed {
            true => runtime::note_change(),
            false => self.changed = true,
        }
        match &mut self.value {
            Some(value) => value,
            None => runtime::impossible("a guard that is given up is gone"),
        }
    }
}

impl<T: ?Sized, R: Recorder<T>> Drop for MutexGuard<'_, T, R> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.value.is_none() || !runtime::in_execution() {
            return;
        }
        if self.mutex.handle.records() || thread::panicking() {
            return self.unlock_with_care();
        }
        self.value = None;
        self.unlock(false);
    }
}
