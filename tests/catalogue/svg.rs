//! SVG drawings compared with stored files, and the rules for every one of them.
//!
//! The stored files are refreshed with `SELVEDGE_REFRESH=1 cargo test --test catalogue`.

use crate::support::picture::{Area, Picture};
use crate::support::shown::{catalogued, drawings, kind, quiet_panics};
use crate::support::{drawn, interpreted, program};
use selvedge::Scenario;
use selvedge::backend::Explorer as Primitives;
use selvedge::catalogue::Selection;
use selvedge::counter::Variant;
use selvedge::explorer::drawing::svg;
use selvedge::explorer::drawing::{Content, Drawing, Mark, Row};
use selvedge::explorer::sync::Arc;
use selvedge::explorer::sync::atomic::AtomicI64;
use selvedge::explorer::{Explorer, Mode, thread};
use selvedge::scenario::Updates;
use selvedge_programs::{Trials, strategies};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;
use std::{env, fs, io};

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
        "{name}: if this is as it should be, run SELVEDGE_REFRESH=1 cargo test --test catalogue:\n{file}"
    );
}

/// The small programs by name.
fn programs() -> impl Iterator<Item = (&'static str, fn() -> i64)> {
    drawn::PROGRAMS.into_iter().chain(interpreted::PROGRAMS)
}

/// The drawings of one of the small programs.
fn small(name: &str) -> BTreeMap<String, Drawing> {
    let (_, body) = programs()
        .find(|(known, _)| *known == name)
        .expect("a small program");
    drawings(&Explorer::new().timeouts(1), body, i64::to_string)
}

#[test]
fn chosen_interleavings_are_drawn_as_stored() {
    check("unlocked", &catalogued("unlocked", 2, 1)["outcome -1"]);
    check("locked", &catalogued("locked", 2, 1)["outcome 0"]);
    check("data-race", &catalogued("data-race", 2, 1)["data race"]);
    check("unlocked-3-threads", &catalogued("unlocked", 3, 1)["outcome -1"]);
    check("two-locks", &small("two-locks")["deadlock"]);
    check("python-3.9", &catalogued("python-3.9", 2, 1)["outcome -1"]);
    check("labels", &small("labels")["outcome -1"]);
}

/// Every drawing of the catalogue at some sizes, and of the small programs.
fn many() -> Vec<Drawing> {
    let sized = |selection: Selection, sizes: &'static [(usize, u64)]| {
        let sizes = sizes.iter();
        sizes.flat_map(move |&(threads, iterations)| catalogued(selection.name(), threads, iterations))
    };
    let counters = Selection::counters().flat_map(|counter| sized(counter, &[(2, 1), (2, 3), (3, 1)]));
    let catalogue = counters.chain(Selection::python().flat_map(|python| sized(python, &[(2, 1)])));
    let programs = programs().flat_map(|(name, _)| small(name));
    let shortest = catalogue.chain(programs).map(|(_, drawing)| drawing);
    shortest.chain(roundabout()).collect()
}

/// Returns a drawing of each trace of the unlocked counter: in most of them more than one update is lost.
fn roundabout() -> Vec<Drawing> {
    let scenario = Updates {
        variant: Variant::Unlocked,
        threads: 2,
        iterations: 2,
    };
    let mut drawings = Vec::new();
    let explored = Explorer::new().explore(
        move || scenario.run::<Primitives>(),
        |execution| drawings.push(Drawing::new(&execution.interleaving(), execution.ending())),
    );
    assert_eq!(explored.expect("deterministic").executions, 34);
    drawings
}

