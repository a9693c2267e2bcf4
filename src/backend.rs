//! The generic layer: a family of synchronisation primitives behind one trait.
//!
//! Code that is generic over [`Backend`] is written once and runs on real threads ([`Std`]), under loom
//! ([`Loom`]), under shuttle ([`Shuttle`]) and under the explorer ([`Explorer`]), all in one binary. The traits are shaped like `std`'s types, so
//! that generic code reads like ordinary Rust:
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
//! Share state with `std`'s own [`Arc`](::std::sync::Arc): modelling reference counts would multiply an explorer's
//! work, and no scenario here is about them.

#[cfg_attr(
    not(any(feature = "loom", feature = "shuttle")),
    allow(unused_imports, reason = "loom and shuttle use its macros")
)]
mod atomic;
mod explorer;
#[cfg(feature = "loom")]
pub(crate) mod loom;
#[cfg(feature = "shuttle")]
pub(crate) mod shuttle;
mod std;

pub use self::explorer::Explorer;
#[cfg(feature = "loom")]
pub use self::loom::Loom;
#[cfg(feature = "shuttle")]
pub use self::shuttle::Shuttle;
pub use self::std::Std;
pub(crate) use self::std::{Mode, RealThreads};

use ::std::fmt;
use ::std::ops::{Deref, DerefMut};
use ::std::sync::atomic::Ordering;
use ::std::time::Duration;

/// One family of synchronisation primitives and threads.
///
/// The primitives of one family may only be used where that family runs: `Std` anywhere, `Loom` and `Shuttle`
/// within an exploration of the engine of the same name.
pub trait Backend: Sized + 'static {
    /// Which interleavings and reorderings an exploration on this backend can show.
    const MEMORY_MODEL: MemoryModel;

    /// A mutual exclusion lock around a value.
    type Mutex<T: Send + 'static>: Lock<T>;
    /// A lock that several readers or one writer can hold.
    type RwLock<T: Send + Sync + 'static>: ReadWriteLock<T>;
    /// A condition variable, to be used with this backend's mutex.
    type Condvar: ConditionVariable<Self>;
    /// An atomic `i64`.
    type AtomicI64: AtomicInteger<i64>;
    /// An atomic `usize`.
    type AtomicUsize: AtomicInteger<usize>;
    /// An atomic `bool`.
    type AtomicBool: Atomic<bool>;
    /// Plain memory, shared without any synchronisation.
    type Cell<T: Copy + Send + 'static>: PlainCell<T>;
    /// An owned permission to wait for a thread.
    type JoinHandle<T: Send + 'static>: Join<T, Thread = Self::Thread>;
    /// A thread, to be unparked.
    type Thread: Unpark;

    /// Starts a thread that runs `body`.
    fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> Self::JoinHandle<T>;

    /// Lets other threads run: call it in every loop that waits for another thread.
    fn yield_now();

    /// Names what the calling thread does from here on, where an interleaving is drawn; the empty string ends that.
    fn label(text: &'static str) {
        let _ = text;
    }

    /// The calling thread.
    fn current() -> Self::Thread;

    /// Waits until somebody unparks the calling thread, or did so before; may also return for no reason.
    fn park();
}

/// The right to use the value of a backend's mutex.
pub type Guard<'a, B, T> = <<B as Backend>::Mutex<T> as Lock<T>>::Guard<'a>;

/// What some engines cannot model. A scenario says which of these it [needs](crate::Scenario::needs), and is not
/// offered on an engine that lacks one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// Waits that may time out: loom and shuttle have them, but never let one time out.
    Timeouts,
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Feature::Timeouts => "time-outs",
        })
    }
}

/// A mutual exclusion lock.
pub trait Lock<T>: Send + Sync + 'static {
    /// The right to use the value; dropping it unlocks the lock.
    type Guard<'a>: DerefMut<Target = T>
    where
        Self: 'a;

    /// Creates an unlocked lock around `value`.
    fn new(value: T) -> Self;

    /// Gives the lock a name, by which drawings of an interleaving call it; does nothing where none are drawn.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Waits until no other thread holds the lock, and takes it.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock, as `lock().unwrap()` does on `std`'s.
    fn lock(&self) -> Self::Guard<'_>;
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

    /// Gives the lock a name, by which drawings of an interleaving call it; does nothing where none are drawn.
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

    /// Waits until nobody holds the lock, and takes it for writing.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock for writing.
    fn write(&self) -> Self::WriteGuard<'_>;
}

