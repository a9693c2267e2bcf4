//! Memory that the threads of one execution take turns at: a mutex without atomics.
#![expect(
    unsafe_code,
    reason = "the model of a primitive, not the compiler, decides who may enter"
)]

use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::MutexGuard;

use super::{current_serial, outside};

/// Memory that one thread at a time has access to.
///
/// The model of a primitive decides which thread may enter; this checks that no other is inside.
pub(crate) struct Guarded<T: ?Sized> {
    /// The execution it belongs to.
    serial: u64,
    /// `true` while there is a [`Taken`]; accessed only on the OS thread of the execution.
    taken: Cell<bool>,
    value: UnsafeCell<T>,
}

// SAFETY: a shared reference gives access to `taken` and `value` only by way of `try_take`, which
// insists on being called in the execution it belongs to, and all of an execution runs on one OS
// thread. So other OS threads reach `taken` not at all, and `value` only where a `Taken` is shared,
// which asks for `T: Sync`, or with exclusive access to the whole, which may send a `T`.
unsafe impl<T: ?Sized + Send> Sync for Guarded<T> {}

// A thread that panics inside poisons the primitive, as in the standard library.
impl<T: ?Sized> UnwindSafe for Guarded<T> {}
impl<T: ?Sized> RefUnwindSafe for Guarded<T> {}

/// Exclusive access to guarded memory, until it is dropped.
pub(crate) struct Taken<'a, T: ?Sized> {
    from: &'a Guarded<T>,
    /// It stays on its OS thread, and is shared with others only if `T` may be.
    like: PhantomData<MutexGuard<'a, T>>,
}

impl<T> Guarded<T> {
    /// Creates memory of the current execution.
    pub(crate) fn new(value: T) -> Self {
        Self {
            serial: current_serial().unwrap_or_else(|| outside("memory was created")),
            taken: Cell::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Returns the value.
    pub(crate) fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> Guarded<T> {
    /// Takes the memory, if no other code has it.
    ///
    /// # Panics
    ///
    /// Outside the execution in which it was created.
    #[inline]
    pub(crate) fn try_take(&self) -> Option<Taken<'_, T>> {
        assert!(
            current_serial() == Some(self.serial),
            "the memory belongs to another execution"
        );
        let free = !self.taken.replace(true);
        free.then(|| Taken {
            from: self,
            like: PhantomData,
        })
    }

    /// Returns the value, by exclusive access to the whole.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

impl<T: ?Sized> Deref for Taken<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: there is one `Taken` at a time, and this borrows it.
        unsafe { &*self.from.value.get() }
    }
}

impl<T: ?Sized> DerefMut for Taken<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: there is one `Taken` at a time, and this borrows it exclusively.
        unsafe { &mut *self.from.value.get() }
    }
}

impl<T: ?Sized> Drop for Taken<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // It is not `Send`, so this is the OS thread on which it was taken: that of the execution.
        self.from.taken.set(false);
    }
}
