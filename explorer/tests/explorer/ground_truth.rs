//! Exact numbers of traces and exact distributions of outcomes, known in advance.
//!
//! The figures come from closed forms and recurrences (stated at each test) that were checked
//! against brute force; those marked GenMC also stand in that tool's public test suite.

use crate::support::strict::strict;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::sync::atomic::{AtomicI64, AtomicUsize};
use selvedge_explorer::sync::{Mutex, RwLock};
use selvedge_explorer::{Completeness, Ending, Explorer, Mode, thread};

/// Explores the body, in which no writer is preferred, and returns how many executions ended with each
/// outcome.
fn explore<O: Ord + Clone>(mode: Mode, body: impl Fn() -> O + 'static) -> BTreeMap<O, u64> {
    let mut outcomes = BTreeMap::new();
    let summary = strict()
        .mode(mode)
        .explore(body, |execution| match execution.ending() {
            Ending::Finished(outcome) => *outcomes.entry(outcome.clone()).or_insert(0) += 1,
            _ => panic!("an execution did not finish"),
        })
        .expect("the program is deterministic");
    let bounds = ["exhaustive", "bounded by no preference for writers"];
    assert!(bounds.contains(&summary.completeness.to_string().as_str()));
    assert_eq!(summary.executions, outcomes.values().sum::<u64>());
    if mode != Mode::SleepSets && mode != Mode::Source {
        assert_eq!(summary.blocked, 0);
    }
    outcomes
}

fn count<O: Ord + Clone>(mode: Mode, body: impl Fn() -> O + 'static) -> u64 {
    explore(mode, body).values().sum()
}

fn traces<O: Ord + Clone>(body: impl Fn() -> O + 'static) -> u64 {
    count(Mode::Optimal, body)
}

