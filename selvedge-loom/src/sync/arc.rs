//! Shared ownership, with a count that is modelled where it matters.
//!
//! The count itself is that of `std`'s `Arc`, which the threads of an execution change in the order of the execution. What
//! is modelled are the events at which that order matters:
//!
//! - A drop, if the last one runs a destructor. It is a releasing read-modify-write, and the last one an acquiring load
//!   besides: so all uses of the value happen before its destructor.
//! - Any drop, and each question, if the program asks whether an `Arc` is the only one.
//! - Any clone, too, if the program asks for the number.
//!
//! Whether it asks shows only when it does: the check then begins again.
#![expect(unsafe_code, reason = "std's functions on raw pointers are unsafe")]

mod forwarded;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::mem::{self, ManuallyDrop};
use std::panic::Location;
use std::pin::Pin;
use std::ptr;
use std::sync;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use selvedge_explorer::sync::atomic::AtomicUsize;

use super::Weak;
use crate::execution::{Counts, Execution};
use crate::leaks::Tracked;

/// Shared ownership, like `std`'s [`Arc`](std::sync::Arc).
///
/// One that was made in a model and is still there when its execution ends is a leak, which is a failure. One that was
/// made outside is not, wherever it is dropped.
pub struct Arc<T: ?Sized> {
    /// `None` if it was made outside an execution.
    count: Option<sync::Arc<Count>>,
    value: sync::Arc<T>,
}

/// The modelled count of a value.
pub(super) struct Count {
    execution: u64,
    /// Its events are read-modify-writes that leave its value as it is: their order is what matters. `None` if the order of
    /// drops does not.
    events: Option<AtomicUsize>,
    /// `true` once the last drop has begun: the value can still be there, but no [`Weak`] leads to it any more.
    is_dead: AtomicBool,
    /// Gone when the value is.
    tracked: sync::Mutex<Option<Tracked>>,
}

/// The counts of the current execution, by the address of the value.
#[derive(Default)]
pub(crate) struct Arcs {
    counts: RefCell<HashMap<usize, sync::Arc<Count>>>,
}

impl fmt::Debug for Arcs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arcs").finish_non_exhaustive()
    }
}

impl Count {
    /// Returns the execution that it belongs to, if that is the current one.
    fn execution(&self) -> Option<std::rc::Rc<Execution>> {
        Execution::current().filter(|execution| execution.number == self.execution)
    }

    /// An event of a drop, a clone or a question.
    #[track_caller]
    pub(super) fn event(&self, ordering: sync::atomic::Ordering, from: Counts) {
        if let Some(events) = &self.events
            && let Some(execution) = self.execution()
            && execution.shared().counts.get() >= from
        {
            events.fetch_or(0, ordering);
        }
    }

    /// Sees to it that these events are modelled, and adds one: the program asks a question.
    #[track_caller]
    pub(super) fn ask(&self, counts: Counts, ordering: sync::atomic::Ordering) {
        let Some(execution) = self.execution() else {
            return;
        };
        let shared = execution.shared();
        if shared.counts.get() < counts {
            shared.counts.set(counts);
            shared.begin_again();
        }
        self.event(ordering, counts);
    }

    /// Returns `true` once the last drop has begun.
    pub(super) fn is_dead(&self) -> bool {
        self.is_dead.load(Relaxed)
    }

    /// Takes note that the value is about to go.
    fn last(&self, address: usize) {
        self.is_dead.store(true, Relaxed);
        if let Some(execution) = self.execution() {
            if let Some(events) = &self.events {
                events.load(Acquire);
            }
            let count = execution.arcs.counts.borrow_mut().remove(&address);
            drop(count);
        }
        let tracked = self.tracked.lock().map(|mut tracked| tracked.take());
        drop(tracked);
    }
}

/// Returns the address of a value.
fn address<T: ?Sized>(value: *const T) -> usize {
    value.cast::<()>().addr()
}

