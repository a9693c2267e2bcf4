//! Everything that can go wrong in an execution is a row and a verdict: no hang, no abort, and nothing on
//! standard error.
//!
//! One panic still aborts: one in a destructor while another panic of the program unwinds, as in all Rust.

use crate::support::explore_within;
use selvedge::backend::{Atomic, AtomicInteger, Backend, Join, Lock, ReadWriteLock};
use selvedge::engine::{AnyEngine, Budget, Cut, Engine, Explorer, Loom, Shuttle, Strategy, Threads};
use selvedge::engine::{Bound, Completeness, Exploration};
use selvedge::report::Rule;
use selvedge::verdict::Strength;
use selvedge::{Checker, Ending, Expectation, Expectations, Scenario, Verdict};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Duration;

/// A scenario made of a name and expectations; the macro below adds the body.
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

fn controlled() -> [AnyEngine; 6] {
    let shuttle = |strategy| AnyEngine::new(Shuttle { strategy });
    [
        AnyEngine::new(Loom::default()),
        shuttle(Strategy::Dfs),
        AnyEngine::new(Explorer::default()),
        shuttle(Strategy::Random { seed: SEED }),
        shuttle(Strategy::Pct { seed: SEED, depth: 3 }),
        shuttle(Strategy::Urw { seed: SEED }),
    ]
}

fn all() -> Vec<AnyEngine> {
    controlled()
        .into_iter()
        .chain([AnyEngine::new(Threads)])
        .collect()
}

fn explore<S: Scenario>(
    scenario: S,
    engine: &AnyEngine,
    budget: Budget,
) -> (Exploration<S::Outcome>, Verdict) {
    explore_within(scenario, engine, &budget)
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

#[test]
fn an_interrupt_ends_an_exploration_with_what_is_known_so_far() {
    for engine in all() {
        let budget = Budget {
            executions: Some(u64::MAX),
            ..Budget::default()
        };
        budget.interrupt.set();
        let (exploration, verdict) = explore(TwoLoads, &engine, budget);
        assert_eq!(
            exploration.completeness,
            Completeness::CutShort(Cut::Interrupted),
            "{engine:?}"
        );
        assert_eq!(verdict.kind(), "inconclusive", "{engine:?}");
        let budget = Budget {
            time: None,
            ..Budget::default()
        };
        let interrupt = budget.interrupt.clone();
        let after_a_while = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            interrupt.set();
        });
        let (exploration, verdict) = explore(HangsOutOfSight, &engine, budget);
        after_a_while.join().unwrap();
        assert_eq!(kinds(&exploration), ["time limit"], "{engine:?}");
        assert_eq!(verdict.reason(), Some("interrupted"), "{engine:?}");
    }
}

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
    for part in ["Load", "Swap", "tests/suite/endings.rs"] {
        assert!(reason.contains(part), "{reason}");
    }
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

/// Set when [`SpinsForEver`] is no longer watched: otherwise a real thread that is left behind would keep a
/// processor busy.
static OVER: AtomicBool = AtomicBool::new(false);

scenario!(SpinsForEver, (), Expectations::new().required((), "never reached"), B => {
    let never = B::AtomicBool::new(false);
    while !never.load(SeqCst) && !OVER.load(Relaxed) {
        B::yield_now();
    }
});

#[test]
fn an_endless_loop_is_a_row() {
    for engine in all() {
        let time = Some(Duration::from_millis(200));
        let budget = Budget {
            executions: Some(2),
            time,
            ..Budget::default()
        };
        let (exploration, verdict) = explore(SpinsForEver, &engine, budget);
        let (ending, kind) = match engine.name() {
            "threads" => ("time limit", "inconclusive"),
            // It knows that the thread repeats itself, and that no other thread can go on.
            explorer if explorer.starts_with("explorer") => ("deadlock", "refuted"),
            _ => ("step limit", "inconclusive"),
        };
        assert_eq!(kinds(&exploration), [ending], "{engine:?}");
        assert_eq!(verdict.kind(), kind, "{engine:?}: {verdict:?}");
    }
    OVER.store(true, Relaxed);
}

scenario!(HangsOutOfSight, (), Expectations::new().required((), "never reached"), B => {
    // No engine controls this loop, so none can interrupt it.
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
            "explorer" | "loom" | "shuttle-dfs" => {
                assert_eq!(with(Some(1), None), cut(1, Cut::Executions), "{engine:?}")
            }
            // One execution was asked for, and there is only one.
            _ => assert_eq!(
                with(Some(1), None),
                (1, Completeness::Sampled, "sampled"),
                "{engine:?}"
            ),
        }
    }
}

