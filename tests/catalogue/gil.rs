//! The GIL's protocol is proved, and each of its broken twins is refuted for its reason.

use crate::support::judged::{explore, explore_by};
use selvedge::backend::Backend;
use selvedge::catalogue::ClaimedCorrect;
use selvedge::check::{self, Witnessing};
use selvedge::engine::{AnyEngine, Budget, Completeness, Engine, Explorer};
use selvedge::explorer::Mode;
use selvedge::python::gil::{Protocol, SwitchInterval};
use selvedge::python::{Turned, Turns};
use selvedge::{Expectations, Report, Scenario, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;

use Protocol::{EarlyNotify, Faithful, IfForWhile, NoForcedSwitching};
use SwitchInterval::{Endless, Over};

const LASTS: SwitchInterval = Turns::SWITCH_INTERVAL;

fn turns(protocol: Protocol, interval: SwitchInterval, threads: usize, iterations: u64) -> Turns {
    Turns {
        protocol,
        interval,
        threads,
        iterations,
    }
}

fn all_counted(turns: u64) -> BTreeSet<Turned> {
    BTreeSet::from([Turned {
        turns,
        passed_over: 0,
    }])
}

/// Mutual exclusion (no data race on the counter of turns, and no turn lost), no deadlock and so no lost
/// wakeup, and no thread has the GIL back first after a request, in every interleaving. (With one turn each,
/// no thread has it back at all: the tests below have a thread with two.)
#[test]
fn the_protocol_is_proved() {
    // No count here can be derived by hand. In the next test other searches agree on the counts that they can
    // reach.
    for (interval, threads, iterations, executions) in [
        (Endless, 2, 2, 1_144),
        (Over, 2, 2, 1_596),
        (LASTS, 2, 2, 37_696),
        (Endless, 3, 1, 1_344),
        (Over, 3, 1, 1_416),
        (LASTS, 3, 1, 409_200),
    ] {
        let (exploration, verdict) = explore(turns(Faithful, interval, threads, iterations));
        let what = format!("{interval:?}, {threads} × {iterations}");
        assert_eq!(verdict, Verdict::Proved, "{what}");
        assert_eq!(exploration.completeness, Completeness::Exhaustive, "{what}");
        let all = all_counted(threads as u64 * iterations);
        assert_eq!(exploration.outcomes.outcomes(), all, "{what}");
        assert_eq!(
            (exploration.executions, exploration.blocked),
            (executions, 0),
            "{what}"
        );
    }
}

#[test]
fn other_searches_find_the_same_number_of_traces() {
    use Mode::{SleepSets, Source};
    for (interval, threads, iterations, mode, executions) in [
        (Endless, 2, 1, SleepSets, 16),
        (Over, 2, 1, SleepSets, 16),
        (LASTS, 2, 1, SleepSets, 48),
        (Endless, 2, 2, SleepSets, 1_144),
        (Over, 2, 2, SleepSets, 1_596),
        (Endless, 2, 2, Source, 1_144),
        (Over, 2, 2, Source, 1_596),
        (LASTS, 2, 2, Source, 37_696),
        (Endless, 3, 1, Source, 1_344),
        (Over, 3, 1, Source, 1_416),
    ] {
        let (exploration, verdict) = explore_by(mode, turns(Faithful, interval, threads, iterations));
        let what = format!("{interval:?}, {threads} × {iterations}, {mode:?}");
        assert_eq!(verdict, Verdict::Proved, "{what}");
        assert_eq!(exploration.executions, executions, "{what}");
    }
}

/// Threads with different numbers of turns.
struct Uneven {
    protocol: Protocol,
    turns: &'static [u64],
}

impl Scenario for Uneven {
    type Outcome = Turned;

    fn name(&self) -> String {
        format!("{:?} {:?}", self.protocol, self.turns)
    }

    fn run<B: Backend>(&self) -> Turned {
        turns(self.protocol, Over, self.turns.len(), 0).run_each::<B>(self.turns)
    }

    fn expectations(&self) -> Expectations<Turned> {
        let turns = self.turns.iter().sum();
        Expectations::new().required(
            Turned {
                turns,
                passed_over: 0,
            },
            "a thread that is asked lets another go first",
        )
    }
}

/// Of three threads one has two turns, which shows whether another one had the GIL in between.
#[test]
fn of_three_threads_too_whoever_is_asked_lets_another_go_first() {
    let turns: &[u64] = &[2, 1, 1];
    let (exploration, verdict) = explore(Uneven {
        protocol: Faithful,
        turns,
    });
    assert_eq!(verdict, Verdict::Proved);
    assert_eq!(exploration.executions, 33_250);
    let twin = explore(Uneven {
        protocol: NoForcedSwitching,
        turns,
    });
    assert_eq!(twin.1.kind(), "refuted", "{:?}", twin.1);
}

/// Three threads with two turns each have too many interleavings: those with few preemptions are explored.
#[test]
fn three_threads_with_two_turns_each_are_explored_up_to_two_preemptions() {
    let explore_within = |protocol, bound| {
        let engine = Explorer {
            preemption_bound: Some(bound),
            spurious_wakeups: 0,
            ..Explorer::default()
        };
        let scenario = Arc::new(ClaimedCorrect(turns(protocol, Over, 3, 2)));
        let exploration = engine.explore(&scenario, &Budget::default());
        let verdict = Verdict::of(&exploration, &scenario.expectations(), &engine, |ending| {
            format!("{ending:?}")
        });
        (exploration.executions, verdict.kind())
    };
    assert_eq!(explore_within(Faithful, 2), (13_932, "bounded"));
    assert_eq!(explore_within(NoForcedSwitching, 1).1, "refuted");
}

/// Returns the reason why a protocol that is claimed to be correct is refuted.
fn refutation(scenario: Turns) -> String {
    match explore(ClaimedCorrect(scenario)).1 {
        Verdict::Refuted(reason) => reason,
        verdict => panic!("{scenario:?}: {verdict:?}"),
    }
}

#[test]
fn without_forced_switching_the_holder_takes_it_back_at_once() {
    for interval in [Over, LASTS] {
        let scenario = turns(NoForcedSwitching, interval, 2, 2);
        assert_eq!(
            refutation(scenario),
            "4 turns, 1 passed over is forbidden: a thread that had asked was passed over"
        );
        assert_eq!(
            explore(scenario).1,
            Verdict::Proved,
            "and that is all that it does"
        );
    }
    // A thread must ask for the GIL to show the mistake, and without an interval none does.
    let (exploration, _) = explore(turns(NoForcedSwitching, Endless, 2, 2));
    assert_eq!(exploration.outcomes.outcomes(), all_counted(4));
}

#[test]
fn a_notify_before_the_state_change_is_a_lost_wakeup() {
    for (interval, threads) in [(Endless, 2), (Over, 2), (Endless, 3)] {
        let scenario = turns(EarlyNotify, interval, threads, 1);
        assert!(
            refutation(scenario).starts_with("deadlock is forbidden"),
            "{interval:?}"
        );
        assert_eq!(
            explore(scenario).1,
            Verdict::Proved,
            "and that is all that it does"
        );
    }
    let story = story_of(turns(EarlyNotify, Endless, 2, 1));
    assert!(
        story.contains("waits to be notified by cond (take_gil), but the notification by thread")
            && story.contains("came before (drop_gil), and notifications are not kept"),
        "{story}"
    );
}

/// Time-outs hide the mistake: a thread that missed the notification checks again after an interval. CPython
/// would only be slow.
#[test]
fn a_time_out_makes_up_for_a_lost_wakeup() {
    let (exploration, verdict) = explore(turns(EarlyNotify, LASTS, 2, 1));
    assert_eq!(verdict, Verdict::Proved);
    assert_eq!(exploration.outcomes.outcomes(), all_counted(2));
}

#[test]
fn an_if_in_place_of_a_while_lets_two_threads_in() {
    for (interval, threads, iterations) in [(Endless, 2, 2), (LASTS, 2, 1), (Endless, 3, 1), (Over, 3, 1)] {
        let scenario = turns(IfForWhile, interval, threads, iterations);
        assert!(
            refutation(scenario).starts_with("data race is forbidden"),
            "{scenario:?}"
        );
        assert_eq!(explore(scenario).1.kind(), "proved", "{scenario:?}");
    }
    // With one turn each, two threads cannot show it, because no thread takes the GIL a second time. Nor can
    // they if every thread that waits has asked, because then the thread that drops the GIL waits for the
    // switch.
    for (interval, iterations) in [(Endless, 1), (Over, 2)] {
        let (exploration, _) = explore(ClaimedCorrect(turns(IfForWhile, interval, 2, iterations)));
        assert_eq!(exploration.outcomes.outcomes(), all_counted(2 * iterations));
        assert_eq!(exploration.outcomes.total(), exploration.executions);
    }
}

/// Returns the story of the one ending that a correct protocol does not have.
fn story_of(scenario: Turns) -> String {
    let engine = [AnyEngine::new(Explorer::default())];
    let claimed = ClaimedCorrect(scenario).into();
    let refutations = &Witnessing::Refutations;
    let report: Report = check::explore(&claimed, None, &engine, refutations, |_| Budget::default());
    let witness = report.rows.iter().find_map(|row| row.witness.as_ref());
    let witness = witness.expect("it was refuted").as_ref().expect("it was found");
    witness.drawing.story.join(" ")
}
