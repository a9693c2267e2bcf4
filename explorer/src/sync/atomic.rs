//! Atomics under exploration, shaped like `std::sync::atomic`.
//!
//! Orderings are recorded, and decide what is a data race on plain memory; the operations themselves are executed as
//! sequentially consistent, unless a weak [memory model](crate::MemoryModel) is explored. A weak compare-exchange may fail for no
//! reason, which is explored.
//!
//! The value of an atomic lives in the explorer's model of it, not in the atomic. So `get_mut` cannot
//! return a reference: it returns a guard, [`AtomicMut`], which is used like one.

mod exclusive;
mod value;

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
pub use std::sync::atomic::Ordering;

use crate::object::ObjectState;
use crate::object::atomic::{Atomic as Model, Width};
use crate::operation::{OperationKind, OperationResult, Update};
use crate::runtime::spurious::exchange_weakly;
use crate::runtime::{self, Handle};

pub use exclusive::AtomicMut;
pub use value::{AtomicValue, Bits, Integer};

/// An atomic flag.
pub type AtomicBool = Atomic<bool>;
/// An atomic `i8`.
pub type AtomicI8 = Atomic<i8>;
/// An atomic `i16`.
pub type AtomicI16 = Atomic<i16>;
/// An atomic `i32`.
pub type AtomicI32 = Atomic<i32>;
/// An atomic `i64`.
pub type AtomicI64 = Atomic<i64>;
/// An atomic `isize`.
pub type AtomicIsize = Atomic<isize>;
/// An atomic `u8`.
pub type AtomicU8 = Atomic<u8>;
/// An atomic `u16`.
pub type AtomicU16 = Atomic<u16>;
/// An atomic `u32`.
pub type AtomicU32 = Atomic<u32>;
/// An atomic `u64`.
pub type AtomicU64 = Atomic<u64>;
/// An atomic `usize`.
pub type AtomicUsize = Atomic<usize>;

/// An atomic pointer.
///
/// Pointers are told apart by their addresses, as by `std`'s. An allocator may or may not give an address
/// out again, and need not do the same in every execution: a program whose control flow depends on that (for
/// example on a compare-exchange that meets a node that was freed and allocated anew) is nondeterministic.
pub type AtomicPtr<T> = Atomic<*mut T>;

/// An atomic value.
pub struct Atomic<T> {
    handle: Handle,
    /// The value is in the explorer's model; so threads may share the atomic, whatever the type.
    value: PhantomData<fn() -> T>,
}

impl<T> fmt::Debug for Atomic<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Atomic").finish_non_exhaustive()
    }
}

impl<T: AtomicValue + Default> Default for Atomic<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: AtomicValue> From<T> for Atomic<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: AtomicValue> Atomic<T> {
    /// Creates an atomic with this value.
    ///
    /// # Panics
    ///
    /// Outside an execution.
    #[track_caller]
    pub fn new(value: T) -> Self {
        let width = Width {
            bits: T::BITS,
            signed: T::SIGNED,
        };
        let initial = ObjectState::Atomic(Model {
            value: value.to_bits(),
            width,
        });
        Self {
            handle: Handle::new(T::KIND, initial, Location::caller()),
            value: PhantomData,
        }
    }

    /// Gives the atomic a name, by which drawings of an interleaving call it.
    pub fn named(self, name: &'static str) -> Self {
        self.handle.set_name(name);
        self
    }

    pub(super) fn handle(&self) -> Handle {
        self.handle
    }

    /// Loads the value.
    ///
    /// # Panics
    ///
    /// If the ordering is `Release` or `AcqRel`.
    #[inline]
    #[track_caller]
    pub fn load(&self, ordering: Ordering) -> T {
        let releases = matches!(ordering, Ordering::Release | Ordering::AcqRel);
        assert!(!releases, "a load cannot have the ordering {ordering:?}");
        T::from_bits(runtime::perform(OperationKind::Load(ordering), self.handle, Location::caller()).value)
    }

