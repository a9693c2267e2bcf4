//! The explorer's atomics, which have names, and an `add` that tells nothing.

use crate::backend::{Atomic, AtomicBits, AtomicInteger};
use selvedge_explorer::sync::atomic::{self, AtomicValue, Bits, Integer, Ordering};

impl<T: AtomicValue + 'static> Atomic<T> for atomic::Atomic<T> {
    #[track_caller]
    fn new(value: T) -> Self {
        atomic::Atomic::new(value)
    }

    fn named(self, name: &'static str) -> Self {
        atomic::Atomic::named(self, name)
    }

    #[inline]
    #[track_caller]
    fn load(&self, ordering: Ordering) -> T {
        atomic::Atomic::load(self, ordering)
    }

    #[inline]
    #[track_caller]
    fn store(&self, value: T, ordering: Ordering) {
        atomic::Atomic::store(self, value, ordering);
    }

    #[inline]
    #[track_caller]
    fn swap(&self, value: T, ordering: Ordering) -> T {
        atomic::Atomic::swap(self, value, ordering)
    }

    #[inline]
    #[track_caller]
    fn compare_exchange(&self, current: T, new: T, success: Ordering, failure: Ordering) -> Result<T, T> {
        atomic::Atomic::compare_exchange(self, current, new, success, failure)
    }

    #[inline]
    #[track_caller]
    fn compare_exchange_weak(
        &self,
        current: T,
        new: T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<T, T> {
        atomic::Atomic::compare_exchange_weak(self, current, new, success, failure)
    }
}

/// Read-modify-writes, each of which forwards to the explorer's.
macro_rules! updates {
    ($which:ident for $values:ident { $($method:ident),* } $($rest:tt)*) => {
        impl<T: $values + 'static> $which<T> for atomic::Atomic<T> {
            $(
                #[inline]
                #[track_caller]
                fn $method(&self, value: T, ordering: Ordering) -> T {
                    atomic::Atomic::$method(self, value, ordering)
                }
            )*

            $($rest)*
        }
    };
}

updates!(AtomicBits for Bits { fetch_and, fetch_nand, fetch_or, fetch_xor });

updates!(
    AtomicInteger for Integer { fetch_add, fetch_sub, fetch_max, fetch_min }

    #[inline]
    #[track_caller]
    fn add(&self, value: T, ordering: Ordering) {
        atomic::Atomic::add(self, value, ordering);
    }
);
