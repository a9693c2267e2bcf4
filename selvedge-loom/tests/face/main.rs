//! The face of loom: each thing with a twin that is broken, and fails for the stated reason.
#![expect(unsafe_code, reason = "what is tested is there for unsafe code")]

mod alloc;
mod arc;
mod atomics;
mod cells;
mod futures;
mod model;
mod statics;
mod sync;
mod threads;

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};

/// Checks the model, and returns the report of its failure.
///
/// # Panics
///
/// If it does not fail.
#[track_caller]
pub(crate) fn failure(model: impl Fn() + Sync + Send + 'static) -> String {
    let checked = panic::catch_unwind(AssertUnwindSafe(|| loom::model(model)));
    let payload = checked.expect_err("the model is broken");
    *payload.downcast::<String>().expect("a report")
}

/// Checks the model, and returns what its executions return.
pub(crate) fn outcomes<O: Ord + Send + 'static>(
    model: impl Fn() -> O + Sync + Send + 'static,
) -> BTreeSet<O> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let theirs = Arc::clone(&seen);
    loom::model(move || {
        let outcome = model();
        theirs.lock().unwrap().insert(outcome);
    });
    let mut seen = seen.lock().unwrap();
    std::mem::take(&mut *seen)
}

/// Asserts that the report says this.
#[track_caller]
pub(crate) fn assert_says(report: &str, what: &str) {
    assert!(report.contains(what), "{what:?} is not in this report:\n{report}");
}
