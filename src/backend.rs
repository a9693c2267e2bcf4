//! The generic layer: a family of synchronisation primitives behind one trait.
//!
//! Code that is generic over [`Backend`] is written once and runs on real threads ([`Std`]), under loom
//! ([`Loom`]), under shuttle ([`Shuttle`]) and under the explorer ([`Explorer`]), all in one binary. The
//! traits have the shape of `std`'s types, so that generic code reads like ordinary Rust:
//!
//! ```
//! use selvedge::backend::{Atomic, AtomicInteger, Backend, Join, Std};
//! use std::sync::{Arc, atomic::Ordering::Relaxed};
//!
//! fn two_increments<B: Backend>() -> i64 {
//!     let value = Arc::new(B::AtomicI64::new(0));
//!     let other = Arc::clone(&value);
//!     let thread = B::spawn(move || other.fetch_add(1, Relaxed));
//!     value.fetch_add(1, Relaxed);
//!     thread.join().expect("the thread does not panic");
//!     value.load(Relaxed)
//! }
//!
//! assert_eq!(two_increments::<Std>(), 2);
//! ```
//!
//! Share state with `std`'s own [`Arc`](::std::sync::Arc): a model of reference counts would multiply an
//! explorer's work, and no scenario here is about them.

#[cfg_attr(
    not(any(feature = "loom", feature = "shuttle")),
    allow(unused_imports, reason = "loom and shuttle use its macros")
)]
mod atomic;
mod explorer;
mod feature;
#[cfg(feature = "loom")]
pub(crate) mod loom;
mod memory_model;
mod number;
#[cfg(feature = "shuttle")]
pub(crate) mod shuttle;
mod std;

pub use self::explorer::Explorer;
pub use self::feature::Feature;
#[cfg(feature = "loom")]
pub use self::loom::Loom;
pub use self::memory_model::MemoryModel;
pub use self::number::{AtomicNumber, Int};
#[cfg(feature = "shuttle")]
pub use self::shuttle::Shuttle;
pub use self::std::Std;
pub(crate) use self::std::{Mode, RealThreads};

use ::std::fmt;
use ::std::ops::{Deref, DerefMut};
use ::std::sync::atomic::Ordering;
use ::std::sync::{LockResult, TryLockError, TryLockResult};
use ::std::time::Duration;

/// One family of synchronisation primitives: what the threads of a program share.
///
/// The primitives of one family may only be used where that family runs: `Std` anywhere, `Loom` and `Shuttle`
/// within an exploration of the engine of the same name.
pub trait Primitives: Sized + 'static {
    /// A number that threads count with: `i64` wherever a program runs.
    ///
    /// Code that adds to such numbers and asks nothing else of them does the same whatever their values are.
    /// That is what a proof for every number of iterations rests on: it runs the code on numbers that have no
    /// value. So this type has no comparison, no `Debug`, and no way back to `i64`.
    type Int: Int;
    /// An atomic [`Int`](Self::Int).
    type AtomicInt: AtomicNumber<Self::Int>;
    /// A mutual exclusion lock around a value.
    type Mutex<T: Send + 'static>: Lock<T>;
    /// A lock that several readers or one writer can hold.
    type RwLock<T: Send + Sync + 'static>: ReadWriteLock<T>;
    /// A condition variable, to be used with this family's mutex.
    type Condvar: ConditionVariable<Self>;
    /// An atomic `i8`.
    type AtomicI8: AtomicInteger<i8>;
    /// An atomic `i16`.
    type AtomicI16: AtomicInteger<i16>;
    /// An atomic `i32`.
    type AtomicI32: AtomicInteger<i32>;
    /// An atomic `i64`.
    type AtomicI64: AtomicInteger<i64>;
    /// An atomic `isize`.
    type AtomicIsize: AtomicInteger<isize>;
    /// An atomic `u8`.
    type AtomicU8: AtomicInteger<u8>;
    /// An atomic `u16`.
    type AtomicU16: AtomicInteger<u16>;
    /// An atomic `u32`.
    type AtomicU32: AtomicInteger<u32>;
    /// An atomic `u64`.
    type AtomicU64: AtomicInteger<u64>;
    /// An atomic `usize`.
    type AtomicUsize: AtomicInteger<usize>;
    /// An atomic `bool`.
    type AtomicBool: AtomicBits<bool>;
    /// An atomic pointer: a value like any other, which keeps nothing alive that it points to.
    ///
    /// Pointers are told apart by their addresses. A program whose control flow depends on whether the allocator
    /// gives an address out again is nondeterministic. A proof for every number of iterations knows no pointers,
    /// and refuses them.
    type AtomicPtr<T: 'static>: Atomic<*mut T>;
    /// Plain memory, shared without any synchronisation.
    type Cell<T: Copy + Send + 'static>: PlainCell<T>;
    /// A handle by which a thread can be unparked.
    type Thread: Unpark;

    /// Lets other threads run: call it in every loop that waits for another thread.
    fn yield_now();

    /// Names what the calling thread does from here on, in drawings of interleavings; the empty string ends
    /// the name.
    fn label(text: &'static str) {
        let _ = text;
    }

    /// Returns the calling thread.
    fn current() -> Self::Thread;

    /// Waits until the calling thread is unparked; returns at once if it has been already, and may return for
    /// no reason.
    fn park();

    /// Waits as [`park`](Self::park) does, but at most for `timeout`. A scenario that calls this needs
    /// [`Feature::Timeouts`].
    ///
    /// # Panics
    ///
    /// If the backend has no time-outs.
    fn park_timeout(timeout: Duration);
}

