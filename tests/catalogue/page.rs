//! Tests of the page's data: it is what the explorer and `show` have, and nothing else.

mod walked;

use selvedge::backend::{Atomic, AtomicInteger, Backend, Join};
use selvedge::catalogue::Selection;
use selvedge::check::{self, Witnessing};
use selvedge::engine::{AnyEngine, Budget, Engine, Explorer};
use selvedge::explorer::drawing::columns;
use selvedge::explorer::{Mode, Schedule};
use selvedge::page::{Page, course};
use selvedge::scenario::Size;
use selvedge::{Expectations, Scenario, witness};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use walked::{Walked, list, number, text};

/// Returns the data of the page of one scenario of the catalogue.
fn level(name: &str, threads: usize, iterations: u64) -> Value {
    let sized = Selection::named(name).expect(name).sized(threads, iterations);
    levels(&Page::explore([course::level(sized)], |_| Budget::default())).swap_remove(0)
}

fn levels(page: &Page) -> Vec<Value> {
    let document: Value = serde_json::from_str(&page.json().expect("it is data")).expect("it is JSON");
    list(&document["levels"]).to_vec()
}

/// Each is small enough for every interleaving to be run.
const SMALL: [(&str, u64); 9] = [
    ("unlocked", 2),
    ("locked", 2),
    ("wrong-lock", 1),
    ("locked-twice", 2),
    ("compare-exchange", 2),
    ("data-race", 2),
    ("python-3.9", 1),
    ("python-3.9-lock", 1),
    ("gil-early-notify", 1),
];

#[test]
fn the_counts_are_those_of_an_enumeration_of_all_interleavings() {
    for (name, iterations) in SMALL {
        let level = level(name, 2, iterations);
        let mut counted = BTreeMap::new();
        for (ending, count) in list(&level["endings"]).iter().zip(list(&level["states"][0]["c"])) {
            counted.insert(text(&ending["text"]).replace('−', "-"), number(count));
        }
        let scenario = Selection::named(name)
            .expect(name)
            .sized(2, iterations)
            .scenario();
        let everything = Explorer {
            mode: Mode::Enumeration,
            ..Explorer::default()
        };
        let exploration = everything.explore_any(&scenario, &Budget::default());
        let enumerated: BTreeMap<String, usize> = exploration
            .outcomes
            .iter()
            .map(|(ending, count)| (scenario.describe_ending(ending), count as usize))
            .collect();
        assert_eq!(counted, enumerated, "{name}");
    }
    // Two loads and two stores in any order, each load before its store: 4! / (2! 2!) = 6.
    assert_eq!(
        level("unlocked", 2, 1)["states"][0]["c"],
        serde_json::json!([2, 2, 2])
    );
}

#[test]
fn every_interleaving_tells_the_story_that_the_explorer_tells_of_it() {
    for (name, iterations) in SMALL {
        let level = level(name, 2, iterations);
        let scenario = Selection::named(name)
            .expect(name)
            .sized(2, iterations)
            .scenario();
        // Of very many interleavings some will do, spread over all of them.
        let all: usize = list(&level["states"][0]["c"]).iter().map(number).sum();
        let paths = Walked::all(&level);
        for walked in paths.step_by(all.div_ceil(200)) {
            let steps: Schedule = walked.schedule().parse().expect("a schedule");
            let (ending, again) =
                witness::replay(&scenario, None, &steps, &Budget::default()).expect("it can be run");
            let end = walked.end();
            let outcome = text(&level["endings"][number(&end["ending"])]["text"]);
            assert_eq!(
                outcome.replace('−', "-"),
                scenario.describe_ending(&ending),
                "{name}"
            );
            // What comes after a data race says nothing about it, and is not drawn again.
            if steps.0.len() == again.interleaving.steps.len() {
                assert_eq!(walked.story(), again.drawing.story, "{name} {steps}");
                assert_eq!(walked.marks(), walked::marks_of(&again), "{name} {steps}");
                assert_eq!(walked.cost(), walked::cost_of(&again), "{name} {steps}");
            }
        }
    }
}

#[test]
fn the_rows_and_the_story_of_a_witness_are_those_that_show_draws() {
    let size = Size {
        threads: 2,
        iterations: 1,
    };
    for selection in course::selections() {
        let level = level(selection.name(), 2, 1);
        let engine = AnyEngine::new(Explorer::default());
        let scenario = selection.sized(2, 1).scenario();
        let everything = &Witnessing::Everything;
        let report = check::explore(&scenario, Some(size), &[engine], everything, |_| {
            Budget::default()
        });
        let shown = report
            .rows
            .iter()
            .filter_map(|row| row.witness.as_ref()?.as_ref().ok());
        let shown: Vec<String> = shown
            .map(|witness| {
                let mut columns = Vec::new();
                columns::write(&mut columns, &witness.drawing, 100).expect("it is drawn");
                let columns = String::from_utf8(columns).expect("it is text");
                anstream::adapter::strip_str(&columns).to_string()
            })
            .collect();
        let witnesses = list(&level["witnesses"]);
        assert_eq!(witnesses.len(), shown.len(), "{selection}");
        for (witness, shown) in witnesses.iter().zip(shown) {
            let drawing = &witness["drawing"];
            let lines: Vec<&str> = shown.lines().collect();
            // A place that does not fit stands on the line after.
            let mut places = lines.windows(2).map(|two| (two[0], two.concat()));
            for row in list(&drawing["rows"]) {
                let place = row["place"].as_str().unwrap_or("");
                let is_it =
                    |(line, both): &(&str, String)| line.contains(text(&row["text"])) && both.contains(place);
                assert!(
                    places.any(|two| is_it(&two)),
                    "{selection}: {row} is not drawn in its order\n{shown}"
                );
                for mark in list(&row["marks"]).iter().map(text) {
                    let mark = if mark.starts_with("preempts") {
                        "preempted"
                    } else {
                        mark
                    };
                    assert!(shown.contains(mark), "{selection}: {mark}\n{shown}");
                }
            }
            let is_digit = |first: char| first.is_ascii_digit();
            let drawn = shown.lines().take_while(|line| *line != text(&drawing["finale"]));
            let numbered = drawn.filter(|line| line.trim_start().starts_with(is_digit));
            let events = list(&drawing["rows"]).iter().filter(|row| row["kind"] == "event");
            assert_eq!(numbered.count(), events.count(), "{selection}\n{shown}");
            let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            for sentence in list(&drawing["story"]) {
                assert!(shown.contains(text(sentence)), "{selection}: {sentence}");
            }
            assert!(shown.contains(text(&drawing["finale"])), "{selection}");
        }
    }
}

