//! Drawings of chosen interleavings compared with stored text, and the rules for every drawing.
//!
//! The stored drawings are refreshed with `SELVEDGE_REFRESH=1 cargo test --test catalogue`.

use crate::support::shown::{catalogued, drawings, kind, quiet_panics, shown};
use crate::support::{drawn, interpreted, program};
use selvedge::Scenario;
use selvedge::backend::Explorer as Primitives;
use selvedge::catalogue::Selection;
use selvedge::counter::Variant;
use selvedge::explorer::drawing::{Content, Drawing, Join, JoinKind, Mark, Row};
use selvedge::explorer::sync::Arc;
use selvedge::explorer::sync::atomic::AtomicI64;
use selvedge::explorer::{Explorer, Mode, thread};
use selvedge::scenario::Updates;
use selvedge_programs::{Trials, strategies};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;
use std::{env, fs};

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
        "if this is as it should be, run SELVEDGE_REFRESH=1 cargo test --test catalogue"
    );
}

#[test]
fn the_catalogue_is_drawn_as_stored() {
    for selection in Selection::all() {
        let name = selection.name();
        check(name, 80, &catalogued(name, 2, 1));
    }
    check("unlocked-3", 80, &catalogued("unlocked", 2, 3));
    check("unlocked-3-threads", 80, &catalogued("unlocked", 3, 1));
    check("unlocked-narrow", 44, &catalogued("unlocked", 2, 1));
    check("locked-5", 80, &catalogued("locked", 2, 5));
}

#[test]
fn small_programs_are_drawn_as_stored() {
    for (name, body) in drawn::PROGRAMS.into_iter().chain(interpreted::PROGRAMS) {
        check(
            name,
            80,
            &drawings(&Explorer::new().timeouts(1), body, i64::to_string),
        );
    }
}

/// For every program and ending, no line is too long, every preemption is marked or counted, and there is a
/// story. This holds for the widths of two columns and of a list.
#[test]
fn every_drawing_fits_and_hides_no_preemption() {
    quiet_panics();
    let (mut drawn, mut endings) = (0, BTreeMap::<String, u64>::new());
    Trials::new(500).hold(&strategies::programs(), |program| {
        let explorer = Explorer::new()
            .mode(Mode::Enumeration)
            .timeouts(1)
            .steps(12)
            .record_values(true);
        let explored = explorer
            .executions(Some(20))
            .explore(program::body(program), |execution| {
                let interleaving = execution.interleaving();
                let drawing = Drawing::new(&interleaving, execution.ending());
                let kind = kind(execution.ending());
                *endings
                    .entry(kind.split(' ').next().unwrap_or("").to_owned())
                    .or_default() += 1;
                assert_eq!(preemptions(&drawing), interleaving.preemptions(), "{drawing:?}");
                assert!(!drawing.story.is_empty() && drawing.story.iter().all(|sentence| sentence.len() > 9));
                drawn += 1;
                for width in [40, 41, 55, 80, 79 + drawn % 122] {
                    assert_fits(&drawing, width);
                }
            });
        explored.unwrap_or_else(|error| panic!("{error}"));
        true
    });
    let kinds: Vec<&str> = endings.keys().map(String::as_str).collect();
    assert_eq!(
        kinds,
        ["data", "deadlock", "outcome", "panic", "step"],
        "all endings are tried"
    );
}

/// Returns the number of preemptions that a drawing marks, or counts in folds.
fn preemptions(drawing: &Drawing) -> usize {
    let marked = drawing.rows.iter().flat_map(|row| &row.marks);
    let marked = marked
        .filter(|mark| matches!(mark, Mark::Preempts { .. }))
        .count();
    let folded = drawing.rows.iter().filter_map(|row| match &row.content {
        Content::Fold { text, .. } => {
            let before = text
                .split(" preemption")
                .next()
                .filter(|before| *before != text)?;
            before.rsplit(' ').next()?.parse::<usize>().ok()
        }
        _ => None,
    });
    marked + folded.sum::<usize>()
}

fn assert_fits(drawing: &Drawing, width: usize) {
    let text = shown(drawing, width);
    for line in text.lines() {
        let length = line.chars().count();
        assert!(length <= width, "{length} > {width}: {line:?} in\n{text}");
        assert_eq!(line, line.trim_end(), "no spaces at the end of a line");
    }
    let lines = text.lines().filter(|line| line.contains("preempted ╌╌")).count();
    let marks = drawing.rows.iter().flat_map(|row| &row.marks);
    assert_eq!(
        lines,
        marks.filter(|mark| matches!(mark, Mark::Preempts { .. })).count()
    );
}

