//! Readers-writer locks. Whoever holds one for reading keeps writers out of what it holds, and nobody out of anything
//! else.

use super::mutex::CheckedGuard;
use super::{Handle, refuse_attempt};
use crate::backend::ReadWriteLock;
use crate::explorer::ObjectKind;
use crate::invariant::checker::ask;
use crate::invariant::value::unpack;
use std::ops::Deref;

/// A readers-writer lock, of which there is but the number.
pub(in crate::invariant) struct CheckedRwLock<T>(Handle<T>);

/// The right to read what a readers-writer lock holds.
pub(in crate::invariant) struct ReadGuard<T: 'static> {
    lock: u32,
    value: T,
}

impl<T: Send + Sync + 'static> ReadWriteLock<T> for CheckedRwLock<T> {
    type ReadGuard<'a> = ReadGuard<T>;
    type WriteGuard<'a> = CheckedGuard<T>;

    fn new(value: T) -> Self {
        CheckedRwLock(Handle::new(ObjectKind::RwLock, &value))
    }

    fn named(self, name: &'static str) -> Self {
        CheckedRwLock(self.0.named(name))
    }

    fn read(&self) -> ReadGuard<T> {
        let lock = self.0.id;
        let value = ask(|checker| checker.lock(lock, false));
        ReadGuard {
            lock,
            value: unpack(value).expect("other types are refused"),
        }
    }

    fn write(&self) -> CheckedGuard<T> {
        CheckedGuard::lock(self.0.id)
    }

    fn try_read(&self) -> Option<ReadGuard<T>> {
        refuse_attempt();
        None
    }

    fn try_write(&self) -> Option<CheckedGuard<T>> {
        refuse_attempt();
        None
    }
}

impl<T> Deref for ReadGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: 'static> Drop for ReadGuard<T> {
    fn drop(&mut self) {
        ask(|checker| checker.unlock(self.lock, None));
    }
}
