//! The size at which a scenario is drawn unless the user chooses another: its lesson shows there.

use selvedge::catalogue::Selection;
use selvedge::check::{self, Witnessing};
use selvedge::engine::{AnyEngine, Budget, Explorer};
use selvedge::scenario::Size;
use std::collections::BTreeSet;

/// Returns the reasons for all endings of a scenario at this size.
fn reasons(selection: Selection, size: Size) -> BTreeSet<String> {
    let scenario = selection.sized(size.threads, size.iterations).scenario();
    let engine = AnyEngine::new(Explorer::default());
    let report = check::explore(&scenario, Some(size), &[engine], &Witnessing::Refutations, |_| {
        Budget::default()
    });
    report.rows.into_iter().map(|row| row.reason).collect()
}

#[test]
fn whatever_can_happen_with_two_operations_each_can_happen_at_the_smallest_size() {
    for selection in Selection::all() {
        let twice = Size {
            threads: 2,
            iterations: 2,
        };
        let smallest = selection.smallest();
        assert_eq!(
            reasons(selection, smallest),
            reasons(selection, twice),
            "{selection}"
        );
        assert!(smallest.iterations <= 2, "{selection}");
    }
}

/// A smaller size would not do.
#[test]
fn whoever_is_passed_over_needs_a_thread_with_two_turns() {
    let selection = Selection::named("gil-unforced").expect("it is in the catalogue");
    let once = Size {
        threads: 2,
        iterations: 1,
    };
    assert_ne!(reasons(selection, selection.smallest()), reasons(selection, once));
}

/// The step that is the mistake has a name of its own, and no fold hides it.
#[test]
fn who_takes_the_gil_out_of_turn_is_marked() {
    let selection = Selection::named("gil-unforced").expect("it is in the catalogue");
    let size = selection.smallest();
    let scenario = selection.sized(size.threads, size.iterations).scenario();
    let engine = [AnyEngine::new(Explorer::default())];
    for (outcome, steps) in [("4 turns", 0), ("4 turns, 1 passed over", 2)] {
        let wanted = Witnessing::Only(outcome.to_owned());
        let report = check::explore(&scenario, Some(size), &engine, &wanted, |_| Budget::default());
        let witness = report.rows.iter().find_map(|row| row.witness.as_ref());
        let witness = witness.expect("it is possible").as_ref().expect("it is found");
        let places = witness.drawing.rows.iter().filter_map(|row| row.place.as_ref());
        let out_of_turn = places.filter(|place| place.label == Some("out of turn"));
        assert_eq!(out_of_turn.count(), steps, "{outcome}");
    }
}