/// Checks the rules for every file: it is XML; all of it can be seen; no text, box or line overlaps another
/// text or box; and no text is missing.
fn assert_sound(drawing: &Drawing) -> Picture {
    let file = written(drawing);
    assert_eq!(file, written(drawing), "the same bytes for the same drawing");
    let picture = Picture::read(&file);
    let view = Area {
        left: 0.0,
        top: 0.0,
        right: picture.width,
        bottom: picture.height,
    };
    let texts = || picture.texts.iter();
    let others = picture.boxes.iter().chain(&picture.dots).chain(&picture.pieces);
    for area in texts().map(|text| &text.area).chain(others) {
        assert!(view.holds(*area), "{area:?} is not to be seen in\n{file}");
    }
    for (index, text) in picture.texts.iter().enumerate() {
        let meets = texts().skip(index + 1).find(|other| text.area.meets(other.area));
        assert!(meets.is_none(), "{text:?} runs into {meets:?} in\n{file}");
        let crossed = picture
            .pieces
            .iter()
            .chain(&picture.dots)
            .find(|piece| piece.meets(text.area));
        assert!(crossed.is_none(), "{crossed:?} crosses {text:?} in\n{file}");
        let is_torn = |one: &&Area| one.meets(text.area) && !one.holds(text.area);
        let torn = picture.boxes.iter().find(is_torn);
        assert!(torn.is_none(), "{text:?} reaches out of {torn:?} in\n{file}");
    }
    for (index, one) in picture.boxes.iter().enumerate() {
        let inner = one.shrunk(2.0);
        let hit = picture.boxes[index + 1..]
            .iter()
            .chain(&picture.pieces)
            .find(|other| inner.meets(**other));
        assert!(hit.is_none(), "{hit:?} runs into {one:?} in\n{file}");
    }
    assert_complete(drawing, &picture);
    picture
}

fn assert_complete(drawing: &Drawing, picture: &Picture) {
    let texts = || picture.texts.iter().map(|text| text.text.as_str());
    let first_box = picture
        .boxes
        .iter()
        .map(|area| area.left)
        .fold(f64::INFINITY, f64::min);
    let numbers = || picture.texts.iter().filter(|text| text.area.right < first_box);
    let steps = drawing
        .rows
        .iter()
        .filter_map(Row::step)
        .map(|step| step.to_string());
    for step in steps {
        assert_eq!(
            numbers().filter(|text| text.text == step).count(),
            1,
            "step {step}: {picture:?}"
        );
    }
    let marks = drawing.rows.iter().flat_map(|row| &row.marks);
    let preempts = marks.filter(|mark| matches!(mark, Mark::Preempts { .. })).count();
    assert_eq!(
        texts().filter(|text| text.ends_with("preempted")).count(),
        preempts
    );
    for place in drawing.rows.iter().filter_map(|row| row.place.as_ref()) {
        assert!(
            texts().any(|text| text == place.to_string()),
            "{place}: {picture:?}"
        );
    }
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let shown: Vec<String> = texts().flat_map(words).collect();
    let story = words(&picture.story);
    let end = &shown[shown.len().saturating_sub(story.len())..];
    let is_cut = |(shown, word): &(&String, &String)| shown == word || shown.ends_with('…');
    assert!(
        end.iter().zip(&story).all(|pair| is_cut(&pair)),
        "{end:?} is not {story:?}"
    );
}

#[test]
fn every_drawing_of_the_catalogue_and_of_the_small_programs_is_sound() {
    let drawings = many();
    drawings.iter().for_each(|drawing| drop(assert_sound(drawing)));
    let joined = drawings.iter().filter(|drawing| drawing.joins.len() > 1).count();
    assert!(joined > 4, "{joined}: lines beside lines are tried");
}

/// For every program and every ending.
#[test]
fn every_drawing_of_a_random_program_is_sound() {
    quiet_panics();
    let mut endings = BTreeSet::new();
    let mut across = 0;
    Trials::new(150).hold(&strategies::programs(), |program| {
        let explorer = Explorer::new().mode(Mode::Enumeration).timeouts(1).steps(12);
        let explored = explorer
            .executions(Some(10))
            .explore(program::body(program), |execution| {
                let drawing = Drawing::new(&execution.interleaving(), execution.ending());
                assert_sound(&drawing);
                let is_across = |row: &Row| row.column.is_none() && row.step().is_some();
                across += drawing.rows.iter().filter(|row| is_across(row)).count();
                endings.insert(
                    kind(execution.ending())
                        .split(' ')
                        .next()
                        .unwrap_or("")
                        .to_owned(),
                );
            });
        explored.unwrap_or_else(|error| panic!("{error}"));
        true
    });
    let kinds: Vec<&str> = endings.iter().map(String::as_str).collect();
    assert_eq!(
        kinds,
        ["data", "deadlock", "outcome", "panic", "step"],
        "all endings are tried"
    );
    assert!(across > 50, "{across}: rows across the lanes are tried");
}

