//! The operations of loom, each guarded: if loom panics in one, the execution is left as it stands.
//!
//! Loom gives up an execution by a panic, which unwinds the thread that met it: at a deadlock, at a data race,
//! at a limit. The destructors on that thread then run in a model that has ended. The guard of loom's own
//! readers-writer lock panics there, and so may any destructor of the program; a panic that leaves a destructor
//! while a panic unwinds aborts the process. So the panic is not let into the program. It ends in the operation
//! that began it, where the engine takes the result; the worker's OS thread sleeps from then on, and what the
//! program had on its stacks is leaked.

use super::fault_of_loom;
use crate::execution::Record;
use std::mem::forget;

/// Performs an operation of loom's. If loom gives up in it, the exploration ends there.
pub(super) fn operation<R>(operate: impl FnOnce() -> R) -> R {
    let guarded = Guarded;
    let result = operate();
    guarded.end();
    result
}

/// A guard around one operation of loom's; it is dropped only if a panic unwinds the operation.
#[must_use = "it guards the operation until its end"]
pub(super) struct Guarded;

impl Guarded {
    /// Ends the operation, which has returned.
    pub(super) fn end(self) {
        forget(self);
    }
}

impl Drop for Guarded {
    /// Leaves the exploration, if it is loom that gave up. A lock that is poisoned is the program's business.
    fn drop(&mut self) {
        Record::leave(fault_of_loom);
    }
}
