//! The endings of executions: deadlocks, panics, poison, data races; budgets, bounds and nondeterminism.

mod data_races;
mod limits;
mod panics;
mod spinning;
mod waits;

use crate::support::strict::strict;
use std::cell::Cell as StdCell;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool as StdAtomicBool;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::time::Duration;

use selvedge_explorer::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, fence};
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex, RwLock};
use selvedge_explorer::{
    Completeness, Cut, Ending, Explorer, Mode, Observation, OperationKind, Summary, WaitingFor, choose, hint,
    thread,
};

/// Explores the body and returns the different endings.
fn endings<O: Ord + Clone>(body: impl Fn() -> O + 'static) -> BTreeSet<Ending<O>> {
    let (endings, summary) = endings_with(&Explorer::new(), body);
    assert_eq!(summary.completeness, Completeness::Exhaustive);
    endings
}

fn endings_with<O: Ord + Clone>(
    explorer: &Explorer,
    body: impl Fn() -> O + 'static,
) -> (BTreeSet<Ending<O>>, Summary) {
    let mut endings = BTreeSet::new();
    let summary = explorer
        .explore(body, |execution| {
            endings.insert(execution.ending().clone());
        })
        .expect("the program is deterministic");
    assert_eq!(summary.blocked, 0);
    (endings, summary)
}

fn outcomes<O: Ord + Clone>(body: impl Fn() -> O + 'static) -> BTreeSet<O> {
    endings(body)
        .into_iter()
        .map(|ending| match ending {
            Ending::Finished(outcome) => outcome,
            _ => panic!("an execution did not finish"),
        })
        .collect()
}

fn explore(explorer: &Explorer, body: impl Fn() + 'static) -> Summary {
    explorer
        .explore(body, |_| ())
        .expect("the program is deterministic")
}

/// `n` unlocked increments in each of two threads.
fn counter(times: usize) -> impl Fn() {
    move || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads = [(); 2].map(|()| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                (0..times).for_each(|_| counter.store(counter.load(SeqCst) + 1, SeqCst));
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}

#[test]
fn threads_spawn_threads() {
    let body = || {
        let counter = Arc::new(AtomicI64::new(0));
        let outer = Arc::clone(&counter);
        let thread = thread::spawn(move || {
            let inner = Arc::clone(&outer);
            let nested = thread::spawn(move || {
                inner.fetch_add(1, SeqCst);
                thread::current().id().to_string()
            });
            outer.fetch_add(10, SeqCst);
            nested.join().unwrap()
        });
        let seen = counter.fetch_add(100, SeqCst);
        (seen, thread.join().unwrap())
    };
    let seen: BTreeSet<_> = outcomes(body).into_iter().collect();
    let nested = || "1.1".to_owned();
    assert_eq!(seen, [0, 1, 10, 11].map(|seen| (seen, nested())).into());
}

#[test]
fn choices_are_explored() {
    let body = || (choose(3), choose(1), choose(2));
    assert_eq!(outcomes(body).len(), 6);
    let many = || choose(200);
    assert_eq!(outcomes(many), (0..200).collect());
}

#[test]
fn events_tell_what_happened() {
    let body = || {
        let value = AtomicI64::new(-1);
        value.fetch_add(3, SeqCst);
        let lock = Mutex::new(());
        drop(lock.lock());
    };
    let lines = [line!() - 4, line!() - 2, line!() - 2];
    let check = |execution: &selvedge_explorer::Execution<'_, ()>| {
        let events: Vec<_> = execution.events().collect();
        let [add, lock, unlock] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(format!("{} {}", add.before.unwrap(), add.after.unwrap()), "-1 2");
        assert_eq!(add.ordering(), Some(SeqCst));
        assert_eq!([add, lock, unlock].map(|event| event.location.line()), lines);
        assert_eq!(unlock.operation, OperationKind::Unlock(false));
        assert!(add.happens_before(unlock) && !unlock.happens_before(add));
        assert_eq!(execution.schedule().len(), 3);
    };
    Explorer::new().explore(body, check).unwrap();
}
