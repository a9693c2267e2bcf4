//! Plain memory under exploration that is accessed by pointers.
#![expect(unsafe_code, reason = "the pointers are there to be dereferenced")]

use std::fmt;
use std::panic::Location;

use crate::identity::ObjectKind;
use crate::object::ObjectState;
use crate::runtime::Handle;
use crate::runtime::spans::Span;

/// Plain memory that is accessed by pointers, like `std`'s [`UnsafeCell`](std::cell::UnsafeCell).
///
/// The explorer checks that all accesses are ordered by synchronisation, as for a [`Cell`](super::Cell). But an access
/// takes a while: from where the pointer is taken to the end of the closure, or to where the guard is dropped; more exactly,
/// to the last operation of the thread before that, by which it may hand the memory over. Two that overlap, at least one of
/// them a write, are a fault, whatever orders their beginnings. A thread whose access would be a fault halts before it: the
/// program's memory stays as it should be.
pub struct UnsafeCell<T: ?Sized> {
    handle: Handle,
    value: std::cell::UnsafeCell<T>,
}

/// A pointer to memory that is being read, until it is dropped.
pub struct ConstPtr<T: ?Sized> {
    pointer: *const T,
    _span: Span,
}

/// A pointer to memory that is being written, until it is dropped.
pub struct MutPtr<T: ?Sized> {
    pointer: *mut T,
    _span: Span,
}

impl<T: ?Sized> fmt::Debug for UnsafeCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsafeCell").finish_non_exhaustive()
    }
}

impl<T: ?Sized> fmt::Debug for ConstPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConstPtr").field(&self.pointer).finish()
    }
}

impl<T: ?Sized> fmt::Debug for MutPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MutPtr").field(&self.pointer).finish()
    }
}

impl<T: Default> Default for UnsafeCell<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for UnsafeCell<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T> UnsafeCell<T> {
    /// Creates memory that holds this value.
    ///
    /// # Panics
    ///
    /// Outside an execution.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Self {
            handle: Handle::new(ObjectKind::Cell, ObjectState::Cell, Location::caller()),
            value: std::cell::UnsafeCell::new(value),
        }
    }

    /// Gives the memory a name, by which drawings of an interleaving call it.
    pub fn named(self, name: &'static str) -> Self {
        self.handle.set_name(name);
        self
    }

    /// Consumes the cell and returns its value; that is no access.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> UnsafeCell<T> {
    /// Gives the closure a pointer to read by; the access ends with the closure.
    #[track_caller]
    pub fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        let _span = Span::begin(self.handle, false, Location::caller());
        read(self.value.get())
    }

    /// Gives the closure a pointer to write by; the access ends with the closure.
    #[track_caller]
    pub fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        let _span = Span::begin(self.handle, true, Location::caller());
        write(self.value.get())
    }

    /// Returns a pointer to read by; the access ends when it is dropped.
    #[track_caller]
    pub fn get(&self) -> ConstPtr<T> {
        ConstPtr {
            _span: Span::begin(self.handle, false, Location::caller()),
            pointer: self.value.get(),
        }
    }

    /// Returns a pointer to write by; the access ends when it is dropped.
    #[track_caller]
    pub fn get_mut(&self) -> MutPtr<T> {
        MutPtr {
            _span: Span::begin(self.handle, true, Location::caller()),
            pointer: self.value.get(),
        }
    }
}

impl<T: ?Sized> ConstPtr<T> {
    /// Returns a reference to the value.
    ///
    /// # Safety
    ///
    /// The cell must be there, and nobody may write to it while the reference is used. The explorer sees to the latter, as
    /// far as the cell is only accessed by its methods, and while this guard is there.
    pub unsafe fn deref(&self) -> &T {
        // SAFETY: the caller sees to it.
        unsafe { &*self.pointer }
    }

    /// Gives the closure the pointer.
    pub fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        read(self.pointer)
    }
}

impl<T: ?Sized> MutPtr<T> {
    /// Returns a reference to the value.
    ///
    /// # Safety
    ///
    /// The cell must be there, and nobody else may access it while the reference is used; nor may there be another
    /// reference from this guard. The explorer sees to the former, as far as the cell is only accessed by its methods, and
    /// while this guard is there.
    #[expect(clippy::mut_from_ref, reason = "it stands for a raw pointer")]
    pub unsafe fn deref(&self) -> &mut T {
        // SAFETY: the caller sees to it.
        unsafe { &mut *self.pointer }
    }

    /// Gives the closure the pointer.
    pub fn with<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        write(self.pointer)
    }
}

