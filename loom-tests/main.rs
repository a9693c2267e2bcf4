//! The models under loom.
//!
//! They compile and run in every build, at a small size; under `RUSTFLAGS="--cfg loom"`, as loom's users know it, the
//! same models run at full size. The `cfg` chooses nothing else, so that no model can rot unseen.

use selvedge::counter::Variant;
use selvedge::engine::{Bound, Budget, Completeness, Engine, Exploration, Loom};
use selvedge::scenario::{Counting, Updates};
use selvedge::{Ending, Scenario, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// The sizes at which counters are explored: threads, and operations of each.
const SIZES: &[(usize, u64)] = if cfg!(loom) {
    &[(2, 1), (2, 2), (2, 3), (3, 1)]
} else {
    &[(2, 1), (2, 2), (3, 1)]
};

/// Sizes that only counters with one operation per update can be explored at.
const LARGE_SIZES: &[(usize, u64)] = if cfg!(loom) {
    &[(2, 4), (2, 5), (3, 2), (4, 1)]
} else {
    &[(2, 3)]
};

fn explore<S: Scenario>(scenario: S) -> (Exploration<S::Outcome>, Verdict) {
    let (scenario, engine) = (Arc::new(scenario), Loom::default());
    let budget = Budget {
        time: Some(Duration::from_secs(300)),
        ..Budget::default()
    };
    let exploration = engine.explore(&scenario, &budget);
    assert!(exploration.executions > 0, "no model was executed");
    let verdict = Verdict::of(&exploration, &scenario.expectations(), &engine, |ending| {
        format!("{ending:?}")
    });
    (exploration, verdict)
}

fn updates(variant: Variant, (threads, iterations): (usize, u64)) -> Updates {
    Updates {
        variant,
        threads,
        iterations,
    }
}

/// Explores a correct counter, which ends at the sum of its updates.
fn ends_at_the_sum(variant: Variant, sizes: &[(usize, u64)]) {
    for &size in sizes {
        let scenario = updates(variant, size);
        let (exploration, verdict) = explore(scenario);
        assert_eq!(
            exploration.outcomes.outcomes(),
            BTreeSet::from([scenario.expected()]),
            "{size:?}"
        );
        assert!(verdict.is_as_expected(), "{size:?}: {verdict:?}");
    }
}

/// Explores a broken counter, which reaches every value between its extremes.
fn ends_anywhere(variant: Variant, sizes: &[(usize, u64)]) {
    for &(threads, iterations) in sizes {
        let (exploration, verdict) = explore(updates(variant, (threads, iterations)));
        let most = threads.div_ceil(2) as i64 * iterations as i64;
        let least = -((threads / 2) as i64 * iterations as i64);
        let all: BTreeSet<_> = (least..=most).collect();
        assert_eq!(exploration.outcomes.outcomes(), all, "{threads} × {iterations}");
        assert!(verdict.is_as_expected(), "{threads} × {iterations}: {verdict:?}");
    }
}

#[test]
fn locked_ends_at_the_sum() {
    ends_at_the_sum(Variant::Locked, SIZES);
    ends_at_the_sum(Variant::Locked, LARGE_SIZES);
    assert_eq!(explore(updates(Variant::Locked, (2, 2))).1, Verdict::Proved);
}

#[test]
fn fetch_add_ends_at_the_sum() {
    ends_at_the_sum(Variant::FetchAdd, SIZES);
    ends_at_the_sum(Variant::FetchAdd, LARGE_SIZES);
    assert_eq!(explore(updates(Variant::FetchAdd, (2, 2))).1, Verdict::Proved);
}

#[test]
fn compare_exchange_ends_at_the_sum() {
    ends_at_the_sum(Variant::CompareExchange, SIZES);
}

#[test]
fn unlocked_ends_anywhere() {
    ends_anywhere(Variant::Unlocked, SIZES);
    let bounded = Completeness::Bounded(vec![Bound::HiddenLoads]);
    assert_eq!(
        explore(updates(Variant::Unlocked, (2, 2))).0.completeness,
        bounded
    );
}

#[test]
fn wrong_lock_ends_anywhere() {
    ends_anywhere(Variant::WrongLock, SIZES);
}

#[test]
fn locked_twice_ends_anywhere() {
    ends_anywhere(Variant::LockedTwice, SIZES);
    assert_eq!(explore(updates(Variant::LockedTwice, (2, 2))).1, Verdict::Proved);
}

#[test]
fn data_race_is_reported() {
    for &size in SIZES {
        let (exploration, verdict) = explore(updates(Variant::DataRace, size));
        assert_eq!(exploration.outcomes.count(&Ending::DataRace), 1, "{size:?}");
        assert!(verdict.is_as_expected(), "{size:?}: {verdict:?}");
    }
}

#[test]
fn counting_is_done() {
    for &(threads, iterations) in SIZES {
        let (exploration, verdict) = explore(Counting { threads, iterations });
        assert_eq!(exploration.outcomes.outcomes(), BTreeSet::from([Counting::DONE]));
        assert_eq!(verdict, Verdict::Proved);
    }
}