/// The budget is exactly what there is to explore, so that everything is explored.
#[test]
fn a_budget_that_is_just_enough_is_enough() {
    for engine in &controlled()[..3] {
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

scenario!(MustDeadlock, (), Expectations::new()
    .allowed((), "the main thread was faster")
    .ending(Expectation::Required, Ending::Deadlock, "each holds what the other needs"), B => {
    opposite_order::<B>(|| ());
});

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

#[test]
#[should_panic(expected = "deadlock  forbidden")]
fn a_failing_check_panics_with_the_table() {
    Checker::new().shuttle_dfs().check(OppositeOrder);
}

/// The message draws the forbidden ending, and the line of code in it runs just that again.
#[test]
fn a_failing_check_says_what_runs_it_again() {
    let check = || Checker::new().explorer().check(OppositeOrder);
    let payload = std::panic::catch_unwind(check).expect_err("a deadlock is forbidden");
    let message = payload.downcast_ref::<String>().expect("a message");
    assert!(message.contains("How it comes to deadlock:"), "{message}");
    assert!(message.contains("So each waits for the other"), "{message}");
    let line = message
        .lines()
        .find_map(|line| line.strip_prefix("again: selvedge::replay(scenario, \""));
    let schedule = line
        .and_then(|line| line.strip_suffix("\")"))
        .expect("a line of code");
    let (ending, witness) = selvedge::replay(OppositeOrder, schedule);
    assert_eq!(ending, Ending::Deadlock);
    assert_eq!((witness.cost.preemptions, witness.cost.switches), (1, 1));
    let unfit =
        std::panic::catch_unwind(|| selvedge::replay(TwoLoads, schedule)).expect_err("another scenario");
    let unfit = unfit.downcast_ref::<String>().expect("a message");
    assert!(
        unfit.contains("the schedule does not fit: the schedule is for `"),
        "{unfit}"
    );
}

#[test]
#[should_panic(expected = "inconclusive  the budget of executions was spent, after 1 execution")]
fn an_inconclusive_check_panics_too() {
    Checker::new().loom().executions(1).check(TwoLoads);
}

/// The explorer proves it, and a sample of two executions proves nothing.
#[test]
fn a_check_insists_on_what_is_required() {
    let sampled = || Checker::new().threads().executions(2);
    sampled().check(TwoLoads);
    sampled().require(Strength::Sampled).check(TwoLoads);
    sampled().explorer().require(Strength::Proved).check(TwoLoads);
    let check = || sampled().require(Strength::Bounded).check(TwoLoads);
    let payload = std::panic::catch_unwind(check).expect_err("a bound is required");
    let message = payload.downcast_ref::<String>().expect("a message");
    assert!(
        message.starts_with("less was shown than is required\n"),
        "{message}"
    );
    assert!(
        message.contains("Not enough: `bounded` is required, and threads has only sampled"),
        "{message}"
    );
    let report = sampled().require(Strength::Bounded).report(TwoLoads);
    assert!(report.is_as_expected() && !report.passes());
    let [shortfall] = report.shortfalls()[..] else {
        panic!("one engine falls short");
    };
    assert_eq!(
        (shortfall.engine.engine, shortfall.required),
        ("threads", Strength::Bounded)
    );
}

/// A tool sees a finding if, and only if, the gate is red.
#[test]
fn a_report_passes_unless_it_has_findings() {
    let rules = |report: selvedge::Report| {
        let rules = report
            .findings()
            .iter()
            .map(|finding| finding.rule)
            .collect::<Vec<_>>();
        assert_eq!(report.passes(), rules.is_empty());
        rules
    };
    let explorer = || Checker::new().explorer();
    assert_eq!(rules(explorer().report(TwoLoads)), []);
    assert_eq!(rules(explorer().report(OppositeOrder)), [Rule::Deadlock]);
    assert_eq!(
        rules(explorer().executions(0).report(TwoLoads)),
        [Rule::Inconclusive]
    );
    assert_eq!(
        rules(
            Checker::new()
                .threads()
                .executions(1)
                .require(Strength::Proved)
                .report(TwoLoads)
        ),
        [Rule::NotEnough]
    );
}

#[test]
#[should_panic(expected = "no engine has run the scenario")]
fn a_check_without_an_engine_panics() {
    Checker::new().check(TwoLoads);
}

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
