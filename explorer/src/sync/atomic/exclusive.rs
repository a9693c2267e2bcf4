//! Exclusive access to an atomic's value, for the owner of the atomic.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use super::{Atomic, AtomicValue, Ordering};
use crate::operation::OperationKind;
use crate::runtime;

/// Exclusive access to the value of an atomic; puts it back when dropped.
///
/// See [`Atomic::get_mut`]. If it is leaked, the atomic keeps the value that it had.
pub struct AtomicMut<'a, T: AtomicValue> {
    atomic: &'a mut Atomic<T>,
    /// The value in the atomic, as bits.
    held: u64,
    value: T,
    /// The place where the access was taken: it is also reported as the place of the store.
    location: &'static Location<'static>,
}

impl<'a, T: AtomicValue> AtomicMut<'a, T> {
    /// Loads the value.
    pub(super) fn new(atomic: &'a mut Atomic<T>, location: &'static Location<'static>) -> Self {
        let load = OperationKind::Load(Ordering::Relaxed);
        let held = runtime::perform(load, atomic.handle, location).value;
        Self {
            atomic,
            held,
            value: T::from_bits(held),
            location,
        }
    }
}

impl<T: AtomicValue + fmt::Debug> fmt::Debug for AtomicMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: AtomicValue> Deref for AtomicMut<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: AtomicValue> DerefMut for AtomicMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: AtomicValue> Drop for AtomicMut<'_, T> {
    fn drop(&mut self) {
        if !runtime::in_execution() {
            return;
        }
        let value = self.value.to_bits();
        if value != self.held {
            let store = OperationKind::Store(Ordering::Relaxed, value);
            runtime::perform(store, self.atomic.handle, self.location);
        }
    }
}
