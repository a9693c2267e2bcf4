//! Atomics, shaped like `std::sync::atomic`.
//!
//! Orderings mean what they mean in C11, `SeqCst` too. A weak exchange may fail for no reason, which is explored.

mod boolean;
mod integer;
mod pointer;

use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

pub use boolean::AtomicBool;
pub use integer::{AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize};
pub use integer::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize};
pub use pointer::AtomicPtr;
pub use selvedge_explorer::sync::atomic::fence;
#[doc(no_inline)]
pub use std::sync::atomic::{Ordering, compiler_fence};

/// Does nothing: see [`yield_now`](crate::thread::yield_now).
pub fn spin_loop_hint() {
    crate::thread::yield_now();
}

/// Returns the ordering of a failure that `compare_and_swap` has with this one.
fn on_failure(ordering: Ordering) -> Ordering {
    match ordering {
        Release => Relaxed,
        AcqRel => Acquire,
        other => other,
    }
}

/// Defines the methods that the atomics of all types have, on a field `0` that is the explorer's atomic.
macro_rules! atomic {
    ($value:ty) => {
        /// Creates an atomic with this value.
        ///
        /// # Panics
        ///
        /// Outside a model.
        #[track_caller]
        pub fn new(value: $value) -> Self {
            Self(Atomic::new(value))
        }

        /// Calls the function with a reference to the value.
        ///
        /// This is a load, and a store if the value has changed; no other thread can access the atomic meanwhile, as
        /// the caller has exclusive access.
        #[track_caller]
        pub fn with_mut<R>(&mut self, function: impl FnOnce(&mut $value) -> R) -> R {
            function(&mut self.0.get_mut())
        }

        /// Loads the value without synchronisation. This is a relaxed load.
        ///
        /// # Safety
        ///
        /// All stores must happen before it, or after it: it stands for a plain access of the memory. That is *not*
        /// checked here.
        #[track_caller]
        #[expect(unsafe_code, reason = "it is unsafe in loom")]
        pub unsafe fn unsync_load(&self) -> $value {
            self.0.load(Ordering::Relaxed)
        }

        /// Consumes the atomic and returns its value.
        #[track_caller]
        pub fn into_inner(self) -> $value {
            self.0.into_inner()
        }

        /// Loads the value.
        ///
        /// # Panics
        ///
        /// If the ordering is `Release` or `AcqRel`.
        #[inline]
        #[track_caller]
        pub fn load(&self, order: Ordering) -> $value {
            self.0.load(order)
        }

        /// Stores a value.
        ///
        /// # Panics
        ///
        /// If the ordering is `Acquire` or `AcqRel`.
        #[inline]
        #[track_caller]
        pub fn store(&self, value: $value, order: Ordering) {
            self.0.store(value, order);
        }

        /// Stores a value and returns the one before.
        #[inline]
        #[track_caller]
        pub fn swap(&self, value: $value, order: Ordering) -> $value {
            self.0.swap(value, order)
        }

        /// Stores `new` if the value is `current`; returns the value before.
        #[track_caller]
        pub fn compare_and_swap(&self, current: $value, new: $value, order: Ordering) -> $value {
            let exchanged = self
                .0
                .compare_exchange(current, new, order, on_failure(order));
            exchanged.unwrap_or_else(|before| before)
        }

        /// Stores `new` if the value is `current`; returns the value before.
        ///
        /// # Errors
        ///
        /// If the value is another: that.
        ///
        /// # Panics
        ///
        /// If the ordering on failure is `Release` or `AcqRel`.
        #[inline]
        #[track_caller]
        pub fn compare_exchange(
            &self,
            current: $value,
            new: $value,
            success: Ordering,
            failure: Ordering,
        ) -> Result<$value, $value> {
            self.0.compare_exchange(current, new, success, failure)
        }

        /// Stores `new` if the value is `current`, or fails for no reason; returns the value before.
        ///
        /// # Errors
        ///
        /// If the value is another, or for no reason: the value.
        ///
        /// # Panics
        ///
        /// If the ordering on failure is `Release` or `AcqRel`.
        #[track_caller]
        pub fn compare_exchange_weak(
            &self,
            current: $value,
            new: $value,
            success: Ordering,
            failure: Ordering,
        ) -> Result<$value, $value> {
            self.0.compare_exchange_weak(current, new, success, failure)
        }

        /// Replaces the value by what the function returns, unless that is `None`; returns the value before.
        ///
        /// # Errors
        ///
        /// If the function returned `None`: the value that it was given.
        #[track_caller]
        pub fn fetch_update(
            &self,
            set_order: Ordering,
            fetch_order: Ordering,
            function: impl FnMut($value) -> Option<$value>,
        ) -> Result<$value, $value> {
            self.0.fetch_update(set_order, fetch_order, function)
        }

        /// Replaces the value by what the function returns, unless that is `None`; returns the value before.
        ///
        /// # Errors
        ///
        /// If the function returned `None`: the value that it was given.
        #[track_caller]
        pub fn try_update(
            &self,
            set_order: Ordering,
            fetch_order: Ordering,
            function: impl FnMut($value) -> Option<$value>,
        ) -> Result<$value, $value> {
            self.0.fetch_update(set_order, fetch_order, function)
        }

        /// Replaces the value by what the function returns; returns the value before.
        #[track_caller]
        pub fn update(
            &self,
            set_order: Ordering,
            fetch_order: Ordering,
            mut function: impl FnMut($value) -> $value,
        ) -> $value {
            let updated = self
                .0
                .fetch_update(set_order, fetch_order, |value| Some(function(value)));
            updated.unwrap_or_else(|_| unreachable!("the function always returns a value"))
        }
    };
}

/// Defines bitwise read-modify-writes.
macro_rules! bitwise {
    ($value:ty) => {
        /// Bitwise and; returns the value before.
        #[track_caller]
        pub fn fetch_and(&self, value: $value, order: Ordering) -> $value {
            self.0.fetch_and(value, order)
        }

        /// Bitwise not-and; returns the value before.
        #[track_caller]
        pub fn fetch_nand(&self, value: $value, order: Ordering) -> $value {
            self.0.fetch_nand(value, order)
        }

        /// Bitwise or; returns the value before.
        #[track_caller]
        pub fn fetch_or(&self, value: $value, order: Ordering) -> $value {
            self.0.fetch_or(value, order)
        }

        /// Bitwise exclusive or; returns the value before.
        #[track_caller]
        pub fn fetch_xor(&self, value: $value, order: Ordering) -> $value {
            self.0.fetch_xor(value, order)
        }
    };
}

use atomic;
use bitwise;
