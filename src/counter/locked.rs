//! The counter with a lock, like the seed's `with lock: x += 1`.

use super::Counter;
use crate::backend::{Lock, Primitives};

/// Adds while it holds a lock.
///
/// The load and the store of [`Unlocked`](super::Unlocked) are both still there, inside `+=`. But every
/// thread takes the same lock before the load and unlocks it after the store, and only one thread at a time
/// can hold it. So no other update can come between the two, and no update is lost.
#[derive(Debug)]
pub struct Locked<P: Primitives> {
    value: P::Mutex<P::Int>,
}

impl<P: Primitives> Counter<P> for Locked<P> {
    fn new() -> Self {
        Locked {
            value: P::Mutex::new(0.into()).named("count"),
        }
    }

    fn add(&self, delta: i64) {
        let mut value = self.value.lock();
        *value += delta;
        // The lock is unlocked here, when `value`, the guard, goes out of scope.
    }

    fn get(&self) -> P::Int {
        *self.value.lock()
    }
}
