//! SVG drawings against stored files, and what every one of them keeps to.
//!
//! The stored files are refreshed with `SELVEDGE_REFRESH=1 cargo test --test svg`.

use best::{catalogued, drawings, kind, quiet_panics};
use picture::{Area, Picture};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use selvedge::explorer::sync::atomic::AtomicI64;
use selvedge::explorer::{Explorer, Mode, ThreadId, thread};
use selvedge::report::svg;
use selvedge::witness::{Action, Column, Content, Drawing, Finale, Join, JoinKind, Mark, Place, Row, Values};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::{env, fs, io};

#[path = "support/best.rs"]
mod best;
#[path = "support/drawn.rs"]
mod drawn;
#[path = "support/picture.rs"]
mod picture;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod program;

fn written(drawing: &Drawing) -> String {
    let mut bytes = Vec::new();
    svg::write(&mut bytes, drawing).expect("it can be written");
    String::from_utf8(bytes).expect("it is UTF-8")
}

/// Compares a drawing with the stored one.
fn check(name: &str, drawing: &Drawing) {
    let file = written(drawing);
    let stored = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/stored/drawings")
        .join(format!("{name}.svg"));
    if env::var_os("SELVEDGE_REFRESH").is_some() {
        fs::write(&stored, &file).expect("the stored drawing can be written");
    }
    let stored = fs::read_to_string(&stored).expect("the stored drawing can be read");
    assert!(
        file == stored,
        "{name}: if this is as it should be, run SELVEDGE_REFRESH=1 cargo test --test svg:\n{file}"
    );
}

/// The drawings of one of the small programs.
fn small(name: &str) -> BTreeMap<String, Drawing> {
    let (_, body) = drawn::PROGRAMS
        .into_iter()
        .find(|(known, _)| *known == name)
        .expect("a small program");
    let explorer = Explorer::new().mode(Mode::Enumeration).timeouts(1);
    drawings(explorer, body, i64::to_string)
}

#[test]
fn chosen_interleavings_are_drawn_as_stored() {
    let mode = Mode::Enumeration;
    check("unlocked", &catalogued("unlocked", 2, 1, mode)["outcome -1"]);
    check("locked", &catalogued("locked", 2, 1, mode)["outcome 0"]);
    check("data-race", &catalogued("data-race", 2, 1, mode)["data race"]);
    check(
        "unlocked-3-threads",
        &catalogued("unlocked", 3, 1, mode)["outcome -1"],
    );
    check("two-locks", &small("two-locks")["deadlock"]);
}
