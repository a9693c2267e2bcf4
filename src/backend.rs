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
mod lock;
#[cfg(feature = "loom")]
pub(crate) mod loom;
mod memory_model;
mod number;
#[cfg(feature = "shuttle")]
pub(crate) mod shuttle;
mod std;

pub use self::atomic::{Atomic, AtomicBits, AtomicInteger};
pub use self::explorer::Explorer;
pub use self::feature::Feature;
use self::lock::unless_held;
pub use self::lock::{ConditionVariable, Guard, Lock, ReadWriteLock};
#[cfg(feature = "loom")]
pub use self::loom::Loom;
pub use self::memory_model::MemoryModel;
pub use self::number::{AtomicNumber, Int};
#[cfg(feature = "shuttle")]
pub use self::shuttle::Shuttle;
pub use self::std::Std;
pub(crate) use self::std::{Mode, RealThreads};

use ::std::fmt;
use ::std::sync::atomic::Ordering;
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

/// A handle by which a thread can be unparked.
pub trait Unpark: Clone + Send + Sync + 'static {
    /// Lets the thread go on if it is parked; otherwise its next `park` returns at once.
    fn unpark(&self);
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
