//! The atomic traits, implemented for the atomic types of all backends.
//!
//! The atomic types of `std`, loom, shuttle and the explorer have the same methods, to which the two macros
//! forward. Only those of the explorer have names, and an `add`. Where a weak exchange never fails for no reason,
//! that is noted as a gap, the expression after the arrow. The modules of loom and shuttle use the macros for
//! their own types.

use super::{Atomic, AtomicInteger};
use selvedge_explorer as explorer;
use std::sync::atomic::Ordering;

macro_rules! atomic {
    ($($atomic:ty: $value:ty $(, $named:ident)? $(=> $gap:expr)?);* $(;)?) => { $(
        impl Atomic<$value> for $atomic {
            #[track_caller]
            fn new(value: $value) -> Self {
                <$atomic>::new(value)
            }

            $(
                fn $named(self, name: &'static str) -> Self {
                    <$atomic>::$named(self, name)
                }
            )?

            #[inline]
            #[track_caller]
            fn load(&self, ordering: Ordering) -> $value {
                <$atomic>::load(self, ordering)
            }

            #[inline]
            #[track_caller]
            fn store(&self, value: $value, ordering: Ordering) {
                <$atomic>::store(self, value, ordering);
            }

            #[inline]
            #[track_caller]
            fn swap(&self, value: $value, ordering: Ordering) -> $value {
                <$atomic>::swap(self, value, ordering)
            }

            #[inline]
            #[track_caller]
            fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                <$atomic>::compare_exchange(self, current, new, success, failure)
            }

            #[inline]
            #[track_caller]
            fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                $( crate::execution::Record::note_gap($gap); )?
                <$atomic>::compare_exchange_weak(self, current, new, success, failure)
            }
        }
    )* };
}

macro_rules! atomic_integer {
    ($($atomic:ty: $value:ty $(, $named:ident, $add:ident)? $(=> $gap:expr)?);* $(;)?) => {
        atomic!($($atomic: $value $(, $named)? $(=> $gap)?);*);
        $(
            impl AtomicInteger<$value> for $atomic {
                #[inline]
                #[track_caller]
                fn fetch_add(&self, value: $value, ordering: Ordering) -> $value {
                    <$atomic>::fetch_add(self, value, ordering)
                }

                $(
                    #[inline]
                    #[track_caller]
                    fn $add(&self, value: $value, ordering: Ordering) {
                        <$atomic>::$add(self, value, ordering);
                    }
                )?

                #[inline]
                #[track_caller]
                fn fetch_sub(&self, value: $value, ordering: Ordering) -> $value {
                    <$atomic>::fetch_sub(self, value, ordering)
                }

                #[inline]
                #[track_caller]
                fn fetch_and(&self, value: $value, ordering: Ordering) -> $value {
                    <$atomic>::fetch_and(self, value, ordering)
                }

                #[inline]
                #[track_caller]
                fn fetch_or(&self, value: $value, ordering: Ordering) -> $value {
                    <$atomic>::fetch_or(self, value, ordering)
                }
            }
        )*
    };
}

pub(super) use {atomic, atomic_integer};

atomic!(
    std::sync::atomic::AtomicBool: bool;
    explorer::sync::atomic::AtomicBool: bool, named;
);

atomic_integer!(
    std::sync::atomic::AtomicI64: i64;
    std::sync::atomic::AtomicUsize: usize;
    explorer::sync::atomic::AtomicI64: i64, named, add;
    explorer::sync::atomic::AtomicUsize: usize, named, add;
);
