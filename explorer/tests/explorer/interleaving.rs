//! Interleavings: which switches are preemptions, and what they tell of threads and objects.

use crate::support::few::at_most;
use crate::support::program::body;
use crate::support::quiet::quiet_panics;
use crate::support::strict::strict;
use std::collections::BTreeMap;

use proptest::strategy::Strategy;
use selvedge_explorer::sync::{Arc, Condvar, Mutex};
use selvedge_explorer::{
    Completeness, Contents, Ending, Explorer, Interleaving, Mode, OperationKind, ThreadStatus, thread,
};
use selvedge_programs::{Trials, strategies};

/// A switch preempts only if the thread that ran before could have gone on: not where it waits for a lock or
/// for the end of a thread, nor where it has ended.
#[test]
fn preemptions_are_told_from_other_switches() {
    let mut seen = BTreeMap::new();
    let body = || {
        let mutex = Arc::new(Mutex::new(()));
        let other = Arc::clone(&mutex);
        let thread = thread::spawn(move || drop(other.lock().unwrap()));
        drop(mutex.lock().unwrap());
        thread.join().unwrap();
        drop(mutex.lock().unwrap());
    };
    let summary = Explorer::new()
        .mode(Mode::Enumeration)
        .explore(body, |execution| {
            let interleaving = execution.interleaving();
            let threads = interleaving
                .steps
                .iter()
                .map(|step| step.event.thread.to_string());
            let threads: Vec<String> = threads.collect();
            let costs = (interleaving.preemptions(), interleaving.switches());
            seen.insert(threads.join(" "), costs);
            assert_eq!(interleaving.objects.len(), 1);
        })
        .expect("deterministic");
    assert_eq!(summary.completeness, Completeness::Exhaustive);
    let expected = [
        ("1 1 main main main main", (0, 1)),
        ("main 1 1 main main main", (0, 0)),
        ("main main 1 1 main main", (0, 2)),
    ];
    // The one in the middle cannot be: the lock is not free.
    let possible = [expected[0], expected[2]].map(|(threads, costs)| (threads.to_owned(), costs));
    assert_eq!(seen, BTreeMap::from(possible));
}

#[test]
fn the_end_of_a_deadlock_tells_who_waits_and_who_holds() {
    let body = || {
        let pair = Arc::new((Mutex::new(0), Condvar::new()));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || drop(other.1.wait(other.0.lock().unwrap())));
        let _guard = pair.0.lock().unwrap();
        thread.join().unwrap();
    };
    let mut ends = Vec::new();
    strict()
        .explore(body, |execution| {
            assert!(matches!(execution.ending(), Ending::Deadlock(_)));
            ends.push(execution.interleaving());
        })
        .expect("deterministic");
    assert_eq!(ends.len(), 2, "the lock is taken by one first, or by the other");
    for Interleaving { threads, objects, .. } in ends {
        assert!(matches!(threads[0].status, ThreadStatus::Joining { thread, .. } if thread == threads[1].id));
        let ThreadStatus::Pending(pending) = &threads[1].status else {
            panic!("{threads:?}")
        };
        assert!(!pending.enabled);
        let waits = pending.operation == OperationKind::Reacquire;
        assert!(waits || pending.operation == OperationKind::Lock);
        let holder = Contents::Lock {
            holder: Some(threads[0].id),
            readers: Vec::new(),
            poisoned: false,
        };
        let waiting = Vec::from_iter(waits.then_some(threads[1].id));
        assert_eq!(objects.map_contents(), [holder, Contents::Condvar { waiting }]);
    }
}

trait MapContents {
    fn map_contents(&self) -> Vec<Contents>;
}

impl MapContents for Vec<selvedge_explorer::ObjectView> {
    fn map_contents(&self) -> Vec<Contents> {
        self.iter().map(|object| object.contents.clone()).collect()
    }
}

/// The search counts preemptions as it goes; an interleaving finds them afterwards. On random programs, what
/// has at most so many by the one is what has at most so many by the other.
#[test]
fn preemptions_are_those_of_the_preemption_bound() {
    quiet_panics();
    let strategy = strategies::programs()
        .boxed()
        .prop_union(strategies::waiting().boxed());
    let explorer = Explorer::new().mode(Mode::Enumeration).timeouts(1);
    let mut preempting = 0;
    Trials::new(100).hold(&strategy, |program| {
        let mut counts = BTreeMap::<usize, u64>::new();
        let summary = at_most(1_000, &explorer)
            .explore(body(program), |execution| {
                *counts.entry(execution.interleaving().preemptions()).or_default() += 1;
            })
            .unwrap_or_else(|error| panic!("{error}"));
        if matches!(summary.completeness, Completeness::CutShort(_)) {
            return false;
        }
        preempting += u64::from(counts.len() > 1);
        for bound in 0..4 {
            let bounded = explorer.clone().preemption_bound(Some(bound));
            let bounded = bounded
                .explore(body(program), |_| ())
                .unwrap_or_else(|error| panic!("{error}"));
            let within: u64 = counts.range(..=bound).map(|(_, count)| count).sum();
            assert_eq!(bounded.executions, within, "at most {bound}");
        }
        true
    });
    assert!(preempting > 20, "the programs are too tame: {preempting}");
}