impl<T> Arc<T> {
    /// Creates an `Arc` of the value.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Self::from_std(sync::Arc::new(value))
    }

    /// Creates a pinned `Arc` of the value.
    #[track_caller]
    pub fn pin(value: T) -> Pin<Self> {
        // SAFETY: an `Arc` does not move its value, and hands it out only by shared reference, or if it is `Unpin` or was
        // never pinned.
        unsafe { Pin::new_unchecked(Self::new(value)) }
    }

    /// Creates an `Arc` of a value that holds a [`Weak`] to itself.
    #[track_caller]
    pub fn new_cyclic(make: impl FnOnce(&Weak<T>) -> T) -> Self {
        let count = Self::count(Location::caller());
        let value = sync::Arc::new_cyclic(|weak| {
            make(&Weak {
                count: count.clone(),
                value: weak.clone(),
            })
        });
        Self::entered(value, count)
    }

    /// Returns the value, if there is no other `Arc` of it.
    ///
    /// # Errors
    ///
    /// If there is one: this one.
    #[track_caller]
    pub fn try_unwrap(this: Self) -> Result<T, Self> {
        this.ask(Counts::Drops, Release);
        if sync::Arc::strong_count(&this.value) != 1 {
            return Err(this);
        }
        let (count, value) = this.into_parts();
        if let Some(count) = count {
            count.last(address(sync::Arc::as_ptr(&value)));
        }
        sync::Arc::try_unwrap(value).map_err(|_| unreachable!("it is the only one"))
    }

    /// Returns the value, if there is no other `Arc` of it; otherwise drops this one.
    #[track_caller]
    pub fn into_inner(this: Self) -> Option<T> {
        Self::try_unwrap(this).ok()
    }

    /// Returns the value, or a clone of it if there is another `Arc` of it.
    #[track_caller]
    pub fn unwrap_or_clone(this: Self) -> T
    where
        T: Clone,
    {
        Self::try_unwrap(this).unwrap_or_else(|this| T::clone(&this))
    }
}

impl<T: Clone> Arc<T> {
    /// Returns a mutable reference to the value, which is cloned first if there is another `Arc` of it.
    #[track_caller]
    pub fn make_mut(this: &mut Self) -> &mut T {
        if !this.is_only() {
            *this = Self::new(T::clone(this));
        }
        sync::Arc::make_mut(&mut this.value)
    }
}

impl<T: ?Sized> Arc<T> {
    /// Turns an `Arc` of the standard library into one of these: the way to those of unsized types.
    ///
    /// # Panics
    ///
    /// If there is another `Arc` of the value.
    #[track_caller]
    pub fn from_std(mut value: sync::Arc<T>) -> Self {
        let is_only = sync::Arc::get_mut(&mut value).is_some();
        assert!(is_only, "the `Arc` given to `from_std` is not the only one");
        Self::entered(value, Self::count(Location::caller()))
    }

    /// Returns the count of a new value, if there is an execution.
    #[track_caller]
    fn count(made_at: &'static Location<'static>) -> Option<sync::Arc<Count>> {
        let execution = Execution::current()?;
        let counts = execution.shared().counts.get();
        let is_modelled = counts > Counts::Destructors || mem::needs_drop::<T>();
        Some(sync::Arc::new(Count {
            execution: execution.number,
            events: is_modelled.then(|| AtomicUsize::new(0).named("Arc count")),
            is_dead: AtomicBool::new(false),
            tracked: sync::Mutex::new(Tracked::new("an `Arc`", made_at)),
        }))
    }

    /// Enters the count of a value.
    fn entered(value: sync::Arc<T>, count: Option<sync::Arc<Count>>) -> Self {
        if let Some(count) = &count
            && let Some(execution) = count.execution()
        {
            let address = address(sync::Arc::as_ptr(&value));
            let mut counts = execution.arcs.counts.borrow_mut();
            counts.insert(address, sync::Arc::clone(count));
        }
        Self { count, value }
    }

    pub(super) fn from_parts(count: Option<sync::Arc<Count>>, value: sync::Arc<T>) -> Self {
        Self { count, value }
    }

