//! Every scenario of the catalogue on every engine: whole outcome sets, exact counts, and verdicts.

use crate::support::{DFS, EXPLORER, explore, explore_within};
use selvedge::backend::{Atomic, AtomicInteger, Backend, ConditionVariable, Join, Lock};
use selvedge::check::{self, Witnessing};
use selvedge::counter::Variant;
use selvedge::engine::{
    AnyEngine, Bound, Budget, Completeness, Engine, Explorer, Loom, Shuttle, Speedup, Strategy, Threads,
};
use selvedge::scenario::{Counting, Updates};
use selvedge::{Ending, Expectations, Scenario, Verdict, report};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

const CORRECT: [Variant; 3] = [Variant::Locked, Variant::FetchAdd, Variant::CompareExchange];
const BROKEN: [Variant; 4] = [
    Variant::Unlocked,
    Variant::DataRace,
    Variant::LockedTwice,
    Variant::WrongLock,
];

fn updates(variant: Variant, threads: usize, iterations: u64) -> Updates {
    Updates {
        variant,
        threads,
        iterations,
    }
}

/// The number of traces of two threads with n × (load; store) each is 4, 34, 328, 3334 (Cartier and Foata's
/// formula). How many of them end at each value is known from brute force.
#[test]
fn the_explorer_runs_each_trace_of_the_unlocked_counter_once() {
    let known: [&[u64]; 3] = [&[1, 2, 1], &[5, 8, 8, 8, 5], &[28, 48, 58, 60, 58, 48, 28]];
    for (n, counts) in (1..).zip(known) {
        let (exploration, verdict) = explore(updates(Variant::Unlocked, 2, n), &EXPLORER);
        let rows: Vec<_> = exploration
            .outcomes
            .iter()
            .map(|(ending, count)| (ending.clone(), count))
            .collect();
        let values = -(n as i64)..=n as i64;
        let expected: Vec<_> = values.map(Ending::Finished).zip(counts.iter().copied()).collect();
        assert_eq!(rows, expected, "n = {n}");
        assert_eq!(exploration.blocked, 0);
        assert_eq!(verdict, Verdict::Proved);
    }
    assert_eq!(
        explore(updates(Variant::Unlocked, 2, 4), &EXPLORER).0.executions,
        3_334
    );
    // Three threads with one operation each: (3!)², and with two each, 7,134.
    assert_eq!(
        explore(updates(Variant::Unlocked, 3, 1), &EXPLORER).0.executions,
        36
    );
    assert_eq!(
        explore(updates(Variant::Unlocked, 3, 2), &EXPLORER).0.executions,
        7_134
    );
}

/// Critical sections, or read-modify-writes, can only be ordered: (kn)! / (n!)^k for k threads with n each.
#[test]
fn the_explorer_runs_each_order_of_critical_sections_once() {
    for variant in [Variant::Locked, Variant::FetchAddResult] {
        for (threads, n, orders) in [
            (2, 1, 2),
            (2, 2, 6),
            (2, 3, 20),
            (2, 5, 252),
            (3, 1, 6),
            (3, 2, 90),
            (3, 3, 1_680),
        ] {
            let (exploration, verdict) = explore(updates(variant, threads, n), &EXPLORER);
            assert_eq!(exploration.executions, orders, "{variant:?}, {threads} × {n}");
            assert_eq!(exploration.blocked, 0);
            assert_eq!(verdict, Verdict::Proved);
        }
    }
}

/// Nobody looks at what an addition has found, so no order of them differs from another.
#[test]
fn additions_that_nobody_looks_at_have_one_execution() {
    for (threads, n) in [(2, 1), (2, 5), (2, 50), (3, 3), (4, 2)] {
        let (exploration, verdict) = explore(updates(Variant::FetchAdd, threads, n), &EXPLORER);
        assert_eq!(
            (exploration.executions, exploration.blocked),
            (1, 0),
            "{threads} × {n}"
        );
        assert_eq!(verdict, Verdict::Proved);
    }
}

#[test]
fn the_explorer_finds_every_data_race_and_names_both_accesses() {
    let (exploration, verdict) = explore(updates(Variant::DataRace, 2, 1), &EXPLORER);
    let rows: Vec<_> = exploration.outcomes.iter().collect();
    assert_eq!(rows, [(&Ending::DataRace, 4)]);
    assert_eq!(verdict, Verdict::Proved);
    let explanation = exploration.outcomes.explanation(&Ending::DataRace);
    assert_eq!(explanation.len(), 2);
    assert!(
        explanation
            .iter()
            .all(|line| line.contains("src/counter/data_race.rs:")),
        "{explanation:?}"
    );
    assert!(
        explanation.iter().any(|line| line.contains("writes")),
        "{explanation:?}"
    );
}

