//! The model of a readers-writer lock.
//!
//! Acquiring and releasing for reading commute with each other; the rest is ordered.
//! `TryWriteLock` is ordered even when it fails, since a reader's acquisition can be the cause.
//!
//! # Preference
//!
//! `std` says nothing of who goes first. A lock may let readers in while a writer waits for other readers, or
//! may keep them out; a program must be right with both. So a writer that meets readers is *queued*
//! (`WriteLockOrQueue` fails), and while readers hold the lock and a writer is queued, no more readers get
//! in. That explores both:
//!
//! - Each execution of a lock without preference is one of this lock. Let the writer be slow, so that it
//!   takes that step only when it can acquire the lock: then it is never queued.
//! - Each execution here is one that a lock with preference allows. Where no reader holds the lock, a queued
//!   writer can go on, so it delays a reader and no more: keeping readers out there would leave out
//!   executions, and show no new deadlock. The same holds for a writer that waits for a writer.
//!
//! While a writer is queued, readers do not commute any more: the last to leave lets the next one in, and the
//! first to come in keeps the others out.

use crate::identity::ThreadIndex;
use crate::limit::{self, Limit};
use crate::operation::{Access, OperationKind, OperationResult};

/// The state of a readers-writer lock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct RwLock {
    pub(crate) writer: Option<ThreadIndex>,
    pub(crate) poisoned: bool,
    /// The writers that are queued, as a bit set.
    pub(crate) queued: u16,
    /// The number of times that each thread holds the lock for reading: four bits for each.
    readers: u64,
}

impl RwLock {
    /// Returns `true` if no thread holds it.
    pub(super) fn is_free(&self) -> bool {
        self.writer.is_none() && self.readers == 0
    }

    /// Returns `true` if the lock lets a reader in: if no writer holds it, and no readers hold it while a
    /// writer is queued.
    pub(super) fn lets_read(&self) -> bool {
        self.writer.is_none() && (self.queued == 0 || self.readers == 0)
    }

    /// Returns the access of a reader's operation.
    pub(super) fn access_of_reader(&self, kind: OperationKind) -> Access {
        let fails = kind == OperationKind::TryReadLock && !self.lets_read();
        match self.queued == 0 || fails {
            true => Access::Shared,
            false => Access::Exclusive,
        }
    }

    /// Lets the thread read; the result says if the lock is poisoned.
    ///
    /// More than 15 read locks of one thread at once are beyond [`Limit::ReadLocks`].
    pub(super) fn read(&mut self, thread: ThreadIndex) -> OperationResult {
        let shift = 4 * u32::from(thread);
        if self.readers >> shift & 15 == 15 {
            limit::reach(Limit::ReadLocks);
        }
        self.readers += 1 << shift;
        OperationResult::of(self.poisoned.into())
    }

    /// Lets the thread read, if the lock lets a reader in.
    pub(super) fn try_read(&mut self, thread: ThreadIndex) -> OperationResult {
        match self.lets_read() {
            true => self.read(thread),
            false => OperationResult::failed(self.observe()),
        }
    }

    /// Takes one read lock back.
    pub(super) fn read_unlock(&mut self, thread: ThreadIndex) -> OperationResult {
        self.readers -= 1 << (4 * u32::from(thread));
        OperationResult::of(self.poisoned.into())
    }

    /// Lets the thread write, and takes it off the queue; the result says if the lock is poisoned.
    pub(super) fn write(&mut self, thread: ThreadIndex) -> OperationResult {
        self.writer = Some(thread);
        self.queued &= !(1 << thread);
        OperationResult::of(self.poisoned.into())
    }

    /// Lets the thread write, or queues it, if readers hold the lock.
    pub(super) fn write_or_queue(&mut self, thread: ThreadIndex) -> OperationResult {
        match self.is_free() {
            true => self.write(thread),
            false => {
                self.queued |= 1 << thread;
                OperationResult::failed(self.observe())
            }
        }
    }

    /// Lets the thread write, if no thread holds the lock.
    pub(super) fn try_write(&mut self, thread: ThreadIndex) -> OperationResult {
        match self.is_free() {
            true => self.write(thread),
            false => OperationResult::failed(self.observe()),
        }
    }

    /// Takes the write lock back; the result says if the lock was poisoned before.
    pub(super) fn write_unlock(&mut self, poison: bool) -> OperationResult {
        let poisoned = self.poisoned;
        self.writer = None;
        self.poisoned |= poison;
        OperationResult::of(poisoned.into())
    }

    /// Returns 0 if the lock is free, 1 if readers hold it, 2 if a writer does.
    pub(super) fn observe(&self) -> u64 {
        match (self.writer, self.readers) {
            (Some(_), _) => 2,
            (None, 0) => 0,
            (None, _) => 1,
        }
    }

    /// Returns the threads that hold the lock, as a bit set.
    pub(super) fn holders(&self) -> u32 {
        let readers = (0..16).filter(|thread| self.readers >> (4 * thread) & 15 != 0);
        let writer = self.writer.map_or(0, |writer| 1 << writer);
        readers.fold(writer, |set, thread| set | 1 << thread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_share_and_keep_writers_out() {
        let mut rwlock = RwLock::default();
        rwlock.read(1);
        rwlock.read(2);
        rwlock.read(2);
        assert_eq!(rwlock.holders(), 0b110);
        assert!(rwlock.writer.is_none() && !rwlock.is_free());
        assert_eq!(rwlock.try_write(3), OperationResult::failed(1));
        rwlock.read_unlock(2);
        assert_eq!(rwlock.holders(), 0b110);
        rwlock.read_unlock(2);
        rwlock.read_unlock(1);
        assert!(rwlock.is_free());
        assert_eq!(rwlock, RwLock::default());
    }

    #[test]
    fn a_writer_keeps_everyone_out_and_may_poison() {
        let mut rwlock = RwLock::default();
        rwlock.write(15);
        assert_eq!(rwlock.holders(), 1 << 15);
        assert!(rwlock.writer.is_some() && !rwlock.is_free());
        assert_eq!(rwlock.try_read(0), OperationResult::failed(2));
        rwlock.write_unlock(true);
        assert_eq!(rwlock.read(0), OperationResult::of(1));
    }
}
