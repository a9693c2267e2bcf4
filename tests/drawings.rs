//! Drawings of chosen interleavings against stored text, and what every drawing keeps to.
//!
//! The stored drawings are refreshed with `SELVEDGE_REFRESH=1 cargo test --test drawings`.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use selvedge::Scenario;
use selvedge::backend::Explorer as Primitives;
use selvedge::counter::Variant;
use selvedge::explorer::sync::atomic::AtomicI64;
use selvedge::explorer::sync::{Arc, Cell, Mutex};
use selvedge::explorer::{Ending, Explorer, Mode, Schedule, Then, Witness, in_execution, note_panic, thread};
use selvedge::report::columns;
use selvedge::scenario::{Catalogued, Selection, Updates};
use selvedge::witness::{Content, Drawing, Join, JoinKind, Mark, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::Ordering::SeqCst;
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

/// A drawing for each kind of ending, of the shortest interleaving that leads to it.
fn drawings<O: Debug + 'static>(
    explorer: &Explorer,
    body: impl Fn() -> O + Copy + 'static,
    describe: impl Fn(&O) -> String,
) -> BTreeMap<String, Drawing> {
    quiet_panics();
    let mut wanted = BTreeSet::new();
    let explored = explorer.explore(body, |execution| {
        wanted.insert(kind(execution.ending()));
    });
    explored.expect("deterministic");
    let shortest = explorer.shortest(body, kind, &wanted).expect("deterministic");
    assert!(shortest.minimal && shortest.missing.is_empty());
    let draw = |witness: &Witness<String>| {
        let replay = explorer.replay(body, &witness.schedule, Then::RunOn);
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

fn drawn_scenario<S: Scenario + Copy>(scenario: S) -> BTreeMap<String, Drawing> {
    drawings(
        &Explorer::new(),
        move || scenario.run::<Primitives>(),
        |outcome| scenario.describe(outcome),
    )
}

fn catalogued(name: &str, threads: usize, iterations: u64) -> BTreeMap<String, Drawing> {
    let scenario = Selection::named(name).expect("a scenario of the catalogue");
    match scenario.sized(threads, iterations) {
        Catalogued::Updates(scenario) => drawn_scenario(scenario),
        Catalogued::ClaimedCorrect(scenario) => drawn_scenario(scenario),
        Catalogued::Counting(scenario) => drawn_scenario(scenario),
    }
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
    for (name, body) in drawn::PROGRAMS {
        check(
            name,
            80,
            &drawings(&Explorer::new().timeouts(1), body, i64::to_string),
        );
    }
}

/// Whatever the program and the ending: no line is too long, every preemption is marked or counted, and there is a
/// story. That holds for the widths of two columns and of a list.
#[test]
fn every_drawing_fits_and_hides_no_preemption() {
    quiet_panics();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[5; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = program::programs();
    let (mut drawn, mut endings) = (0, BTreeMap::<String, u64>::new());
    for _ in 0..500 {
        let program = strategy.new_tree(&mut runner).expect("a program").current();
        let explorer = Explorer::new().mode(Mode::Enumeration).timeouts(1).steps(12);
        let explored = explorer.executions(Some(20)).explore(
            move || program::run(&program),
            |execution| {
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
            },
        );
        explored.expect("deterministic");
    }
    let kinds: Vec<&str> = endings.keys().map(String::as_str).collect();
    assert_eq!(
        kinds,
        ["data", "deadlock", "outcome", "panic", "step"],
        "all endings are tried"
    );
}

/// How many preemptions a drawing marks, or counts in folds.
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

/// Two hundred events, most of which matter, are still a page.
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

/// How many events a drawing shows or folds; each must be the next.
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

/// What a drawing joins is what it marks: nothing is joined for no reason, and no lost update is left unmarked.
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

/// Three threads that add 1, -1 and 1: where none of the 90 interleavings is said to lose an update, all of them count.
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
    // The threads one after the other, in 6 orders; and two that cancel out before the third stores, in 8 ways: which is
    // the third, which of the two is first, and whether it loads before the third or after.
    assert_eq!(right, BTreeMap::from([(1, 14)]), "{seen:?}");
}

/// Where updates are indivisible or locked, nothing is ever called lost.
#[test]
fn correct_counters_lose_nothing() {
    for name in ["locked", "fetch-add", "compare-exchange"] {
        let drawings = catalogued(name, 2, 2);
        assert_eq!(Vec::from_iter(drawings.keys()), ["outcome 0"]);
        assert_eq!(drawings["outcome 0"].joins, []);
        assert!(drawings["outcome 0"].rows.iter().all(|row| row.marks.is_empty()));
    }
}

/// How many of the executions lose an update, and how many there are: one thread reads plain memory and then writes
/// what it has made of that, another writes these two values; each access is locked.
fn losses(written: [i64; 2], record_values: bool) -> (usize, usize) {
    let body = move || {
        let shared = Arc::new((Mutex::new(()), Cell::new(0)));
        let theirs = Arc::clone(&shared);
        let reader = thread::spawn(move || {
            let guard = theirs.0.lock().unwrap();
            let seen = theirs.1.get();
            drop(guard);
            let _guard = theirs.0.lock().unwrap();
            theirs.1.set(seen + 5);
        });
        for value in written {
            let _guard = shared.0.lock().unwrap();
            shared.1.set(value);
        }
        reader.join().unwrap();
    };
    let (mut lost, mut all) = (0, 0);
    let explorer = Explorer::new().mode(Mode::Optimal).record_values(record_values);
    let explored = explorer.explore(body, |execution| {
        let drawing = Drawing::new(&execution.interleaving(), execution.ending());
        lost += usize::from(!drawing.joins.is_empty());
        all += 1;
    });
    explored.expect("deterministic");
    (lost, all)
}

/// There are six orders of the reader's read and write and the other's two writes; in three of them one of these comes
/// between. In one of those both do: if that brings the value back that was read, nothing is lost, which can be told
/// only if values are recorded.
#[test]
fn plain_memory_that_is_changed_back_is_not_lost() {
    assert_eq!(losses([1, 0], false), (3, 6));
    assert_eq!(losses([1, 0], true), (2, 6));
    assert_eq!(losses([1, 2], true), (3, 6));
}

/// A drawing of what has happened so far has no finale, and calls no thread stuck that could still go on.
#[test]
fn what_has_happened_so_far_is_drawn_without_a_finale() {
    let scenario = Updates {
        variant: Variant::Unlocked,
        threads: 2,
        iterations: 1,
    };
    let body = move || scenario.run::<Primitives>();
    let schedule: Schedule = "2 1 1 2 main".parse().expect("a schedule");
    for steps in 0..=schedule.0.len() {
        let replay = Explorer::new().replay(body, &schedule.0[..steps], Then::Stop);
        let interleaving = replay.expect("it fits").interleaving;
        let drawing = Drawing::unfinished(&interleaving);
        assert_eq!(drawing.finale, None);
        let names: Vec<&str> = drawing
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(names, ["thread 1", "thread 2"], "after {steps} steps");
        assert_eq!(drawing.rows.len(), steps);
        let is_event = |row: &Row| matches!(row.content, Content::Event { .. });
        assert!(drawing.rows.iter().all(is_event), "{drawing:?}");
        // The fourth step is the store that overwrites an update.
        assert_eq!(
            (drawing.joins.len(), drawing.story.len()),
            if steps < 4 { (0, 0) } else { (1, 3) }
        );
        let text = shown(&drawing, 80);
        assert!(!text.contains("\n\n\n") && !text.contains("outcome"), "{text}");
    }
}

/// Updates that may be lost under a lock are marked so, and only those; they are not called lost.
#[test]
fn what_may_be_lost_under_a_lock_is_not_called_lost() {
    let drawings = catalogued("locked-twice", 2, 1);
    assert_eq!(
        Vec::from_iter(drawings.keys()),
        ["outcome -1", "outcome 0", "outcome 1"]
    );
    for (ending, drawing) in &drawings {
        let count = |wanted: &dyn Fn(&Mark) -> bool| {
            let marks = drawing.rows.iter().flat_map(|row| &row.marks);
            marks.filter(|mark| wanted(mark)).count()
        };
        let doubtful = usize::from(ending != "outcome 0");
        assert_eq!(count(&|mark| *mark == Mark::Stale), doubtful, "{ending}");
        assert_eq!(count(&|mark| *mark == Mark::MayBeMissed), doubtful);
        assert_eq!(count(&|mark| matches!(mark, Mark::MayOverwrite { .. })), doubtful);
        assert_eq!(
            count(&|mark| matches!(mark, Mark::Missed | Mark::Overwrites { .. })),
            0
        );
        assert_eq!(drawing.joins.len(), doubtful);
    }
}

/// A name that is wide, a place that is long and a message of many lines break nothing.
#[test]
fn long_and_wide_text_is_cut_or_wrapped() {
    let body = || {
        let value = Arc::new(AtomicI64::new(i64::MIN));
        let thread = thread::spawn(move || {
            let seen = value.load(SeqCst);
            panic!("{seen} {}\n\t{}", "wide ".repeat(40), "日本語".repeat(60));
        });
        thread.join().unwrap();
    };
    for (_, drawing) in drawings(&Explorer::new(), body, |()| String::new()) {
        for width in 1..120 {
            for line in shown(&drawing, width).lines() {
                let wide = line.chars().filter(|character| *character >= '⺀').count();
                assert!(line.chars().count() + wide <= width.max(30), "{width}: {line:?}");
                assert!(!line.contains('\t'));
            }
        }
    }
}
