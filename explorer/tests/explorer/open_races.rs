//! Races whose reversals only weak initials lead to: they must be reversed again, with all that comes after.
//!
//! The search that forgets them is one of the mutants in `src/search/mutants.rs`.

use crate::support::strict::strict;
use std::collections::BTreeSet;

use selvedge_explorer::{Explorer, Mode};

use crate::support::locks_beside_stores::locks_beside_stores;

fn traces(explorer: &Explorer) -> (BTreeSet<u128>, u64) {
    let mut traces = BTreeSet::new();
    let summary = explorer
        .explore(locks_beside_stores, |execution| {
            assert!(traces.insert(execution.trace_hash()), "twice");
        })
        .expect("deterministic");
    (traces, summary.blocked)
}

/// The stores and the load that decides on one of them come in three orders: 3 traces with the locks the
/// wrong way round, as no thread is woken. The other way round, the third thread loads the first variable
/// before or after each store to it: 2 places with one store, 3 with two, in either order: 8 traces.
#[test]
fn a_race_is_reversed_again_with_what_comes_after() {
    let (all, begun_in_vain) = traces(&strict().mode(Mode::SleepSets));
    assert_eq!(all.len(), 11);
    assert!(begun_in_vain > 0);
    assert_eq!(traces(&strict().mode(Mode::Source)).0, all);
    assert_eq!(traces(&strict()), (all.clone(), 0));
}
