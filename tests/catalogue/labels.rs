//! Labels: they belong to the events that they name, replace the line, and change nothing else.

use crate::support::interpreted::{deadlock, lost_update};
use crate::support::shown::{quiet_panics, shown};
use selvedge::backend::{Atomic, Backend, Explorer as OnExplorer, Join, Primitives, Std};
use selvedge::explorer::drawing::{Content, Drawing, Position, Row};
use selvedge::explorer::sync::atomic::AtomicI64;
use selvedge::explorer::sync::{Arc, Cell};
use selvedge::explorer::thread::{self, label};
use selvedge::explorer::{
    Ending, Event, Explorer, Interleaving, Mode, Replay, Schedule, Then, ThreadId, ThreadStatus,
};
use selvedge::report::json;
use selvedge::{Expectations, Scenario};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::panic;
use std::sync::atomic::Ordering::SeqCst;

const ALL_MODES: [Mode; 4] = [Mode::Enumeration, Mode::SleepSets, Mode::Source, Mode::Optimal];

fn follow<O: 'static>(body: impl Fn() -> O + 'static, schedule: &str, then: Then) -> Replay<O> {
    let schedule: Schedule = schedule.parse().expect("a schedule");
    let replay = Explorer::new().replay(body, &schedule.0, then);
    replay.expect("it can be followed")
}

fn labels(interleaving: &Interleaving) -> Vec<Option<&'static str>> {
    let events = interleaving.steps.iter().map(|step| &step.event);
    events.map(|event| event.label).collect()
}

/// Returns the label that an event of the lost update must have.
fn expected(event: &Event) -> Option<&'static str> {
    match (event.thread, event.number) {
        (ThreadId::MAIN, _) => None,
        (_, 1) => Some("LOAD_GLOBAL"),
        _ => Some("STORE_GLOBAL"),
    }
}

/// Executions repeat parts of earlier ones: a label must be that of its own event, not of an earlier one at
/// the same position.
#[test]
fn every_event_of_every_execution_has_its_label() {
    for mode in ALL_MODES {
        let mut events = 0;
        let explored = Explorer::new().mode(mode).explore(lost_update, |execution| {
            for event in execution.events() {
                assert_eq!(event.label, expected(&event), "{event:?}");
                events += 1;
            }
        });
        assert_eq!(
            events,
            5 * explored.expect("deterministic").executions,
            "{mode:?}"
        );
    }
}

