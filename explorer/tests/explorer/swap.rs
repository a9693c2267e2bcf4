//! Code that takes `sync` and `thread` from one module runs on `std` and on the explorer, whichever that
//! module names.

use crate::support::strict::strict;
use selvedge_explorer::Explorer;
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
fn outcomes(explorer: &Explorer, looks_again: bool) -> BTreeSet<Option<(u32, usize)>> {
    let mut outcomes = BTreeSet::new();
    let summary = explorer.explore(
        move || explored::queue::transfer(looks_again),
        |execution| {
            outcomes.insert(execution.ending().finished().copied());
        },
    );
    let completeness = summary.expect("deterministic").completeness.to_string();
    assert!(["exhaustive", "bounded by spurious wakeups"].contains(&completeness.as_str()));
    outcomes
}

#[test]
fn the_same_source_is_explored_and_run_on_real_threads() {
    assert_eq!(outcomes(&Explorer::new(), true), BTreeSet::from([Some((3, 2))]));
    for _ in 0..100 {
        assert_eq!(on_std::queue::transfer(true), (3, 2));
    }
}

/// One thread waits, and is notified of the first item; the other takes that item before the first has locked
/// the mutex again. If the second item has not been pushed yet, the first thread goes away with nothing.
#[test]
fn the_explorer_finds_the_mistake_in_the_same_source() {
    let expected = [Some((1, 1)), Some((3, 2))];
    assert_eq!(outcomes(&strict(), false), BTreeSet::from(expected));
    // And without any notification: a wait may return for no reason.
    assert!(outcomes(&Explorer::new(), false).contains(&Some((0, 0))));
}
