//! A scenario, explored and judged, as if waits returned for a reason only.
//!
//! That they do is a bound, which is taken for granted here. `spurious.rs` explores what lies beyond it.

use selvedge::engine::{Bound, Budget, Completeness, Engine, Exploration, Explorer};
use selvedge::explorer::Mode;
use selvedge::{Scenario, Verdict};
use std::sync::Arc;

pub(crate) fn explore_by<S: Scenario>(mode: Mode, scenario: S) -> (Exploration<S::Outcome>, Verdict) {
    let engine = Explorer {
        mode,
        spurious_wakeups: 0,
        ..Explorer::default()
    };
    let scenario = Arc::new(scenario);
    let mut exploration = engine.explore(&scenario, &Budget::default());
    if exploration.completeness == Completeness::Bounded(vec![Bound::SpuriousWakeups(0)]) {
        exploration.completeness = Completeness::Exhaustive;
    }
    let verdict = Verdict::of(&exploration, &scenario.expectations(), &engine, |ending| {
        ending
            .clone()
            .map(|outcome| scenario.describe(&outcome))
            .to_string()
    });
    (exploration, verdict)
}

pub(crate) fn explore<S: Scenario>(scenario: S) -> (Exploration<S::Outcome>, Verdict) {
    explore_by(Mode::Optimal, scenario)
}