/// The explorer finds with one preemption everything that one preemption can cause: its bound is on the
/// program, not on its search.
#[test]
fn the_explorer_s_preemption_bound_is_exact() {
    for (bound, outcomes) in [(0, BTreeSet::from([0])), (1, BTreeSet::from([-1, 0, 1]))] {
        let engine = Explorer {
            preemption_bound: Some(bound),
            ..EXPLORER
        };
        let (exploration, verdict) = explore(updates(Variant::LockedTwice, 2, 1), &engine);
        assert_eq!(exploration.outcomes.outcomes(), outcomes);
        assert_eq!(
            verdict.kind(),
            if bound == 0 { "inconclusive" } else { "bounded" },
            "{verdict:?}"
        );
    }
}

/// Checks the values at which the counter ends, on shuttle and on the explorer; `loom-tests/` does so on
/// loom.
fn assert_ends(scenario: Updates, ends: &BTreeSet<i64>) {
    let (dfs, verdict) = explore(scenario, &DFS);
    assert_eq!(dfs.outcomes.outcomes(), *ends, "{scenario:?}");
    if scenario.variant.has_data_race() {
        return;
    }
    assert_eq!(dfs.completeness, Completeness::Exhaustive, "{scenario:?}");
    assert_eq!(verdict, Verdict::Proved, "{scenario:?}");
    let (ours, verdict) = explore(scenario, &EXPLORER);
    assert_eq!(ours.outcomes.outcomes(), *ends, "{scenario:?}");
    assert_eq!((verdict, ours.blocked), (Verdict::Proved, 0), "{scenario:?}");
    assert!(
        ours.executions < dfs.executions || scenario.threads == 1,
        "{scenario:?}"
    );
}

/// For n × (load; store ±1) on two threads every value from -n to n can be reached, and no other.
#[test]
fn a_broken_counter_reaches_every_value_between_the_extremes_and_no_other() {
    for variant in BROKEN {
        assert_ends(updates(variant, 2, 1), &(-1..=1).collect());
        assert_ends(updates(variant, 2, 2), &(-2..=2).collect());
    }
}

#[test]
fn a_correct_counter_ends_at_the_sum_of_all_updates_and_nowhere_else() {
    for variant in CORRECT {
        // Two incrementers and one decrementer make 1.
        for (threads, iterations, sum) in [(1, 2, 2), (2, 1, 0), (2, 2, 0), (3, 1, 1)] {
            assert_ends(updates(variant, threads, iterations), &BTreeSet::from([sum]));
        }
    }
}

/// Shuttle has no plain memory and does not look for data races: it shows the updates that one loses, and
/// claims no more.
#[test]
fn shuttle_does_not_call_a_program_with_plain_memory_proved() {
    let (exploration, verdict) = explore(updates(Variant::DataRace, 2, 1), &DFS);
    assert_eq!(exploration.outcomes.outcomes(), BTreeSet::from([-1, 0, 1]));
    assert_eq!(
        verdict,
        Verdict::Bounded("data races are not looked for".to_owned())
    );
}

/// Loom stops at the data race, in its first execution, because nothing orders the two threads in any
/// execution.
#[test]
fn loom_reports_the_data_race_itself() {
    let (exploration, verdict) = explore(updates(Variant::DataRace, 2, 1), &Loom::default());
    let rows: Vec<_> = exploration.outcomes.iter().collect();
    assert_eq!(rows, [(&Ending::DataRace, 1)]);
    assert_eq!(
        verdict,
        Verdict::Bounded("stopped at the first data race".to_owned())
    );
}

/// A single thread has no data race: no update may be lost, and no data race is required.
#[test]
fn a_single_thread_loses_nothing_even_without_a_lock() {
    for variant in Variant::ALL {
        let scenario = updates(variant, 1, 3);
        let (explored, loom) = (explore(scenario, &EXPLORER), explore(scenario, &Loom::default()));
        for (exploration, verdict) in [explored, loom] {
            let rows: Vec<_> = exploration.outcomes.iter().collect();
            assert_eq!(rows, [(&Ending::Finished(3), 1)], "{variant:?}");
            assert_eq!(verdict, Verdict::Proved, "{variant:?}");
        }
    }
}

