//! Recorders, by which the guard of a mutex shows the value that it protects, for the record.

use crate::value::Value;

/// A way to show a value, by which a [`MutexGuard`](super::MutexGuard) is marked.
pub trait Recorder<T: ?Sized> {
    /// `true` if there is anything to show.
    const SHOWS: bool;

    /// Returns the value as it is shown, if it can be shown.
    fn show(value: &T) -> Option<Value>;
}

/// Shows nothing: marks the guards of [`Mutex::lock`](super::Mutex::lock).
#[derive(Debug)]
pub struct Unrecorded;

/// Shows integers, flags, and all that can be [shown](super::Mutex::shown): marks the guards of
/// [`Mutex::lock_recorded`](super::Mutex::lock_recorded).
#[derive(Debug)]
pub struct Recorded;

impl<T: ?Sized> Recorder<T> for Unrecorded {
    const SHOWS: bool = false;

    fn show(_value: &T) -> Option<Value> {
        None
    }
}

impl<T: 'static> Recorder<T> for Recorded {
    const SHOWS: bool = true;

    fn show(value: &T) -> Option<Value> {
        Value::of(value)
    }
}