/// A line that joins rows goes round the boxes across the lanes between them, or above its last row.
#[test]
fn lines_go_round_what_stands_across_the_lanes() {
    let lost = &catalogued("unlocked", 2, 1)["outcome -1"];
    let trunk = |drawing: &Drawing| {
        let picture = assert_sound(drawing);
        assert_eq!(drawing.joins[0].rows, [0, 2, 3]);
        let names = picture
            .texts
            .iter()
            .filter(|text| text.text.starts_with("thread "));
        let names: Vec<Area> = names.map(|text| text.area).collect();
        let ring = picture.dots[0];
        let upright = |piece: &&Area| piece.right - piece.left == 2.0 && piece.top > ring.top;
        let longest = picture.pieces.iter().filter(upright).max_by(|one, other| {
            let height = |area: &Area| area.bottom - area.top;
            height(one).total_cmp(&height(other))
        });
        (longest.expect("a line down").left, names)
    };
    let (between, names) = trunk(lost);
    assert!(
        names[0].right < between && between < names[1].left,
        "{between}: {names:?}"
    );
    let mut across = lost.clone();
    across.rows[1].column = None;
    let (left, names) = trunk(&across);
    assert!(left < names[0].left, "{left}: {names:?}");
    let mut above = lost.clone();
    above.rows[3].marks.push(Mark::Preempts {
        thread: "main".to_owned(),
        column: None,
    });
    let (left, names) = trunk(&above);
    assert!(left < names[0].left, "{left}: {names:?}");
}

/// Many lines at one box, from both sides, keep apart.
#[test]
fn many_lines_meet_a_box_without_crossing_text() {
    let mut drawing = catalogued("unlocked", 3, 1)["outcome -1"].clone();
    let join = drawing.joins[0].clone();
    for last in join.rows.iter().skip(1).cycle().take(6) {
        let mut more = join.clone();
        more.rows = vec![join.rows[0], *last];
        drawing.joins.push(more);
    }
    assert_eq!(assert_sound(&drawing).dots.len(), 7, "a ring for each");
}

/// Names and messages can be read back from the file unchanged, except for characters that XML cannot hold.
#[test]
fn text_is_escaped() {
    let body = || {
        let value = Arc::new(AtomicI64::new(0));
        let thread = thread::spawn(move || {
            let seen = value.load(SeqCst);
            panic!("{seen} <b>&amp;</b> ]]> \"it's\" \u{1b}[31m\0 \u{ffff}");
        });
        thread.join().unwrap();
    };
    for mut drawing in drawings(&Explorer::new(), body, |()| String::new()).into_values() {
        drawing.columns[0].name = "<a> & \"b\" \u{7}'".to_owned();
        let picture = assert_sound(&drawing);
        let texts: Vec<&str> = picture.texts.iter().map(|text| text.text.as_str()).collect();
        assert!(texts.contains(&"<a> & \"b\"  '"), "{texts:?}");
        assert!(
            texts.join(" ").contains("<b>&amp;</b> ]]> \"it's\" [31m"),
            "{texts:?}"
        );
        assert!(
            picture.story.contains("<b>&amp;</b> ]]> \"it's\""),
            "{}",
            picture.story
        );
        assert!(!picture.story.contains(char::is_control));
    }
}

/// A name that is wide, a place that is long and a message of many lines break nothing.
#[test]
fn long_and_wide_text_is_cut_or_wrapped() {
    for mut drawing in drawings(&Explorer::new(), drawn::talkative, |()| String::new()).into_values() {
        assert_sound(&drawing);
        drawing.columns[0].name = "糸".repeat(100);
        for row in &mut drawing.rows {
            row.who = "糸".repeat(100);
            if let Content::Link(text) = &mut row.content {
                *text = "x".repeat(300);
            }
        }
        assert_sound(&drawing);
        drawing.columns.clear();
        drawing.rows.iter_mut().for_each(|row| row.column = None);
        assert_sound(&drawing);
    }
}

