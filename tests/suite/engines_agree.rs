//! Random programs with locks, readers-writer locks, atomics, compare-exchange, branches, panics and spawns
//! within spawns, on every exhaustive engine: all must find the same endings. `CONTRIBUTING.md` says how to
//! run more of them.

use crate::support::{DFS, EXPLORER, Portable, TAKEN};
use selvedge::backend::Backend;
use selvedge::engine::{Bound, Budget, Completeness, Engine, Exploration, Explorer, Loom};
use selvedge::explorer::Mode;
use selvedge::{Ending, Expectations, Scenario};
use selvedge_programs::{Instruction, Log, Program, Trials, max_interleavings, run, strategies};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

#[derive(Debug, Clone)]
struct RandomProgram(Program);

impl Scenario for RandomProgram {
    type Outcome = Log;

    fn name(&self) -> String {
        self.0.to_string()
    }

    fn run<B: Backend>(&self) -> Log {
        run::<Portable<B>>(&self.0)
    }

    fn expectations(&self) -> Expectations<Log> {
        Expectations::new().allowed_if(|_| true, "anything")
    }
}

fn explore(program: &Program, engine: &impl Engine, executions: u64) -> Exploration<Log> {
    let budget = Budget {
        executions: Some(executions),
        ..Budget::default()
    };
    engine.explore(&Arc::new(RandomProgram(program.clone())), &budget)
}

fn endings(exploration: &Exploration<Log>) -> BTreeSet<Ending<Log>> {
    let rows = exploration.outcomes.iter();
    rows.map(|(ending, _)| ending.clone()).collect()
}

const ENOUGH: u64 = 1_000_000;

/// Returns the limit on shuttle's schedules, which are so many that not every program can be explored to its
/// end.
fn max_schedules() -> u64 {
    max_interleavings(20_000)
}

#[test]
fn the_explorer_finds_the_endings_that_shuttle_s_depth_first_search_finds() {
    let mut compared = 0;
    Trials::new(60).hold(&strategies::portable(), |program| {
        let dfs = explore(program, &DFS, max_schedules());
        if dfs.completeness == Completeness::Exhaustive {
            let explorer = explore(program, &EXPLORER, ENOUGH);
            assert_eq!(explorer.completeness, Completeness::Exhaustive);
            assert_eq!(endings(&explorer), endings(&dfs));
            assert_eq!(explorer.blocked, 0);
            compared += 1;
        }
        true
    });
    assert!(compared > 20, "only {compared} programs could be compared");
}

/// Attempts to lock are no part of the programs above, as loom has none. They are compared under sequential consistency,
/// where those that fail order as much as all others, and without writers that keep readers out, as under shuttle.
#[test]
fn attempts_to_lock_end_alike_on_the_explorer_and_under_shuttle() {
    let fair_to_readers = Explorer {
        writer_preference: false,
        ..Explorer::SEQUENTIAL
    };
    let (mut compared, mut failed) = (0, 0);
    Trials::new(80).hold(&strategies::attempting(), |program| {
        let dfs = explore(program, &DFS, max_interleavings(5_000));
        if matches!(
            dfs.completeness,
            Completeness::Exhaustive | Completeness::Bounded(_)
        ) {
            let explorer = explore(program, &fair_to_readers, ENOUGH);
            assert_eq!(endings(&explorer), endings(&dfs));
            compared += 1;
            failed += usize::from(
                endings(&dfs)
                    .iter()
                    .any(|ending| matches!(ending, Ending::Finished(log) if log.contains(&TAKEN))),
            );
        }
        true
    });
    assert!(compared > 20, "only {compared} programs could be compared");
    assert!(failed > 5, "only {failed} programs had attempts that failed");
}

/// Loom finds more endings where an ordering is weak, and stops at a deadlock; but where it is exhaustive, it
/// finds no fewer.
#[test]
fn loom_finds_the_endings_that_the_explorer_finds_where_it_is_exhaustive() {
    let mut compared = 0;
    Trials::new(60).hold(&strategies::portable(), |program| {
        let loom = explore(program, &Loom::default(), max_schedules());
        let explorer = endings(&explore(program, &EXPLORER, ENOUGH));
        match &loom.completeness {
            Completeness::Exhaustive => {
                assert!(endings(&loom).is_superset(&explorer), "{:?}", endings(&loom));
                compared += 1;
            }
            Completeness::Bounded(bounds) if bounds.contains(&Bound::StoppedAtFirst("deadlock")) => {
                assert!(
                    explorer.contains(&Ending::Deadlock),
                    "a deadlock that only loom sees"
                );
                compared += 1;
            }
            _ => {}
        }
        true
    });
    assert!(compared > 10, "only {compared} programs could be compared");
}

/// A thread that unwraps the panic of another only passes it on: the report names the first panic.
#[test]
fn a_panic_that_is_passed_on_is_reported_as_what_it_was() {
    use Instruction::{IfSeen, Load, Panic, Spawn};
    let panics = vec![Load(0, SeqCst), IfSeen(0, vec![Panic])];
    let program = Program(vec![Spawn(vec![Spawn(panics)])]);
    for exploration in [
        explore(&program, &EXPLORER, ENOUGH),
        explore(&program, &DFS, ENOUGH),
        explore(&program, &Loom::default(), ENOUGH),
    ] {
        let (ending, _) = exploration.outcomes.iter().next().expect("there is a row");
        let Ending::Panic(message) = ending else {
            panic!("{ending:?}")
        };
        assert!(message.starts_with("as the program says ("), "{message}");
    }
}

/// All modes of the explorer share one core, so this shows less than the comparisons above. But the modes
/// leave out different executions.
#[test]
fn the_explorer_s_modes_find_the_same_endings() {
    Trials::new(60).hold(&strategies::portable(), |program| {
        let optimal = explore(program, &EXPLORER, ENOUGH);
        for mode in [Mode::Source, Mode::SleepSets, Mode::Enumeration] {
            let other = explore(program, &Explorer { mode, ..EXPLORER }, ENOUGH);
            assert_eq!(endings(&other), endings(&optimal), "{mode:?}");
            if mode == Mode::Enumeration {
                assert!(other.executions >= optimal.executions);
            } else {
                assert_eq!(
                    other.executions, optimal.executions,
                    "{mode:?}: one execution of each trace"
                );
            }
        }
        true
    });
}
