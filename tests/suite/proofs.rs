//! The engines that run no executions, `states` and `every-n`: their verdicts, and how they go with those of others.

use selvedge::counter::Variant;
use selvedge::engine::{Argument, Budget, Completeness, Engine, Explorer, Method, States};
use selvedge::report::Report;
use selvedge::scenario::{AnyScenario, Counting, Updates};
use selvedge::verdict::{Strength, Verdict};
use selvedge::{Checker, Ending};
use std::collections::BTreeSet;
use std::sync::Arc;

const MILLION: u64 = 1_000_000;

fn updates(variant: Variant, threads: usize, iterations: u64) -> Updates {
    Updates {
        variant,
        threads,
        iterations,
    }
}

/// Every state leads to the endings to which the executions lead, and to no others; of a program with a data race only
/// that is known.
#[test]
fn states_and_executions_end_alike() {
    for variant in Variant::ALL {
        for (threads, iterations) in [(2, 1), (2, 2), (3, 1)] {
            let scenario = Arc::new(updates(variant, threads, iterations));
            let endings = |engine: &dyn Engine| -> BTreeSet<Ending<i64>> {
                let any = AnyScenario::from(Arc::clone(&scenario));
                let explored = engine.explore_any(&any, &Budget::default()).typed();
                assert_eq!(explored.completeness, Completeness::Exhaustive, "{scenario:?}");
                explored
                    .outcomes
                    .iter()
                    .map(|(ending, _)| ending.clone())
                    .collect()
            };
            assert_eq!(endings(&States), endings(&Explorer::DEFAULT), "{scenario:?}");
        }
    }
}

/// 3n² + 4n + 1 states with a lock.
#[test]
fn every_state_of_a_hundred_updates_is_visited_and_counted() {
    let scenario = AnyScenario::from(updates(Variant::Locked, 2, 100));
    let explored = States.explore_any(&scenario, &Budget::default());
    assert_eq!(explored.method, Method::States(30_401));
    assert_eq!(
        (explored.executions, explored.completeness),
        (0, Completeness::Exhaustive)
    );
}

/// A limit of states is no proof.
#[test]
fn a_limit_of_states_is_inconclusive() {
    let report = Checker::new()
        .states()
        .executions(100)
        .report(updates(Variant::Locked, 2, 100));
    assert_eq!(report.engines[0].verdict.kind(), "inconclusive");
    assert!(!report.passes());
}

fn argued(report: &Report) -> &Argument {
    match &report.engines[0].method {
        Method::Argument(argument) => argument,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_keeps_a_sum_is_proved_for_a_million_and_for_every_n() {
    for variant in [
        Variant::Locked,
        Variant::FetchAdd,
        Variant::FetchAddResult,
        Variant::Attempt,
    ] {
        for threads in [2, 3, 4] {
            let scenario = updates(variant, threads, MILLION);
            let expected = scenario.expected();
            let report = Checker::new()
                .every_n()
                .require(Strength::Proved)
                .report(scenario);
            assert!(report.passes(), "{variant:?}, {threads} threads");
            assert_eq!(report.rows.len(), 1);
            assert_eq!(report.rows[0].outcome, expected.to_string());
            let argument = argued(&report);
            assert_eq!(argument.scope, "for every n");
            assert!(
                argument.grounds.contains("not by enumeration"),
                "{}",
                argument.grounds
            );
            assert!(argument.assumed.len() > 3, "{:?}", argument.assumed);
        }
    }
}

/// A step without a sum invariant says nothing about a counter that may lose updates; but it is found out where the
/// counter is claimed to be correct.
#[test]
fn what_keeps_no_sum_is_inconclusive_or_refuted_with_few_iterations() {
    for variant in [Variant::Unlocked, Variant::LockedTwice, Variant::WrongLock] {
        let scenario = updates(variant, 2, MILLION);
        let report = Checker::new().every_n().report(scenario);
        let Verdict::Inconclusive(reason) = &report.engines[0].verdict else {
            panic!("{:?}", report.engines[0].verdict);
        };
        assert!(reason.starts_with("no sum invariant was found (O4"), "{reason}");
        assert!(reason.contains("Thread 1: "), "the path is told: {reason}");
        assert_eq!(argued(&report).scope, "for no n");

        let selection = selvedge::catalogue::Selection::Updates(variant);
        let claimed = selection.sized(2, MILLION).claimed_correct().scenario();
        let report = Checker::new().every_n().report(claimed);
        let engine = &report.engines[0];
        let Verdict::Refuted(reason) = &engine.verdict else {
            panic!("{variant:?}: {:?}", engine.verdict);
        };
        assert!(reason.contains("an update was lost"), "{reason}");
        assert_eq!(argued(&report).scope, "with 1 iteration each");
        let witness = report.rows.iter().find_map(|row| row.witness.as_ref());
        let witness = witness.expect("one is asked for").as_ref().expect("it is found");
        assert_eq!(witness.cost.preemptions, 1);
        let schedule = witness.schedule.to_string();
        assert!(schedule.contains("2×1"), "it says its size: {schedule}");
        let (ending, again) = selvedge::replay(scenario, &schedule);
        assert_eq!(ending, Ending::Finished(-1), "that size is replayed");
        assert_eq!(again.cost, witness.cost);
        assert!(witness.cost.events < 20, "with one iteration: {:?}", witness.cost);
    }
}

/// The loop inside a step is not bounded, and the step that tries once is.
#[test]
fn a_loop_inside_a_step_keeps_no_finite_number_of_paths() {
    let report = Checker::new()
        .every_n()
        .report(updates(Variant::CompareExchange, 2, MILLION));
    let reason = report.engines[0].verdict.reason().expect("there is no proof");
    assert!(reason.contains("O6, the paths are finite"), "{reason}");
    assert!(reason.contains('…'), "of a long path the beginning: {reason}");
}

#[test]
fn scenarios_without_steps_are_not_run_and_that_is_said() {
    let counting = || Counting {
        threads: 2,
        iterations: 1,
    };
    for checker in [Checker::new().states(), Checker::new().every_n()] {
        let report = checker.report(counting());
        assert!(report.engines.is_empty() && !report.passes());
        let reason = &report.unsuitable[0].reason;
        assert!(reason.contains("one step for each thread"), "{reason}");
    }
}
