//! Choices: every alternative is explored, also where a race's reversal leads to one of them.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::sync::{Arc, Condvar, Mutex};
use selvedge_explorer::{Completeness, Ending, Explorer, Mode, choose, thread};

/// One thread stores to both variables, a second stores to the first if it does not see that, and a third
/// looks at the first or not, as it chooses. A search that schedules the choice within the reversal of
/// another race must not forget its other alternative.
fn choice_within_a_reversal() -> (usize, i64, i64) {
    let shared = Arc::new([AtomicI64::new(0), AtomicI64::new(0)]);
    let [first, second, third] = [(); 3].map(|()| Arc::clone(&shared));
    let stores = thread::spawn(move || {
        first[0].store(1, SeqCst);
        first[1].store(1, SeqCst);
    });
    let overwrites = thread::spawn(move || {
        let seen = second[1].load(SeqCst);
        if seen == 0 {
            second[0].store(2, SeqCst);
        }
        seen
    });
    let chooses = thread::spawn(move || {
        let choice = choose(2);
        if choice == 0 {
            third[0].load(SeqCst);
        }
        choice
    });
    stores.join().unwrap();
    let seen = overwrites.join().unwrap();
    (chooses.join().unwrap(), seen, shared[0].load(SeqCst))
}

/// Explores a program; returns its endings, how many executions there are, and how many more were begun in
/// vain.
fn explore<O: Ord + Clone + 'static>(mode: Mode, body: fn() -> O) -> (BTreeSet<Ending<O>>, u64, u64) {
    let mut endings = BTreeSet::new();
    let summary = Explorer::new()
        .mode(mode)
        .explore(body, |execution| {
            endings.insert(execution.ending().clone());
        })
        .expect("it is deterministic");
    assert_eq!(summary.completeness, Completeness::Exhaustive, "{mode:?}");
    (endings, summary.executions, summary.blocked)
}

/// Both alternatives of the choice, with each of the three ends of the two other threads.
#[test]
fn every_alternative_is_explored() {
    let all = [(0, 0, 1), (0, 0, 2), (0, 1, 1), (1, 0, 1), (1, 0, 2), (1, 1, 1)];
    let all = BTreeSet::from(all.map(Ending::Finished));
    assert_eq!(explore(Mode::Enumeration, choice_within_a_reversal).0, all);
    for mode in [Mode::Optimal, Mode::Source, Mode::SleepSets] {
        let (endings, executions, _) = explore(mode, choice_within_a_reversal);
        assert_eq!((endings, executions), (all.clone(), 11), "{mode:?}");
    }
}

/// The same with a choice that is not written down: which of two waiters a notification wakes.
fn who_is_woken() -> (Vec<bool>, i64, i64) {
    let waiting = Arc::new((Mutex::new(0), Condvar::new()));
    let shared = Arc::new([AtomicI64::new(0), AtomicI64::new(0)]);
    let waiters = [0, 1].map(|index| {
        let (waiting, shared) = (Arc::clone(&waiting), Arc::clone(&shared));
        thread::spawn(move || {
            let mut count = waiting.0.lock().unwrap();
            *count += 1;
            let is_first = *waiting.1.wait(count).unwrap() == 2;
            if is_first && index == 0 {
                shared[0].load(SeqCst);
            }
            is_first
        })
    });
    let [first, second] = [(); 2].map(|()| Arc::clone(&shared));
    let stores = thread::spawn(move || {
        first[0].store(1, SeqCst);
        first[1].store(1, SeqCst);
    });
    let overwrites = thread::spawn(move || {
        let seen = second[1].load(SeqCst);
        if seen == 0 {
            second[0].store(2, SeqCst);
        }
        seen
    });
    let in_notifier = Arc::clone(&waiting);
    let notifies = thread::spawn(move || {
        if *in_notifier.0.lock().unwrap() == 2 {
            in_notifier.1.notify_one();
        }
    });
    stores.join().unwrap();
    let seen = overwrites.join().unwrap();
    notifies.join().unwrap();
    *waiting.0.lock().unwrap() = 9;
    waiting.1.notify_all();
    let first = waiters.into_iter().map(|waiter| waiter.join().unwrap()).collect();
    (first, seen, shared[0].load(SeqCst))
}

/// The endings are those of sleep sets, which share neither the wakeup trees nor the race reversals.
#[test]
fn whoever_can_be_woken_is() {
    let (endings, executions, in_vain) = explore(Mode::Optimal, who_is_woken);
    let (by_sleep_sets, as_many, begun_in_vain) = explore(Mode::SleepSets, who_is_woken);
    assert_eq!(endings, by_sleep_sets);
    assert_eq!(executions, as_many, "one execution of each trace");
    assert_eq!(in_vain, 0);
    assert!(begun_in_vain > 0);
}