#[test]
fn a_witness_is_a_way_through_the_states_and_the_shortest_one() {
    for (name, iterations) in SMALL {
        let level = level(name, 2, iterations);
        for witness in list(&level["witnesses"]) {
            let walked = Walked::along(&level, list(&witness["path"]).iter().map(number));
            let cost: Vec<usize> = list(&witness["cost"]).iter().map(number).collect();
            assert_eq!(walked.cost().to_vec(), cost, "{name}");
            let ending = number(&witness["ending"]);
            let way = Walked::shortest(&level, ending).expect("it is possible");
            assert_eq!(number(&way.end()["ending"]), ending, "{name}");
            // A witness of a data race goes no further than the race.
            if walked.ends() {
                assert_eq!(way.cost().to_vec(), cost, "{name}");
            }
        }
    }
}

#[test]
fn the_counters_with_two_updates_each_take_less_than_a_megabyte_and_nothing_from_elsewhere() {
    let counters = Selection::counters().map(|selection| course::level(selection.sized(2, 2)));
    let page = Page::explore(counters, |_| Budget::default());
    let html = page.html().expect("a page");
    assert!(html.len() < 1_000_000, "{} bytes", html.len());
    for level in levels(&page) {
        assert!(level["goal"].is_object(), "{} can be played", level["name"]);
    }
    for reference in ["http:", "https:", "src=", "@import", "url(", "import(", "fetch("] {
        assert!(!html.contains(reference), "{reference}");
    }
    for term in ["lost update", "data race", "race condition", "critical section"] {
        assert!(html.contains(&format!("<dt>{term}</dt>")), "{term} is explained");
    }
}

#[test]
fn a_scenario_that_is_too_large_says_so_and_shows_its_witnesses() {
    let level = level("unlocked", 3, 2);
    assert_eq!(level["no_game"], "it has more than 5,000 states");
    assert_eq!(level["goal"], Value::Null);
    // Three threads: two add and one subtracts, twice each.
    let endings: Vec<&str> = list(&level["endings"])
        .iter()
        .map(|row| text(&row["text"]))
        .collect();
    assert_eq!(endings, ["−2", "−1", "0", "1", "2", "3", "4"]);
    let witnesses = list(&level["witnesses"]);
    assert_eq!(witnesses.len(), 7);
    for witness in witnesses {
        let walked = Walked::along(&level, list(&witness["path"]).iter().map(number));
        assert_eq!(walked.end()["ending"], witness["ending"]);
        assert!(
            level["states"][0].get("c").is_none(),
            "without all states nothing is counted"
        );
    }
}

/// Two threads take tickets; its words would break out of a page that did not escape them.
struct Hostile;

const NAME: &str = "</script><script>alert(\"1\")</script> <!-- & 'name'";

impl Scenario for Hostile {
    type Outcome = i64;

    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn lesson(&self) -> String {
        "{{data}} \\u003c".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let next = Arc::new(B::AtomicI64::new(1).named("</script>"));
        let other = Arc::clone(&next);
        let thread = B::spawn(move || other.fetch_add(1, Relaxed));
        next.fetch_add(1, Relaxed);
        thread.join().expect("it ends")
    }

    fn expectations(&self) -> Expectations<i64> {
        let reason = "<b onclick=\"x\">";
        Expectations::new().required(1, reason).required(2, reason)
    }

    fn describe(&self, outcome: &i64) -> String {
        format!("</SCRIPT >{outcome}")
    }
}

#[test]
fn the_words_of_a_user_stay_words() {
    let page = Page::of(Hostile);
    let html = page.html().expect("a page");
    let data = html.split_once("id=\"data\">").expect("the data").1;
    let data = data.split_once("</script>").expect("its end").0;
    assert!(!data.contains('<'), "nothing in the data can be taken for HTML");
    let document: Value = serde_json::from_str(data).expect("it is JSON");
    let level = &document["levels"][0];
    assert_eq!((text(&level["name"]), text(&level["title"])), (NAME, NAME));
    assert_eq!(text(&level["lesson"]), "{{data}} \\u003c");
    let outcomes: Vec<&str> = list(&level["endings"])
        .iter()
        .map(|row| text(&row["text"]))
        .collect();
    assert_eq!(outcomes, ["</SCRIPT >1", "</SCRIPT >2"]);
    assert_eq!(
        html.matches("</script").count(),
        2,
        "the data and the script end, and nothing else"
    );
}
