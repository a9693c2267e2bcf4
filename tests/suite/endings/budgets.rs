//! Budgets and interrupts, and the executions that do not end without them.

use super::*;

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
