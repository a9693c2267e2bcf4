//! Adds that return nothing: two of them on one atomic commute, and with everything else they conflict.

use crate::support::quiet::quiet_panics;
use crate::support::strict::strict;
use selvedge_explorer::sync::atomic::{AtomicI64, AtomicUsize, fence};
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex};
use selvedge_explorer::{Completeness, Ending, Explorer, Mode, thread};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::time::Duration;

/// One thread's part of a program: what it does with the number, and what it sees there.
type Part = fn(&AtomicI64) -> i64;

/// Explores threads that share a number; returns how many traces end with what they saw, and the last value.
///
/// All modes must find the same traces, and all but the enumeration each of them once.
fn traces(parts: &[Part]) -> BTreeMap<(Vec<i64>, i64), usize> {
    let explore = |mode| {
        let parts = parts.to_vec();
        let body = move || {
            let number = Arc::new(AtomicI64::new(0));
            let threads = parts.iter().map(|&part| {
                let number = Arc::clone(&number);
                thread::spawn(move || part(&number))
            });
            let threads: Vec<_> = threads.collect();
            let seen: Vec<i64> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
            (seen, number.load(SeqCst))
        };
        let mut found = BTreeMap::new();
        let summary = strict().mode(mode).explore(body, |execution| {
            let Ending::Finished(seen) = execution.ending() else {
                panic!("{:?}", execution.ending())
            };
            found.insert(execution.trace_hash(), seen.clone());
        });
        let summary = summary.expect("deterministic");
        assert!(
            mode == Mode::Enumeration || summary.executions == found.len() as u64,
            "{mode:?}"
        );
        found
    };
    let all = explore(Mode::Enumeration);
    for mode in [Mode::SleepSets, Mode::Source, Mode::Optimal] {
        assert_eq!(explore(mode), all, "{mode:?}");
    }
    let mut counted = BTreeMap::new();
    for ending in all.into_values() {
        *counted.entry(ending).or_insert(0) += 1;
    }
    counted
}

fn count(parts: &[Part]) -> usize {
    traces(parts).values().sum()
}

/// Adds 1 so many times.
fn adds<const TIMES: usize>(number: &AtomicI64) -> i64 {
    (0..TIMES).for_each(|_| number.add(1, Relaxed));
    0
}

fn fetch_adds(number: &AtomicI64) -> i64 {
    number.fetch_add(1, Relaxed)
}

fn loads(number: &AtomicI64) -> i64 {
    number.load(Relaxed)
}

#[test]
fn threads_that_only_add_have_one_trace() {
    for threads in 1..=4 {
        for iterations in 1..=5 {
            let body = move || {
                let number = Arc::new(AtomicI64::new(0));
                let threads: Vec<_> = (0..threads)
                    .map(|_| {
                        let number = Arc::clone(&number);
                        thread::spawn(move || (0..iterations).for_each(|_| number.add(1, Relaxed)))
                    })
                    .collect();
                threads.into_iter().for_each(|thread| thread.join().unwrap());
                number.load(Relaxed)
            };
            for mode in [Mode::Source, Mode::Optimal] {
                let mut endings = Vec::new();
                let explorer = Explorer::new().mode(mode);
                let summary = explorer.explore(body, |execution| endings.push(execution.ending().clone()));
                let summary = summary.expect("deterministic");
                assert_eq!(endings, [Ending::Finished(threads * iterations)]);
                assert_eq!((summary.executions, summary.blocked), (1, 0), "{mode:?}");
                assert_eq!(summary.completeness, Completeness::Exhaustive);
            }
        }
    }
    assert_eq!(
        count(&[fetch_adds, fetch_adds]),
        2,
        "their twins, which see each other"
    );
}

#[test]
fn a_load_sees_any_of_the_adds_and_not_their_order() {
    // Each thread that adds n times has 0 … n adds before the load.
    assert_eq!(count(&[adds::<1>, loads]), 2);
    assert_eq!(count(&[adds::<1>, adds::<1>, loads]), 4);
    assert_eq!(count(&[adds::<1>, adds::<1>, adds::<1>, loads]), 8);
    assert_eq!(count(&[adds::<3>, adds::<2>, loads]), 12);
    let seen: BTreeMap<i64, usize> = traces(&[adds::<1>, adds::<1>, loads])
        .into_iter()
        .map(|((seen, _), traces)| (seen[2], traces))
        .collect();
    assert_eq!(seen, BTreeMap::from([(0, 1), (1, 2), (2, 1)]));
}