    /// Stores a value.
    ///
    /// # Panics
    ///
    /// If the ordering is `Acquire` or `AcqRel`.
    #[inline]
    #[track_caller]
    pub fn store(&self, value: T, ordering: Ordering) {
        let acquires = matches!(ordering, Ordering::Acquire | Ordering::AcqRel);
        assert!(!acquires, "a store cannot have the ordering {ordering:?}");
        let kind = OperationKind::Store(ordering, value.to_bits());
        runtime::perform(kind, self.handle, Location::caller());
    }

    /// Stores a value and returns the one before.
    #[inline]
    #[track_caller]
    pub fn swap(&self, value: T, ordering: Ordering) -> T {
        self.update(Update::Swap, value, ordering)
    }

    /// Stores `new` if the value is `current`.
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
    pub fn compare_exchange(&self, current: T, new: T, success: Ordering, failure: Ordering) -> Result<T, T> {
        let kind = exchange([current, new], [success, failure], false);
        let result = runtime::perform(kind, self.handle, Location::caller());
        told(result)
    }

    /// Stores `new` if the value is `current`, as [`compare_exchange`](Self::compare_exchange) does, or fails
    /// for no reason: both are explored.
    ///
    /// Each thread's exchanges can fail for no reason only so often in one execution; see
    /// [`Explorer::weak_failures`](crate::Explorer::weak_failures).
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
        current: T,
        new: T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<T, T> {
        let kinds = [true, false].map(|weak| exchange([current, new], [success, failure], weak));
        let expected = current.to_bits();
        let result = exchange_weakly(kinds, expected, self.handle, Location::caller());
        told(result)
    }

    /// Loads the value and tries to replace it by what the function returns, until that succeeds
    /// or the function returns `None`.
    ///
    /// A failure for no reason would only be tried again, and show nothing: there is none.
    ///
    /// # Errors
    ///
    /// If the function returned `None`: the value that it was given.
    #[track_caller]
    pub fn fetch_update(
        &self,
        set: Ordering,
        fetch: Ordering,
        mut update: impl FnMut(T) -> Option<T>,
    ) -> Result<T, T> {
        let mut value = self.load(fetch);
        while let Some(new) = update(value) {
            match self.compare_exchange(value, new, set, fetch) {
                Ok(before) => return Ok(before),
                Err(other) => value = other,
            }
        }
        Err(value)
    }

    /// Returns exclusive access to the value.
    ///
    /// `std` returns a plain reference. Here it is a guard, which must be dropped for the change to
    /// take effect. `*atomic.get_mut() += 1` reads the same with both. This counts as a relaxed load,
    /// and as a relaxed store if the value has changed; no other thread's operation can come between.
    #[track_caller]
    pub fn get_mut(&mut self) -> AtomicMut<'_, T> {
        AtomicMut::new(self, Location::caller())
    }

    /// Consumes the atomic and returns its value; this counts as a relaxed load.
    #[track_caller]
    pub fn into_inner(self) -> T {
        self.load(Ordering::Relaxed)
    }

    #[inline]
    #[track_caller]
    fn update(&self, update: Update, operand: T, ordering: Ordering) -> T {
        let kind = OperationKind::ReadModifyWrite(ordering, update, operand.to_bits());
        T::from_bits(runtime::perform(kind, self.handle, Location::caller()).value)
    }
}

impl<T: Bits> Atomic<T> {
    /// Bitwise and; returns the value before.
    #[track_caller]
    pub fn fetch_and(&self, operand: T, ordering: Ordering) -> T {
        self.update(Update::And, operand, ordering)
    }

    /// Bitwise not-and; returns the value before.
    #[track_caller]
    pub fn fetch_nand(&self, operand: T, ordering: Ordering) -> T {
        self.update(Update::Nand, operand, ordering)
    }