/// Runs one thread for each delta, which adds it `times` times by a load and a store.
fn unlocked(times: usize, deltas: &'static [i64]) -> impl Fn() -> i64 {
    move || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads: Vec<_> = deltas
            .iter()
            .map(|delta| {
                let counter = Arc::clone(&counter);
                thread::spawn(move || {
                    for _ in 0..times {
                        let seen = counter.load(SeqCst);
                        counter.store(seen + delta, SeqCst);
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        counter.load(SeqCst)
    }
}

/// Runs `threads` threads that add 1 under a lock, `times` times.
fn locked(threads: usize, times: usize) -> impl Fn() -> i64 {
    move || {
        let counter = Arc::new(Mutex::new(0));
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                let counter = Arc::clone(&counter);
                thread::spawn(move || {
                    for _ in 0..times {
                        *counter.lock().unwrap() += 1;
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        *counter.lock().unwrap()
    }
}

fn fetch_add(threads: usize, times: usize) -> impl Fn() -> i64 {
    move || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                let counter = Arc::clone(&counter);
                thread::spawn(move || {
                    for _ in 0..times {
                        counter.fetch_add(1, SeqCst);
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        counter.load(SeqCst)
    }
}

#[test]
fn two_unlocked_counters() {
    // D(i,j) = D(i-1,j) + D(i,j-1) - [i and j odd] D(i-1,j-1), T(n) = D(2n,2n); the first: GenMC.
    for (times, expected) in [(1, 4), (2, 34), (3, 328), (4, 3334)] {
        assert_eq!(traces(unlocked(times, &[1, -1])), expected, "n = {times}");
        assert_eq!(traces(unlocked(times, &[1, 1])), expected, "n = {times}");
    }
}

#[test]
fn interleavings_of_two_unlocked_counters() {
    // C(4n, 2n)
    for (times, expected) in [(1, 6), (2, 70), (3, 924), (4, 12870)] {
        assert_eq!(
            count(Mode::Enumeration, unlocked(times, &[1, -1])),
            expected,
            "n = {times}"
        );
    }
}

#[test]
fn the_distribution_of_final_values() {
    let symmetric = |half: &[u64]| -> BTreeMap<i64, u64> {
        let values = half.iter().enumerate();
        values
            .flat_map(|(value, &count)| [(value as i64, count), (-(value as i64), count)])
            .collect()
    };
    let rows: [(usize, &[u64], &[u64]); 3] = [
        (1, &[2, 2], &[2, 1]),
        (2, &[14, 16, 12], &[8, 8, 5]),
        (3, &[180, 154, 132, 86], &[60, 58, 48, 28]),
    ];
    for (times, interleavings, traces) in rows {
        let counters = || unlocked(times, &[1, -1]);
        assert_eq!(
            explore(Mode::Enumeration, counters()),
            symmetric(interleavings),
            "n = {times}"
        );
        assert_eq!(
            explore(Mode::Optimal, counters()),
            symmetric(traces),
            "n = {times}"
        );
        assert_eq!(
            explore(Mode::SleepSets, counters()),
            symmetric(traces),
            "n = {times}"
        );
        assert_eq!(
            explore(Mode::Source, counters()),
            symmetric(traces),
            "n = {times}"
        );
    }
}

#[test]
fn two_increments_can_lose_all_but_two() {
    let reached = |times| {
        explore(Mode::Optimal, unlocked(times, &[1, 1]))
            .into_keys()
            .collect::<Vec<_>>()
    };
    assert_eq!(reached(1), [1, 2]);
    assert_eq!(reached(2), [2, 3, 4]);
    assert_eq!(reached(4), [2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn two_locked_counters() {
    // C(2n, n)
    for (times, expected) in (1..).zip([2, 6, 20, 70, 252, 924]) {
        assert_eq!(traces(locked(2, times)), expected, "n = {times}");
        assert_eq!(traces(fetch_add(2, times)), expected, "n = {times}");
    }
}

#[test]
fn three_locked_counters() {
    // (3n)! / (n!)^3; k! for n = 1 (GenMC)
    for (times, expected) in [(1, 6), (2, 90), (3, 1680)] {
        assert_eq!(traces(locked(3, times)), expected, "n = {times}");
        assert_eq!(traces(fetch_add(3, times)), expected, "n = {times}");
    }
    assert_eq!(traces(locked(4, 1)), 24);
}

#[test]
fn many_threads_with_one_load_and_store() {
    // (k!)^2 (GenMC)
    let ones: &'static [i64] = &[1; 5];
    for (threads, expected) in (1..=5).zip([1, 4, 36, 576, 14400]) {
        assert_eq!(traces(unlocked(1, &ones[..threads])), expected, "k = {threads}");
    }
}

#[test]
fn three_unlocked_counters() {
    assert_eq!(traces(unlocked(2, &[1, 1, 1])), 7134);
}

#[test]
fn independent_counters() {
    let body = || {
        let counters: Vec<_> = (0..3).map(|_| Arc::new(AtomicI64::new(0))).collect();
        let threads: Vec<_> = counters
            .iter()
            .cloned()
            .map(|counter| {
                thread::spawn(move || {
                    for _ in 0..3 {
                        counter.store(counter.load(SeqCst) + 1, SeqCst);
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        counters.iter().map(|counter| counter.load(SeqCst)).sum::<i64>()
    };
    assert_eq!(explore(Mode::Optimal, body), BTreeMap::from([(9, 1)]));
}

#[test]
fn one_writer_and_many_readers() {
    // 2^n (GenMC)
    let readers = |readers: usize| {
        move || {
            let shared = Arc::new(AtomicI64::new(0));
            let writer = Arc::clone(&shared);
            let mut threads = vec![thread::spawn(move || writer.store(1, SeqCst))];
            threads.extend((0..readers).map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    shared.load(SeqCst);
                })
            }));
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        }
    };
    for (n, expected) in (1..).zip([2, 4, 8, 16, 32]) {
        assert_eq!(traces(readers(n)), expected, "n = {n}");
    }
}

/// One thread looks for the last zero of an array, while `n` others each set an element to one
/// more than the element before it.
fn last_zero(n: usize) -> impl Fn() {
    move || {
        let array: Arc<Vec<_>> = Arc::new((0..=n).map(|_| AtomicI64::new(0)).collect());
        let reader = Arc::clone(&array);
        let mut threads = vec![thread::spawn(move || {
            let mut index = n;
            while reader[index].load(SeqCst) != 0 {
                index -= 1;
            }
        })];
        threads.extend((1..=n).map(|index| {
            let array = Arc::clone(&array);
            thread::spawn(move || {
                let before = array[index - 1].load(SeqCst);
                array[index].store(before + 1, SeqCst);
            })
        }));
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}

#[test]
fn last_zero_of_an_array() {
    // (n + 3) 2^(n - 2) (GenMC)
    for (n, expected) in (1..).zip([2, 5, 12, 28, 64, 144]) {
        assert_eq!(traces(last_zero(n)), expected, "n = {n}");
    }
}

#[test]
fn source_sets_alone_begin_executions_in_vain() {
    let summary = Explorer::new()
        .mode(Mode::Source)
        .explore(last_zero(6), |_| ())
        .expect("deterministic");
    assert_eq!(summary.executions, 144);
    assert!(summary.blocked > 0, "optimal mode would be no better");
}

#[test]
fn writers_and_readers() {
    // W! (W + 1)^R: an order of the writers, and a place among them for each reader
    let atomic = |writers: usize, readers: usize| {
        move || {
            let shared = Arc::new(AtomicUsize::new(0));
            let threads: Vec<_> = (0..writers + readers)
                .map(|index| {
                    let shared = Arc::clone(&shared);
                    thread::spawn(move || match index < writers {
                        true => shared.store(index, SeqCst),
                        false => drop(shared.load(SeqCst)),
                    })
                })
                .collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        }
    };
    let rwlock = |writers: usize, readers: usize| {
        move || {
            let shared = Arc::new(RwLock::new(0));
            let threads: Vec<_> = (0..writers + readers)
                .map(|index| {
                    let shared = Arc::clone(&shared);
                    thread::spawn(move || match index < writers {
                        true => *shared.write().unwrap() = index,
                        false => drop(shared.read().unwrap()),
                    })
                })
                .collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        }
    };
    for (writers, readers, expected, with_preference) in [
        (1, 1, 2, 3),
        (1, 3, 8, 62),
        (2, 1, 6, 16),
        (2, 2, 18, 138),
        (3, 1, 24, 144),
        (3, 2, 96, 2196),
        (2, 3, 54, 1254),
    ] {
        assert_eq!(
            traces(atomic(writers, readers)),
            expected,
            "atomic, {writers} and {readers}"
        );
        assert_eq!(
            traces(rwlock(writers, readers)),
            expected,
            "rwlock, {writers} and {readers}"
        );
        // With preference, a writer that meets readers is queued before it acquires: no closed form, but
        // counted by brute force in another language.
        let preferred = Explorer::new().explore(rwlock(writers, readers), |_| ());
        let summary = preferred.expect("the program is deterministic");
        assert_eq!(summary.completeness, Completeness::Exhaustive);
        assert_eq!((summary.executions, summary.blocked), (with_preference, 0));
    }
}
