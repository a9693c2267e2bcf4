//! Atomic integers.

use super::{Ordering, atomic, bitwise, on_failure};
use selvedge_explorer::sync::atomic::Atomic;

macro_rules! integers {
    ($($name:ident: $value:ident),* $(,)?) => {$(
        #[doc = concat!("An atomic `", stringify!($value), "`.")]
        #[derive(Debug)]
        pub struct $name(Atomic<$value>);

        impl $name {
            atomic!($value);
            bitwise!($value);

            /// Adds, wrapping around; returns the value before.
            #[inline]
            #[track_caller]
            pub fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                self.0.fetch_add(value, order)
            }

            /// Subtracts, wrapping around; returns the value before.
            #[inline]
            #[track_caller]
            pub fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                self.0.fetch_sub(value, order)
            }

            /// Takes the larger value; returns the value before.
            #[track_caller]
            pub fn fetch_max(&self, value: $value, order: Ordering) -> $value {
                self.0.fetch_max(value, order)
            }

            /// Takes the smaller value; returns the value before.
            #[track_caller]
            pub fn fetch_min(&self, value: $value, order: Ordering) -> $value {
                self.0.fetch_min(value, order)
            }
        }

        impl Default for $name {
            #[track_caller]
            fn default() -> Self {
                Self::new(0)
            }
        }

        impl From<$value> for $name {
            #[track_caller]
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }
    )*};
}

integers!(
    AtomicI8: i8,
    AtomicI16: i16,
    AtomicI32: i32,
    AtomicI64: i64,
    AtomicIsize: isize,
    AtomicU8: u8,
    AtomicU16: u16,
    AtomicU32: u32,
    AtomicU64: u64,
    AtomicUsize: usize,
);
