//! `selvedge odds`: exact counts and odds.

use crate::support::{Ran, list, selvedge, without_time};
use roxmltree::{Document, Node};
use selvedge::counter::Variant;
use selvedge::odds::{Odds, Search, write_text};
use selvedge::scenario::Updates;
use std::path::Path;

/// Compares a text, without its time, with the stored one, which `SELVEDGE_REFRESH=1 cargo test --test command` refreshes.
#[track_caller]
fn check(name: &str, text: &str) {
    let text: String = text.lines().map(|line| without_time(line) + "\n").collect();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/stored/odds/{name}.txt"));
    if std::env::var_os("SELVEDGE_REFRESH").is_some() {
        std::fs::write(&stored, &text).expect("the stored text can be written");
    }
    let stored = std::fs::read_to_string(&stored).expect("the stored text can be read");
    assert!(
        text == stored,
        "{name}: if this is as it should be, run SELVEDGE_REFRESH=1 cargo test --test command:\n{text}"
    );
}

/// Returns the text at this width.
fn text(variant: Variant, iterations: u64, traces: bool, width: usize) -> String {
    let updates = Updates {
        variant,
        threads: 2,
        iterations,
    };
    let search = Search {
        traces,
        ..Search::default()
    };
    let odds = Odds::of(&updates.into(), &search).expect("it can be counted");
    let mut text = Vec::new();
    write_text(&mut text, &odds, width).expect("writing to memory does not fail");
    let text = anstream::adapter::strip_str(&String::from_utf8(text).expect("it is UTF-8")).to_string();
    let wide = text.lines().find(|line| line.chars().count() > width);
    assert_eq!(wide, None);
    text
}

#[test]
fn texts_are_as_stored() {
    for width in [80, 60] {
        check(
            &format!("unlocked-1-{width}"),
            &text(Variant::Unlocked, 1, false, width),
        );
        check(
            &format!("unlocked-20-{width}"),
            &text(Variant::Unlocked, 20, false, width),
        );
        check(
            &format!("unlocked-20-traces-{width}"),
            &text(Variant::Unlocked, 20, true, width),
        );
    }
    check("locked-2-80", &text(Variant::Locked, 2, true, 80));
    check("data-race-1-80", &text(Variant::DataRace, 1, false, 80));
}

#[test]
fn the_command_writes_the_text() {
    let ran = selvedge("odds unlocked --iterations 20").code(0);
    check("unlocked-20-80", &ran.quietly().stdout);
    ran.hides("\u{1b}");
}

#[test]
fn the_document_has_every_value_and_exact_counts() {
    let document = selvedge("odds unlocked --iterations 20 --traces --format json")
        .code(0)
        .json();
    assert_eq!(
        (&document["schema"], &document["scenario"]),
        (&1.into(), &"unlocked".into())
    );
    assert_eq!(
        (&document["threads"], &document["iterations"]),
        (&2.into(), &20.into())
    );
    assert_eq!(document["states"], 393_161);
    assert_eq!(document["interleavings"], "107507208733336176461620");
    assert_eq!(document["traces"], "176148760580561346484");
    assert!(document["bounds"].is_null());
    assert!(document["seconds"].is_f64());
    let endings = list(&document["endings"]);
    assert_eq!(endings.len(), 41);
    assert_eq!(
        (&endings[0]["ending"], &endings[40]["ending"]),
        (&"-20".into(), &"20".into())
    );
    let zero = &endings[20];
    assert_eq!(
        (&zero["ending"], &zero["kind"]),
        (&"0".into(), &"finished".into())
    );
    assert_eq!(zero["traces"], "12353273443680512716");
    let sum = |field: &str| -> u128 {
        let counts = endings
            .iter()
            .map(|ending| ending[field].as_str().expect("digits"));
        counts.map(|count| count.parse::<u128>().expect("digits")).sum()
    };
    assert_eq!(sum("interleavings").to_string(), "107507208733336176461620");
    assert_eq!(sum("traces").to_string(), "176148760580561346484");
    let share = zero["share"].as_f64().expect("a number");
    assert!((share - 0.074_371).abs() < 5e-7, "{share}");
    let without = selvedge("odds unlocked --format json").code(0).json();
    assert!(without["traces"].is_null() && without["endings"][1]["traces"].is_null());
    assert_eq!(without["endings"][1]["picked"], 0.5);
}