/// Shuttle also schedules the start and the end of each thread: two threads with k operations have C(2(k +
/// 2), k + 2) schedules. One of them is missing: the second thread cannot end before the main thread has
/// spawned the first. k = 2 gives C(8, 4) - 1 = 69, and k = 4 gives C(12, 6) - 1 = 923.
#[test]
fn the_number_of_schedules_is_that_of_shuttle_s_scheduling_points() {
    for (iterations, schedules) in [(1, 69), (2, 923)] {
        let (exploration, _) = explore(updates(Variant::Unlocked, 2, iterations), &DFS);
        assert_eq!(exploration.executions, schedules);
        assert_eq!(exploration.outcomes.total(), schedules);
    }
    // One fetch_add: k = 1, C(6, 3) - 1 = 19.
    assert_eq!(explore(updates(Variant::FetchAdd, 2, 1), &DFS).0.executions, 19);
}

/// Two threads with n critical sections each have C(2n, n) orders: 2, 6, 20. Loom runs more, because the end
/// of a thread and the join are operations, too.
#[test]
fn loom_runs_each_order_of_the_critical_sections() {
    for (iterations, executions) in [(1, 9), (2, 30), (3, 105)] {
        let (exploration, _) = explore(updates(Variant::Locked, 2, iterations), &Loom::default());
        assert_eq!(exploration.executions, executions);
    }
}

