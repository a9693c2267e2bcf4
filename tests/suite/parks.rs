//! Parks with a time-out.

use crate::support::{DFS, EXPLORER, endings, explore};
use selvedge::backend::{Atomic, Backend, Feature, Join, MemoryModel, Unpark};
use selvedge::engine::{Engine, Explorer, Loom, Memory, Weak};
use selvedge::explorer::Mode;
use selvedge::{Checker, Expectations, Scenario, Verdict};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

const AT_ONCE: Duration = Duration::from_micros(1);
const NEVER: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parks {
    /// A token is there before the thread parks.
    WithToken,
    /// The thread parks once, and takes its return for a wakeup.
    Once,
    /// The thread parks again and again, until what it waits for is there.
    Again,
    /// The same, but nobody unparks it.
    AgainUnnoticed,
    /// The same, without a time-out: so it may miss the one wakeup.
    WithoutTimeout,
}

impl Scenario for Parks {
    type Outcome = bool;

    fn name(&self) -> String {
        format!("parks: {self:?}")
    }

    fn run<B: Backend>(&self) -> bool {
        let parks = *self;
        let is_there = Arc::new(B::AtomicBool::new(false).named("there"));
        if parks == Parks::WithToken {
            B::current().unpark();
            B::park_timeout(NEVER);
            return true;
        }
        let theirs = Arc::clone(&is_there);
        let waiter = B::spawn(move || {
            match parks {
                Parks::Once => B::park_timeout(AT_ONCE),
                Parks::WithoutTimeout => {
                    while !theirs.load(SeqCst) {
                        B::park();
                    }
                }
                _ => {
                    while !theirs.load(SeqCst) {
                        B::park_timeout(AT_ONCE);
                    }
                }
            }
            theirs.load(SeqCst)
        });
        if parks == Parks::WithoutTimeout {
            // The other way round it would be right.
            waiter.thread().unpark();
            is_there.store(true, SeqCst);
        } else {
            is_there.store(true, SeqCst);
            if parks != Parks::AgainUnnoticed {
                waiter.thread().unpark();
            }
        }
        waiter.join().unwrap()
    }

    fn expectations(&self) -> Expectations<bool> {
        Expectations::new().required(true, "it is there")
    }

    fn needs(&self) -> &[Feature] {
        &[Feature::Timeouts]
    }
}

#[test]
fn a_park_that_times_out_is_no_wakeup() {
    for right in [Parks::WithToken, Parks::Again, Parks::AgainUnnoticed] {
        assert_eq!(explore(right, &EXPLORER).1, Verdict::Proved, "{right:?}");
        Checker::new().threads().executions(500).check(right);
    }
    // That the time is up orders nothing, so that weak memory could make a difference.
    let (explored, _) = explore(Parks::Again, &EXPLORER);
    assert_eq!(explored.weak, Weak::Explored(MemoryModel::C11));
    let verdict = explore(Parks::Once, &EXPLORER).1;
    assert!(
        verdict
            .reason()
            .is_some_and(|reason| reason.starts_with("Finished(false)")),
        "{verdict:?}"
    );
    let verdict = explore(Parks::WithoutTimeout, &EXPLORER).1;
    assert!(
        verdict
            .reason()
            .is_some_and(|reason| reason.starts_with("Deadlock")),
        "{verdict:?}"
    );
}

/// As many graphs: whether the park finds the token, and what the load after it sees. A token that is found has come after
/// the store; one that is not found tells nothing.
#[test]
fn each_graph_is_run_once() {
    let rc11 = Explorer {
        memory: Memory::Rc11,
        ..Explorer::DEFAULT
    };
    let (explored, _) = explore(Parks::Once, &rc11);
    assert_eq!((explored.executions, explored.blocked), (3, 0));
}

/// The order of the park and the unpark, and that of the store and the load: the park comes before the unpark in any case
/// if the load comes before the store. So there are three traces.
#[test]
fn each_trace_is_run_once() {
    let (explored, _) = explore(Parks::Once, &Explorer::SEQUENTIAL);
    assert_eq!((explored.executions, explored.blocked), (3, 0));
    for parks in [Parks::Once, Parks::Again, Parks::AgainUnnoticed] {
        let scenario = Arc::new(parks);
        for mode in [Mode::Source, Mode::SleepSets, Mode::Enumeration] {
            let other = Explorer {
                mode,
                ..Explorer::SEQUENTIAL
            };
            assert_eq!(
                endings(&scenario, &other),
                endings(&scenario, &Explorer::SEQUENTIAL)
            );
        }
    }
}

#[test]
fn who_has_no_time_outs_parks_for_none() {
    for engine in [&Loom::default() as &dyn Engine, &DFS] {
        let reason = engine.unsuitable(&Parks::Again.into()).expect("it is refused");
        assert!(
            reason.ends_with("models no time-outs, and this needs them"),
            "{reason}"
        );
        let explored = engine.explore_any(&Parks::Again.into(), &Default::default());
        let completeness = format!("{:?}", explored.completeness);
        assert!(completeness.contains("models no time-outs"), "{completeness}");
    }
}
