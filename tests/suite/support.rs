//! Explored and judged scenarios, and random programs on any backend.

mod portable;

pub(crate) use portable::{Portable, TAKEN};

use selvedge::engine::{Budget, Completeness, Engine, Exploration, Explorer, Shuttle, Strategy};
use selvedge::{Ending, Scenario, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The explorer, in its optimal mode.
pub(crate) const EXPLORER: Explorer = Explorer::DEFAULT;

/// Shuttle's depth-first search.
pub(crate) const DFS: Shuttle = Shuttle {
    strategy: Strategy::Dfs,
};

/// Explores a scenario within a budget, and judges what was found.
pub(crate) fn explore_within<S: Scenario>(
    scenario: S,
    engine: &impl Engine,
    budget: &Budget,
) -> (Exploration<S::Outcome>, Verdict) {
    let scenario = Arc::new(scenario);
    let exploration = engine.explore(&scenario, budget);
    let verdict = Verdict::of(&exploration, &scenario.expectations(), engine, |ending| {
        format!("{ending:?}")
    });
    (exploration, verdict)
}

/// Explores a scenario within the default budget, and judges what was found.
pub(crate) fn explore<S: Scenario>(scenario: S, engine: &impl Engine) -> (Exploration<S::Outcome>, Verdict) {
    explore_within(scenario, engine, &Budget::default())
}

/// Returns the endings that an engine finds, which must have explored everything.
pub(crate) fn endings<S: Scenario>(scenario: &Arc<S>, engine: &impl Engine) -> BTreeSet<Ending<S::Outcome>> {
    let explored = engine.explore(scenario, &Budget::default());
    assert_eq!(
        explored.completeness,
        Completeness::Exhaustive,
        "{}",
        engine.name()
    );
    let rows = explored.outcomes.iter();
    rows.map(|(ending, _)| ending.clone()).collect()
}
