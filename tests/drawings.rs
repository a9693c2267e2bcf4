//! Drawings of chosen interleavings against stored text, and what every drawing keeps to.
//!
//! The stored drawings are refreshed with `SELVEDGE_REFRESH=1 cargo test --test drawings`.

use selvedge::backend::Explorer as Primitives;
use selvedge::explorer::{Ending, Explorer, Mode, in_execution, note_panic};
use selvedge::report::columns;
use selvedge::scenario::{Catalogued, Selection};
use selvedge::witness::Drawing;
use selvedge::{Scenario, explorer};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;
use std::sync::Once;
use std::{env, fs, panic};

#[path = "support/drawn.rs"]
mod drawn;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod program;

/// Notes the places of panics, and keeps quiet about those of explored programs.
fn quiet_panics() {
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
fn drawings<O: Debug + Ord + Clone + 'static>(
    explorer: Explorer,
    body: impl Fn() -> O + 'static,
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
                best.insert(key, (cost, Drawing::new(&interleaving, execution.ending())));
            }
        })
        .expect("deterministic");
    best.into_iter()
        .map(|(key, (_, drawing))| (key, drawing))
        .collect()
}

/// Endings that are drawn once: finished with each outcome, and each failure.
fn kind<O: Debug>(ending: &Ending<O>) -> String {
    match ending {
        Ending::Finished(outcome) => format!("outcome {outcome:?}"),
        Ending::Deadlock(_) => "deadlock".to_owned(),
        Ending::Panic(panic) => format!("panic of {}", panic.thread),
        Ending::DataRace(_) => "data race".to_owned(),
        Ending::StepLimit => "step limit".to_owned(),
    }
}

fn shown(drawing: &Drawing, width: usize) -> String {
    let mut bytes = Vec::new();
    columns::write(&mut bytes, drawing, width).expect("it can be written");
    let text = String::from_utf8(bytes).expect("it is UTF-8");
    anstream::adapter::strip_str(&text).to_string()
}

/// Compares the drawings of a program with the stored ones.
fn check(name: &str, width: usize, drawings: &BTreeMap<String, Drawing>) {
    let mut text = String::new();
    for (ending, drawing) in drawings {
        text += &format!("=== {name}: {ending}\n\n{}\n", shown(drawing, width));
    }
    let stored = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/stored/drawings")
        .join(format!("{name}.txt"));
    if env::var_os("SELVEDGE_REFRESH").is_some() {
        fs::create_dir_all(stored.parent().expect("a directory")).expect("the directory can be created");
        fs::write(&stored, &text).expect("the stored drawings can be written");
    }
    let stored = fs::read_to_string(&stored).expect("the stored drawings can be read");
    assert_eq!(
        text, stored,
        "if this is as it should be, run SELVEDGE_REFRESH=1 cargo test --test drawings"
    );
}

fn catalogued(name: &str, threads: usize, iterations: u64, mode: Mode) -> BTreeMap<String, Drawing> {
    let explorer = Explorer::new().mode(mode);
    let scenario = Selection::named(name).expect("a scenario of the catalogue");
    match scenario.sized(threads, iterations) {
        Catalogued::Updates(scenario) => drawings(explorer, move || scenario.run::<Primitives>()),
        Catalogued::ClaimedCorrect(scenario) => drawings(explorer, move || scenario.run::<Primitives>()),
        Catalogued::Counting(scenario) => drawings(explorer, move || scenario.run::<Primitives>()),
    }
}

#[test]
fn the_catalogue_is_drawn_as_stored() {
    for selection in Selection::all() {
        let name = selection.name();
        check(name, 80, &catalogued(name, 2, 1, Mode::Enumeration));
    }
    check("unlocked-3", 80, &catalogued("unlocked", 2, 3, Mode::Optimal));
    check(
        "unlocked-3-threads",
        80,
        &catalogued("unlocked", 3, 1, Mode::Enumeration),
    );
    check(
        "unlocked-narrow",
        44,
        &catalogued("unlocked", 2, 1, Mode::Enumeration),
    );
    check("locked-10", 80, &catalogued("locked", 2, 5, Mode::Optimal));
}

#[test]
fn small_programs_are_drawn_as_stored() {
    for (name, body) in drawn::PROGRAMS {
        check(
            name,
            80,
            &drawings(Explorer::new().mode(Mode::Enumeration).timeouts(1), body),
        );
    }
}
