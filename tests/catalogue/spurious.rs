//! The GIL where waits may return for no reason: its protocol is proved with them too.

use selvedge::engine::{Budget, Engine, Explorer};
use selvedge::explorer::Mode;
use selvedge::python::Turns;
use selvedge::python::gil::{Protocol, SwitchInterval};
use selvedge::{Scenario, Verdict};
use std::sync::Arc;

fn explore(mode: Mode, turns: Turns) -> (u64, Verdict) {
    let engine = Explorer {
        mode,
        ..Explorer::DEFAULT
    };
    let scenario = Arc::new(turns);
    let exploration = engine.explore(&scenario, &Budget::default());
    let verdict = Verdict::of(&exploration, &scenario.expectations(), &engine, |ending| {
        format!("{ending:?}")
    });
    (exploration.executions, verdict)
}

/// No count here can be derived by hand. Source sets find the same.
#[test]
fn the_protocol_is_proved_with_returns_for_no_reason() {
    for (interval, iterations, executions) in [
        (SwitchInterval::Endless, 1, 32),
        (SwitchInterval::Over, 1, 32),
        (Turns::SWITCH_INTERVAL, 1, 48),
        (SwitchInterval::Endless, 2, 7_364),
        (SwitchInterval::Over, 2, 32_376),
        (Turns::SWITCH_INTERVAL, 2, 76_480),
    ] {
        for mode in [Mode::Optimal, Mode::Source] {
            let turns = Turns {
                protocol: Protocol::Faithful,
                interval,
                threads: 2,
                iterations,
            };
            let found = explore(mode, turns);
            assert_eq!(
                found,
                (executions, Verdict::Proved),
                "{interval:?}, {iterations}, {mode:?}"
            );
        }
    }
}

/// With an `if` in place of the `while`, two threads with one turn each are enough: the second takes the GIL
/// although nobody has dropped it.
#[test]
fn an_if_lets_two_threads_in_without_any_notification() {
    let turns = Turns {
        protocol: Protocol::IfForWhile,
        interval: SwitchInterval::Endless,
        threads: 2,
        iterations: 1,
    };
    let scenario = Arc::new(turns);
    let exploration = Explorer::DEFAULT.explore(&scenario, &Budget::default());
    assert!(exploration.outcomes.count(&selvedge::Ending::DataRace) > 0);
}
