//! The models under loom.
//!
//! They compile and run in every build, at a small size. Under `RUSTFLAGS="--cfg loom"`, which loom's users
//! know, the same models run at full size. The `cfg` chooses nothing else, so that every model is always
//! compiled.

use selvedge::catalogue::ClaimedCorrect;
use selvedge::counter::Variant;
use selvedge::engine::{Budget, Engine, Exploration, Loom};
use selvedge::python::gil::{Protocol, SwitchInterval};
use selvedge::python::{Bytecode, Program, Turned, Turns};
use selvedge::scenario::{Counting, Updates};
use selvedge::{Ending, Scenario, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// The sizes at which counters are explored: the numbers of threads and of operations each.
const SIZES: &[(usize, u64)] = if cfg!(loom) {
    &[(2, 1), (2, 2), (2, 3), (3, 1)]
} else {
    &[(2, 1), (2, 2), (3, 1)]
};

/// The sizes at which only counters with one operation per update can be explored.
const LARGE_SIZES: &[(usize, u64)] = if cfg!(loom) {
    &[(2, 4), (2, 5), (3, 2), (4, 1)]
} else {
    &[(2, 3)]
};

fn explore<S: Scenario>(scenario: S) -> (Exploration<S::Outcome>, Verdict) {
    let (scenario, engine) = (Arc::new(scenario), Loom::default());
    let budget = Budget {
        time: Some(Duration::from_secs(300)),
        ..Budget::default()
    };
    let exploration = engine.explore(&scenario, &budget);
    assert!(exploration.executions > 0, "no model was executed");
    let verdict = Verdict::of(&exploration, &scenario.expectations(), &engine, |ending| {
        let described = ending.clone().map(|outcome| scenario.describe(&outcome));
        described.to_string()
    });
    (exploration, verdict)
}

fn updates(variant: Variant, (threads, iterations): (usize, u64)) -> Updates {
    Updates {
        variant,
        threads,
        iterations,
    }
}

/// Returns the verdict on a counter that is as expected. If threads load and then write, loom's search may
/// skip executions, so the verdict is not *proved*.
fn verdict(variant: Variant) -> Verdict {
    match variant {
        Variant::Unlocked | Variant::WrongLock | Variant::CompareExchange => {
            Verdict::Bounded("less what loom's search skips".to_owned())
        }
        _ => Verdict::Proved,
    }
}

/// Explores a counter, and checks that it ends at each of these values and at no other.
fn assert_ends(scenario: Updates, ends: &BTreeSet<i64>) {
    let (exploration, found) = explore(scenario);
    assert_eq!(exploration.outcomes.outcomes(), *ends, "{scenario:?}");
    assert_eq!(found, verdict(scenario.variant), "{scenario:?}");
}

/// Explores a correct counter, and checks that it ends at the sum of its updates.
fn ends_at_the_sum(variant: Variant, sizes: &[(usize, u64)]) {
    for &size in sizes {
        let scenario = updates(variant, size);
        assert_ends(scenario, &BTreeSet::from([scenario.expected()]));
    }
}

/// Explores a broken counter, and checks that it reaches every value between its extremes.
fn ends_anywhere(variant: Variant, sizes: &[(usize, u64)]) {
    for &(threads, iterations) in sizes {
        let most = threads.div_ceil(2) as i64 * iterations as i64;
        let least = -((threads / 2) as i64 * iterations as i64);
        assert_ends(updates(variant, (threads, iterations)), &(least..=most).collect());
    }
}

#[test]
fn locked_ends_at_the_sum() {
    ends_at_the_sum(Variant::Locked, SIZES);
    ends_at_the_sum(Variant::Locked, LARGE_SIZES);
}

#[test]
fn fetch_add_ends_at_the_sum() {
    ends_at_the_sum(Variant::FetchAdd, SIZES);
    ends_at_the_sum(Variant::FetchAdd, LARGE_SIZES);
}

#[test]
fn compare_exchange_ends_at_the_sum() {
    ends_at_the_sum(Variant::CompareExchange, SIZES);
}

#[test]
fn unlocked_ends_anywhere() {
    ends_anywhere(Variant::Unlocked, SIZES);
}

#[test]
fn wrong_lock_ends_anywhere() {
    ends_anywhere(Variant::WrongLock, SIZES);
}

#[test]
fn locked_twice_ends_anywhere() {
    ends_anywhere(Variant::LockedTwice, SIZES);
}

#[test]
fn data_race_is_reported() {
    for &size in SIZES {
        let (exploration, verdict) = explore(updates(Variant::DataRace, size));
        assert_eq!(exploration.outcomes.count(&Ending::DataRace), 1, "{size:?}");
        assert!(verdict.is_as_expected(), "{size:?}: {verdict:?}");
    }
}

#[test]
fn counting_is_done() {
    for &(threads, iterations) in SIZES {
        let (exploration, verdict) = explore(Counting { threads, iterations });
        assert_eq!(exploration.outcomes.outcomes(), BTreeSet::from([Counting::DONE]));
        assert_eq!(verdict, Verdict::Proved);
    }
}

/// The sizes at which the GIL is explored: the numbers of threads and of turns each.
const GIL_SIZES: &[(usize, u64)] = if cfg!(loom) { &[(2, 2), (3, 1)] } else { &[(2, 2)] };

fn turns(protocol: Protocol, interval: SwitchInterval, (threads, iterations): (usize, u64)) -> Turns {
    Turns {
        protocol,
        interval,
        threads,
        iterations,
    }
}

/// Loom models no time-outs, so here either no thread asks for the GIL, or every thread that waits does so at
/// once. That shows mutual exclusion, no deadlock, no lost wakeup, and the forced switch. The explorer covers
/// the time at which a request comes.
#[test]
fn the_gil_keeps_its_promises() {
    for &size in GIL_SIZES {
        for interval in [SwitchInterval::Endless, SwitchInterval::Over] {
            let (exploration, verdict) = explore(turns(Protocol::Faithful, interval, size));
            let all = Turned {
                turns: size.0 as u64 * size.1,
                passed_over: 0,
            };
            assert_eq!(exploration.outcomes.outcomes(), BTreeSet::from([all]), "{size:?}");
            assert!(verdict.is_as_expected(), "{size:?} {interval:?}: {verdict:?}");
        }
    }
    let timed = turns(Protocol::Faithful, Turns::SWITCH_INTERVAL, (2, 1));
    let reason = Loom::default()
        .unsuitable(&timed.into())
        .expect("loom has no time-outs");
    assert_eq!(reason, "loom models no time-outs, and this needs them");
}

#[test]
fn a_broken_gil_is_refuted() {
    for (protocol, reason) in [
        (Protocol::NoForcedSwitching, "4 turns, 1 passed over is forbidden"),
        (Protocol::EarlyNotify, "deadlock is forbidden"),
        (Protocol::IfForWhile, "data race is forbidden"),
    ] {
        let scenario = turns(protocol, protocol.interval(), (2, 2));
        let verdict = explore(ClaimedCorrect(scenario)).1;
        let refuted = verdict.reason().unwrap_or_default();
        assert!(
            verdict.kind() == "refuted" && refuted.starts_with(reason),
            "{protocol:?}: {verdict:?}"
        );
    }
}

#[test]
fn python_programs_end_where_they_may() {
    let sizes: &[u64] = if cfg!(loom) { &[1, 2] } else { &[1] };
    for program in Program::all() {
        for &iterations in sizes {
            let scenario = Bytecode {
                program,
                threads: 2,
                iterations,
            };
            let (exploration, verdict) = explore(scenario);
            let most = if program.is_correct() {
                0
            } else {
                iterations as i64
            };
            let all: BTreeSet<_> = (-most..=most).collect();
            assert_eq!(
                exploration.outcomes.outcomes(),
                all,
                "{} {iterations}",
                program.name()
            );
            assert!(verdict.is_as_expected(), "{}: {verdict:?}", program.name());
        }
    }
}
