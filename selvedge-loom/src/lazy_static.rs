//! Statics that are made when they are first used, in each execution anew.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;

use crate::execution::{Execution, Shared};
use crate::sync::OnceLock;

pub use crate::thread::AccessError;

/// A static, as [`lazy_static!`](crate::lazy_static!) declares it.
///
/// The first thread that uses it makes the value, while the others wait. The value is dropped when the body of the model
/// and all threads have ended: no thread can refer to it by then.
pub struct Lazy<T> {
    // Public, as the macro fills them in: no user is to rely on them.
    #[doc(hidden)]
    pub init: fn() -> T,
    #[doc(hidden)]
    pub _p: PhantomData<fn(T)>,
}

impl<T: 'static> fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lazy").finish_non_exhaustive()
    }
}

/// A static that executions have come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// The address of the static.
    key: usize,
    /// Makes the place for its value.
    make: fn() -> Box<dyn Any>,
}

/// The statics of an execution.
#[derive(Default)]
pub(crate) struct Lazies {
    places: RefCell<Vec<(usize, *mut dyn Any)>>,
    ended: Cell<bool>,
}

impl fmt::Debug for Lazies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lazies").finish_non_exhaustive()
    }
}

impl<T: 'static> Lazy<T> {
    /// Returns the value, which is made by the first call in an execution.
    ///
    /// # Panics
    ///
    /// Outside a model, or when the execution is ending.
    #[expect(unsafe_code, reason = "the value of a static has the lifetime 'static")]
    pub fn get(&'static self) -> &'static T {
        let execution = Execution::must_be_current();
        let key = std::ptr::from_ref(self) as usize;
        assert!(
            !execution.lazies.ended.get(),
            "a lazy static is used after its end"
        );
        let place = {
            let places = execution.lazies.places.borrow();
            places
                .iter()
                .find(|(known, _)| *known == key)
                .map(|(_, place)| *place)
        };
        let Some(place) = place else {
            // Its place must be made by the main thread, so that it is the same object in every execution.
            let make = || Box::new(OnceLock::<T>::new()) as Box<dyn Any>;
            let mut known = execution.shared().lazies.borrow_mut();
            if known.iter().all(|known| known.key != key) {
                known.push(Known { key, make });
            }
            drop(known);
            execution.shared().begin_again();
        };
        // SAFETY: the place is boxed, and is dropped by `Lazies::end` alone, when all other threads have ended and the
        // main thread has left the body. So a reference is valid as long as code of the model can use it, unless the
        // model has put it where it outlives the execution. (That cannot be excluded: the reference must be 'static, as
        // that of the real `lazy_static` is. loom has the same gap.)
        let place: &'static dyn Any = unsafe { &*place };
        let place = place
            .downcast_ref::<OnceLock<T>>()
            .expect("a static has one type");
        place.get_or_init(self.init)
    }
}

impl Lazies {
    /// Makes the places of all statics that are known.
    pub(crate) fn begin(&self, shared: &Shared) {
        for known in &*shared.lazies.borrow() {
            let place = Box::into_raw((known.make)());
            self.places.borrow_mut().push((known.key, place));
        }
    }

    /// Waits for the other threads, and drops the values.
    #[expect(unsafe_code, reason = "the places were boxed")]
    pub(crate) fn end(&self, execution: &Execution) {
        if self.places.borrow().is_empty() {
            return;
        }
        // Threads may spawn others until they end.
        let mut awaited = 0;
        loop {
            let next = execution.threads.borrow().get(awaited).cloned();
            let Some(thread) = next else { break };
            thread.await_end();
            awaited += 1;
        }
        self.ended.set(true);
        for (_, place) in self.places.take() {
            // SAFETY: `begin` has boxed it, and it is taken out once. Nobody refers to it any more: see `Lazy::get`.
            drop(unsafe { Box::from_raw(place) });
        }
    }
}
