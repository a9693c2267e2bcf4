//! Plain memory whose value is moved in and out.
#![expect(unsafe_code, reason = "the value is behind a pointer")]

use std::cmp::Ordering;
use std::{mem, ptr};

use super::UnsafeCell;

/// Plain memory, like `std`'s [`Cell`](std::cell::Cell).
///
/// Each method is an access, and so is a comparison.
#[derive(Debug)]
pub struct Cell<T> {
    memory: UnsafeCell<T>,
}

impl<T> Cell<T> {
    /// Creates memory that holds this value.
    ///
    /// # Panics
    ///
    /// Outside a model.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Self {
            memory: UnsafeCell::new(value),
        }
    }

    /// Stores a value.
    #[track_caller]
    pub fn set(&self, value: T) {
        drop(self.replace(value));
    }

    /// Stores a value, and returns the one before.
    #[track_caller]
    pub fn replace(&self, value: T) -> T {
        // SAFETY: no code of the program runs in between, and all threads run on one OS thread.
        self.memory
            .with_mut(|memory| mem::replace(unsafe { &mut *memory }, value))
    }

    /// Swaps the values of two cells.
    #[track_caller]
    pub fn swap(&self, other: &Self) {
        if ptr::eq(self, other) {
            return;
        }
        self.memory.with_mut(|mine| {
            // SAFETY: they are two cells, and as in `replace`.
            other.memory.with_mut(|theirs| unsafe { ptr::swap(mine, theirs) });
        });
    }

    /// Returns the value, and stores the default in its place.
    #[track_caller]
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.replace(T::default())
    }

    /// Returns a copy of the value.
    #[track_caller]
    pub fn get(&self) -> T
    where
        T: Copy,
    {
        // SAFETY: as in `replace`.
        self.memory.with(|memory| unsafe { *memory })
    }

    /// Consumes the cell and returns its value.
    pub fn into_inner(self) -> T {
        self.memory.into_inner()
    }
}

impl<T: Default> Default for Cell<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: Copy> Clone for Cell<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        Self::new(self.get())
    }
}

impl<T> From<T> for Cell<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Copy + PartialEq> PartialEq for Cell<T> {
    #[track_caller]
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Copy + Eq> Eq for Cell<T> {}

impl<T: Copy + PartialOrd> PartialOrd for Cell<T> {
    #[track_caller]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.get().partial_cmp(&other.get())
    }
}

impl<T: Copy + Ord> Ord for Cell<T> {
    #[track_caller]
    fn cmp(&self, other: &Self) -> Ordering {
        self.get().cmp(&other.get())
    }
}