/// The title of the drawing names the ending, and its description is the story.
#[test]
fn the_file_can_be_read_aloud() {
    let drawing = &catalogued("unlocked", 2, 1)["outcome -1"];
    let picture = assert_sound(drawing);
    assert_eq!(picture.title, "One interleaving and its ending: outcome: −1");
    assert_eq!(picture.story, drawing.story.join(" "));
}

/// The backgrounds of pages: white, and a common dark one.
const PAGES: [&str; 2] = ["#ffffff", "#0d1117"];

/// On both backgrounds, and on the cards of both, text has a contrast of at least 4.5 : 1, and lines one of 3
/// : 1.
#[test]
fn all_colours_stand_out() {
    let pictures: Vec<Picture> = many().iter().map(assert_sound).collect();
    let used: BTreeSet<_> = pictures
        .iter()
        .flat_map(|picture| picture.colours.clone())
        .collect();
    let names: BTreeSet<&str> = used.iter().map(|(name, ..)| name.as_str()).collect();
    let all = ["bad", "card", "dim", "good", "line", "text", "warning"];
    assert_eq!(Vec::from_iter(names), all, "all of them are tried");
    let schemes = schemes(&pictures[0].style);
    for (scheme, page) in schemes.iter().zip(PAGES) {
        assert_eq!(Vec::from_iter(scheme.keys().map(String::as_str)), all);
        for (name, _, is_text) in used.iter().filter(|(name, ..)| name != "card") {
            for background in [page, scheme["card"].as_str()] {
                let ratio = contrast(&scheme[name], background);
                let least = if *is_text { 4.5 } else { 3.0 };
                assert!(
                    ratio >= least,
                    "{name} {} on {background}: {ratio:.2}",
                    scheme[name]
                );
            }
        }
    }
    for (name, value, _) in &used {
        assert_eq!(
            *value, schemes[0][name],
            "without a style sheet, {name} is the light one"
        );
    }
}

/// The colours by their names, on light and on dark backgrounds.
fn schemes(style: &str) -> [BTreeMap<String, String>; 2] {
    let (light, rest) = style
        .split_once("@media (prefers-color-scheme:dark)")
        .expect("two schemes");
    let (dark, _) = rest.split_once("@supports").expect("rules");
    [light, dark].map(|scheme| {
        let properties = scheme.rsplit('{').next().expect("a block").split(';');
        let properties = properties.filter_map(|property| property.split_once(':'));
        let value = |value: &str| value.trim_end_matches(['}', '\n']).to_owned();
        properties
            .map(|(name, colour)| (name.trim_start_matches('-').to_owned(), value(colour)))
            .collect()
    })
}

/// The contrast ratio of two colours, by WCAG 2.2.
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: &str) -> f64 {
    let part = |from: usize| {
        let value = u8::from_str_radix(&colour[from..from + 2], 16).expect("two digits");
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[test]
fn contrast_is_computed_as_defined() {
    assert_eq!(contrast("#000000", "#ffffff"), 21.0);
    assert_eq!(contrast("#777777", "#777777"), 1.0);
    assert_eq!(
        format!("{:.2}", contrast("#777777", "#ffffff")),
        "4.48",
        "the well-known grey that just fails"
    );
}

/// A file is complete in itself: it runs no script, and fetches nothing.
#[test]
fn the_file_needs_no_other() {
    let file = written(&catalogued("unlocked", 2, 1)["outcome -1"]);
    for word in ["<script", "href", "url(", "@import", "@font-face", "onload"] {
        assert!(!file.contains(word), "{word} in\n{file}");
    }
}

/// A writer that accepts this many bytes.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(bytes.len())
            .ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let drawing = &catalogued("locked", 2, 1)["outcome 0"];
    let length = written(drawing).len();
    for room in [0, 200, length - 1] {
        let error = svg::write(&mut Full(room), drawing).expect_err("there is no room");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
    svg::write(&mut Full(length), drawing).expect("there is just enough room");
}
