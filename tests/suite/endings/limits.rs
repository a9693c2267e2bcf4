//! What an engine cannot run is no fault of the program.

use super::*;

/// A scenario that does not do the same in the same interleaving.
struct CountsItsExecutions(std::sync::atomic::AtomicI64);

impl Scenario for CountsItsExecutions {
    type Outcome = i64;

    fn name(&self) -> String {
        "counts its executions".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let number = Arc::new(B::AtomicI64::new(0));
        let other = Arc::clone(&number);
        let execution = self.0.fetch_add(1, SeqCst);
        let own = B::AtomicI64::new(0);
        let thread = B::spawn(move || other.store(1, SeqCst));
        if execution == 0 {
            own.load(SeqCst)
        } else {
            own.swap(2, SeqCst)
        };
        number.load(SeqCst);
        thread.join().unwrap();
        number.load(SeqCst)
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().allowed_if(|_| true, "anything")
    }
}

#[test]
fn nondeterminism_is_explained_by_the_explorer() {
    let (_, verdict) = explore(CountsItsExecutions(0.into()), &controlled()[2], Budget::default());
    assert_eq!(verdict.kind(), "inconclusive");
    let reason = verdict.reason().expect("it says why");
    for part in ["Load", "Swap", "tests/suite/endings/limits.rs"] {
        assert!(reason.contains(part), "{reason}");
    }
}

scenario!(FiveThreads, (), Expectations::new().required((), "all have ended"), B => {
    let threads: Vec<_> = (0..5).map(|_| B::spawn(|| ())).collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
});

#[test]
fn more_threads_than_loom_can_model_are_no_pass() {
    let (exploration, verdict) = explore(FiveThreads, &controlled()[0], Budget::default());
    assert_eq!(exploration.executions, 0);
    assert_eq!(verdict.kind(), "inconclusive");
    assert!(
        verdict
            .reason()
            .is_some_and(|reason| reason.contains("at most 4 threads")),
        "{verdict:?}"
    );
}

scenario!(SeventeenThreads, (), Expectations::new().required((), "all have ended"), B => {
    let threads: Vec<_> = (0..17).map(|_| B::spawn(|| ())).collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
});

/// More threads than the explorer can run say nothing about the program.
#[test]
fn a_limit_of_the_explorer_is_not_a_fault_of_the_program() {
    let (exploration, verdict) = explore(SeventeenThreads, &controlled()[2], Budget::default());
    assert_eq!(exploration.executions, 0);
    let Completeness::CutShort(Cut::EngineGaveUp(reason)) = exploration.completeness else {
        panic!("{:?}", exploration.completeness)
    };
    assert!(reason.contains("more than 16 threads"), "{reason}");
    assert_eq!(verdict.kind(), "inconclusive");
}

scenario!(CountsOnFiveThreads, i64, Expectations::new().required(5, "all count"), B => {
    let number = Arc::new(B::AtomicI64::new(0));
    let threads = [(); 5].map(|()| {
        let number = Arc::clone(&number);
        B::spawn(move || number.fetch_add(1, SeqCst))
    });
    for thread in threads {
        thread.join().unwrap();
    }
    number.load(SeqCst)
});

#[test]
fn more_threads_than_loom_models_are_left_to_the_explorer() {
    selvedge::check(CountsOnFiveThreads);
}
