//! The counter that has no synchronisation at all.

use super::Counter;
use crate::backend::{PlainCell, Primitives};

/// Adds to plain memory, like `x += 1` on a shared variable in C.
///
/// This loses updates as [`Unlocked`](super::Unlocked) does, but it is worse: two threads access the same
/// plain memory, at least one of them writes, and nothing orders the two accesses. That is a *data race*, and
/// the language gives such a program no meaning at all: the compiler may assume that it never happens, and
/// may reorder, merge or drop the accesses. Safe Rust does not let you write it. Here [`PlainCell`] takes its
/// place, so that loom can report the data race itself.
#[derive(Debug)]
pub struct DataRace<P: Primitives> {
    value: P::Cell<P::Int>,
}

impl<P: Primitives> Counter<P> for DataRace<P> {
    fn new() -> Self {
        DataRace {
            value: P::Cell::new(0.into()).named("x"),
        }
    }

    fn add(&self, delta: i64) {
        let seen = self.value.get();
        self.value.set(seen + delta);
    }

    fn get(&self) -> P::Int {
        self.value.get()
    }
}