/// One family of synchronisation primitives, with threads: a way to run programs.
pub trait Backend: Primitives<Int = i64> {
    /// The memory model of this backend: it determines which interleavings and reorderings an exploration can
    /// show.
    const MEMORY_MODEL: MemoryModel;

    /// An owned permission to wait for a thread.
    type JoinHandle<T: Send + 'static>: Join<T, Thread = Self::Thread>;

    /// Orders the accesses of the calling thread before it and after it, as `std::sync::atomic::fence` does.
    ///
    /// # Panics
    ///
    /// If the ordering is `Relaxed`.
    fn fence(ordering: Ordering);

    /// Starts a thread that runs `body`.
    fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> Self::JoinHandle<T>;
}

/// The right to use the value of a backend's mutex.
pub type Guard<'a, P, T> = <<P as Primitives>::Mutex<T> as Lock<T>>::Guard<'a>;

/// A mutual exclusion lock.
pub trait Lock<T>: Send + Sync + 'static {
    /// The right to use the value; dropping it unlocks the lock.
    type Guard<'a>: DerefMut<Target = T>
    where
        Self: 'a;

    /// Creates an unlocked lock around `value`.
    fn new(value: T) -> Self;

    /// Gives the lock the name that drawings show; does nothing on a backend without drawings.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Lets drawings show the value as its `Debug` shows it; does nothing on a backend without drawings.
    ///
    /// Integers, flags, and common types of the standard library such as `Option<u64>`, `String` and
    /// `Vec<usize>` are shown in any case. The lock cannot know whether any other type has a `Debug`.
    fn shown(self) -> Self
    where
        Self: Sized,
        T: fmt::Debug,
    {
        self
    }

    /// Waits until no other thread holds the lock, and takes it.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock, like `lock().unwrap()` of `std`.
    fn lock(&self) -> Self::Guard<'_>;

    /// Takes the lock if no thread holds it; returns `None` if one does, the calling thread included. A
    /// scenario that calls this needs [`Feature::TryLock`].
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock, as [`lock`](Self::lock) does; or if the backend has no such
    /// operation, as loom's.
    fn try_lock(&self) -> Option<Self::Guard<'_>>;
}

/// A lock that any number of readers can hold together, or one writer alone.
pub trait ReadWriteLock<T>: Send + Sync + 'static {
    /// The right to read the value.
    type ReadGuard<'a>: Deref<Target = T>
    where
        Self: 'a;
    /// The right to change the value.
    type WriteGuard<'a>: DerefMut<Target = T>
    where
        Self: 'a;

    /// Creates an unlocked lock around `value`.
    fn new(value: T) -> Self;

    /// Gives the lock the name that drawings show; does nothing on a backend without drawings.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Waits until no writer holds the lock, and takes it for reading.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock for writing.
    fn read(&self) -> Self::ReadGuard<'_>;

    /// Waits until no thread holds the lock, and takes it for writing.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock for writing.
    fn write(&self) -> Self::WriteGuard<'_>;

    /// Takes the lock for reading if no writer holds it; returns `None` if one does, and it may do so if one waits
    /// for it. A scenario that calls this needs [`Feature::TryLock`].
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock for writing; or if the backend has no such operation, as loom's, or
    /// none for a thread that reads already, as shuttle's.
    fn try_read(&self) -> Option<Self::ReadGuard<'_>>;

    /// Takes the lock for writing if no thread holds it; returns `None` if one does, the calling thread included. A
    /// scenario that calls this needs [`Feature::TryLock`].
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock for writing; or if the backend has no such operation, as loom's.
    fn try_write(&self) -> Option<Self::WriteGuard<'_>>;
}