/// The same program without labels, or with other labels in every thread.
fn plain(label: Option<fn(&'static str)>) -> impl Fn() -> i64 + Copy {
    move || {
        let label = label.unwrap_or(|_| ());
        label("BEGIN");
        let x = Arc::new(AtomicI64::new(0));
        let threads = [1, -1, 2].map(|delta| {
            let x = Arc::clone(&x);
            thread::spawn(move || {
                label("LOAD");
                let value = x.load(SeqCst);
                label("");
                label("STORE");
                x.store(value + delta, SeqCst);
                label("END");
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        x.load(SeqCst)
    }
}

#[test]
fn labels_change_neither_executions_nor_traces() {
    for mode in ALL_MODES {
        let explored = |label| {
            let mut executions = Vec::new();
            let summary = Explorer::new().mode(mode).explore(plain(label), |execution| {
                executions.push((execution.schedule(), execution.trace_hash(), execution.len()));
            });
            (summary.expect("deterministic").executions, executions)
        };
        let (count, executions) = explored(Some(label));
        assert_eq!((count, executions.clone()), explored(None), "{mode:?}");
        let traces: BTreeSet<u128> = executions.iter().map(|&(_, trace, _)| trace).collect();
        assert_eq!(
            traces.len(),
            36,
            "{mode:?}: 3! orders of the stores, in each of which 1 × 2 × 3 ways to load"
        );
    }
}

#[test]
fn a_label_ends_with_the_empty_string_and_is_not_inherited() {
    let body = || {
        let x = Arc::new(AtomicI64::new(0));
        x.store(1, SeqCst);
        label("CALL");
        let theirs = Arc::clone(&x);
        let thread = thread::spawn(move || {
            theirs.store(2, SeqCst);
            label("STORE");
            theirs.store(3, SeqCst);
            theirs.store(4, SeqCst);
            label("");
            theirs.store(5, SeqCst);
        });
        thread.join().unwrap();
        x.store(6, SeqCst);
        label("RETURN");
        x.store(7, SeqCst);
    };
    let wanted = [
        None,
        None,
        Some("STORE"),
        Some("STORE"),
        None,
        Some("CALL"),
        Some("RETURN"),
    ];
    let replay = follow(body, "", Then::RunOn);
    assert_eq!(labels(&replay.interleaving), wanted);
    let links = replay.interleaving.links.iter();
    let links: Vec<_> = links.map(|link| (link.spawn, link.label)).collect();
    assert_eq!(links, [(true, Some("CALL")), (false, Some("CALL"))]);
    assert!(
        replay
            .interleaving
            .threads
            .iter()
            .all(|thread| thread.label.is_none())
    );
}

/// A thread that ended with a label begins the next execution without one.
#[test]
fn labels_do_not_last_longer_than_an_execution() {
    let body = || {
        let x = Arc::new(AtomicI64::new(0));
        let threads = [1, 2].map(|value| {
            let x = Arc::clone(&x);
            thread::spawn(move || {
                x.store(value, SeqCst);
                label("END");
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    let mut all = Vec::new();
    let explored = Explorer::new().explore(body, |execution| {
        all.extend(execution.events().map(|event| event.label));
    });
    assert_eq!(explored.expect("deterministic").executions, 2);
    assert_eq!(all, [None; 4]);
}

#[test]
fn outside_an_execution_there_is_nothing_to_name() {
    quiet_panics();
    let panic = panic::catch_unwind(|| label("LOAD")).expect_err("it panics");
    let message = panic.downcast_ref::<String>().expect("a message");
    assert_eq!(
        message,
        "a label was given outside an execution: the explorer's primitives work only within `explore`"
    );
}

#[test]
fn what_a_thread_will_do_next_has_its_label() {
    let interleaving = follow(deadlock, "1 2", Then::Stop).interleaving;
    let threads = interleaving.threads.iter();
    let threads: Vec<_> = threads
        .map(|view| {
            let pending = match &view.status {
                ThreadStatus::Pending(pending) => pending.label,
                _ => None,
            };
            (
                view.label,
                pending,
                view.waits.as_ref().and_then(|stuck| stuck.label),
            )
        })
        .collect();
    let (join, inner) = (Some("CALL join"), Some("BEFORE_WITH inner"));
    assert_eq!(
        threads,
        [(join, None, join), (inner, inner, inner), (inner, inner, inner)]
    );
    let standing = Position::of(&interleaving).threads;
    let places: Vec<String> = standing
        .iter()
        .map(|standing| standing.place.as_ref().expect("it goes on").to_string())
        .collect();
    assert_eq!(places, ["CALL join", "BEFORE_WITH inner", "BEFORE_WITH inner"]);
    let line = standing[1]
        .place
        .as_ref()
        .map(|place| (place.file.as_str(), place.line > 0));
    assert_eq!(line, Some(("interpreted.rs", true)), "the line is still known");
}

#[test]
fn a_deadlock_is_explained_by_labels() {
    let replay = follow(deadlock, "1 2", Then::RunOn);
    let Some(ending @ Ending::Deadlock(threads)) = &replay.ending else {
        panic!("{:?}", replay.ending);
    };
    let holders = threads.iter().flat_map(|stuck| &stuck.holders);
    let outer = Some("BEFORE_WITH outer");
    assert_eq!(
        holders.map(|holder| holder.label).collect::<Vec<_>>(),
        [outer, outer]
    );
    assert_eq!(
        ending.to_string(),
        "deadlock; thread main waits at CALL join for the end of thread 1; \
         thread 1 waits at BEFORE_WITH inner to lock mutex b, held by thread 2 since BEFORE_WITH outer; \
         thread 2 waits at BEFORE_WITH inner to lock mutex a, held by thread 1 since BEFORE_WITH outer"
    );
}

#[test]
fn a_step_that_cannot_be_is_refused_by_labels() {
    let schedule: Schedule = "1 2 1".parse().expect("a schedule");
    let refused = |body: fn() -> i64, schedule: &Schedule| {
        let replay = Explorer::new().replay(body, &schedule.0, Then::Stop);
        replay.expect_err("it cannot be").to_string()
    };
    assert_eq!(
        refused(deadlock, &schedule),
        "step 3 of the schedule, `1`, cannot be executed: thread 1 waits at BEFORE_WITH inner to lock mutex b, \
         held by thread 2 since BEFORE_WITH outer; no thread can go on"
    );
    let schedule: Schedule = "1 main".parse().expect("a schedule");
    let refused = refused(lost_update, &schedule);
    let (before, after) = refused
        .split_once("interpreted.rs:")
        .expect("the main thread has no label");
    assert_eq!(
        before,
        "step 2 of the schedule, `main`, cannot be executed: thread main waits at tests/catalogue/support/"
    );
    let (_, after) = after.split_once(" for the end of ").expect("it joins");
    assert_eq!(
        after,
        "thread 1; what can be: thread 1 (store to atomic x, STORE_GLOBAL), \
         thread 2 (load atomic x, LOAD_GLOBAL)"
    );
}

#[test]
fn a_data_race_is_told_by_labels() {
    let body = || {
        let x = Arc::new(Cell::new(0).named("x"));
        let theirs = Arc::clone(&x);
        let thread = thread::spawn(move || {
            label("STORE_ATTR");
            theirs.set(1);
        });
        x.get();
        thread.join().unwrap();
    };
    let replay = follow(body, "1 main", Then::RunOn);
    let Some(ending @ Ending::DataRace(race)) = &replay.ending else {
        panic!("{:?}", replay.ending);
    };
    assert_eq!((race.first.label, race.second.label), (Some("STORE_ATTR"), None));
    assert!(
        ending
            .to_string()
            .contains("thread 1 writes at STORE_ATTR, thread main reads at tests/catalogue/labels.rs:")
    );
    let story = Drawing::new(&replay.interleaving, ending).story.join(" ");
    assert!(
        story.starts_with("Thread 1 wrote x = 1 (STORE_ATTR), and the main thread read x = 1 (labels.rs:"),
        "{story}"
    );
}

/// A run of the same instruction is folded into one round, and one of two instructions into rounds of two.
#[test]
fn rows_with_different_labels_are_different() {
    let folds = |other: &'static str| {
        let body = move || {
            let x = AtomicI64::new(0).named("x");
            for index in 0..40 {
                label(if index % 2 == 0 { "LOAD_FAST" } else { other });
                x.load(SeqCst);
            }
        };
        let replay = follow(body, "", Then::RunOn);
        let ending = replay.ending.expect("it has ended");
        let drawing = Drawing::new(&replay.interleaving, &ending);
        let text = |row: &Row| match &row.content {
            Content::Fold { text, .. } => Some(text.clone()),
            _ => None,
        };
        drawing.rows.iter().filter_map(text).collect::<Vec<String>>()
    };
    assert_eq!(folds("LOAD_FAST"), ["36 more rounds of load x"]);
    assert_eq!(folds("LOAD_GLOBAL"), ["18 more rounds of load x, load x"]);
}

/// The lost update, written once for all backends.
struct Interpreted;

impl Scenario for Interpreted {
    type Outcome = i64;

    fn name(&self) -> String {
        "interpreted".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let x = std::sync::Arc::new(B::AtomicI64::new(0).named("x"));
        let threads = [1, -1].map(|delta| {
            let x = std::sync::Arc::clone(&x);
            B::spawn(move || {
                B::label("LOAD_GLOBAL");
                let value = x.load(SeqCst);
                B::label("STORE_GLOBAL");
                x.store(value + delta, SeqCst);
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        x.load(SeqCst)
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().allowed_if(|_| true, "updates can be lost")
    }
}

#[test]
fn backends_without_drawings_ignore_labels() {
    Std::label("LOAD_GLOBAL");
    assert!((-1..=1).contains(&Interpreted.run::<Std>()));
    selvedge::check(Interpreted); // on the explorer and on loom
}

#[test]
fn json_has_the_label_beside_the_line() {
    let (ending, witness) = selvedge::replay(Interpreted, "2 1 1 2");
    let mut bytes = Vec::new();
    json::write_replay(&mut bytes, &ending.to_string(), Some(&witness)).expect("it can be written");
    let document: Value = serde_json::from_slice(&bytes).expect("it is JSON");
    let events = document["witness"]["events"].as_array().expect("a list");
    let events = events.iter();
    let told: Vec<Value> = events
        .map(|event| json!([event["thread"], event["operation"], event["label"]]))
        .collect();
    let wanted = json!([
        ["2", "load", "LOAD_GLOBAL"],
        ["1", "load", "LOAD_GLOBAL"],
        ["1", "store", "STORE_GLOBAL"],
        ["2", "store", "STORE_GLOBAL"],
        ["main", "load", null],
    ]);
    assert_eq!(Value::from(told), wanted);
    for event in document["witness"]["events"].as_array().expect("a list") {
        assert_eq!(event["file"], "tests/catalogue/labels.rs");
        assert!(event["line"].as_u64() > Some(200), "{event}");
    }
    let manual = include_str!("../../docs/json.md");
    let fields = document["witness"]["events"][0].as_object().expect("an object");
    assert_eq!(fields.len(), 16);
    for field in fields.keys() {
        assert!(
            manual.contains(&format!("`{field}`")),
            "docs/json.md does not mention `{field}`"
        );
    }
}

#[test]
fn the_story_names_labels() {
    let drawing = |schedule| {
        let replay = follow(|| Interpreted.run::<OnExplorer>(), schedule, Then::RunOn);
        Drawing::new(&replay.interleaving, &replay.ending.expect("it has ended"))
    };
    assert_eq!(
        drawing("2 1 1 2").story,
        [
            "Thread 2 read x = 0 (LOAD_GLOBAL), and was preempted.",
            "Thread 1 then stored 1 (STORE_GLOBAL).",
            "Thread 2 did not look again: it stored −1 over it (STORE_GLOBAL), and thread 1's update was lost.",
        ]
    );
    let text = shown(&drawing("2 1 1 2"), 80);
    assert_eq!(
        text.matches("labels.rs:").count(),
        1,
        "the main thread has no label:\n{text}"
    );
}