/// A condition variable: threads wait until another says that something has changed.
pub trait ConditionVariable<B: Backend>: Send + Sync + 'static {
    /// Creates a condition variable that nobody waits for.
    fn new() -> Self;

    /// Gives the condition variable a name, by which drawings of an interleaving call it; does nothing where none are
    /// drawn.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Unlocks the mutex, waits to be notified, and locks the mutex again; may also return for no reason.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex.
    fn wait<'a, T: Send + 'static>(&self, guard: Guard<'a, B, T>) -> Guard<'a, B, T>;

    /// Waits as [`wait`](Self::wait) does, but no longer than `timeout`; also returns whether the time was up. A
    /// scenario that calls this needs [`Feature::Timeouts`].
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex, or on a backend without time-outs.
    fn wait_timeout<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, B, T>,
        timeout: Duration,
    ) -> (Guard<'a, B, T>, bool);

    /// Waits as [`wait_timeout`](Self::wait_timeout) does, but does not notice that the time is up while `word` holds
    /// `value`: the wait then goes on. A scenario that calls this needs [`Feature::Timeouts`].
    ///
    /// For loops that do nothing after a time-out while `word` holds `value`: the explorer passes over these time-outs,
    /// and needs no bound on the others, if each of them changes `word` to `value` or otherwise brings the loop closer
    /// to its end. On real threads the wait rather ends for no reason then, for to go on could miss a notification that
    /// came after the time was up. `word` is read with the ordering `Relaxed`, and only when the time is up.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex, or on a backend without time-outs.
    fn wait_timeout_unless<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, B, T>,
        timeout: Duration,
        word: &B::AtomicUsize,
        value: usize,
    ) -> (Guard<'a, B, T>, bool);

    /// Waits until `condition` no longer holds.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the mutex.
    #[track_caller]
    fn wait_while<'a, T: Send + 'static>(
        &self,
        mut guard: Guard<'a, B, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> Guard<'a, B, T> {
        while condition(&mut guard) {
            guard = self.wait(guard);
        }
        guard
    }

    /// Wakes one of the threads that wait, if there is any.
    fn notify_one(&self);

    /// Wakes all threads that wait.
    fn notify_all(&self);
}

/// A thread that can be unparked.
pub trait Unpark: Clone + Send + Sync + 'static {
    /// Lets the thread go on from where it is parked, or not wait when it parks next.
    fn unpark(&self);
}

/// An atomic variable.
pub trait Atomic<T>: Send + Sync + 'static {
    /// Creates an atomic variable that holds `value`.
    fn new(value: T) -> Self;

    /// Gives the variable a name, by which drawings of an interleaving call it; does nothing where none are drawn.
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

    /// Replaces the value, and returns the one before, in one step.
    fn swap(&self, value: T, ordering: Ordering) -> T;

    /// Replaces the value by `new` if it is `current`, in one step.
    ///
    /// # Errors
    ///
    /// The value found, if it was not `current`.
    fn compare_exchange(&self, current: T, new: T, success: Ordering, failure: Ordering) -> Result<T, T>;
}

/// An atomic integer.
pub trait AtomicInteger<T>: Atomic<T> {
    /// Adds `value`, wrapping around at the type's ends, and returns the value before, in one step.
    fn fetch_add(&self, value: T, ordering: Ordering) -> T;

    /// Subtracts `value`, wrapping around at the type's ends, and returns the value before, in one step.
    fn fetch_sub(&self, value: T, ordering: Ordering) -> T;

    /// Clears the bits that `value` does not have, and returns the value before, in one step.
    fn fetch_and(&self, value: T, ordering: Ordering) -> T;

    /// Sets the bits that `value` has, and returns the value before, in one step.
    fn fetch_or(&self, value: T, ordering: Ordering) -> T;
}

/// Plain memory that several threads may reach, as an unsynchronised variable of C or a race on a raw pointer.
///
/// Two accesses by different threads that nothing orders, one of them a write, are a *data race*: undefined
/// behaviour in Rust, which is why safe Rust cannot express it. Here it is safe to express: loom and the explorer
/// find the data race, shuttle and real threads perform each access as one indivisible step, so that what goes wrong is a lost
/// update at worst and never undefined.
pub trait PlainCell<T: Copy>: Send + Sync + 'static {
    /// Creates a cell that holds `value`.
    fn new(value: T) -> Self;

    /// Gives the cell a name, by which drawings of an interleaving call it; does nothing where none are drawn.
    fn named(self, name: &'static str) -> Self
    where
        Self: Sized,
    {
        let _ = name;
        self
    }

    /// Reads the value.
    fn get(&self) -> T;

    /// Writes the value.
    fn set(&self, value: T);
}

/// A handle to a spawned thread.
pub trait Join<T> {
    /// The backend's thread.
    type Thread;

    /// The thread itself.
    fn thread(&self) -> Self::Thread;

    /// Waits for the thread to end, and returns what its body returned.
    ///
    /// # Errors
    ///
    /// The panic's payload, if the body panicked. Whoever takes the error answers for the panic; a panic whose
    /// error nobody takes ends the execution as [`Ending::Panic`](crate::execution::Ending::Panic).
    fn join(self) -> ::std::thread::Result<T>;
}

/// What an exploration takes a shared access to mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemoryModel {
    /// Whatever this machine and this build do: nothing is controlled, nothing is promised.
    Hardware,
    /// The part of C11's memory model that loom explores: no load buffering, `SeqCst` accesses taken as
    /// `AcqRel`, and at most the last seven stores of each atomic variable visible to a load.
    C11Subset,
    /// Sequential consistency: every access takes effect at once, for all threads, whatever its ordering.
    SequentialConsistency,
}

impl fmt::Display for MemoryModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MemoryModel::Hardware => "this machine",
            MemoryModel::C11Subset => "loom's part of C11",
            MemoryModel::SequentialConsistency => "sequential consistency",
        })
    }
}
