//! Atomic pointers: none is created, as no sum can be seen in an address.

use super::Handle;
use crate::backend::Atomic;
use crate::explorer::ObjectKind;
use crate::invariant::checker::{ask, fails};
use crate::invariant::obligation::Obligation;
use std::ptr;
use std::sync::atomic::Ordering;

/// An atomic pointer, which is refused when it is created.
pub(in crate::invariant) struct CheckedPointer<T>(Handle<*mut T>);

impl<T: 'static> CheckedPointer<T> {
    /// Refuses an operation; only a destructor comes here, on a thread that panics.
    fn refused(&self) -> *mut T {
        ask::<()>(|_| {
            Err(fails(
                Obligation::ConstantChange,
                "no change can be computed of a pointer",
            ))
        });
        ptr::null_mut()
    }
}

impl<T: 'static> Atomic<*mut T> for CheckedPointer<T> {
    fn new(value: *mut T) -> Self {
        CheckedPointer(Handle::new(ObjectKind::AtomicPtr, &value))
    }

    fn named(self, name: &'static str) -> Self {
        CheckedPointer(self.0.named(name))
    }

    fn load(&self, _: Ordering) -> *mut T {
        self.refused()
    }

    fn store(&self, _: *mut T, _: Ordering) {
        self.refused();
    }

    fn swap(&self, _: *mut T, _: Ordering) -> *mut T {
        self.refused()
    }

    fn compare_exchange(&self, _: *mut T, _: *mut T, _: Ordering, _: Ordering) -> Result<*mut T, *mut T> {
        Err(self.refused())
    }
}
