//! Everything that can go wrong in an execution is a row and a verdict: no hang, no abort, not a word on stderr.

use selvedge::backend::{Atomic, Backend, Join, Lock};
use selvedge::engine::{AnyEngine, Budget, Cut, Engine, Loom, Shuttle, Strategy, Threads};
use selvedge::engine::{Completeness, Exploration};
use selvedge::{Checker, Ending, Expectation, Expectations, Scenario, Verdict};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

/// A scenario made of a name and of what is expected; the body comes with the macro below.
macro_rules! scenario {
    ($name:ident, $outcome:ty, $expectations:expr, $backend:ident => $body:block) => {
        #[derive(Debug, Clone, Copy)]
        struct $name;

        impl Scenario for $name {
            type Outcome = $outcome;

            fn name(&self) -> String {
                stringify!($name).to_owned()
            }

            fn run<$backend: Backend>(&self) -> $outcome $body

            fn expectations(&self) -> Expectations<$outcome> {
                $expectations
            }
        }
    };
}

const SEED: u64 = 5;

fn controlled() -> [AnyEngine; 5] {
    let shuttle = |strategy| AnyEngine::Shuttle(Shuttle { strategy });
    [
        AnyEngine::Loom(Loom::default()),
        shuttle(Strategy::Dfs),
        shuttle(Strategy::Random { seed: SEED }),
        shuttle(Strategy::Pct { seed: SEED, depth: 3 }),
        shuttle(Strategy::Urw { seed: SEED }),
    ]
}

fn all() -> Vec<AnyEngine> {
    controlled()
        .into_iter()
        .chain([AnyEngine::Threads(Threads)])
        .collect()
}

fn explore<S: Scenario>(
    scenario: S,
    engine: &AnyEngine,
    budget: Budget,
) -> (Exploration<S::Outcome>, Verdict) {
    let scenario = Arc::new(scenario);
    let exploration = engine.explore(&scenario, &budget);
    let verdict = Verdict::of(&exploration, &scenario.expectations(), engine, |ending| {
        format!("{ending:?}")
    });
    (exploration, verdict)
}

fn kinds<O>(exploration: &Exploration<O>) -> Vec<&'static str>
where
    O: Ord + Clone,
{
    exploration
        .outcomes
        .iter()
        .map(|(ending, _)| ending.kind())
        .collect()
}

/// Two threads take two locks in opposite order.
fn opposite_order<B: Backend>(first: impl Fn() + Send + Sync + 'static) {
    let locks = Arc::new((B::Mutex::new(0), B::Mutex::new(0)));
    let other = Arc::clone(&locks);
    let first = Arc::new(first);
    let in_thread = Arc::clone(&first);
    let thread = B::spawn(move || {
        let _one = other.0.lock();
        in_thread();
        let _two = other.1.lock();
    });
    let two = locks.1.lock();
    first();
    let one = locks.0.lock();
    drop((one, two));
    thread.join().unwrap();
}

scenario!(OppositeOrder, (), Expectations::new().required((), "both have had both locks"), B => {
    opposite_order::<B>(|| ());
});

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

/// Shuttle goes on after a deadlock: the depth-first search sees every schedule, with and without one.
#[test]
fn shuttle_goes_on_after_a_deadlock() {
    let (exploration, _) = explore(OppositeOrder, &controlled()[1], Budget::default());
    assert_eq!(exploration.completeness, Completeness::Exhaustive);
    assert!(exploration.outcomes.count(&Ending::Deadlock) > 1);
    assert_eq!(exploration.outcomes.total(), exploration.executions);
}

scenario!(SurelyOppositeOrder, (), Expectations::new().required((), "both have had both locks"), B => {
    // Each waits until the other has its first lock, so that real threads cannot miss the deadlock.
    let met = std::sync::Barrier::new(2);
    opposite_order::<B>(move || { met.wait(); });
});

