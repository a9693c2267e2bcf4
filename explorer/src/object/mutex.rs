//! The model of a mutex.
//!
//! `Lock` is enabled while the mutex is free; `TryLock` always is. All pairs are ordered, except
//! for questions that change nothing: a `TryLock` that fails, and `IsPoisoned`. Waiting on a
//! condition variable releases the mutex; `Reacquire` takes it again. A `TryLock` that fails leaves a mark,
//! which commutes with others of its kind, and which only a wait looks at.

use crate::identity::ThreadIndex;
use crate::operation::OperationResult;

/// The state of a mutex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Mutex {
    pub(crate) holder: Option<ThreadIndex>,
    pub(crate) poisoned: bool,
    /// `true` if a thread has failed to lock it since it was acquired.
    pub(crate) tried: bool,
}

impl Mutex {
    /// Returns `true` if no thread holds it.
    #[inline]
    pub(super) fn is_free(&self) -> bool {
        self.holder.is_none()
    }

    /// Lets the thread hold it; the result says if it is poisoned.
    pub(super) fn lock(&mut self, thread: ThreadIndex) -> OperationResult {
        self.holder = Some(thread);
        OperationResult::of(self.poisoned.into())
    }

    /// Lets the thread hold it, if it is free.
    pub(super) fn try_lock(&mut self, thread: ThreadIndex) -> OperationResult {
        match self.is_free() {
            true => self.lock(thread),
            false => {
                self.tried = true;
                OperationResult::failed(1)
            }
        }
    }

    /// Frees it; the result says if it was poisoned before.
    pub(super) fn unlock(&mut self, poison: bool) -> OperationResult {
        let poisoned = self.poisoned;
        self.holder = None;
        self.poisoned |= poison;
        self.tried = false;
        OperationResult::of(poisoned.into())
    }

    /// Frees it for a wait, which may begin or end at once, for no reason; the result says if a thread has
    /// failed to lock it.
    pub(super) fn release_to_wait(&mut self, begins: bool) -> OperationResult {
        let tried = self.tried;
        self.unlock(false);
        OperationResult {
            succeeded: begins,
            ..OperationResult::of(tried.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_mutex_refuses_to_be_tried() {
        let mut mutex = Mutex::default();
        assert_eq!(mutex.lock(3), OperationResult::of(0));
        assert_eq!(mutex.holder, Some(3));
        assert_eq!(mutex.try_lock(2), OperationResult::failed(1));
        mutex.unlock(false);
        assert_eq!(mutex.try_lock(2), OperationResult::of(0));
        assert_eq!(mutex.holder, Some(2));
    }

    #[test]
    fn poison_stays_until_it_is_cleared() {
        use crate::object::ObjectState;
        use crate::operation::OperationKind::{ClearPoison, IsPoisoned, Lock, Unlock};

        let mut mutex = ObjectState::Mutex(Mutex::default());
        mutex.apply(Lock, 0, 0);
        mutex.apply(Unlock(true), 0, 0);
        assert_eq!(mutex.apply(Lock, 1, 0), OperationResult::of(1));
        mutex.apply(Unlock(false), 1, 0);
        assert_eq!(mutex.apply(IsPoisoned, 1, 0), OperationResult::of(1));
        mutex.apply(ClearPoison, 1, 0);
        assert_eq!(mutex.apply(IsPoisoned, 1, 0), OperationResult::of(0));
    }
}