/// A condition variable: threads wait until another says that something has changed.
pub trait ConditionVariable<P: Primitives>: Send + Sync + 'static {
    /// Creates a condition variable on which no thread waits.
    fn new() -> Self;

    /// Gives the condition variable the name that drawings show; does nothing on a backend without drawings.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Unlocks the mutex, waits for a notification, and locks the mutex again; may also return for no reason.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex.
    fn wait<'a, T: Send + 'static>(&self, guard: Guard<'a, P, T>) -> Guard<'a, P, T>;

    /// Waits as [`wait`](Self::wait) does, but at most for `timeout`; also returns `true` if the wait timed
    /// out. A scenario that calls this needs [`Feature::Timeouts`].
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex, or if the backend has no time-outs.
    fn wait_timeout<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, P, T>,
        timeout: Duration,
    ) -> (Guard<'a, P, T>, bool);

    /// Waits as [`wait_timeout`](Self::wait_timeout) does, but does not time out while `word` holds `value`:
    /// the wait then goes on. A scenario that calls this needs [`Feature::Timeouts`].
    ///
    /// This is for loops that do nothing after a time-out while `word` holds `value`. The explorer leaves out
    /// these time-outs. It needs no bound on the others if each of them changes `word` to `value` or brings
    /// the loop closer to its end in another way. On real threads such a wait ends for no reason instead: if
    /// it went on, it could miss a notification that came after the time-out. `word` is read with the
    /// ordering `Relaxed`, and only after a time-out.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex, or if the backend has no time-outs.
    fn wait_timeout_unless<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, P, T>,
        timeout: Duration,
        word: &P::AtomicUsize,
        value: usize,
    ) -> (Guard<'a, P, T>, bool);

    /// Waits until `condition` no longer holds.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex.
    #[track_caller]
    fn wait_while<'a, T: Send + 'static>(
        &self,
        mut guard: Guard<'a, P, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> Guard<'a, P, T> {
        while condition(&mut guard) {
            guard = self.wait(guard);
        }
        guard
    }

    /// Wakes one of the waiting threads, if there is one.
    fn notify_one(&self);

    /// Wakes all waiting threads.
    fn notify_all(&self);
}

/// A handle by which a thread can be unparked.
pub trait Unpark: Clone + Send + Sync + 'static {
    /// Lets the thread go on if it is parked; otherwise its next `park` returns at once.
    fn unpark(&self);
}

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

/// Plain memory that several threads can access, like an unsynchronised variable in C or memory behind a raw
/// pointer.
///
/// Two accesses by different threads that nothing orders, at least one of them a write, are a *data race*:
/// undefined behaviour in Rust, which is why safe Rust cannot express it. Here it is safe to express. Loom
/// and the explorer report the data race. Shuttle and real threads perform each access in one step, so that
/// the worst result is a lost update, and never undefined behaviour.
pub trait PlainCell<T: Copy>: Send + Sync + 'static {
    /// Creates a cell that holds `value`.
    fn new(value: T) -> Self;

    /// Gives the cell the name that drawings show; does nothing on a backend without drawings.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Lets drawings show the value as its `Debug` shows it, as [`Lock::shown`] does.
    fn shown(self) -> Self
    where
        Self: Sized,
        T: fmt::Debug,
    {
        self
    }

    /// Reads the value.
    fn get(&self) -> T;

    /// Writes the value.
    fn set(&self, value: T);

    /// Reads the value for as long as `read` runs, like a shared reference to memory behind an `UnsafeCell`: a write
    /// by another thread that nothing orders with both ends of it is a data race.
    ///
    /// It is a read at the beginning and one at the end. `read` is given what the first has found.
    #[track_caller]
    fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        let value = self.get();
        let result = read(&value);
        self.get();
        result
    }

    /// Changes the value for as long as `change` runs, like a mutable reference to memory behind an `UnsafeCell`: an
    /// access by another thread that nothing orders with both ends of it is a data race.
    ///
    /// It is a read and a write at the beginning, and a write at the end. Until then, who races with it on real
    /// threads or on shuttle finds the value that was there before, or what another thread has written meanwhile.
    #[track_caller]
    fn with_mut<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut value = self.get();
        self.set(value);
        let result = change(&mut value);
        self.set(value);
        result
    }
}

/// A handle to a spawned thread.
pub trait Join<T> {
    /// The backend's thread.
    type Thread;

    /// Returns the thread.
    fn thread(&self) -> Self::Thread;

    /// Waits for the thread to end, and returns what its body returned.
    ///
    /// # Errors
    ///
    /// The payload of the panic, if the body panicked. A program that takes the error has handled the panic.
    /// If no thread takes the error, the execution ends as
    /// [`Ending::Panic`](crate::execution::Ending::Panic).
    fn join(self) -> ::std::thread::Result<T>;
}

/// Returns the guard of a lock that was tried; `None` if the lock was held.
///
/// # Panics
///
/// If the lock is poisoned, with the words of `lock().unwrap()`.
#[track_caller]
fn unless_held<G>(tried: TryLockResult<G>) -> Option<G> {
    let locked: LockResult<G> = match tried {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(poisoned)) => Err(poisoned),
        Err(TryLockError::WouldBlock) => return None,
    };
    Some(locked.unwrap())
}
