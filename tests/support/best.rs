//! The drawings of a program: for each of its endings, an interleaving that is easy to follow.

use selvedge::Scenario;
use selvedge::backend::Explorer as Primitives;
use selvedge::explorer::{Ending, Explorer, Mode, in_execution, note_panic};
use selvedge::scenario::{Catalogued, Selection};
use selvedge::witness::Drawing;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::panic;
use std::sync::Once;

/// Notes the places of panics, and keeps quiet about those of explored programs.
pub(crate) fn quiet_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            note_panic(info);
            if !in_execution() {
                previous(info);
            }
        }));
    });
}

/// What the drawing of an ending shows, for each kind of ending: the interleaving with the fewest preemptions, then
/// switches.
pub(crate) fn drawings<O: Debug + Ord + Clone + 'static>(
    explorer: Explorer,
    body: impl Fn() -> O + 'static,
    describe: impl Fn(&O) -> String,
) -> BTreeMap<String, Drawing> {
    quiet_panics();
    let mut best = BTreeMap::new();
    explorer
        .executions(Some(20_000))
        .explore(body, |execution| {
            let interleaving = execution.interleaving();
            let cost = (interleaving.preemptions(), interleaving.switches());
            let is_better = |known: &(_, _)| cost < known.0;
            let key = kind(execution.ending());
            if best.get(&key).is_none_or(is_better) {
                best.insert(
                    key,
                    (
                        cost,
                        Drawing::described(&interleaving, execution.ending(), &describe),
                    ),
                );
            }
        })
        .expect("deterministic");
    best.into_iter()
        .map(|(key, (_, drawing))| (key, drawing))
        .collect()
}

/// Endings that are drawn once: finished with each outcome, and each failure.
pub(crate) fn kind<O: Debug>(ending: &Ending<O>) -> String {
    match ending {
        Ending::Finished(outcome) => format!("outcome {outcome:?}"),
        Ending::Deadlock(_) => "deadlock".to_owned(),
        Ending::Panic(panic) => format!("panic of {}", panic.thread),
        Ending::DataRace(_) => "data race".to_owned(),
        Ending::StepLimit => "step limit".to_owned(),
    }
}

fn drawn_scenario<S: Scenario + Copy>(explorer: Explorer, scenario: S) -> BTreeMap<String, Drawing> {
    drawings(
        explorer,
        move || scenario.run::<Primitives>(),
        |outcome| scenario.describe(outcome),
    )
}

/// The drawings of a scenario of the catalogue.
pub(crate) fn catalogued(
    name: &str,
    threads: usize,
    iterations: u64,
    mode: Mode,
) -> BTreeMap<String, Drawing> {
    let explorer = Explorer::new().mode(mode);
    let scenario = Selection::named(name).expect("a scenario of the catalogue");
    match scenario.sized(threads, iterations) {
        Catalogued::Updates(scenario) => drawn_scenario(explorer, scenario),
        Catalogued::ClaimedCorrect(scenario) => drawn_scenario(explorer, scenario),
        Catalogued::Counting(scenario) => drawn_scenario(explorer, scenario),
    }
}
