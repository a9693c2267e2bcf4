//! Code that takes `sync` and `thread` from one module runs on `std` and on the explorer, whichever that
//! module names.

use selvedge_explorer::{Completeness, Explorer};
use std::collections::BTreeSet;

#[allow(clippy::duplicate_mod, reason = "the same source, with other primitives")]
#[path = "swap"]
mod on_std {
    use std::{sync, thread};

    pub(super) mod queue;
}

#[allow(clippy::duplicate_mod, reason = "the same source, with other primitives")]
#[path = "swap"]
mod explored {
    use selvedge_explorer::{sync, thread};

    pub(super) mod queue;
}

/// Returns the outcomes of all interleavings; `None` stands for an execution that does not finish.
fn outcomes(looks_again: bool) -> BTreeSet<Option<(u32, usize)>> {
    let mut outcomes = BTreeSet::new();
    let summary = Explorer::new().explore(
        move || explored::queue::transfer(looks_again),
        |execution| {
            outcomes.insert(execution.ending().finished().copied());
        },
    );
    assert_eq!(
        summary.expect("deterministic").completeness,
        Completeness::Exhaustive
    );
    outcomes
}

#[test]
fn the_same_source_is_explored_and_run_on_real_threads() {
    assert_eq!(outcomes(true), BTreeSet::from([Some((3, 2))]));
    for _ in 0..100 {
        assert_eq!(on_std::queue::transfer(true), (3, 2));
    }
}

/// One thread waits, and is notified of the first item; the other takes that item before the first has locked
/// the mutex again. If the second item has not been pushed yet, the first thread goes away with nothing.
#[test]
fn the_explorer_finds_the_mistake_in_the_same_source() {
    let expected = [Some((1, 1)), Some((3, 2))];
    assert_eq!(outcomes(false), BTreeSet::from(expected));
}