    /// Bitwise or; returns the value before.
    #[track_caller]
    pub fn fetch_or(&self, operand: T, ordering: Ordering) -> T {
        self.update(Update::Or, operand, ordering)
    }

    /// Bitwise exclusive or; returns the value before.
    #[track_caller]
    pub fn fetch_xor(&self, operand: T, ordering: Ordering) -> T {
        self.update(Update::Xor, operand, ordering)
    }
}

impl Atomic<bool> {
    /// Inverts the flag; returns the value before.
    #[track_caller]
    pub fn fetch_not(&self, ordering: Ordering) -> bool {
        self.update(Update::Xor, true, ordering)
    }
}

impl<T: Integer> Atomic<T> {
    /// Adds, wrapping around; returns the value before.
    #[inline]
    #[track_caller]
    pub fn fetch_add(&self, operand: T, ordering: Ordering) -> T {
        self.update(Update::Add, operand, ordering)
    }

    /// Adds, wrapping around, and returns nothing.
    ///
    /// Two of these on one atomic commute: no thread can tell in which order they came. So an exploration takes
    /// one order of them and leaves out the others, where [`fetch_add`](Self::fetch_add) would have it explore
    /// all. Anything else on the atomic is ordered with them.
    ///
    /// `std` has only `fetch_add`; this is `store_add` of C++26 (P3111, *Atomic Reduction Operations*), with its
    /// orderings. It continues a release sequence, as `fetch_add` does, but it reads nothing: it synchronises
    /// with no earlier release, not even by an acquire fence that follows.
    ///
    /// # Panics
    ///
    /// If the ordering is `Acquire` or `AcqRel`.
    #[inline]
    #[track_caller]
    pub fn add(&self, operand: T, ordering: Ordering) {
        let acquires = matches!(ordering, Ordering::Acquire | Ordering::AcqRel);
        assert!(!acquires, "an add cannot have the ordering {ordering:?}");
        let kind = OperationKind::Add(ordering, operand.to_bits());
        runtime::perform(kind, self.handle, Location::caller());
    }

    /// Subtracts, wrapping around; returns the value before.
    #[inline]
    #[track_caller]
    pub fn fetch_sub(&self, operand: T, ordering: Ordering) -> T {
        self.update(Update::Sub, operand, ordering)
    }

    /// Takes the larger value; returns the value before.
    #[track_caller]
    pub fn fetch_max(&self, operand: T, ordering: Ordering) -> T {
        self.update(Update::Max, operand, ordering)
    }

    /// Takes the smaller value; returns the value before.
    #[track_caller]
    pub fn fetch_min(&self, operand: T, ordering: Ordering) -> T {
        self.update(Update::Min, operand, ordering)
    }
}

/// Returns a compare-exchange of a current value and a new one, with its orderings on success and on failure.
fn exchange<T: AtomicValue>(
    [current, new]: [T; 2],
    [success, failure]: [Ordering; 2],
    weak: bool,
) -> OperationKind {
    let releases = matches!(failure, Ordering::Release | Ordering::AcqRel);
    assert!(
        !releases,
        "a failed exchange cannot have the ordering {failure:?}"
    );
    OperationKind::CompareExchange {
        success,
        failure,
        expected: current.to_bits(),
        new: new.to_bits(),
        weak,
    }
}

/// Returns the result of a compare-exchange, as `std` gives it.
fn told<T: AtomicValue>(result: OperationResult) -> Result<T, T> {
    let before = T::from_bits(result.value);
    if result.succeeded { Ok(before) } else { Err(before) }
}

/// A fence between atomics: it takes part in the search for data races.
///
/// # Panics
///
/// If the ordering is `Relaxed`.
#[track_caller]
pub fn fence(ordering: Ordering) {
    assert_ne!(ordering, Ordering::Relaxed, "a fence cannot be relaxed");
    runtime::perform_alone(OperationKind::Fence(ordering), Location::caller());
}
