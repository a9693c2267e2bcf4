//! The gate on the counters, and how much it requires.

use super::Checker;
use crate::counter::Variant;
use crate::engine::{Explorer, Threads};
use crate::expectation::Expectation::{self, Required};
use crate::report::Report;
use crate::scenario::Updates;
use crate::verdict::{Strength, Verdict};

/// Two threads, of which one adds 1 and the other subtracts 1.
fn updates(variant: Variant) -> Updates {
    Updates {
        variant,
        threads: 2,
        iterations: 1,
    }
}

#[test]
fn each_counter_ends_as_it_must_and_in_no_other_way() {
    const LOSES_UPDATES: &[(&str, Expectation)] = &[("-1", Required), ("0", Required), ("1", Required)];
    for (variant, expected) in [
        (Variant::Unlocked, LOSES_UPDATES),
        (Variant::LockedTwice, LOSES_UPDATES),
        (Variant::WrongLock, LOSES_UPDATES),
        (Variant::DataRace, &[("data race", Required)]),
        (Variant::Locked, &[("0", Required)]),
        (Variant::FetchAdd, &[("0", Required)]),
        (Variant::CompareExchange, &[("0", Required)]),
    ] {
        let report = Checker::new().explorer().report(updates(variant));
        let seen: Vec<_> = report
            .rows
            .iter()
            .map(|row| (&*row.outcome, row.expectation))
            .collect();
        assert_eq!(seen, expected, "{variant:?}");
        assert!(report.rows.iter().all(|row| row.counts[0] > 0), "{report:?}");
        assert_eq!(report.engines[0].verdict, Verdict::Proved, "{variant:?}");
    }
}

/// Returns the shortfalls, as reports show them.
fn shortfalls(report: &Report) -> Vec<String> {
    report.shortfalls().iter().map(ToString::to_string).collect()
}

#[test]
fn a_sample_falls_short_of_all_that_is_more() {
    let sampled = Checker::new().threads().executions(2);
    let locked = updates(Variant::Locked);
    for (required, expected) in [
        (Strength::Sampled, None),
        (
            Strength::Bounded,
            Some(
                "`bounded` is required, and threads has only sampled: add an engine that explores everything, \
                 such as the explorer, or require `sampled`",
            ),
        ),
        (
            Strength::Proved,
            Some(
                "`proved` is required, and threads has only sampled: add an engine that explores everything, \
                 such as the explorer, or require `sampled`",
            ),
        ),
    ] {
        let report = sampled.clone().require(required).report(locked);
        assert_eq!(shortfalls(&report), Vec::from_iter(expected));
        assert_eq!(report.passes(), expected.is_none());
    }
    let report = sampled.explorer().require(Strength::Proved).report(locked);
    assert_eq!(shortfalls(&report), [""; 0], "one engine has shown enough");
    assert!(report.passes());
}

#[test]
fn a_bound_falls_short_of_a_proof() {
    let bounded = Checker::new().engine(Explorer {
        preemption_bound: Some(0),
        ..Explorer::DEFAULT
    });
    // Two updates of a thread, with the lock free between them: another thread may come in by a preemption.
    let locked = Updates {
        iterations: 2,
        ..updates(Variant::Locked)
    };
    let report = bounded.clone().require(Strength::Bounded).report(locked);
    assert_eq!(shortfalls(&report), [""; 0]);
    let report = bounded.require(Strength::Proved).report(locked);
    assert_eq!(
        shortfalls(&report),
        [
            "`proved` is required, and explorer has a bound (at most 0 preemptions): lift the bound, add an engine \
             that does not need it, choose a smaller size, or require `bounded`"
        ]
    );
}

#[test]
fn only_what_is_as_expected_falls_short() {
    let bounded = Explorer {
        preemption_bound: Some(0),
        ..Explorer::DEFAULT
    };
    let report = Checker::new()
        .engine(bounded)
        .engine(Threads)
        .executions(2)
        .require(Strength::Proved)
        .report(updates(Variant::Unlocked));
    assert_eq!(report.engines[0].verdict.kind(), "inconclusive");
    let of: Vec<_> = report
        .shortfalls()
        .iter()
        .map(|shortfall| shortfall.engine.engine)
        .collect();
    assert_eq!(of, ["threads"]);
}
