//! Whether a program on the explorer's primitives has used an ordering weaker than `SeqCst`.
//!
//! All threads of such a program run on one OS thread, that of the exploration.

use std::cell::Cell;
use std::sync::atomic::Ordering;

thread_local! {
    static WEAKER: Cell<bool> = const { Cell::new(false) };
}

/// Forgets what the programs on this OS thread have used so far.
pub(crate) fn forget() {
    WEAKER.set(false);
}

/// Notes the ordering of an access.
#[inline]
pub(super) fn note(ordering: Ordering) {
    if ordering != Ordering::SeqCst {
        WEAKER.set(true);
    }
}

/// Returns `true` if all accesses on this OS thread have been `SeqCst`.
pub(crate) fn are_sequential() -> bool {
    !WEAKER.get()
}
