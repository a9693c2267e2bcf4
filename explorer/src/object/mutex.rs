//! The model of a mutex.
//!
//! `Lock` is enabled while the mutex is free; `TryLock` always is. All pairs are ordered, except
//! for questions that change nothing: a `TryLock` that fails, and `IsPoisoned`. Waiting on a
//! condition variable releases the mutex; `Reacquire` takes it again.

use crate::identity::ThreadIndex;
use crate::operation::{Access, OperationKind, OperationResult};

/// The state of a mutex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Mutex {
    pub(crate) holder: Option<ThreadIndex>,
    pub(crate) poisoned: bool,
}

impl Mutex {
    pub(super) fn enabled(&self, kind: OperationKind) -> bool {
        match kind {
            OperationKind::Lock | OperationKind::Reacquire => self.holder.is_none(),
            _ => true,
        }
    }

    pub(super) fn access(&self, kind: OperationKind) -> Access {
        match kind {
            OperationKind::TryLock if self.holder.is_some() => Access::Shared,
            OperationKind::IsPoisoned => Access::Shared,
            _ => Access::Exclusive,
        }
    }

    pub(super) fn apply(&mut self, kind: OperationKind, thread: ThreadIndex) -> OperationResult {
        let poisoned = u64::from(self.poisoned);
        match kind {
            OperationKind::TryLock if self.holder.is_some() => return OperationResult::failed(1),
            OperationKind::Lock | OperationKind::TryLock | OperationKind::Reacquire => {
                self.holder = Some(thread);
            }
            OperationKind::Unlock(poison) => {
                self.holder = None;
                self.poisoned |= poison;
            }
            OperationKind::Wait => self.holder = None,
            OperationKind::IsPoisoned => {}
            OperationKind::ClearPoison => self.poisoned = false,
            _ => unreachable!("{kind:?} is not an operation on a mutex"),
        }
        OperationResult::of(poisoned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OperationKind::{ClearPoison, IsPoisoned, Lock, Reacquire, TryLock, Unlock, Wait};

    #[test]
    fn a_held_mutex_disables_lock_but_not_try_lock() {
        let mut mutex = Mutex::default();
        assert!(mutex.enabled(Lock));
        assert_eq!(mutex.apply(Lock, 3), OperationResult::of(0));
        assert_eq!(mutex.holder, Some(3));
        assert!(!mutex.enabled(Lock) && !mutex.enabled(Reacquire) && mutex.enabled(TryLock));
        assert_eq!(mutex.access(TryLock), Access::Shared);
        assert_eq!(mutex.apply(TryLock, 2), OperationResult::failed(1));
        mutex.apply(Wait, 3);
        assert_eq!(mutex.access(TryLock), Access::Exclusive);
        assert_eq!(mutex.apply(TryLock, 2), OperationResult::of(0));
    }

    #[test]
    fn poison_stays_until_it_is_cleared() {
        let mut mutex = Mutex::default();
        mutex.apply(Lock, 0);
        mutex.apply(Unlock(true), 0);
        assert_eq!(mutex.apply(Lock, 1), OperationResult::of(1));
        mutex.apply(Unlock(false), 1);
        assert_eq!(mutex.apply(IsPoisoned, 1), OperationResult::of(1));
        mutex.apply(ClearPoison, 1);
        assert_eq!(mutex.apply(IsPoisoned, 1), OperationResult::of(0));
    }
}
