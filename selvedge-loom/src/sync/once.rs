//! Values that are made once, by the first thread that needs them.

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;
use std::sync;

use selvedge_explorer::sync::Mutex;
use selvedge_explorer::sync::atomic::{AtomicBool, Ordering};

/// A function that is called once, like `std`'s [`Once`](std::sync::Once).
#[derive(Debug)]
pub struct Once {
    /// Poisoned by a call that panics.
    calling: Mutex<()>,
    done: AtomicBool,
}

/// What a function called by [`Once::call_once_force`] is told.
#[derive(Debug)]
pub struct OnceState(bool);

impl OnceState {
    /// Returns `true` if an earlier call has panicked.
    pub fn is_poisoned(&self) -> bool {
        self.0
    }
}

impl Default for Once {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl Once {
    /// Creates one that has not been called.
    ///
    /// # Panics
    ///
    /// Outside a model.
    #[track_caller]
    pub fn new() -> Self {
        Self {
            calling: Mutex::new(()),
            done: AtomicBool::new(false),
        }
    }

    /// Calls the function, unless that has been done; waits while another thread does.
    ///
    /// # Panics
    ///
    /// If the function panics, or has in an earlier call.
    #[track_caller]
    pub fn call_once(&self, function: impl FnOnce()) {
        if self.is_completed() {
            return;
        }
        let calling = self.calling.lock();
        let _calling = calling.expect("the function of an earlier `call_once` has panicked");
        self.call(function);
    }

    /// Calls the function, unless that has been done without a panic; waits while another thread does.
    ///
    /// # Panics
    ///
    /// If the function panics.
    #[track_caller]
    pub fn call_once_force(&self, function: impl FnOnce(&OnceState)) {
        if self.is_completed() {
            return;
        }
        let (_calling, state) = match self.calling.lock() {
            Ok(calling) => (calling, OnceState(false)),
            Err(poisoned) => {
                self.calling.clear_poison();
                (poisoned.into_inner(), OnceState(true))
            }
        };
        self.call(|| function(&state));
    }

    /// Returns `true` if the function has been called, and has returned.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }

    /// Calls the function, unless that has been done meanwhile.
    #[track_caller]
    fn call(&self, function: impl FnOnce()) {
        if !self.done.load(Ordering::Relaxed) {
            function();
            self.done.store(true, Ordering::Release);
        }
    }
}

/// A place for a value that is put there once, like `std`'s [`OnceLock`](std::sync::OnceLock).
pub struct OnceLock<T> {
    filling: Mutex<()>,
    filled: AtomicBool,
    value: sync::OnceLock<T>,
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl<T> OnceLock<T> {
    /// Creates an empty place.
    ///
    /// # Panics
    ///
    /// Outside a model.
    #[track_caller]
    pub fn new() -> Self {
        Self {
            filling: Mutex::new(()),
            filled: AtomicBool::new(false),
            value: sync::OnceLock::new(),
        }
    }

    /// Returns the value, if it is there.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        match self.filled.load(Ordering::Acquire) {
            true => self.value.get(),
            false => None,
        }
    }

    /// Returns a mutable reference to the value, if it is there.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// Consumes the place and returns the value, if it is there.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Puts a value there.
    ///
    /// # Errors
    ///
    /// If there is one: the value.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.get_or_init(|| value.take().expect("it is asked for once"));
        value.map_or(Ok(()), Err)
    }

    /// Returns the value; puts there what the function returns, if there is none. Waits while another thread does.
    #[track_caller]
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        // After a panic the next thread tries again, as with `std`'s.
        let _filling = self
            .filling
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if !self.filled.load(Ordering::Relaxed) {
            let made = make();
            if self.value.set(made).is_err() {
                unreachable!("only who has locked it fills it");
            }
            self.filled.store(true, Ordering::Release);
        }
        self.value.get().expect("it has been filled")
    }
}

/// A value that is made when it is first used, like `std`'s [`LazyLock`](std::sync::LazyLock).
pub struct LazyLock<T, F = fn() -> T> {
    value: OnceLock<T>,
    make: Cell<Option<F>>,
}

// SAFETY: `make` is touched by `force` alone, while it has `value` locked; the explorer's mutex lets in one thread at a
// time, and panics outside executions.
#[expect(unsafe_code, reason = "threads of a model share it")]
unsafe impl<T: Send + Sync, F: Send> Sync for LazyLock<T, F> {}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// Creates a value that the function will make.
    ///
    /// # Panics
    ///
    /// Outside a model.
    #[track_caller]
    pub fn new(make: F) -> Self {
        Self {
            value: OnceLock::new(),
            make: Cell::new(Some(make)),
        }
    }

    /// Returns the value, which the first call makes.
    ///
    /// # Panics
    ///
    /// If the function panics, or has in an earlier call.
    #[track_caller]
    pub fn force(this: &Self) -> &T {
        this.value.get_or_init(|| {
            let make = this.make.take();
            make.expect("the function of a `LazyLock` has panicked")()
        })
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        Self::force(self)
    }
}
