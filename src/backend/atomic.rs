//! The atomic traits, implemented for the atomic types of `std`, loom and shuttle.
//!
//! Their atomic types have the same methods, to which the macros forward: `atomics` for all types of a module. Where a
//! weak exchange never fails for no reason, that is noted as a gap, the expression after the arrow. The modules of loom
//! and shuttle use the macros for their own types.

use super::{Atomic, AtomicBits, AtomicInteger};
use std::sync::atomic::Ordering;

/// Implements [`Atomic`] for atomic types; for the last two groups, with [`AtomicBits`] and [`AtomicInteger`], too.
macro_rules! atomics {
    ($($module:ident)::+ $(=> $gap:expr)?) => {
        crate::backend::atomic::atomic!([$($module)::+::AtomicPtr<T>, *mut T, <T: 'static>] $(=> $gap)?);
        crate::backend::atomic::atomic!([$($module)::+::AtomicBool, bool,] $(=> $gap)?);
        crate::backend::atomic::updates!(
            AtomicBits for $($module)::+::AtomicBool: bool { fetch_and, fetch_nand, fetch_or, fetch_xor }
        );
        crate::backend::atomic::integers!([$($module)::+::AtomicI8, i8,] $(=> $gap)?);
        crate::backend::atomic::integers!([$($module)::+::AtomicI16, i16,] $(=> $gap)?);
        crate::backend::atomic::integers!([$($module)::+::AtomicI32, i32,] $(=> $gap)?);
        crate::backend::atomic::integers!([$($module)::+::AtomicI64, i64,] $(=> $gap)?);
        crate::backend::atomic::integers!([$($module)::+::AtomicIsize, isize,] $(=> $gap)?);
        crate::backend::atomic::integers!([$($module)::+::AtomicU8, u8,] $(=> $gap)?);
        crate::backend::atomic::integers!([$($module)::+::AtomicU16, u16,] $(=> $gap)?);
        crate::backend::atomic::integers!([$($module)::+::AtomicU32, u32,] $(=> $gap)?);
        crate::backend::atomic::integers!([$($module)::+::AtomicU64, u64,] $(=> $gap)?);
        crate::backend::atomic::integers!([$($module)::+::AtomicUsize, usize,] $(=> $gap)?);
    };
}

macro_rules! integers {
    ([$atomic:ty, $value:ty,] $(=> $gap:expr)?) => {
        crate::backend::atomic::atomic!([$atomic, $value,] $(=> $gap)?);
        crate::backend::atomic::updates!(
            AtomicBits for $atomic: $value { fetch_and, fetch_nand, fetch_or, fetch_xor }
        );
        crate::backend::atomic::updates!(
            AtomicInteger for $atomic: $value { fetch_add, fetch_sub, fetch_max, fetch_min }
        );
    };
}

macro_rules! atomic {
    ([$atomic:ty, $value:ty, $(<$($generic:tt)*)?] $(=> $gap:expr)?) => {
        impl $(<$($generic)*)? Atomic<$value> for $atomic {
            #[track_caller]
            fn new(value: $value) -> Self {
                <$atomic>::new(value)
            }

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
    };
}

macro_rules! updates {
    ($which:ident for $atomic:ty: $value:ty { $($method:ident),* }) => {
        impl $which<$value> for $atomic {
            $(
                #[inline]
                #[track_caller]
                fn $method(&self, value: $value, ordering: Ordering) -> $value {
                    <$atomic>::$method(self, value, ordering)
                }
            )*
        }
    };
}

pub(super) use {atomic, atomics, integers, updates};

atomics!(std::sync::atomic);
