//! Loom's locks, whose guards never operate on a model that has ended.

use super::super::{Lock, ReadWriteLock};
use super::NO_TRY_LOCK;
use super::leave::{Guarded, operation};
use crate::execution::Record;
use std::ops::{Deref, DerefMut};

/// Loom's mutex.
#[derive(Debug)]
pub struct LoomMutex<T>(loom::sync::Mutex<T>);

/// Loom's readers-writer lock.
#[derive(Debug)]
pub struct LoomRwLock<T>(loom::sync::RwLock<T>);

/// A guard of loom's; `None` once it has been dropped or given to a condition variable.
#[derive(Debug)]
pub struct LoomGuard<G>(Option<G>);

impl<G> LoomGuard<G> {
    pub(super) fn new(guard: G) -> Self {
        LoomGuard(Some(guard))
    }

    /// Returns loom's guard, and lets go of nothing.
    pub(super) fn into_inner(mut self) -> G {
        self.0.take().expect(HELD)
    }
}

const HELD: &str = "the guard is there until it is dropped";

impl<G: Deref> Deref for LoomGuard<G> {
    type Target = G::Target;

    fn deref(&self) -> &G::Target {
        self.0.as_ref().expect(HELD)
    }
}

impl<G: DerefMut> DerefMut for LoomGuard<G> {
    fn deref_mut(&mut self) -> &mut G::Target {
        self.0.as_mut().expect(HELD)
    }
}

impl<G> Drop for LoomGuard<G> {
    fn drop(&mut self) {
        operation(|| drop(self.0.take()));
    }
}

impl<T: Send + 'static> Lock<T> for LoomMutex<T> {
    type Guard<'a> = LoomGuard<loom::sync::MutexGuard<'a, T>>;

    fn new(value: T) -> Self {
        LoomMutex(loom::sync::Mutex::new(value))
    }

    #[track_caller]
    fn lock(&self) -> Self::Guard<'_> {
        // Not in a closure: a poisoned lock panics at the place of the caller.
        let guarded = Guarded;
        let guard = self.0.lock();
        guarded.end();
        LoomGuard::new(guard.expect("loom panics where std returns an error"))
    }

    fn try_lock(&self) -> Option<Self::Guard<'_>> {
        panic!("{NO_TRY_LOCK}")
    }
}

impl<T: Send + Sync + 'static> ReadWriteLock<T> for LoomRwLock<T> {
    type ReadGuard<'a> = LoomGuard<loom::sync::RwLockReadGuard<'a, T>>;
    type WriteGuard<'a> = LoomGuard<loom::sync::RwLockWriteGuard<'a, T>>;

    fn new(value: T) -> Self {
        LoomRwLock(loom::sync::RwLock::new(value))
    }

    #[track_caller]
    fn read(&self) -> Self::ReadGuard<'_> {
        Record::note_unfair_lock(false);
        // Not in a closure: a poisoned lock panics at the place of the caller.
        let guarded = Guarded;
        let guard = self.0.read();
        guarded.end();
        LoomGuard::new(guard.expect("loom panics where std returns an error"))
    }

    #[track_caller]
    fn write(&self) -> Self::WriteGuard<'_> {
        Record::note_unfair_lock(true);
        // Not in a closure: a poisoned lock panics at the place of the caller.
        let guarded = Guarded;
        let guard = self.0.write();
        guarded.end();
        LoomGuard::new(guard.expect("loom panics where std returns an error"))
    }

    fn try_read(&self) -> Option<Self::ReadGuard<'_>> {
        panic!("{NO_TRY_LOCK}")
    }

    fn try_write(&self) -> Option<Self::WriteGuard<'_>> {
        panic!("{NO_TRY_LOCK}")
    }
}
