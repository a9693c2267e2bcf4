//! Poison: the sign that a thread has panicked while it held a lock.

use std::sync::{LockResult, PoisonError};

/// Returns the access that a lock gives, as an error if the lock is poisoned.
// As small as this is, a guard is slow to move: inlined, it stays in registers.
#[inline(always)]
pub(super) fn checked<T>(access: T, poisoned: bool) -> LockResult<T> {
    if poisoned {
        Err(PoisonError::new(access))
    } else {
        Ok(access)
    }
}
