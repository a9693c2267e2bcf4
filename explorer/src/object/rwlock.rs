//! The model of a readers-writer lock.
//!
//! Acquiring and releasing for reading commute with each other; the rest is ordered. A writer
//! waits for all readers, a reader only for a writer: no fairness between them is assumed.
//! `TryWriteLock` is ordered even when it fails, since a reader's acquisition can be the cause.

use crate::identity::ThreadIndex;
use crate::operation::{Access, OperationKind, OperationResult};

/// The state of a readers-writer lock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct RwLock {
    pub(crate) writer: Option<ThreadIndex>,
    pub(crate) poisoned: bool,
    /// How many times each thread holds the lock for reading: four bits for each.
    readers: u64,
}

impl RwLock {
    pub(super) fn enabled(&self, kind: OperationKind) -> bool {
        match kind {
            OperationKind::ReadLock => self.writer.is_none(),
            OperationKind::WriteLock => self.is_free(),
            _ => true,
        }
    }

    pub(super) fn access(&self, kind: OperationKind) -> Access {
        match kind {
            OperationKind::ReadLock
            | OperationKind::TryReadLock
            | OperationKind::ReadUnlock
            | OperationKind::IsPoisoned => Access::Shared,
            _ => Access::Exclusive,
        }
    }

    pub(super) fn apply(&mut self, kind: OperationKind, thread: ThreadIndex) -> OperationResult {
        let poisoned = u64::from(self.poisoned);
        match kind {
            OperationKind::TryReadLock if self.writer.is_some() => {
                return OperationResult::failed(self.observe());
            }
            OperationKind::TryWriteLock if !self.is_free() => {
                return OperationResult::failed(self.observe());
            }
            OperationKind::ReadLock | OperationKind::TryReadLock => self.add_reader(thread),
            OperationKind::ReadUnlock => self.readers -= 1 << (4 * u32::from(thread)),
            OperationKind::WriteLock | OperationKind::TryWriteLock => self.writer = Some(thread),
            OperationKind::WriteUnlock(poison) => {
                self.writer = None;
                self.poisoned |= poison;
            }
            OperationKind::IsPoisoned => {}
            OperationKind::ClearPoison => self.poisoned = false,
            _ => unreachable!("{kind:?} is not an operation on a readers-writer lock"),
        }
        OperationResult::of(poisoned)
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

    fn is_free(&self) -> bool {
        self.writer.is_none() && self.readers == 0
    }

    fn add_reader(&mut self, thread: ThreadIndex) {
        let shift = 4 * u32::from(thread);
        assert!(
            self.readers >> shift & 15 < 15,
            "a thread holds more than 15 read locks at once"
        );
        self.readers += 1 << shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OperationKind::{ReadLock, ReadUnlock, TryReadLock, TryWriteLock, WriteLock, WriteUnlock};

    #[test]
    fn readers_share_and_keep_writers_out() {
        let mut rwlock = RwLock::default();
        rwlock.apply(ReadLock, 1);
        rwlock.apply(ReadLock, 2);
        rwlock.apply(ReadLock, 2);
        assert_eq!(rwlock.holders(), 0b110);
        assert!(rwlock.enabled(ReadLock) && !rwlock.enabled(WriteLock));
        assert_eq!(rwlock.apply(TryWriteLock, 3), OperationResult::failed(1));
        rwlock.apply(ReadUnlock, 2);
        assert_eq!(rwlock.holders(), 0b110);
        rwlock.apply(ReadUnlock, 2);
        rwlock.apply(ReadUnlock, 1);
        assert!(rwlock.enabled(WriteLock));
        assert_eq!(rwlock, RwLock::default());
    }

    #[test]
    fn a_writer_keeps_everyone_out_and_may_poison() {
        let mut rwlock = RwLock::default();
        rwlock.apply(WriteLock, 15);
        assert_eq!(rwlock.holders(), 1 << 15);
        assert!(!rwlock.enabled(ReadLock) && !rwlock.enabled(WriteLock));
        assert_eq!(rwlock.apply(TryReadLock, 0), OperationResult::failed(2));
        rwlock.apply(WriteUnlock(true), 15);
        assert_eq!(rwlock.apply(ReadLock, 0), OperationResult::of(1));
    }

    #[test]
    fn only_reading_is_shared() {
        let rwlock = RwLock::default();
        assert_eq!(rwlock.access(ReadLock), Access::Shared);
        assert_eq!(rwlock.access(ReadUnlock), Access::Shared);
        assert_eq!(rwlock.access(TryWriteLock), Access::Exclusive);
        assert_eq!(rwlock.access(WriteUnlock(false)), Access::Exclusive);
    }
}
