//! Plain memory under exploration.

use std::fmt;
use std::panic::Location;

use crate::identity::ObjectKind;
use crate::object::ObjectState;
use crate::operation::OperationKind;
use crate::runtime::{self, Guarded, Handle, Taken};
use crate::value::{self, Value};

/// Plain, unsynchronised memory that threads may share.
///
/// The explorer checks that all accesses are ordered by synchronisation; two that are not, one of
/// them a write, are a data race, and end the execution as such.
pub struct Cell<T> {
    handle: Handle,
    /// Never contended: one thread runs at a time.
    value: Guarded<T>,
}

impl<T> fmt::Debug for Cell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cell").finish_non_exhaustive()
    }
}

impl<T: Copy + 'static> Cell<T> {
    /// Creates memory that holds this value.
    ///
    /// # Panics
    ///
    /// Outside an execution.
    #[track_caller]
    pub fn new(value: T) -> Self {
        let handle = Handle::new(ObjectKind::Cell, ObjectState::Cell, Location::caller());
        if handle.records() {
            runtime::note_contents(handle, &value);
        }
        Self {
            handle,
            value: Guarded::new(value),
        }
    }

    /// Gives the cell a name, by which drawings of an interleaving call it.
    pub fn named(self, name: &'static str) -> Self {
        self.handle.set_name(name);
        self
    }

    /// Lets drawings show what is in the cell as its `Debug` shows it, as [`Mutex::shown`](super::Mutex::shown)
    /// does.
    pub fn shown(self) -> Self
    where
        T: fmt::Debug,
    {
        if self.handle.records() {
            value::enlist::<T>();
        }
        self
    }

    /// Reads the value.
    #[track_caller]
    pub fn get(&self) -> T {
        runtime::perform(OperationKind::CellRead, self.handle, Location::caller());
        let mut memory = self.memory();
        if self.handle.records() {
            runtime::move_in(&mut *memory);
        }
        let value = *memory;
        self.record(&value);
        value
    }

    /// Writes a value.
    #[track_caller]
    pub fn set(&self, value: T) {
        if self.handle.records() {
            runtime::move_out(&value);
        }
        runtime::publish(OperationKind::CellWrite, self.handle, Location::caller(), true);
        *self.memory() = value;
        self.record(&value);
    }

    /// Records what the access has moved, if that is wanted.
    #[inline]
    fn record(&self, value: &T) {
        if self.handle.records() {
            runtime::record(Value::of(value));
        }
    }

    fn memory(&self) -> Taken<'_, T> {
        let memory = self.value.try_take();
        memory.unwrap_or_else(|| runtime::impossible("no thread is suspended while it accesses the memory"))
    }
}