/// Two hundred events, most of which matter, still fit on a page.
#[test]
fn a_long_interleaving_is_folded_to_a_page() {
    let body = || {
        let value = Arc::new(AtomicI64::new(0));
        let threads = [1, -1].map(|delta| {
            let value = Arc::clone(&value);
            thread::spawn(move || (0..50).for_each(|_| value.store(value.load(SeqCst) + delta, SeqCst)))
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    let mut count = 0;
    Explorer::new()
        .executions(Some(300))
        .explore(body, |execution| {
            let interleaving = execution.interleaving();
            assert_eq!(interleaving.steps.len(), 200);
            let drawing = Drawing::new(&interleaving, execution.ending());
            assert_eq!(preemptions(&drawing), interleaving.preemptions());
            assert!(drawing.rows.len() <= 48, "{}", shown(&drawing, 80));
            assert_eq!(steps(&drawing), 200, "every event is shown or counted");
            count += 1;
        })
        .expect("deterministic");
    assert_eq!(count, 300);
}

/// Returns the number of events that a drawing shows or folds; each must be the next.
fn steps(drawing: &Drawing) -> usize {
    drawing.rows.iter().fold(0, |done, row| match row.content {
        Content::Event { step, .. } => {
            assert_eq!(step, done + 1);
            step
        }
        Content::Fold { first, last, .. } => {
            assert_eq!(first, done + 1);
            last
        }
        _ => done,
    })
}

/// A drawing joins what it marks: no rows are joined without a mark, and every lost update is marked.
#[test]
fn joins_and_marks_agree() {
    let mut joined = 0;
    for drawing in catalogued("unlocked", 2, 2).values() {
        for Join { kind, rows } in &drawing.joins {
            assert_eq!(*kind, JoinKind::LostUpdate);
            let marks = |row: &usize| &drawing.rows[*row].marks;
            let [read, missed @ .., store] = rows.as_slice() else {
                panic!("{rows:?}")
            };
            assert!(marks(read).contains(&Mark::Stale));
            assert!(!missed.is_empty() && missed.iter().all(|row| marks(row).contains(&Mark::Missed)));
            let by = &drawing.rows[*store].who;
            assert_eq!(by, &drawing.rows[*read].who);
            let threads = missed.iter().map(|row| drawing.rows[*row].who.clone());
            let threads = Vec::from_iter(threads.collect::<BTreeSet<_>>());
            assert!(!threads.contains(by) && marks(store).contains(&Mark::Overwrites { threads }));
            joined += 1;
        }
        let stale = |row: &&Row| row.marks.contains(&Mark::Stale);
        assert_eq!(drawing.rows.iter().filter(stale).count(), drawing.joins.len());
        let is_lost = !drawing.joins.is_empty();
        let finale = drawing.finale.as_ref().expect("it has ended");
        assert_eq!(finale.text != "outcome: 0", is_lost, "{}", shown(drawing, 80));
    }
    assert_eq!(joined, 4, "-2, -1, 1 and 2 each by one stale read; 0 by none");
}

/// Three threads that add 1, -1 and 1: where none of the 90 interleavings is said to lose an update, all of
/// them count.
#[test]
fn where_no_update_is_lost_the_outcome_is_right() {
    let scenario = Updates {
        variant: Variant::Unlocked,
        threads: 3,
        iterations: 1,
    };
    let mut seen = BTreeMap::<(bool, i64), u64>::new();
    Explorer::new()
        .mode(Mode::Enumeration)
        .explore(
            move || scenario.run::<Primitives>(),
            |execution| {
                let drawing = Drawing::new(&execution.interleaving(), execution.ending());
                let outcome = *execution.ending().finished().expect("it ends");
                *seen.entry((!drawing.joins.is_empty(), outcome)).or_default() += 1;
            },
        )
        .expect("deterministic");
    assert_eq!(seen.values().sum::<u64>(), 90);
    let right: BTreeMap<i64, u64> = seen
        .iter()
        .filter(|((lost, _), _)| !lost)
        .map(|((_, outcome), count)| (*outcome, *count))
        .collect();
    // The threads one after the other, in 6 orders; and two that cancel out before the third stores, in 8
    // ways: which is the third, which of the two is first, and whether it loads before the third or after.
    assert_eq!(right, BTreeMap::from([(1, 14)]), "{seen:?}");
}

/// No update is ever called lost if updates are indivisible or locked.
#[test]
fn correct_counters_lose_nothing() {
    for name in ["locked", "fetch-add", "compare-exchange"] {
        let drawings = catalogued(name, 2, 2);
        assert_eq!(Vec::from_iter(drawings.keys()), ["outcome 0"]);
        assert_eq!(drawings["outcome 0"].joins, []);
        assert!(drawings["outcome 0"].rows.iter().all(|row| row.marks.is_empty()));
    }
}

/// A name that is wide, a place that is long and a message of many lines break nothing.
#[test]
fn long_and_wide_text_is_cut_or_wrapped() {
    for (_, drawing) in drawings(&Explorer::new(), drawn::talkative, |()| String::new()) {
        for width in 1..120 {
            for line in shown(&drawing, width).lines() {
                let wide = line.chars().filter(|character| *character >= '⺀').count();
                assert!(line.chars().count() + wide <= width.max(30), "{width}: {line:?}");
                assert!(!line.contains('\t'));
            }
        }
    }
}
