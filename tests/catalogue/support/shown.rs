//! Drawings of the shortest interleavings of a program, one for each ending.

use selvedge::catalogue::Selection;
use selvedge::counter::Variant;
use selvedge::engine::{self, Budget, Engine};
use selvedge::explorer::drawing::Drawing;
use selvedge::explorer::drawing::columns;
use selvedge::explorer::{Ending, Explorer, Then, Witness};
use selvedge::scenario::Updates;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Arc, Once};

/// Silences the panics of explored programs, which the library does from its first exploration on.
pub(crate) fn quiet_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let locked = Updates {
            variant: Variant::Locked,
            threads: 1,
            iterations: 1,
        };
        engine::Explorer::default().explore(&Arc::new(locked), &Budget::default());
    });
}

/// Returns a drawing of the shortest interleaving for each kind of ending.
pub(crate) fn drawings<O: Debug + 'static>(
    explorer: &Explorer,
    body: impl Fn() -> O + Clone + 'static,
    describe: impl Fn(&O) -> String,
) -> BTreeMap<String, Drawing> {
    quiet_panics();
    let mut wanted = BTreeSet::new();
    let explored = explorer.explore(body.clone(), |execution| {
        wanted.insert(kind(execution.ending()));
    });
    explored.expect("deterministic");
    let shortest = explorer
        .shortest(body.clone(), kind, &wanted)
        .expect("deterministic");
    assert!(shortest.minimal && shortest.missing.is_empty());
    let draw = |witness: &Witness<String>| {
        let replay = explorer.replay(body.clone(), &witness.schedule, Then::RunOn);
        let replay = replay.expect("the schedule fits");
        let ending = replay.ending.expect("it was run on");
        assert_eq!(kind(&ending), witness.ending);
        Drawing::described(&replay.interleaving, &ending, &describe)
    };
    let witnesses = shortest.witnesses.iter();
    witnesses
        .map(|witness| (witness.ending.clone(), draw(witness)))
        .collect()
}

/// Returns the kind of an ending: each outcome and each failure is drawn once.
pub(crate) fn kind<O: Debug>(ending: &Ending<O>) -> String {
    match ending {
        Ending::Finished(outcome) => format!("outcome {outcome:?}"),
        Ending::Deadlock(_) => "deadlock".to_owned(),
        Ending::Panic(panic) => format!("panic of {}", panic.thread),
        Ending::DataRace(_) => "data race".to_owned(),
        Ending::StepLimit => "step limit".to_owned(),
    }
}

pub(crate) fn shown(drawing: &Drawing, width: usize) -> String {
    let mut bytes = Vec::new();
    columns::write(&mut bytes, drawing, width).expect("it can be written");
    let text = String::from_utf8(bytes).expect("it is UTF-8");
    anstream::adapter::strip_str(&text).to_string()
}

pub(crate) fn catalogued(name: &str, threads: usize, iterations: u64) -> BTreeMap<String, Drawing> {
    let scenario = Selection::named(name).expect("a scenario of the catalogue");
    let scenario = scenario.sized(threads, iterations).scenario();
    let running = scenario.clone();
    drawings(
        &Explorer::new(),
        move || running.run_on_explorer(),
        |outcome| scenario.describe(outcome),
    )
}