    /// Takes the `Arc` apart, without dropping it.
    fn into_parts(self) -> (Option<sync::Arc<Count>>, sync::Arc<T>) {
        let this = ManuallyDrop::new(self);
        // SAFETY: both are taken out once, as `this` is not dropped.
        unsafe { (ptr::read(&this.count), ptr::read(&this.value)) }
    }

    #[track_caller]
    fn ask(&self, counts: Counts, ordering: sync::atomic::Ordering) {
        if let Some(count) = &self.count {
            count.ask(counts, ordering);
        }
    }

    /// Returns `true` if there is no other `Arc` of the value, nor a `Weak` to it.
    #[track_caller]
    fn is_only(&mut self) -> bool {
        self.ask(Counts::Drops, Acquire);
        sync::Arc::get_mut(&mut self.value).is_some()
    }

    /// Returns a mutable reference to the value, if there is no other `Arc` of it, nor a [`Weak`] to it.
    #[track_caller]
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.ask(Counts::Drops, Acquire);
        sync::Arc::get_mut(&mut this.value)
    }

    /// Returns the number of `Arc`s of the value.
    #[track_caller]
    pub fn strong_count(this: &Self) -> usize {
        this.ask(Counts::All, Relaxed);
        sync::Arc::strong_count(&this.value)
    }

    /// Returns the number of [`Weak`]s to the value, as it is now: that other threads change it is not explored.
    pub fn weak_count(this: &Self) -> usize {
        sync::Arc::weak_count(&this.value)
    }

    /// Creates a [`Weak`] to the value.
    pub fn downgrade(this: &Self) -> Weak<T> {
        Weak {
            count: this.count.clone(),
            value: sync::Arc::downgrade(&this.value),
        }
    }

    /// Returns `true` if both are of the same value.
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        sync::Arc::ptr_eq(&this.value, &other.value)
    }

    /// Returns a pointer to the value.
    pub fn as_ptr(this: &Self) -> *const T {
        sync::Arc::as_ptr(&this.value)
    }

    /// Consumes the `Arc` and returns the pointer to the value; it goes on to count.
    pub fn into_raw(this: Self) -> *const T {
        // The count is found again by the address.
        sync::Arc::into_raw(this.into_parts().1)
    }

    /// Returns the `Arc` of which [`into_raw`](Self::into_raw) has returned the pointer.
    ///
    /// # Safety
    ///
    /// As for [`std::sync::Arc::from_raw`].
    pub unsafe fn from_raw(pointer: *const T) -> Self {
        let known = Execution::current().and_then(|execution| {
            let counts = execution.arcs.counts.borrow();
            counts.get(&address(pointer)).cloned()
        });
        Self {
            count: known,
            // SAFETY: the caller sees to it.
            value: unsafe { sync::Arc::from_raw(pointer) },
        }
    }

    /// Counts one `Arc` more.
    ///
    /// # Safety
    ///
    /// As for [`std::sync::Arc::increment_strong_count`].
    #[track_caller]
    pub unsafe fn increment_strong_count(pointer: *const T) {
        // SAFETY: the caller sees to it.
        let this = ManuallyDrop::new(unsafe { Self::from_raw(pointer) });
        mem::forget(Self::clone(&this));
    }

    /// Counts one `Arc` less, and drops the value if it was the last.
    ///
    /// # Safety
    ///
    /// As for [`std::sync::Arc::decrement_strong_count`].
    #[track_caller]
    pub unsafe fn decrement_strong_count(pointer: *const T) {
        // SAFETY: the caller sees to it.
        drop(unsafe { Self::from_raw(pointer) });
    }
}

impl<T: ?Sized> Clone for Arc<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        if let Some(count) = &self.count {
            count.event(Relaxed, Counts::All);
        }
        Self {
            count: self.count.clone(),
            value: sync::Arc::clone(&self.value),
        }
    }
}

impl<T: ?Sized> Drop for Arc<T> {
    fn drop(&mut self) {
        let Some(count) = &self.count else {
            return;
        };
        count.event(Release, Counts::Destructors);
        // No other thread runs between the event and this.
        if sync::Arc::strong_count(&self.value) == 1 {
            count.last(address(sync::Arc::as_ptr(&self.value)));
        }
    }
}