#[test]
fn loads_and_adds_are_ordered_but_not_among_themselves() {
    // Two threads, one of which adds and one of which loads: all C(6, 3) interleavings differ.
    let three_loads: Part = |number| (0..3).map(|_| number.load(Relaxed)).sum();
    assert_eq!(count(&[adds::<3>, three_loads]), 20);
    // Each of two loads comes before or after each of two adds.
    let (a, b, r, s): (Part, Part, Part, Part) = (adds::<1>, adds::<1>, loads, loads);
    // Of the 2^4 orders of pairs, two are circles: a < r < b < s < a, and a < s < b < r < a.
    assert_eq!(count(&[a, b, r, s]), 14);
}

#[test]
fn what_reads_or_replaces_is_ordered_with_adds() {
    let stores: Part = |number| {
        number.store(10, Relaxed);
        0
    };
    let one = |value, traces| ((vec![0; 3], value), traces);
    // Adds before the store are overwritten.
    assert_eq!(
        traces(&[adds::<1>, stores, adds::<1>]),
        BTreeMap::from([one(10, 1), one(11, 2), one(12, 1)])
    );
    assert_eq!(count(&[adds::<1>, adds::<1>, fetch_adds]), 4);
    // Two that see each other, and an add: any order of three.
    assert_eq!(count(&[fetch_adds, fetch_adds, adds::<1>]), 6);
    let exchanges: Part = |number| i64::from(number.compare_exchange(1, 5, SeqCst, SeqCst).is_ok());
    // It succeeds after either add alone.
    let succeeded = traces(&[adds::<1>, adds::<1>, exchanges]);
    let succeeded: Vec<(i64, i64, usize)> = succeeded
        .into_iter()
        .map(|((seen, last), traces)| (seen[2], last, traces))
        .collect();
    assert_eq!(succeeded, [(0, 2, 2), (1, 6, 2)]);
}

#[test]
fn an_add_wraps_around_and_cannot_acquire() {
    let body = || {
        let number = AtomicI64::new(i64::MAX);
        number.add(2, SeqCst);
        assert_eq!(number.load(SeqCst), i64::MIN + 1);
    };
    let summary = Explorer::new().explore(body, |_| ()).expect("deterministic");
    assert_eq!((summary.executions, summary.failures), (1, 0));
    quiet_panics();
    for ordering in [Acquire, AcqRel] {
        let body = move || AtomicI64::new(0).add(1, ordering);
        let mut messages = Vec::new();
        let explored = Explorer::new().explore(body, |execution| match execution.ending() {
            Ending::Panic(panic) => messages.push(panic.message.clone()),
            other => panic!("{other:?}"),
        });
        explored.expect("deterministic");
        assert_eq!(
            messages,
            [format!("an add cannot have the ordering {ordering:?}")]
        );
    }
}

/// An add changes the number, even if it adds 0: a loop of adds is not taken to wait for others.
#[test]
fn a_loop_that_adds_for_ever_is_cut_off() {
    for value in [0, 1] {
        let body = move || {
            let number = AtomicI64::new(0);
            loop {
                number.add(value, Relaxed);
            }
        };
        let mut endings = Vec::new();
        let explorer = Explorer::new().steps(50);
        let explored = explorer.explore(body, |execution: &selvedge_explorer::Execution<'_, ()>| {
            endings.push(execution.ending().clone());
        });
        explored.expect("deterministic");
        assert_eq!(endings, [Ending::StepLimit]);
    }
}

/// A thread's part in handing over plain memory by a number.
type Hands = fn(&(Cell<i64>, AtomicI64));

/// Returns `true` if an execution ends in a data race. All modes must find the same endings.
fn races(parts: &[Hands]) -> bool {
    let explore = |mode| {
        let parts = parts.to_vec();
        let body = move || {
            let shared = Arc::new((Cell::new(0), AtomicI64::new(0)));
            let threads = parts.iter().map(|&part| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || part(&shared))
            });
            let threads: Vec<_> = threads.collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        };
        let mut endings = BTreeSet::new();
        let explored = strict().mode(mode).explore(body, |execution| {
            endings.insert((execution.trace_hash(), execution.ending().clone()));
        });
        explored.expect("deterministic");
        endings
    };
    let all = explore(Mode::Enumeration);
    for mode in [Mode::SleepSets, Mode::Source, Mode::Optimal] {
        assert_eq!(explore(mode), all, "{mode:?}");
    }
    all.iter()
        .any(|(_, ending)| matches!(ending, Ending::DataRace(_)))
}

fn writes_and_adds(shared: &(Cell<i64>, AtomicI64), ordering: Ordering) {
    shared.0.set(1);
    shared.1.add(1, ordering);
}

