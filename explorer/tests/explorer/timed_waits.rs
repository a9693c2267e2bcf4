//! Timed waits that do not notice that the time is up while an atomic has some value.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::time::Duration;

use selvedge_explorer::sync::atomic::{AtomicUsize, fence};
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex};
use selvedge_explorer::{Completeness, Ending, Explorer, Mode, ObjectKind, WaitingFor, thread};

const TIMEOUT: Duration = Duration::from_millis(1);

struct Shared {
    held: Mutex<bool>,
    released: Condvar,
    word: AtomicUsize,
    cell: Cell<i64>,
}

impl Shared {
    fn new(held: bool) -> Arc<Self> {
        Arc::new(Self {
            held: Mutex::new(held),
            released: Condvar::new(),
            word: AtomicUsize::new(0),
            cell: Cell::new(0),
        })
    }
}

/// For each trace, how it ended.
type Found<O> = BTreeMap<u128, Ending<O>>;

fn explore<O: Ord + Clone>(explorer: Explorer, body: impl Fn() -> O + 'static) -> (Found<O>, Completeness) {
    let mut found = Found::new();
    let summary = explorer
        .explore(body, |execution| {
            found.insert(execution.trace_hash(), execution.ending().clone());
        })
        .expect("deterministic");
    assert_eq!(summary.blocked, 0);
    (found, summary.completeness)
}

/// Explores the body without a bound on time-outs and compares with all interleavings; returns the number of
/// traces with each ending, which is named by its kind or by the body's output.
fn endings<O: Ord + Clone + Debug + ToString>(
    body: impl Fn() -> O + Copy + 'static,
) -> BTreeMap<String, usize> {
    let (found, completeness) = explore(Explorer::new().timeouts(0), body);
    assert_eq!(completeness, Completeness::Exhaustive);
    let (all, completeness) = explore(Explorer::new().timeouts(0).mode(Mode::Enumeration), body);
    assert_eq!(completeness, Completeness::Exhaustive);
    assert_eq!(found, all);
    let mut endings = BTreeMap::new();
    for ending in found.values() {
        let told = ending
            .finished()
            .map_or_else(|| ending.kind().to_owned(), O::to_string);
        *endings.entry(told).or_default() += 1;
    }
    endings
}

fn counts<const N: usize>(counts: [(&str, usize); N]) -> BTreeMap<String, usize> {
    counts.map(|(told, count)| (told.to_owned(), count)).into()
}

/// Waits while a thread holds it, and asks for it by the word once the time is up.
fn wait_until_released(shared: &Shared) {
    let mut held = shared.held.lock().unwrap();
    while *held {
        let (guard, result) = shared
            .released
            .wait_timeout_unless(held, TIMEOUT, &shared.word, 1)
            .unwrap();
        held = guard;
        if result.timed_out() && *held {
            shared.word.store(1, SeqCst);
        }
    }
}

/// Releases what another thread waits for; returns whether that has asked for it.
fn asked_for() -> usize {
    let shared = Shared::new(true);
    let theirs = Arc::clone(&shared);
    let waiter = thread::spawn(move || wait_until_released(&theirs));
    {
        let mut held = shared.held.lock().unwrap();
        *held = false;
        shared.released.notify_one();
    }
    waiter.join().unwrap();
    shared.word.load(SeqCst)
}

/// There are four traces. Without a wait: the releasing thread comes first. With one: it ends by the
/// notification; or its time is up, and the thread locks first, asks, and waits again, for the notification
/// only; or its time is up, and it locks only after the other has released.
#[test]
fn a_loop_whose_time_outs_set_the_word_is_explored_without_a_bound() {
    assert_eq!(endings(asked_for), counts([("0", 3), ("1", 1)]));
}

