//! The objects that a step creates for itself.
//!
//! A step has nowhere to publish them, so no other thread can see them: operations on them are invisible, and a
//! private lock protects nothing.

use super::{Checker, Fault, Obligation, fails};
use crate::invariant::value::Value;

/// The numbers from here on are those of private objects.
const FIRST: u32 = 1 << 31;

/// A private object.
#[derive(Debug)]
pub(super) struct Private {
    value: Value,
    held: bool,
}

impl Checker {
    pub(super) fn create_private(&mut self, value: Value) -> u32 {
        self.privates.push(Private { value, held: false });
        FIRST + self.privates.len() as u32 - 1
    }

    /// Returns the private object with this number; `None` if the number is that of a shared one.
    pub(super) fn private(&mut self, id: u32) -> Result<Option<&mut Value>, Fault> {
        if id < FIRST {
            return Ok(None);
        }
        let private = self.privates.get_mut((id - FIRST) as usize);
        private.map(|private| Some(&mut private.value)).ok_or_else(stale)
    }

    /// Locks a private lock.
    pub(super) fn lock_private(&mut self, id: u32) -> Result<Option<Value>, Fault> {
        if id < FIRST {
            return Ok(None);
        }
        let private = self.privates.get_mut((id - FIRST) as usize).ok_or_else(stale)?;
        if private.held {
            return Err(fails(
                Obligation::SectionsEnd,
                "a step locks a lock of its own twice",
            ));
        }
        private.held = true;
        Ok(Some(private.value))
    }

    /// Unlocks a private lock; returns `false` if the number is that of a shared one.
    pub(super) fn unlock_private(&mut self, id: u32, value: Option<Value>) -> bool {
        let private = id.checked_sub(FIRST);
        if let Some(private) = private.and_then(|index| self.privates.get_mut(index as usize)) {
            private.held = false;
            private.value = value.unwrap_or(private.value);
        }
        private.is_some()
    }
}

fn stale() -> Fault {
    fails(
        Obligation::NothingHidden,
        "a step uses an object that an earlier one created: it has kept it somewhere",
    )
}
