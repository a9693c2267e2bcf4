//! `std`'s readers-writer lock.

use super::open_gate_if_main;
use crate::backend::{ReadWriteLock, unless_held};
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

impl<T: Send + Sync + 'static> ReadWriteLock<T> for RwLock<T> {
    type ReadGuard<'a> = RwLockReadGuard<'a, T>;
    type WriteGuard<'a> = RwLockWriteGuard<'a, T>;

    fn new(value: T) -> Self {
        RwLock::new(value)
    }

    fn read(&self) -> RwLockReadGuard<'_, T> {
        open_gate_if_main();
        RwLock::read(self).unwrap()
    }

    fn write(&self) -> RwLockWriteGuard<'_, T> {
        open_gate_if_main();
        RwLock::write(self).unwrap()
    }

    #[track_caller]
    fn try_read(&self) -> Option<RwLockReadGuard<'_, T>> {
        unless_held(RwLock::try_read(self))
    }

    #[track_caller]
    fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        unless_held(RwLock::try_write(self))
    }
}