/// Returns how each of two waits ended: `n` by the notification, `t` because its time was up.
fn two_waits() -> String {
    let shared = Shared::new(false);
    let waiters = [(); 2].map(|()| {
        let theirs = Arc::clone(&shared);
        thread::spawn(move || {
            let guard = theirs.held.lock().unwrap();
            let waited = theirs
                .released
                .wait_timeout_unless(guard, TIMEOUT, &theirs.word, 1);
            waited.unwrap().1.timed_out()
        })
    });
    shared.word.store(1, SeqCst);
    shared.released.notify_one();
    shared.word.store(0, SeqCst);
    let ended = waiters.map(|waiter| if waiter.join().unwrap() { 't' } else { 'n' });
    ended.iter().collect()
}

#[test]
fn every_wait_ends_if_the_word_changes_in_the_end() {
    let endings = endings(two_waits);
    let told: Vec<&str> = endings.keys().map(String::as_str).collect();
    assert_eq!(told, ["nt", "tn", "tt"]);
    assert_eq!(endings["nt"], endings["tn"]);
}

fn unnoticed(value: usize) -> bool {
    let shared = Shared::new(false);
    let theirs = Arc::clone(&shared);
    let waiter = thread::spawn(move || {
        let guard = theirs.held.lock().unwrap();
        let waited = theirs
            .released
            .wait_timeout_unless(guard, TIMEOUT, &theirs.word, 7);
        waited.unwrap().1.timed_out()
    });
    shared.word.store(value, SeqCst);
    waiter.join().unwrap()
}

#[test]
fn a_wait_whose_time_out_goes_unnoticed_for_ever_is_a_deadlock() {
    // The time is up before the word changes, or never.
    assert_eq!(endings(|| unnoticed(7)), counts([("true", 1), ("deadlock", 1)]));
    // One trace for each order of the store and the time-out.
    assert_eq!(endings(|| unnoticed(6)), counts([("true", 2)]));
    let (found, _) = explore(Explorer::new(), || unnoticed(7));
    let stuck = found.values().find_map(|ending| match ending {
        Ending::Deadlock(stuck) => Some(stuck),
        _ => None,
    });
    let [main, waiter] = &stuck.expect("a deadlock")[..] else {
        panic!("{stuck:?}")
    };
    assert_eq!(main.waiting_for, WaitingFor::End(waiter.thread));
    assert_eq!(waiter.waiting_for, WaitingFor::Notification);
    assert_eq!(waiter.object.map(|(kind, _)| kind), Some(ObjectKind::Condvar));
    assert!(waiter.holders.is_empty());
}

fn reads_after_the_time_out(fences: bool) -> i64 {
    let shared = Shared::new(false);
    let theirs = Arc::clone(&shared);
    let writer = thread::spawn(move || {
        theirs.cell.set(5);
        theirs.word.store(1, Release);
    });
    let guard = shared.held.lock().unwrap();
    let waited = shared
        .released
        .wait_timeout_unless(guard, TIMEOUT, &shared.word, 0);
    drop(waited.unwrap());
    if fences {
        fence(Acquire);
    }
    let seen = shared.cell.get();
    writer.join().unwrap();
    seen
}

#[test]
fn the_word_is_read_relaxed() {
    assert_eq!(
        endings(|| reads_after_the_time_out(false)),
        counts([("data race", 1)])
    );
    assert_eq!(endings(|| reads_after_the_time_out(true)), counts([("5", 1)]));
}

#[test]
fn a_loop_whose_time_outs_change_nothing_is_ended_by_the_step_limit() {
    let body = || {
        let shared = Shared::new(false);
        let mut guard = shared.held.lock().unwrap();
        while shared.word.load(Relaxed) == 0 {
            let waited = shared
                .released
                .wait_timeout_unless(guard, TIMEOUT, &shared.word, 1);
            guard = waited.unwrap().0;
        }
    };
    let (found, completeness) = explore(Explorer::new().steps(50), body);
    assert_eq!(found.into_values().collect::<Vec<_>>(), [Ending::StepLimit]);
    assert_eq!(completeness.to_string(), "bounded by steps");
}
