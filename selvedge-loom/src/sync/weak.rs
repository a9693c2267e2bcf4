//! References that do not own.

use std::fmt;
use std::sync;
use std::sync::atomic::Ordering::AcqRel;

use super::Arc;
use super::arc::Count;
use crate::execution::Counts;

/// A reference to the value of an [`Arc`] that does not keep it, like `std`'s [`Weak`](std::sync::Weak).
pub struct Weak<T: ?Sized> {
    pub(super) count: Option<sync::Arc<Count>>,
    pub(super) value: sync::Weak<T>,
}

impl<T> Default for Weak<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Weak<T> {
    /// Creates a reference to nothing.
    pub fn new() -> Self {
        Self {
            count: None,
            value: sync::Weak::new(),
        }
    }
}

impl<T: ?Sized> Weak<T> {
    /// Returns an [`Arc`] of the value, if there still is one.
    #[track_caller]
    pub fn upgrade(&self) -> Option<Arc<T>> {
        if let Some(count) = &self.count {
            count.ask(Counts::Drops, AcqRel);
            if count.is_dead() {
                return None;
            }
        }
        let value = self.value.upgrade()?;
        Some(Arc::from_parts(self.count.clone(), value))
    }

    /// Returns the number of [`Arc`]s of the value.
    #[track_caller]
    pub fn strong_count(&self) -> usize {
        if let Some(count) = &self.count {
            count.ask(Counts::All, AcqRel);
        }
        self.value.strong_count()
    }

    /// Returns `true` if both refer to the same value.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.value.ptr_eq(&other.value)
    }
}

impl<T: ?Sized> Clone for Weak<T> {
    fn clone(&self) -> Self {
        Self {
            count: self.count.clone(),
            value: self.value.clone(),
        }
    }
}

impl<T: ?Sized> fmt::Debug for Weak<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(Weak)")
    }
}