#[test]
fn random_schedulers_find_the_lost_update_and_claim_no_more_than_a_sample() {
    let seed = 1;
    for strategy in [
        Strategy::Random { seed },
        Strategy::Pct { seed, depth: 3 },
        Strategy::Urw { seed },
    ] {
        let engine = Shuttle { strategy };
        for variant in BROKEN {
            let (exploration, verdict) = explore(updates(variant, 2, 2), &engine);
            assert_eq!(exploration.executions, Shuttle::EXECUTIONS);
            assert!(
                exploration.outcomes.outcomes().len() > 1,
                "{strategy:?} found no lost update of {variant:?}"
            );
            assert_eq!(verdict, Verdict::Sampled);
        }
        for variant in CORRECT {
            let (exploration, verdict) = explore(updates(variant, 3, 2), &engine);
            assert_eq!(exploration.outcomes.outcomes(), BTreeSet::from([2]));
            assert_eq!(verdict, Verdict::Sampled);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_executions() {
    let table = |seed| {
        let budget = Budget {
            executions: Some(50),
            ..Budget::default()
        };
        let engine = Shuttle {
            strategy: Strategy::Random { seed },
        };
        explore_within(updates(Variant::Unlocked, 2, 3), &engine, &budget)
            .0
            .outcomes
    };
    assert_eq!(table(1), table(1));
    assert_ne!(table(1), table(2));
}

/// The seed's program at the seed's size: one thread adds 1 a million times, another subtracts 1, under a
/// lock.
#[test]
fn a_million_updates_under_the_lock_on_real_threads_end_at_0() {
    for variant in CORRECT {
        let budget = Budget {
            executions: Some(2),
            ..Budget::default()
        };
        let (exploration, verdict) = explore_within(updates(variant, 2, 1_000_000), &Threads, &budget);
        assert_eq!(exploration.outcomes.count_of(&0), 2, "{variant:?}");
        assert_eq!(verdict, Verdict::Sampled, "real threads prove nothing");
    }
}

/// If nothing is shared, no interleaving differs from another.
#[test]
fn threads_that_share_nothing_have_one_execution() {
    let counting = Counting {
        threads: 3,
        iterations: 3,
    };
    let (exploration, verdict) = explore(counting, &EXPLORER);
    let rows: Vec<_> = exploration.outcomes.iter().collect();
    assert_eq!(rows, [(&Ending::Finished("Counting done!"), 1)]);
    assert_eq!(verdict, Verdict::Proved);
    assert_eq!(explore(counting, &DFS).1, Verdict::Proved);
}

/// Counting is measured at a size that takes longer than the start of a thread, whatever the scenario's size
/// is.
#[test]
fn only_threads_that_share_nothing_are_measured() {
    let budget = Budget {
        executions: Some(1),
        ..Budget::default()
    };
    let counting = Counting {
        threads: 2,
        iterations: 1,
    };
    let speedup = explore_within(counting, &Threads, &budget).0.speedup;
    let speedup = speedup.expect("counting is parallel work");
    assert!(speedup.side_by_side > Duration::from_micros(100), "{speedup:?}");
    // They would not do the same work in sequence.
    let sharing = explore_within(updates(Variant::Locked, 2, 1), &Threads, &budget);
    assert_eq!(sharing.0.speedup, None);
}

#[test]
fn twice_as_fast_is_a_ratio_of_two() {
    let speedup = Speedup {
        in_sequence: Duration::from_secs(3),
        side_by_side: Duration::from_millis(1_500),
    };
    assert_eq!(speedup.ratio(), 2.0);
}

#[test]
fn loom_says_that_it_cannot_model_so_many_threads() {
    assert_eq!(
        Loom::default().unsuitable(&updates(Variant::Locked, 4, 1).into()),
        None
    );
    assert_eq!(
        Loom::default().unsuitable(&updates(Variant::Locked, 5, 1).into()),
        Some("loom models at most 4 threads beside the main one, and this spawns 5".to_owned())
    );
}

/// Without a preemption no update is lost between two locks: a search with that bound must neither call the
/// counter as expected nor refute it. One preemption is enough for each of -1 and 1. But loom's bounded
/// search finds -1 only with two: its bound is on the search, not on the program.
#[test]
fn a_preemption_bound_is_said_and_proves_nothing() {
    let explore_with = |bound| {
        explore(
            updates(Variant::LockedTwice, 2, 1),
            &Loom {
                preemption_bound: Some(bound),
            },
        )
    };
    for (bound, outcomes) in [(0, BTreeSet::from([0])), (1, BTreeSet::from([0, 1]))] {
        let (exploration, verdict) = explore_with(bound);
        assert_eq!(exploration.outcomes.outcomes(), outcomes);
        assert_eq!(verdict.kind(), "inconclusive", "{verdict:?}");
    }
    let (exploration, verdict) = explore_with(2);
    assert_eq!(exploration.outcomes.outcomes(), BTreeSet::from([-1, 0, 1]));
    assert_eq!(
        verdict,
        Verdict::Bounded("loom's search with at most 2 preemptions".to_owned())
    );
}

/// Five threads that each take a number: there are as many outcomes as orders.
struct Tickets;

impl Scenario for Tickets {
    type Outcome = Vec<i64>;

    fn name(&self) -> String {
        "tickets".to_owned()
    }

    fn run<B: Backend>(&self) -> Vec<i64> {
        let next = Arc::new(B::AtomicI64::new(1));
        let draw = |_| {
            let next = Arc::clone(&next);
            B::spawn(move || next.fetch_add(1, Relaxed))
        };
        let threads: Vec<_> = (0..5).map(draw).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    }

    fn expectations(&self) -> Expectations<Vec<i64>> {
        Expectations::new().allowed_if(|_| true, "in some order")
    }
}

/// 5! = 120 outcomes; the report says how many of them it leaves undrawn.
#[test]
fn at_most_a_hundred_outcomes_are_drawn_and_the_report_says_so() {
    let engines = [AnyEngine::new(EXPLORER)];
    let report = check::explore(&Tickets.into(), None, &engines, &Witnessing::Everything, |_| {
        Budget::default()
    });
    assert_eq!(report.rows.len(), 120);
    let drawn = report.rows.iter().filter(|row| row.witness.is_some()).count();
    assert_eq!((drawn, report.undrawn), (100, 20));
    assert!(report::text::plain(&report).ends_with("\nNot drawn: 20 more outcomes.\n"));
}

/// Two threads wait for two notifications, the second one for all; the outcome is the first thread to go on.
struct Notified;

impl Scenario for Notified {
    type Outcome = usize;

    fn name(&self) -> String {
        "notified".to_owned()
    }

    fn run<B: Backend>(&self) -> usize {
        // The number of threads that wait, the number that may go on, and the first that has gone on.
        let state = Arc::new((B::Mutex::new((0, 0, 0)), B::Condvar::new()));
        let wait = |me| {
            let state = Arc::clone(&state);
            B::spawn(move || {
                let mut guard = state.0.lock();
                guard.0 += 1;
                while guard.1 == 0 {
                    guard = state.1.wait(guard);
                }
                guard.1 -= 1;
                if guard.2 == 0 {
                    guard.2 = me;
                }
            })
        };
        let threads = [1, 2].map(wait);
        let notify = |all: bool| {
            let mut guard = state.0.lock();
            guard.1 += 1;
            match all {
                true => state.1.notify_all(),
                false => state.1.notify_one(),
            }
        };
        notify(false);
        notify(true);
        for thread in threads {
            thread.join().unwrap();
        }
        state.0.lock().2
    }

    fn expectations(&self) -> Expectations<usize> {
        Expectations::new()
            .required(1, "the first was notified")
            .required(2, "the second was notified")
    }
}

/// Loom wakes only the thread that has waited longest: it must not call that everything.
#[test]
fn loom_is_bounded_where_a_notification_has_a_choice() {
    assert_eq!(explore(Notified, &EXPLORER).1, Verdict::Proved);
    let (exploration, verdict) = explore(Notified, &Loom::default());
    assert_eq!(
        exploration.completeness,
        Completeness::Bounded(vec![
            Bound::OfEngine("no wait returns for no reason".into()),
            Loom::NOTIFICATIONS
        ])
    );
    let left_out = "no wait returns for no reason, whoever has waited longest is notified";
    assert_eq!(verdict, Verdict::Bounded(left_out.to_owned()));
}