#[test]
fn a_deadlock_of_real_threads_is_noticed_at_once() {
    let engine = AnyEngine::Threads(Threads);
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

scenario!(PanicsInThread, i64, Expectations::new().allowed(1, "the thread's panic was seen"), B => {
    let thread = B::spawn(|| panic!("the thread's own words"));
    thread.join().unwrap();
    1
});

scenario!(PanicsUnseen, i64, Expectations::new().allowed(1, "nobody looked"), B => {
    drop(B::spawn(|| panic!("the thread's own words")));
    1
});

#[test]
fn a_panic_of_a_thread_is_a_row_with_its_words_even_if_nobody_joins_it() {
    for engine in all() {
        let endings = [
            explore(PanicsInThread, &engine, Budget::default()),
            explore(PanicsUnseen, &engine, Budget::default()),
        ];
        for (exploration, verdict) in endings {
            assert_eq!(kinds(&exploration), ["panic"], "{engine:?}");
            let (ending, _) = exploration.outcomes.iter().next().expect("there is one row");
            let Ending::Panic(message) = ending else {
                unreachable!("it is a panic")
            };
            assert!(
                message.starts_with("the thread's own words (endings.rs:"),
                "{message}"
            );
            assert_eq!(verdict.kind(), "refuted", "{engine:?}");
        }
    }
}

scenario!(PoisonsItsLock, i64, Expectations::new().allowed(1, "the panic was caught"), B => {
    let lock = Arc::new(B::Mutex::new(0));
    let other = Arc::clone(&lock);
    let panicked = B::spawn(move || {
        let _guard = other.lock();
        panic!("while it holds the lock");
    });
    assert!(panicked.join().is_err());
    let meets_poison = B::spawn(move || *lock.lock()).join().is_err();
    i64::from(meets_poison)
});

#[test]
fn a_lock_whose_holder_panicked_is_poisoned_on_every_engine() {
    for engine in all() {
        let (exploration, verdict) = explore(PoisonsItsLock, &engine, Budget::default());
        assert_eq!(
            kinds(&exploration),
            ["finished"],
            "{engine:?}: {:?}",
            exploration.outcomes
        );
        assert!(verdict.is_as_expected(), "{engine:?}: {verdict:?}");
    }
}

scenario!(SpinsForEver, (), Expectations::new().required((), "never reached"), B => {
    let never = B::AtomicBool::new(false);
    while !never.load(SeqCst) {
        B::yield_now();
    }
});

#[test]
fn an_endless_loop_is_a_row_and_inconclusive() {
    for engine in all() {
        let time = Some(Duration::from_millis(200));
        let budget = Budget {
            executions: Some(2),
            time,
            ..Budget::default()
        };
        let (exploration, verdict) = explore(SpinsForEver, &engine, budget);
        let expected = if engine.name() == "threads" {
            "time limit"
        } else {
            "step limit"
        };
        assert_eq!(kinds(&exploration), [expected], "{engine:?}");
        assert_eq!(verdict.kind(), "inconclusive", "{engine:?}: {verdict:?}");
    }
}

scenario!(HangsOutOfSight, (), Expectations::new().required((), "never reached"), B => {
    // No engine controls this, so none can interrupt it.
    let _ = B::MEMORY_MODEL;
    loop {
        std::thread::sleep(Duration::from_millis(10));
    }
});

#[test]
fn a_loop_that_no_engine_can_interrupt_ends_when_the_time_is_up() {
    for engine in all() {
        let budget = Budget {
            time: Some(Duration::from_millis(50)),
            ..Budget::default()
        };
        let (exploration, verdict) = explore(HangsOutOfSight, &engine, budget);
        assert_eq!(kinds(&exploration), ["time limit"], "{engine:?}");
        assert_eq!(verdict.kind(), "inconclusive", "{engine:?}");
    }
}

scenario!(TwoLoads, (), Expectations::new().required((), "nothing else can be"), B => {
    let number = Arc::new(B::AtomicI64::new(0));
    let other = Arc::clone(&number);
    let thread = B::spawn(move || other.store(1, SeqCst));
    number.store(2, SeqCst);
    thread.join().unwrap();
});

#[test]
fn a_budget_that_runs_out_is_inconclusive_and_says_why() {
    for engine in all() {
        let with = |executions, time| {
            let (exploration, verdict) = explore(
                TwoLoads,
                &engine,
                Budget {
                    executions,
                    time,
                    ..Budget::default()
                },
            );
            (exploration.executions, exploration.completeness, verdict.kind())
        };
        let cut = |executions, cut| (executions, Completeness::CutShort(cut), "inconclusive");
        assert_eq!(with(Some(0), None), cut(0, Cut::Executions), "{engine:?}");
        assert_eq!(with(None, Some(Duration::ZERO)), cut(0, Cut::Time), "{engine:?}");
        assert_eq!(
            with(None, Some(Duration::from_nanos(1))),
            cut(0, Cut::Time),
            "{engine:?}"
        );
        match engine.name() {
            "loom" | "shuttle-dfs" => assert_eq!(with(Some(1), None), cut(1, Cut::Executions), "{engine:?}"),
            // One execution was asked for, and one is what there is.
            _ => assert_eq!(
                with(Some(1), None),
                (1, Completeness::Sampled, "sampled"),
                "{engine:?}"
            ),
        }
    }
}

/// The budget is exactly what there is to explore: then everything was explored.
#[test]
fn a_budget_that_is_just_enough_is_enough() {
    for engine in &controlled()[..2] {
        let (all, _) = explore(TwoLoads, engine, Budget::default());
        let within = |executions| {
            explore(
                TwoLoads,
                engine,
                Budget {
                    executions: Some(executions),
                    ..Budget::default()
                },
            )
            .0
        };
        assert_eq!(
            within(all.executions).completeness,
            Completeness::Exhaustive,
            "{engine:?}"
        );
        assert_eq!(
            within(all.executions - 1).completeness,
            Completeness::CutShort(Cut::Executions)
        );
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

scenario!(MustDeadlock, (), Expectations::new()
    .allowed((), "the main thread was faster")
    .ending(Expectation::Required, Ending::Deadlock, "each holds what the other needs"), B => {
    opposite_order::<B>(|| ());
});

#[test]
fn a_scenario_may_require_a_deadlock() {
    for engine in &controlled()[..2] {
        let (_, verdict) = explore(MustDeadlock, engine, Budget::default());
        assert!(verdict.is_as_expected(), "{engine:?}: {verdict:?}");
    }
}

/// Real threads in a deadlock cannot be ended, so the exploration ends there: that is less than was asked for.
#[test]
fn a_deadlock_of_real_threads_that_is_allowed_is_inconclusive() {
    let (exploration, verdict) = explore(
        SurelyAllowedDeadlock,
        &AnyEngine::Threads(Threads),
        Budget::default(),
    );
    assert_eq!(exploration.completeness, Completeness::CutShort(Cut::Deadlock));
    assert_eq!(verdict.kind(), "inconclusive");
}

scenario!(SurelyAllowedDeadlock, (), Expectations::new()
    .ending(Expectation::Allowed, Ending::Deadlock, "each holds what the other needs"), B => {
    let met = std::sync::Barrier::new(2);
    opposite_order::<B>(move || { met.wait(); });
});

#[test]
#[should_panic(expected = "deadlock  forbidden")]
fn a_failing_check_panics_with_the_table() {
    Checker::new().shuttle_dfs().check(OppositeOrder);
}

#[test]
#[should_panic(expected = "inconclusive  the budget of executions was spent, after 1 execution")]
fn an_inconclusive_check_panics_too() {
    Checker::new().loom().executions(1).check(TwoLoads);
}

#[test]
#[should_panic(expected = "no engine has run the scenario")]
fn a_check_without_an_engine_panics() {
    Checker::new().check(TwoLoads);
}
