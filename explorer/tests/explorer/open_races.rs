//! Races whose reversals only weak initials lead to: they must be reversed again, with all that comes after.

use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::sync::{Arc, Mutex};
use selvedge_explorer::{Explorer, Mode, Mutation, thread};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::SeqCst;

/// A thread locks, another locks after it and then wakes a third, which looks at what a fourth and a fifth store.
///
/// The locks race. In the first execution that shows it, the stores happen after the second lock: so its reversal is
/// this lock alone, and a store, explored already, is a weak initial of it. But in a later execution of the same locks
/// the other store comes first, and what begins with that has not been explored with the locks reversed.
fn locks_beside_stores() {
    let lock = Arc::new(Mutex::new(0));
    let shared = Arc::new([AtomicI64::new(0), AtomicI64::new(0)]);
    let [seen, first, second] = [(); 3].map(|()| Arc::clone(&shared));
    let sleeper = thread::spawn(move || {
        thread::park();
        seen[0].load(SeqCst);
    });
    let locked = Arc::clone(&lock);
    thread::spawn(move || *locked.lock().unwrap() += 1);
    thread::spawn(move || {
        first[0].store(1, SeqCst);
        first[1].store(1, SeqCst);
    });
    thread::spawn(move || {
        if second[1].load(SeqCst) == 0 {
            second[0].store(2, SeqCst);
        }
    });
    let sleeper = sleeper.thread().clone();
    thread::spawn(move || {
        if *lock.lock().unwrap() == 1 {
            sleeper.unpark();
        }
    });
}

fn traces(explorer: &Explorer) -> (BTreeSet<u128>, u64) {
    let mut traces = BTreeSet::new();
    let summary = explorer
        .explore(locks_beside_stores, |execution| {
            assert!(traces.insert(execution.trace_hash()), "twice");
        })
        .expect("deterministic");
    (traces, summary.blocked)
}

/// The stores and the load that decides on one of them come in three orders; with the locks the wrong way round nobody is
/// woken, so these are 3 traces. The other way round the third thread's load of the first variable comes before or after
/// each store to it: 2 places where there is one store, 3 where there are two, in either order: 8 traces.
#[test]
fn a_race_is_reversed_again_with_what_comes_after() {
    let (all, begun_in_vain) = traces(&Explorer::new().mode(Mode::SleepSets));
    assert_eq!(all.len(), 11);
    assert!(begun_in_vain > 0);
    assert_eq!(traces(&Explorer::new().mode(Mode::Source)).0, all);
    assert_eq!(traces(&Explorer::new()), (all.clone(), 0));
    let mistaken = Explorer::new().mutation(Some(Mutation::NoOpenRaces));
    let (found, _) = traces(&mistaken);
    assert_eq!(all.difference(&found).count(), 1, "the mistake would be noticed");
}