/// Returns the numbers of an attribute.
fn numbers(nodes: &[Node<'_, '_>], name: &str) -> Vec<f64> {
    let values = nodes.iter().filter_map(|node| node.attribute(name));
    values.map(|value| value.parse().expect("a number")).collect()
}

#[test]
fn the_picture_has_a_bar_for_each_value_and_stands_alone() {
    let file = selvedge("odds unlocked --iterations 3 --format svg")
        .code(0)
        .stdout;
    let document = Document::parse(&file).expect("it is XML");
    let root = document.root_element();
    let width: f64 = root
        .attribute("width")
        .and_then(|width| width.parse().ok())
        .expect("a width");
    let with = |name: &str| -> Vec<Node<'_, '_>> {
        let nodes = root.descendants();
        nodes.filter(|node| node.tag_name().name() == name).collect()
    };
    let title = with("title")[0].text().expect("a title");
    assert_eq!(title, "unlocked 2×3: the odds of each ending");
    // One bar and one dot for each of −3 to 3, and one of each in the legend.
    let is_bar = |node: &&Node<'_, '_>| node.attribute("d").is_some_and(|data| data.ends_with('Z'));
    assert_eq!(with("path").iter().filter(is_bar).count(), 7 + 1);
    assert_eq!(with("circle").len(), 7 + 1);
    let texts: Vec<&str> = with("text").iter().filter_map(Node::text).collect();
    for text in ["−3", "0", "3", "0%", "20%", "where it ends", "odds"] {
        assert!(texts.contains(&text), "{text}: {texts:?}");
    }
    let all = texts.join(" ");
    assert!(all.contains("Neither of the two is what hardware does."), "{all}");
    for x in numbers(&with("text"), "x")
        .into_iter()
        .chain(numbers(&with("circle"), "cx"))
    {
        assert!((0.0..=width).contains(&x), "{x}");
    }
    assert!(!file.contains("href") && !file.contains("url("));
    let many = selvedge("odds unlocked --iterations 20 --format svg")
        .code(0)
        .stdout;
    let many = Document::parse(&many).expect("it is XML");
    let bars = many.descendants().filter(|node| is_bar(&node));
    assert_eq!(bars.count(), 41 + 1);
}

#[test]
fn what_cannot_be_counted_is_refused() {
    for (line, message) in [
        (
            "odds counting",
            "counting has no odds: its threads do not repeat one step",
        ),
        ("odds gil", "gil has no odds"),
        (
            "odds unlocked --iterations 0",
            "a whole number from 1 to 1000000000000 is needed",
        ),
        ("odds unlokced", "did you mean `unlocked`?"),
        ("odds", "<SCENARIO>"),
        ("odds locked --iterations 1000", "more than 2^960 interleavings"),
        ("odds unlocked --threads 64", "64 threads"),
    ] {
        selvedge(line).code(2).refuses(message);
    }
}

#[test]
fn a_count_that_is_cut_short_shows_no_odds() {
    let ran = selvedge("odds unlocked --iterations 200 --time 0").code(3);
    ran.refuses("no odds are shown: cut short by the limit of time");
    let ran = selvedge("odds unlocked --iterations 200 --time 0 --format json").code(3);
    let document = ran.quietly().json();
    assert_eq!(document["error"]["exit_code"], 3);
    let message = document["error"]["message"].as_str().expect("a message");
    assert!(message.contains("allow more time"), "{message}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    use std::fs::File;
    use std::process::Stdio;

    for format in ["text", "json", "svg"] {
        let line = format!("odds unlocked --format {format}");
        let full = File::options()
            .write(true)
            .open("/dev/full")
            .expect("Linux has /dev/full");
        let mut command = selvedge(&line).command;
        let program = command.stdout(full).stderr(Stdio::piped()).spawn();
        let ran = Ran::of(program.expect("the program can be started"), line);
        assert_eq!(ran.code, Some(4), "{}", ran.stderr);
        ran.refuses("the result could not be written: No space left");
    }
}
