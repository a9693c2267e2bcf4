//! Exploring a scenario on several engines, and judging what was seen.

use super::draft::Draft;
use crate::engine::{AnyEngine, Budget, Engine, Explorer};
use crate::report::Report;
use crate::scenario::{Catalogued, Scenario, Size, WithScenario};
use std::sync::Arc;

/// Of which endings the witness is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Witnessing {
    /// Of those that are forbidden, and were seen.
    Refutations,
    /// Of all that were seen.
    Everything,
    /// Of the one that the report shows like this, if it was seen.
    Only(String),
}

/// Explores a scenario on each engine that can run it, judges what was seen, and finds the shortest witness of each
/// ending that is asked for.
pub fn explore<S: Scenario>(
    scenario: &Arc<S>,
    engines: &[AnyEngine],
    witnessing: &Witnessing,
    budget: impl FnMut(&AnyEngine) -> Budget,
) -> Report {
    explore_sized(scenario, None, engines, witnessing, budget)
}

/// The same for a scenario of the catalogue.
pub fn explore_catalogued(
    scenario: Catalogued,
    engines: &[AnyEngine],
    witnessing: &Witnessing,
    budget: impl FnMut(&AnyEngine) -> Budget,
) -> Report {
    scenario.with(Explore {
        size: scenario.size(),
        engines,
        witnessing,
        budget,
    })
}

/// How to explore a scenario of the catalogue.
struct Explore<'a, F> {
    size: Size,
    engines: &'a [AnyEngine],
    witnessing: &'a Witnessing,
    budget: F,
}

impl<F: FnMut(&AnyEngine) -> Budget> WithScenario for Explore<'_, F> {
    type Output = Report;

    fn run<S: Scenario>(self, scenario: S) -> Report {
        let size = Some(self.size);
        explore_sized(
            &Arc::new(scenario),
            size,
            self.engines,
            self.witnessing,
            self.budget,
        )
    }
}

fn explore_sized<S: Scenario>(
    scenario: &Arc<S>,
    size: Option<Size>,
    engines: &[AnyEngine],
    witnessing: &Witnessing,
    mut budget: impl FnMut(&AnyEngine) -> Budget,
) -> Report {
    let mut draft = Draft::new(scenario, size);
    for engine in engines {
        match engine.unsuitable(&**scenario) {
            Some(reason) => draft.add_unsuitable(engine, reason),
            None => draft.add(engine, &engine.explore(scenario, &budget(engine))),
        }
    }
    let explorer = AnyEngine::Explorer(Explorer::default());
    draft.witness(witnessing, || budget(&explorer));
    draft.finish()
}
