//! Exploring a scenario on several engines, and judging what was seen.

use super::draft::Draft;
use crate::engine::{AnyEngine, Budget, Engine, Explorer};
use crate::report::Report;
use crate::scenario::{AnyScenario, Size};

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
///
/// `size` is the scenario's, where it has one. The budget of each engine is asked for just before the engine starts.
pub fn explore(
    scenario: &AnyScenario,
    size: Option<Size>,
    engines: &[AnyEngine],
    witnessing: &Witnessing,
    mut budget: impl FnMut(&AnyEngine) -> Budget,
) -> Report {
    let mut draft = Draft::new(scenario, size);
    for engine in engines {
        match engine.unsuitable(scenario) {
            Some(reason) => draft.add_unsuitable(engine, reason),
            None => draft.add(engine, &engine.explore_any(scenario, &budget(engine))),
        }
    }
    let explorer = AnyEngine::new(Explorer::default());
    draft.witness(witnessing, || budget(&explorer));
    draft.finish()
}
