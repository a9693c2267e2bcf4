//! Deadlocks, and what runs after them.

use super::*;

#[test]
fn a_deadlock_is_a_row_and_refutes() {
    for engine in controlled() {
        let (exploration, verdict) = explore(OppositeOrder, &engine, Budget::default());
        assert_eq!(kinds(&exploration), ["finished", "deadlock"], "{engine:?}");
        assert_eq!(verdict.kind(), "refuted", "{engine:?}");
        assert!(
            verdict.reason().is_some_and(|reason| reason.contains("Deadlock")),
            "{verdict:?}"
        );
    }
}

/// Shuttle's depth-first search and the explorer go on after a deadlock, and see every execution with and
/// without one. Three executions differ: one thread has both locks before the other, the other does, or each
/// has one.
#[test]
fn a_search_goes_on_after_a_deadlock() {
    for engine in &controlled()[1..3] {
        let (exploration, _) = explore(OppositeOrder, engine, Budget::default());
        assert_eq!(exploration.completeness, Completeness::Exhaustive);
        assert_eq!(exploration.outcomes.total(), exploration.executions);
        if engine.name() == "explorer" {
            let rows: Vec<_> = exploration.outcomes.iter().collect();
            assert_eq!(rows, [(&Ending::Finished(()), 2), (&Ending::Deadlock, 1)]);
        }
    }
}

/// The explorer says which thread waits for what, and which thread holds it.
#[test]
fn a_deadlock_is_explained() {
    let (exploration, _) = explore(OppositeOrder, &controlled()[2], Budget::default());
    let explanation = exploration.outcomes.explanation(&Ending::Deadlock);
    let waits = |thread: &str| {
        explanation.iter().any(|line| {
            line.starts_with(&format!("thread {thread} waits at tests/suite/endings.rs:"))
                && line.contains("to lock mutex")
                && line.contains("held by thread")
        })
    };
    assert!(waits("main") && waits("1"), "{explanation:#?}");
}

#[test]
fn the_explorer_stops_at_the_first_failure_if_it_is_told_to() {
    let engine = AnyEngine::new(Explorer {
        stop_at_first_failure: true,
        ..Explorer::default()
    });
    let (exploration, verdict) = explore(OppositeOrder, &engine, Budget::default());
    assert_eq!(exploration.outcomes.count(&Ending::Deadlock), 1);
    assert_eq!(verdict.kind(), "refuted");
    let (exploration, verdict) = explore(MustDeadlock, &engine, Budget::default());
    assert_eq!(
        exploration.completeness,
        Completeness::Bounded(vec![Bound::StoppedAtFirst("failure")])
    );
    assert_eq!(verdict.kind(), "bounded");
}

scenario!(SurelyOppositeOrder, (), Expectations::new().required((), "both have had both locks"), B => {
    // Each waits until the other has its first lock, so that real threads always reach the deadlock.
    let met = std::sync::Barrier::new(2);
    opposite_order::<B>(move || { met.wait(); });
});

#[test]
fn a_deadlock_of_real_threads_is_noticed_at_once() {
    let engine = AnyEngine::new(Threads);
    let budget = Budget {
        time: Some(Duration::from_secs(3_600)),
        ..Budget::default()
    };
    let (exploration, verdict) = explore(SurelyOppositeOrder, &engine, budget);
    assert_eq!(kinds(&exploration), ["deadlock"]);
    assert_eq!(verdict.kind(), "refuted");
}

scenario!(LocksTwice, (), Expectations::new().required((), "never reached"), B => {
    let lock = B::Mutex::new(());
    let _outer = lock.lock();
    let _inner = lock.lock();
});

#[test]
fn a_thread_that_waits_for_itself_is_a_deadlock() {
    for engine in all() {
        let (exploration, verdict) = explore(LocksTwice, &engine, Budget::default());
        assert_eq!(kinds(&exploration), ["deadlock"], "{engine:?}");
        assert_eq!(verdict.kind(), "refuted", "{engine:?}");
    }
}

#[test]
fn a_scenario_may_require_a_deadlock() {
    for engine in &controlled()[..3] {
        let (_, verdict) = explore(MustDeadlock, engine, Budget::default());
        assert!(verdict.is_as_expected(), "{engine:?}: {verdict:?}");
    }
}

/// Real threads in a deadlock cannot be ended, so the exploration ends there, with less than was asked for.
#[test]
fn a_deadlock_of_real_threads_that_is_allowed_is_inconclusive() {
    let (exploration, verdict) = explore(SurelyAllowedDeadlock, &AnyEngine::new(Threads), Budget::default());
    assert_eq!(exploration.completeness, Completeness::CutShort(Cut::Deadlock));
    assert_eq!(verdict.kind(), "inconclusive");
}

scenario!(SurelyAllowedDeadlock, (), Expectations::new()
    .ending(Expectation::Allowed, Ending::Deadlock, "each holds what the other needs"), B => {
    let met = std::sync::Barrier::new(2);
    opposite_order::<B>(move || { met.wait(); });
});

/// A value whose destructor asserts what does not hold in a deadlock.
struct Counted<B: Backend> {
    begun: B::AtomicUsize,
    ended: B::AtomicUsize,
}

impl<B: Backend> Drop for Counted<B> {
    fn drop(&mut self) {
        assert_eq!(
            self.begun.load(Relaxed),
            self.ended.load(Relaxed),
            "one has not ended"
        );
    }
}

scenario!(AssertsInDrop, (), Expectations::new().required((), "it ends"), B => {
    let counted = Arc::new(Counted::<B> { begun: B::AtomicUsize::new(0), ended: B::AtomicUsize::new(0) });
    let thread = B::spawn(move || {
        counted.begun.store(1, SeqCst);
        B::park();
        counted.ended.store(1, SeqCst);
    });
    thread.join().unwrap();
});

scenario!(CrossesReadersAndWriters, (), Expectations::new().required((), "both end"), B => {
    let locks = Arc::new([B::RwLock::new(1), B::RwLock::new(1)]);
    let threads = [0, 1].map(|mine| {
        let locks = Arc::clone(&locks);
        B::spawn(move || {
            let guard = locks[mine].read();
            *locks[1 - mine].write() = *guard + 1;
        })
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
});

#[test]
fn a_destructor_that_panics_in_a_deadlock_does_not_abort_the_process() {
    for (exploration, verdict) in [
        explore(AssertsInDrop, &AnyEngine::new(Loom::default()), Budget::default()),
        explore(
            CrossesReadersAndWriters,
            &AnyEngine::new(Loom::default()),
            Budget::default(),
        ),
    ] {
        assert!(
            exploration.outcomes.count(&Ending::Deadlock) > 0,
            "{:?}",
            exploration.outcomes
        );
        assert_eq!(verdict.kind(), "refuted");
    }
}
