//! Thread-locals: one value for each thread of an execution and each static.

use std::any::Any;
use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use selvedge_explorer::{ThreadId, thread};

use crate::execution::Execution;

/// A thread-local, as [`thread_local!`](crate::thread_local!) declares it.
///
/// Its value is destroyed when its thread ends, also by a panic; and that of the main thread when the body has ended.
pub struct LocalKey<T> {
    // Public, as the macro fills them in: no user is to rely on them.
    #[doc(hidden)]
    pub init: fn() -> T,
    #[doc(hidden)]
    pub _p: PhantomData<fn(T)>,
}

/// The error that a thread-local has been destroyed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct AccessError;

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the thread-local has been destroyed")
    }
}

impl Error for AccessError {}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

/// The thread-locals of an execution, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Locals {
    places: RefCell<Vec<Place>>,
}

/// The place of the value of one static for one thread.
struct Place {
    thread: ThreadId,
    /// The address of the static.
    key: usize,
    /// `None` once the value has been destroyed.
    value: Option<Rc<dyn Any>>,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place")
            .field("thread", &self.thread)
            .finish_non_exhaustive()
    }
}

impl<T: 'static> LocalKey<T> {
    /// Calls the function with the calling thread's value, which is made by the first call.
    ///
    /// # Panics
    ///
    /// If the value has been destroyed, or outside a model.
    pub fn with<R>(&'static self, function: impl FnOnce(&T) -> R) -> R {
        self.try_with(function)
            .expect("a thread-local is accessed while its thread ends")
    }

    /// Calls the function with the calling thread's value, which is made by the first call.
    ///
    /// # Errors
    ///
    /// If the value has been destroyed.
    ///
    /// # Panics
    ///
    /// Outside a model.
    pub fn try_with<R>(&'static self, function: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        let execution = Execution::must_be_current();
        let thread = thread::current().id();
        let key = std::ptr::from_ref(self) as usize;
        let known = execution.locals.value(thread, key);
        let value = match known {
            Some(value) => value.ok_or(AccessError)?,
            None => execution.locals.add(thread, key, Rc::new((self.init)())),
        };
        let value: Rc<T> = value.downcast().expect("a static has one type");
        Ok(function(&value))
    }
}

impl Locals {
    /// Returns the value; `None` if it has not been made, and `Some(None)` if it has been destroyed.
    fn value(&self, thread: ThreadId, key: usize) -> Option<Option<Rc<dyn Any>>> {
        let places = self.places.borrow();
        let mut places = places.iter();
        let place = places.find(|place| place.thread == thread && place.key == key)?;
        Some(place.value.clone())
    }

    fn add(&self, thread: ThreadId, key: usize, value: Rc<dyn Any>) -> Rc<dyn Any> {
        // To make it, the program may have asked for it: `std` lets the later value take the place of the earlier.
        let earlier = {
            let mut places = self.places.borrow_mut();
            places.push(Place {
                thread,
                key,
                value: Some(Rc::clone(&value)),
            });
            let last = places.len() - 1;
            let same = |place: &Place| place.thread == thread && place.key == key;
            let earlier = places[..last].iter().position(same);
            earlier.map(|earlier| places.remove(earlier))
        };
        drop(earlier);
        value
    }

    /// Takes the first value of the thread that has not been destroyed.
    fn take(&self, thread: ThreadId) -> Option<Rc<dyn Any>> {
        let mut places = self.places.borrow_mut();
        let mut values = places.iter_mut().filter(|place| place.thread == thread);
        values.find_map(|place| place.value.take())
    }
}

impl Drop for Locals {
    /// Leaks what abandoned threads have left: their code must not run any more.
    fn drop(&mut self) {
        mem::forget(mem::take(self.places.get_mut()));
    }
}

/// Runs the code of a thread, and then destroys the thread's values.
pub(crate) fn with_locals<T>(body: impl FnOnce() -> T) -> T {
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    let execution = Execution::must_be_current();
    let thread = thread::current().id();
    while let Some(value) = execution.locals.take(thread) {
        drop(value);
    }
    match result {
        Ok(value) => value,
        Err(payload) => panic::resume_unwind(payload),
    }
}
