//! A scenario, explored and judged.

use selvedge::engine::{Budget, Engine, Exploration, Explorer};
use selvedge::explorer::Mode;
use selvedge::{Scenario, Verdict};
use std::sync::Arc;

pub(crate) fn explore_by<S: Scenario>(mode: Mode, scenario: S) -> (Exploration<S::Outcome>, Verdict) {
    let engine = Explorer {
        mode,
        ..Explorer::default()
    };
    let scenario = Arc::new(scenario);
    let exploration = engine.explore(&scenario, &Budget::default());
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
