//! Values in drawings and stories, and drawings of executions that have not ended.

use crate::support::shown::{catalogued, shown};
use selvedge::Scenario;
use selvedge::backend::Explorer as Primitives;
use selvedge::counter::Variant;
use selvedge::explorer::drawing::{Content, Drawing, Mark, Row};
use selvedge::explorer::sync::{Arc, Cell, Condvar, Mutex};
use selvedge::explorer::{Explorer, Mode, Schedule, Then, thread};
use selvedge::scenario::Updates;
use std::collections::BTreeSet;

/// Returns the number of executions that lose an update, and of all. One thread reads plain memory and then
/// writes a value computed from it, another writes these two values; each access is locked.
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

/// There are six orders of the reader's read and write and the other's two writes. In three of them a write
/// comes between the read and the write; in one of these, both do. If the second write restores the value
/// that was read, nothing is lost, which can be told only if values are recorded.
#[test]
fn plain_memory_that_is_changed_back_is_not_lost() {
    assert_eq!(losses([1, 0], false), (3, 6));
    assert_eq!(losses([1, 0], true), (2, 6));
    assert_eq!(losses([1, 2], true), (3, 6));
}

/// A drawing of an unfinished execution has no finale, and calls no thread stuck that could still go on.
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

/// Updates that may be lost under a lock, and only those, are marked so; they are not called lost.
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

/// A notification names the thread that it wakes: no other thread can go on after it.
#[test]
fn a_notification_names_whom_it_wakes() {
    let body = || {
        let shared = Arc::new((Mutex::new(()), Condvar::new()));
        for _ in 0..3 {
            let shared = Arc::clone(&shared);
            thread::spawn(move || drop(shared.1.wait(shared.0.lock().unwrap())));
        }
        shared.1.notify_one();
    };
    let mut seen = BTreeSet::new();
    let explored = Explorer::new()
        .mode(Mode::Enumeration)
        .explore(body, |execution| {
            let drawing = Drawing::new(&execution.interleaving(), execution.ending());
            let rows = || drawing.rows.iter();
            let notified = rows().find_map(|row| {
                row.text()
                    .strip_prefix("notify_one shared.1, ")
                    .map(str::to_owned)
            });
            let woken = rows().find(|row| row.text().starts_with("woken by"));
            let expected = woken.map_or("nobody waits".to_owned(), |row| format!("wakes {}", row.who));
            assert_eq!(notified.as_ref(), Some(&expected), "{}", shown(&drawing, 120));
            seen.extend(notified);
        });
    explored.expect("deterministic");
    let all = [
        "nobody waits",
        "wakes thread 1",
        "wakes thread 2",
        "wakes thread 3",
    ];
    assert_eq!(seen, BTreeSet::from(all.map(str::to_owned)));
}
