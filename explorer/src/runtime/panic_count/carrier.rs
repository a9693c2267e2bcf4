//! A panic that goes from one OS thread to another.
#![expect(unsafe_code, reason = "a coroutine is sent to another OS thread")]

use std::mem::ManuallyDrop;
use std::panic::{self, AssertUnwindSafe};

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, Yielder};

use crate::limit::{self, Limit};

/// `true` if a coroutine can be sent to another OS thread in the middle of unwinding.
///
/// Unwinding by tables (the Itanium C++ ABI) keeps its state in the exception and on the stack.
pub(super) const CAN_MOVE: bool = true;

/// The size of a carrier's stack, in bytes: unwinding takes a few KiB.
const STACK: usize = 64 * 1024;

/// A coroutine that panics, and is suspended in the middle of unwinding, again and again.
pub(super) struct Carrier {
    coroutine: ManuallyDrop<Coroutine<(), (), (), DefaultStack>>,
}

// SAFETY: a carrier is sent only while it is suspended, in `Pause::drop` or in `run`. Nothing on its stack
// belongs to an OS thread: there are the yielder, frames without captures, and a panic without a payload.
// None of these functions keeps the address of a thread-local across the suspension: they use none
// themselves, and those of `std` that do are called anew, before it (to panic) and after it (to catch).
unsafe impl Send for Carrier {}

impl Carrier {
    /// Creates a carrier that rests. If there is no memory for it, a limit is reached.
    pub(super) fn new() -> Self {
        let stack = DefaultStack::new(STACK).unwrap_or_else(|_| limit::reach(Limit::StackMemory));
        Self {
            coroutine: ManuallyDrop::new(Coroutine::with_stack(stack, |yielder, ()| run(yielder))),
        }
    }

    /// Begins a panic, which this OS thread counts.
    pub(super) fn raise(&mut self) {
        self.coroutine.resume(());
    }

    /// Catches the panic, which this OS thread then counts no more.
    pub(super) fn catch(&mut self) {
        self.coroutine.resume(());
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        // SAFETY: it is not used again. Nothing on its stack needs to be dropped: `Pause` is a reference, and
        // the panic (some 50 bytes of memory, if it is raised) is leaked.
        unsafe {
            self.coroutine.force_reset();
            ManuallyDrop::drop(&mut self.coroutine);
        }
    }
}

#[inline(never)]
fn run(yielder: &Yielder<(), ()>) {
    loop {
        catch(yielder);
        yielder.suspend(());
    }
}

#[inline(never)]
fn catch(yielder: &Yielder<(), ()>) {
    let caught = panic::catch_unwind(AssertUnwindSafe(|| unwind(yielder)));
    drop(caught);
}

#[inline(never)]
fn unwind(yielder: &Yielder<(), ()>) {
    let _pause = Pause(yielder);
    panic::resume_unwind(Box::new(()));
}

/// Suspends the carrier when it is dropped.
struct Pause<'a>(&'a Yielder<(), ()>);

impl Drop for Pause<'_> {
    #[inline(never)]
    fn drop(&mut self) {
        self.0.suspend(());
    }
}
