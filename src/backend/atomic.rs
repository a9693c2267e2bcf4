//! Atomics, as traits, implemented for the atomic types of `std`, loom and shuttle.
//!
//! Their atomic types have the same methods, to which the macros forward: `atomics` for all types of a module. Where a
//! weak exchange never fails for no reason, that is noted as a gap, the expression after the arrow. The modules of loom
//! and shuttle use the macros for their own types.

use std::sync::atomic::Ordering;

/// An atomic variable.
pub trait Atomic<T>: Send + Sync + 'static {
    /// Creates an atomic variable that holds `value`.
    fn new(value: T) -> Self;

    /// Gives the variable the name that drawings show; does nothing on a backend without drawings.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Returns the value.
    fn load(&self, ordering: Ordering) -> T;

    /// Replaces the value.
    fn store(&self, value: T, ordering: Ordering);

    /// Replaces the value and returns the previous one, in one step.
    fn swap(&self, value: T, ordering: Ordering) -> T;

    /// Replaces the value with `new` if it is `current`, in one step, and returns the previous value.
    ///
    /// # Errors
    ///
    /// The value found, if it was not `current`.
    fn compare_exchange(&self, current: T, new: T, success: Ordering, failure: Ordering) -> Result<T, T>;

    /// Replaces the value as [`compare_exchange`](Self::compare_exchange) does, but may also fail for no
    /// reason: call it in a loop. On loom and shuttle it never does.
    ///
    /// # Errors
    ///
    /// The value found, which may be `current`.
    #[track_caller]
    fn compare_exchange_weak(
        &self,
        current: T,
        new: T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<T, T> {
        self.compare_exchange(current, new, success, failure)
    }

    /// Loads the value and tries to replace it by what `update` returns for it, until that succeeds or `update`
    /// returns `None`; returns the previous value.
    ///
    /// It is no single step: the load and the exchange are two, with `fetch` and `set` as the orderings of `std`'s.
    /// An exchange that failed for no reason would only be tried again, so that none does.
    ///
    /// # Errors
    ///
    /// The value for which `update` returned `None`.
    #[track_caller]
    fn fetch_update(
        &self,
        set: Ordering,
        fetch: Ordering,
        mut update: impl FnMut(T) -> Option<T>,
    ) -> Result<T, T>
    where
        T: Copy,
    {
        let mut value = self.load(fetch);
        while let Some(new) = update(value) {
            match self.compare_exchange(value, new, set, fetch) {
                Ok(before) => return Ok(before),
                Err(found) => value = found,
            }
        }
        Err(value)
    }
}

/// An atomic variable whose bits can be combined: an integer or a flag.
pub trait AtomicBits<T>: Atomic<T> {
    /// Clears the bits that `value` does not have, and returns the previous value, in one step.
    fn fetch_and(&self, value: T, ordering: Ordering) -> T;

    /// Clears the bits that `value` has and that are set, sets all others, and returns the previous value, in one
    /// step.
    fn fetch_nand(&self, value: T, ordering: Ordering) -> T;

    /// Sets the bits that `value` has, and returns the previous value, in one step.
    fn fetch_or(&self, value: T, ordering: Ordering) -> T;

    /// Inverts the bits that `value` has, and returns the previous value, in one step.
    fn fetch_xor(&self, value: T, ordering: Ordering) -> T;
}

/// An atomic integer.
pub trait AtomicInteger<T>: AtomicBits<T> {
    /// Adds `value`, wraps around on overflow, and returns the previous value, in one step.
    fn fetch_add(&self, value: T, ordering: Ordering) -> T;

    /// Adds `value` and wraps around on overflow, in one step; returns nothing.
    ///
    /// Where the previous value is not needed, this says so: the explorer then leaves out the orders of such
    /// adds, which nobody can tell apart. It is `store_add` of C++26, and synchronises with no earlier release.
    /// `std` does not have it: on all other backends it is `fetch_add` with the result dropped.
    ///
    /// # Panics
    ///
    /// If the ordering is `Acquire` or `AcqRel`.
    #[inline]
    #[track_caller]
    fn add(&self, value: T, ordering: Ordering) {
        let acquires = matches!(ordering, Ordering::Acquire | Ordering::AcqRel);
        assert!(!acquires, "an add cannot have the ordering {ordering:?}");
        self.fetch_add(value, ordering);
    }

    /// Subtracts `value`, wraps around on overflow, and returns the previous value, in one step.
    fn fetch_sub(&self, value: T, ordering: Ordering) -> T;

    /// Replaces the value by `value` if that is greater, and returns the previous value, in one step.
    fn fetch_max(&self, value: T, ordering: Ordering) -> T;

    /// Replaces the value by `value` if that is less, and returns the previous value, in one step.
    fn fetch_min(&self, value: T, ordering: Ordering) -> T;
}

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
