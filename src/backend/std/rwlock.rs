//! `std`'s readers-writer lock.

use super::open_gate_if_main;
use crate::backend::ReadWriteLock;
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
}
