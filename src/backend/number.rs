//! Numbers that threads count with, of which a proof for every number of iterations knows only sums.

use super::{Atomic, AtomicInteger};
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::sync::atomic::Ordering;

/// A number that threads count with, of which only sums are known.
pub trait Int:
    Copy
    + Send
    + Sync
    + From<i64>
    + Add<i64, Output = Self>
    + AddAssign<i64>
    + Sub<i64, Output = Self>
    + SubAssign<i64>
    + 'static
{
}

impl Int for i64 {}

/// An atomic number that threads count with: an atomic [`Int`].
pub trait AtomicNumber<T>: Atomic<T> {
    /// Adds `value`, wraps around on overflow, and returns the previous value, in one step.
    fn fetch_add(&self, value: T, ordering: Ordering) -> T;

    /// Adds `value` as [`AtomicInteger::add`] does, and returns nothing.
    #[track_caller]
    fn add(&self, value: T, ordering: Ordering) {
        self.fetch_add(value, ordering);
    }
}

impl<A: AtomicInteger<i64>> AtomicNumber<i64> for A {
    #[inline]
    #[track_caller]
    fn fetch_add(&self, value: i64, ordering: Ordering) -> i64 {
        AtomicInteger::fetch_add(self, value, ordering)
    }

    #[inline]
    #[track_caller]
    fn add(&self, value: i64, ordering: Ordering) {
        AtomicInteger::add(self, value, ordering);
    }
}
