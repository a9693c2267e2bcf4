//! The names of objects that the program has not named: as its source calls them, or by their place.

use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize};
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex, RwLock};
use selvedge_explorer::{Ending, Explorer, Then, thread};

/// Returns the names of the objects that a program creates, in order.
fn names<O: 'static>(body: impl Fn() -> O + 'static) -> Vec<String> {
    let replay = Explorer::new().replay(body, &[], Then::RunOn);
    let objects = replay.expect("there is nothing to follow").interleaving.objects;
    objects.iter().map(|object| object.called.to_string()).collect()
}

struct Queue {
    head: AtomicUsize,
    next: [AtomicUsize; 2],
    lock: Mutex<Cell<i64>>,
}

#[derive(Default)]
struct Pair {
    _first: Mutex<i32>,
    _second: Mutex<i32>,
}

fn flag() -> AtomicBool {
    let flag = AtomicBool::new(false);
    flag.store(true, SeqCst);
    flag
}

#[test]
fn objects_are_called_by_the_field_or_the_variable_that_they_are_created_for() {
    let body = || {
        let queue = Arc::new(Queue {
            head: AtomicUsize::new(0),
            next: [AtomicUsize::new(1), AtomicUsize::new(2)],
            lock: Mutex::new(Cell::new(0)),
        });
        let shared = Arc::new((Mutex::new(0), Condvar::default()));
        let (table, mut turns) = (RwLock::new(0), AtomicI64::from(0));
        *turns.get_mut() += 1;
        let given = Mutex::new(0).named("by hand");
        queue.head.load(SeqCst);
        assert!(queue.lock.lock().is_ok() && queue.next.len() == 2);
        (shared, table, given)
    };
    let expected = [
        "head",
        "next[0]",
        "next[1]",
        "cell at source_names.rs:40",
        "lock",
        "shared.0",
        "shared.1",
        "table",
        "turns",
        "by hand",
    ];
    assert_eq!(names(body), expected);
}

#[test]
fn elements_that_one_place_creates_are_counted_if_it_runs_once() {
    fn three() -> [Mutex<i32>; 3] {
        let locks = [(); 3].map(|()| Mutex::new(0));
        assert_eq!(locks.len(), 3);
        locks
    }
    assert_eq!(names(three), ["locks[0]", "locks[1]", "locks[2]"]);
    let twice = names(|| (three(), three()));
    assert_eq!(twice[..2], ["locks (1st)", "locks (2nd)"]);
    assert_eq!(
        twice[5], "locks (6th)",
        "which element it is can no longer be told"
    );
}

#[test]
fn objects_of_one_name_are_numbered() {
    assert_eq!(names(|| (flag(), flag())), ["flag (1st)", "flag (2nd)"]);
    let given = || [(); 2].map(|()| Mutex::new(0).named("x"));
    assert_eq!(names(given), ["x 1", "x 2"]);
}

#[test]
fn what_the_source_does_not_tell_is_called_by_its_kind_and_place() {
    let line = line!() + 1;
    let body = || (flag(), [Some(Mutex::new(0))].len(), [Mutex::new(0)].len());
    let place = format!("mutex at source_names.rs:{line}");
    assert_eq!(
        names(body),
        [
            "flag".to_owned(),
            format!("{place} (1st)"),
            format!("{place} (2nd)")
        ]
    );
    let derived = names(Pair::default);
    assert!(derived[0].starts_with("mutex at source_names.rs:"), "{derived:?}");
    let in_library = names(Arc::<Mutex<i32>>::default);
    assert_eq!(
        in_library,
        ["mutex"],
        "a place in the standard library says nothing"
    );
}

/// An object that only an earlier execution has created is not counted.
#[test]
fn other_executions_change_no_name() {
    let mut seen = Vec::new();
    let explorer = Explorer::new();
    let explored = explorer.explore(
        || {
            let ready = Arc::new(AtomicBool::new(false));
            let theirs = Arc::clone(&ready);
            let setter = thread::spawn(move || theirs.store(true, SeqCst));
            if ready.load(SeqCst) {
                let _ = (flag(), flag());
            } else {
                let _ = flag();
            }
            setter.join().unwrap();
        },
        |execution| {
            let objects = execution.interleaving().objects;
            seen.push(
                objects
                    .iter()
                    .filter(|object| object.called.as_str() == "flag")
                    .count(),
            );
        },
    );
    assert_eq!(explored.expect("deterministic").executions, 2);
    seen.sort_unstable();
    assert_eq!(seen, [0, 1]);
}

#[test]
fn endings_and_errors_use_the_same_names() {
    let body = || {
        let locks = Arc::new((Mutex::new(0), Mutex::new(0)));
        let theirs = Arc::clone(&locks);
        let child = thread::spawn(move || drop((theirs.1.lock(), theirs.0.lock())));
        drop((locks.0.lock(), locks.1.lock()));
        child.join().unwrap();
    };
    let schedule = "main 1"
        .parse::<selvedge_explorer::Schedule>()
        .expect("a schedule");
    let replay = Explorer::new().replay(body, &schedule.0, Then::RunOn);
    let ending = replay.expect("it can be followed").ending.expect("it has ended");
    assert!(matches!(ending, Ending::Deadlock(_)));
    let (shown, debugged) = (ending.to_string(), format!("{ending:?}"));
    for name in ["mutex locks.0", "mutex locks.1"] {
        assert!(shown.contains(name), "{shown}");
    }
    assert!(debugged.contains("called: Some(\"locks.0\")"), "{debugged}");
}
