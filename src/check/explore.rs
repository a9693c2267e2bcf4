//! Exploring a scenario on several engines, and judging what was seen.

use super::draft::Draft;
use crate::engine::{AnyEngine, Budget, Engine, Explorer};
use crate::report::Report;
use crate::scenario::{AnyScenario, Size};

/// The endings for which a witness is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Witnessing {
    /// Those that were seen although they are forbidden.
    Refutations,
    /// All that were seen.
    Everything,
    /// The one that the report shows in this form, if it was seen.
    Only(String),
}

/// Explores a scenario on each engine that can run it, judges the results, and finds the shortest witness of
/// each ending that is asked for.
///
/// `size` is the scenario's size, if it has one. `budget` is called for each engine just before the engine
/// starts.
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