#[test]
fn an_add_hands_over_memory_if_it_releases() {
    let acquires: Hands = |shared| {
        if shared.1.load(Acquire) == 1 {
            shared.0.get();
        }
    };
    for releases in [Release, SeqCst] {
        let release: Hands = match releases {
            Release => |shared| writes_and_adds(shared, Release),
            _ => |shared| writes_and_adds(shared, SeqCst),
        };
        assert!(!races(&[release, acquires]));
    }
    assert!(races(&[|shared| writes_and_adds(shared, Relaxed), acquires]));
    let fenced: Hands = |shared| {
        shared.0.set(1);
        fence(Release);
        shared.1.add(1, Relaxed);
    };
    assert!(!races(&[fenced, acquires]));
}

#[test]
fn an_add_continues_a_release_sequence() {
    let sees_both: Hands = |shared| {
        if shared.1.load(Acquire) == 2 {
            shared.0.get();
        }
    };
    let releases: Hands = |shared| writes_and_adds(shared, Release);
    assert!(!races(&[releases, |shared| shared.1.add(1, Relaxed), sees_both]));
    let stores: Hands = |shared| shared.1.store(2, Relaxed);
    assert!(races(&[releases, stores, sees_both]), "a store ends it");
}

/// The order of two adds must not decide about a data race. So the second acquires nothing: the accesses race in
/// every order. With `fetch_add` and a fence, an order without a race would exist beside those with one.
#[test]
fn an_add_acquires_nothing() {
    let writes: Hands = |shared| writes_and_adds(shared, SeqCst);
    let all_race = |reads: Hands| {
        let body = move || {
            let shared = Arc::new((Cell::new(0), AtomicI64::new(0)));
            let threads = [writes, reads].map(|part| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || part(&shared))
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        };
        let mut endings = Vec::new();
        let explored = strict().explore(body, |execution| endings.push(execution.ending().clone()));
        explored.expect("deterministic");
        endings.iter().all(|ending| matches!(ending, Ending::DataRace(_)))
    };
    for reads in [
        (|shared| {
            shared.1.add(1, SeqCst);
            shared.0.get();
        }) as Hands,
        |shared| {
            shared.1.add(1, Relaxed);
            fence(Acquire);
            shared.0.get();
        },
        |shared| {
            shared.1.add(1, SeqCst);
            fence(SeqCst);
            shared.0.get();
        },
    ] {
        assert!(races(&[writes, reads]) && all_race(reads));
    }
    let sees: Hands = |shared| {
        shared.1.fetch_add(1, Relaxed);
        fence(Acquire);
        shared.0.get();
    };
    assert!(races(&[writes, sees]) && !all_race(sees), "its twin reads");
}

/// Returns the number of traces in which a timed wait goes on while a word holds `value`, beside threads that
/// each add 1 to it.
fn waits_beside(adders: usize, value: usize, mode: Mode) -> u64 {
    let body = move || {
        let shared = Arc::new((Mutex::new(()), Condvar::new(), AtomicUsize::new(0)));
        let theirs = Arc::clone(&shared);
        let waiter = thread::spawn(move || {
            let (mutex, condvar, word) = &*theirs;
            let guard = mutex.lock().unwrap();
            let waited = condvar.wait_timeout_unless(guard, Duration::from_secs(1), word, value);
            drop(waited.unwrap());
        });
        let adders: Vec<_> = (0..adders)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.2.add(1, Relaxed))
            })
            .collect();
        adders.into_iter().for_each(|adder| adder.join().unwrap());
        waiter.join().unwrap();
    };
    let mut found = BTreeSet::new();
    let explored = strict().mode(mode).explore(body, |execution| {
        let is_new = found.insert((execution.trace_hash(), execution.ending().clone()));
        assert!(is_new || mode == Mode::Enumeration, "a trace twice");
    });
    let summary = explored.expect("deterministic");
    assert!(
        mode != Mode::Optimal || summary.blocked == 0,
        "an execution in vain"
    );
    found.len() as u64
}

/// The wait ends after any set of adds but those that leave the value: 2^k − C(k, v) traces. If k = v, it may
/// also come too late: then the wait never ends.
#[test]
fn adds_that_keep_a_timed_wait_waiting_together_are_reversed_together() {
    let expected = [
        (1, 1, 2),
        (2, 1, 2),
        (3, 1, 5),
        (4, 1, 12),
        (2, 2, 4),
        (3, 2, 5),
        (4, 2, 10),
    ];
    for (adders, value, traces) in expected {
        for mode in [Mode::Enumeration, Mode::SleepSets, Mode::Source, Mode::Optimal] {
            assert_eq!(
                waits_beside(adders, value, mode),
                traces,
                "{adders} adders, {value}, {mode:?}"
            );
        }
    }
}
