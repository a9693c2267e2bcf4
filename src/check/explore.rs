//! Exploring a scenario on several engines, and judging what was seen.

use super::draft::Draft;
use crate::engine::{AnyEngine, Budget, Completeness, Cut, Engine, Explorer};
use crate::execution::LastWords;
use crate::report::{Report, text};
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
            None => {
                let _words = last_words(&draft, engine.name());
                let exploration = engine.explore_any(scenario, &budget(engine));
                match &exploration.completeness {
                    // The engine has met its limit before it has seen anything.
                    Completeness::CutShort(Cut::Unsuitable(reason)) if exploration.executions == 0 => {
                        draft.add_unsuitable(engine, reason.clone());
                    }
                    _ => draft.add(engine, exploration),
                }
            }
        }
    }
    let explorer = AnyEngine::new(Explorer::default());
    let _words = last_words(&draft, "the search for witnesses");
    draft.witness(witnessing, || budget(&explorer));
    draft.report()
}

/// Keeps what has been found so far, in case the process ends while the scenario runs on `engine`.
fn last_words(draft: &Draft<'_>, engine: &str) -> LastWords {
    let report = draft.report();
    let found = (!report.engines.is_empty()).then(|| text::plain(&report));
    LastWords::new(&report.scenario, engine, found.as_deref())
}
