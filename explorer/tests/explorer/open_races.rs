//! Races whose reversals only weak initials lead to: they must be reversed again, with all that comes after.
//!
//! The search that forgets them is one of the mutants in `src/search/mutants.rs`.

use crate::support::strict::strict;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::sync::{Condvar, Mutex};
use selvedge_explorer::{Explorer, Mode, thread};

use crate::support::locks_beside_stores::locks_beside_stores;

fn traces(explorer: &Explorer, body: fn()) -> (BTreeSet<u128>, u64) {
    let mut traces = BTreeSet::new();
    let summary = explorer
        .explore(body, |execution| {
            assert!(traces.insert(execution.trace_hash()), "twice");
        })
        .expect("deterministic");
    (traces, summary.blocked)
}

/// The stores and the load that decides on one of them come in three orders: 3 traces with the locks the
/// wrong way round, as no thread is woken. The other way round, the third thread loads the first variable
/// before or after each store to it: 2 places with one store, 3 with two, in either order: 8 traces.
#[test]
fn a_race_is_reversed_again_with_what_comes_after() {
    let (all, begun_in_vain) = traces(&strict().mode(Mode::SleepSets), locks_beside_stores);
    assert_eq!(all.len(), 11);
    assert!(begun_in_vain > 0);
    assert_eq!(traces(&strict().mode(Mode::Source), locks_beside_stores).0, all);
    assert_eq!(traces(&strict(), locks_beside_stores), (all.clone(), 0));
}

/// Four threads: one notifies, one loads, two wait, and the main thread stores once it is unparked.
fn a_store_beside_waits() {
    let shared = Arc::new((Mutex::new(()), Condvar::new(), [0, 0].map(AtomicI64::new)));
    let main = thread::current();
    let notifier = Arc::clone(&shared);
    thread::spawn(move || notifier.1.notify_all());
    let loader = Arc::clone(&shared);
    thread::spawn(move || {
        let [a, b] = &loader.2;
        (a.load(SeqCst), b.load(SeqCst), b.load(SeqCst))
    });
    let wait = |shared: &(Mutex<()>, Condvar, [AtomicI64; 2])| {
        let guard = shared.0.lock().unwrap();
        drop(shared.1.wait(guard).unwrap());
    };
    let waiter = Arc::clone(&shared);
    thread::spawn(move || {
        main.unpark();
        wait(&waiter);
    });
    let waiter = Arc::clone(&shared);
    thread::spawn(move || wait(&waiter));
    thread::park();
    shared.2[1].store(0, SeqCst);
}

/// The store comes before, between or after the two loads of its variable, whatever else happens: 3 places. Of
/// the notification, the two waits, and the sections in which these begin and end, there are 10 traces: the
/// program without loads has as many. A random program of this kind had 26 traces in the optimal mode, as a
/// branch further down in a wakeup tree was a weak initial only, and the race was not left open.
#[test]
fn a_weak_initial_further_down_leaves_a_race_open() {
    let (all, _) = traces(&strict().mode(Mode::SleepSets), a_store_beside_waits);
    assert_eq!(all.len(), 30);
    assert_eq!(traces(&strict(), a_store_beside_waits), (all, 0));
}
