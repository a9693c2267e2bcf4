//! Shuttle's readers-writer lock, together with the threads that read what it holds.
//!
//! An attempt to read by a thread that reads already is refused: shuttle's fails, where `std`'s may succeed, and it
//! keeps a permit that nobody gives back, so that a writer would wait for ever (seen with shuttle 0.9.9).

use super::NO_SECOND_READ;
use crate::backend::{ReadWriteLock, unless_held};
use crate::execution::Record;
use shuttle::thread::{self, ThreadId};
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shuttle's readers-writer lock.
#[derive(Debug)]
pub struct ShuttleRwLock<T> {
    lock: shuttle::sync::RwLock<T>,
    readers: Readers,
}

/// The threads that hold a lock for reading.
#[derive(Debug, Default)]
struct Readers(Mutex<Vec<ThreadId>>);

impl Readers {
    fn threads(&self) -> MutexGuard<'_, Vec<ThreadId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to read what a lock holds.
#[derive(Debug)]
pub struct ShuttleReadGuard<'a, T> {
    // This is dropped after `Drop` has forgotten the thread, which alone is asked for.
    guard: shuttle::sync::RwLockReadGuard<'a, T>,
    readers: &'a Readers,
    thread: ThreadId,
}

impl<T> ShuttleRwLock<T> {
    /// Returns the guard with which the calling thread reads, and notes that it does.
    fn reading<'a>(&'a self, guard: shuttle::sync::RwLockReadGuard<'a, T>) -> ShuttleReadGuard<'a, T> {
        let thread = thread::current().id();
        self.readers.threads().push(thread);
        ShuttleReadGuard {
            guard,
            readers: &self.readers,
            thread,
        }
    }
}

impl<T> Deref for ShuttleReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> Drop for ShuttleReadGuard<'_, T> {
    fn drop(&mut self) {
        self.readers.threads().retain(|thread| *thread != self.thread);
    }
}

impl<T: Send + Sync + 'static> ReadWriteLock<T> for ShuttleRwLock<T> {
    type ReadGuard<'a> = ShuttleReadGuard<'a, T>;
    type WriteGuard<'a> = shuttle::sync::RwLockWriteGuard<'a, T>;

    #[track_caller]
    fn new(value: T) -> Self {
        ShuttleRwLock {
            lock: shuttle::sync::RwLock::new(value),
            readers: Readers::default(),
        }
    }

    #[track_caller]
    fn read(&self) -> ShuttleReadGuard<'_, T> {
        Record::note_unfair_lock(false);
        self.reading(self.lock.read().unwrap())
    }

    #[track_caller]
    fn write(&self) -> shuttle::sync::RwLockWriteGuard<'_, T> {
        Record::note_unfair_lock(true);
        self.lock.write().unwrap()
    }

    #[track_caller]
    fn try_read(&self) -> Option<ShuttleReadGuard<'_, T>> {
        Record::note_unfair_lock(false);
        let reads = self.readers.threads().contains(&thread::current().id());
        assert!(!reads, "{NO_SECOND_READ}");
        unless_held(self.lock.try_read()).map(|guard| self.reading(guard))
    }

    #[track_caller]
    fn try_write(&self) -> Option<shuttle::sync::RwLockWriteGuard<'_, T>> {
        unless_held(self.lock.try_write())
    }
}