#[cfg(test)]
mod tests {
    use super::UnsafeCell;
    use crate::sync::{Arc, Mutex, atomic::AtomicBool};
    use crate::{Ending, Explorer, MemoryModel, thread};
    use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};

    /// A message and a flag that says that it is there.
    struct Message {
        flag: AtomicBool,
        text: UnsafeCell<Option<String>>,
    }

    // SAFETY: all threads of an execution run on one OS thread, and a thread whose access would be a fault halts.
    unsafe impl Sync for Message {}

    fn endings(model: MemoryModel, body: impl Fn() + 'static) -> Vec<String> {
        let mut endings = Vec::new();
        let explorer = Explorer::new().memory_model(model);
        let summary = explorer.explore(body, |execution| {
            let ending = match execution.ending() {
                Ending::Panic(panic) => panic.message.clone(),
                other => other.kind().to_owned(),
            };
            endings.push(ending);
        });
        assert!(summary.is_ok());
        endings.sort();
        endings.dedup();
        endings
    }

    fn pass(store: Ordering) -> impl Fn() + 'static {
        move || {
            let message = Arc::new(Message {
                flag: AtomicBool::new(false),
                text: UnsafeCell::new(None),
            });
            let theirs = Arc::clone(&message);
            thread::spawn(move || {
                // SAFETY: checked by the explorer.
                theirs
                    .text
                    .with_mut(|text| unsafe { *text = Some("sent".to_owned()) });
                theirs.flag.store(true, store);
            });
            if message.flag.load(Acquire) {
                // SAFETY: checked by the explorer.
                let text = message.text.with_mut(|text| unsafe { (*text).take() });
                assert_eq!(text.as_deref(), Some("sent"));
            }
        }
    }

    #[test]
    fn a_message_is_passed_by_a_release() {
        for model in [MemoryModel::SequentiallyConsistent, MemoryModel::Rc11] {
            assert_eq!(endings(model, pass(Release)), ["finished"]);
            assert_eq!(endings(model, pass(Relaxed)), ["data race", "finished"]);
        }
    }

    /// A thread hands memory over while it has a guard, and does so many operations after that before it drops the guard.
    fn hand_over(operations: usize) -> impl Fn() + 'static {
        move || {
            let message = Arc::new(Message {
                flag: AtomicBool::new(false),
                text: UnsafeCell::new(None),
            });
            let theirs = Arc::clone(&message);
            thread::spawn(move || {
                let _guard = theirs.text.get_mut();
                let other = AtomicBool::new(false);
                theirs.flag.store(true, Release);
                (0..operations).for_each(|_| other.store(true, Relaxed));
            });
            if message.flag.load(Acquire) {
                // SAFETY: checked by the explorer.
                message.text.with(|text| unsafe { assert_eq!(*text, None) });
            }
        }
    }

    #[test]
    fn spans_that_overlap_are_found_although_their_beginnings_are_ordered() {
        for model in [MemoryModel::SequentiallyConsistent, MemoryModel::Rc11] {
            assert_eq!(endings(model, hand_over(0)), ["finished"]);
            // The span lasts until the last operation before its end: nothing orders that with the other access.
            assert_eq!(endings(model, hand_over(1)), ["data race", "finished"]);
            assert_eq!(endings(model, hand_over(2)), ["data race", "finished"]);
        }
    }

    #[test]
    fn a_thread_must_not_write_what_it_still_reads() {
        let found = endings(MemoryModel::SequentiallyConsistent, || {
            let cell = UnsafeCell::new(1);
            let _reading = cell.get();
            cell.with_mut(|_| ());
        });
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("the thread writes memory that it still reads, since "));
        let many = endings(MemoryModel::SequentiallyConsistent, || {
            let cell = UnsafeCell::new(1);
            let _reading = [cell.get(), cell.get()];
            cell.with(|_| ());
        });
        assert_eq!(many, ["finished"]);
    }

    #[test]
    fn a_thread_halts_before_an_access_that_is_a_fault() {
        use std::sync::atomic::AtomicUsize;
        // The other thread's read comes first, then a read, and a write that races.
        for model in [MemoryModel::SequentiallyConsistent, MemoryModel::Rc11] {
            let writes = std::sync::Arc::new(AtomicUsize::new(0));
            let counted = std::sync::Arc::clone(&writes);
            let found = endings(model, move || {
                let message = Arc::new(Message {
                    flag: AtomicBool::new(false),
                    text: UnsafeCell::new(None),
                });
                let theirs = Arc::clone(&message);
                let thread = thread::spawn(move || {
                    theirs.text.with(|_| ());
                    theirs.flag.store(true, Relaxed);
                });
                if message.flag.load(Relaxed) {
                    message.text.with(|_| ());
                    message.text.with_mut(|_| counted.fetch_add(1, Relaxed));
                }
                thread.join().unwrap();
            });
            assert_eq!(found, ["data race", "finished"], "{model:?}");
            assert_eq!(writes.load(Relaxed), 0, "{model:?}");
        }
    }

    #[test]
    fn a_lock_within_a_span_does_not_order_the_whole_of_it() {
        let body = || {
            let message = Message {
                flag: AtomicBool::new(false),
                text: UnsafeCell::new(None),
            };
            let memory = Arc::new((message, Mutex::new(())));
            let theirs = Arc::clone(&memory);
            thread::spawn(move || theirs.0.text.with_mut(|_| drop(theirs.1.lock())));
            memory.0.text.with_mut(|_| drop(memory.1.lock()));
        };
        let found = endings(MemoryModel::SequentiallyConsistent, body);
        assert_eq!(found, ["data race"]);
    }
}
