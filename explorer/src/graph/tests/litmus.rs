//! Counts of execution graphs.

use std::sync::atomic::Ordering::{self, Relaxed, SeqCst};

use selvedge_programs::weak::litmus::table;
use selvedge_programs::weak::{Ending, Expression, Instruction, Program};

use super::driver::{Found, explore};
use crate::graph::MemoryModel;
use crate::graph::rules::Sound;

/// Returns a program whose main thread spawns the others, and does nothing else.
fn threads(locations: usize, mutexes: usize, others: Vec<Vec<Instruction>>) -> Program {
    let spawns = (1..=others.len()).map(Instruction::Spawn).collect();
    Program {
        locations,
        cells: 0,
        mutexes,
        threads: [vec![spawns], others].concat(),
    }
}

fn found(program: &Program, model: MemoryModel) -> usize {
    let Found { executions, .. } = explore::<Sound>(program, model, 0);
    assert!(executions.values().all(|&times| times == 1), "each graph once");
    executions.len()
}

fn load_then_store(times: usize, ordering: Ordering) -> Vec<Instruction> {
    let pair = [
        Instruction::Load {
            register: 0,
            location: 0,
            ordering,
        },
        Instruction::Store {
            location: 0,
            value: Expression::Plus(0, 1),
            ordering,
        },
    ];
    pair.repeat(times)
}

#[test]
fn two_threads_that_load_and_store() {
    for (times, graphs) in [(1, 4), (2, 34), (3, 328), (4, 3334)] {
        for ordering in [Relaxed, SeqCst] {
            let program = threads(1, 0, vec![load_then_store(times, ordering); 2]);
            for model in [MemoryModel::Rc11, MemoryModel::SequentiallyConsistent] {
                assert_eq!(found(&program, model), graphs, "{times} {ordering:?} {model:?}");
            }
        }
    }
}

#[test]
fn several_threads_that_load_and_store() {
    let rc11 = |count: usize, times| {
        let program = threads(1, 0, vec![load_then_store(times, Relaxed); count]);
        found(&program, MemoryModel::Rc11)
    };
    assert_eq!([rc11(2, 1), rc11(3, 1), rc11(4, 1)], [4, 36, 576], "(k!)²");
    assert_eq!(rc11(3, 2), 7134);
}

#[test]
fn locked_sections_have_one_graph_for_each_order() {
    let locked = |count: usize, times: usize| {
        let section = [Instruction::Lock(0), Instruction::Unlock(0)].repeat(times);
        let program = threads(0, 1, vec![section; count]);
        found(&program, MemoryModel::Rc11)
    };
    // Two threads: C(2n, n).
    let two = [1, 2, 3, 4, 5, 6].map(|times| locked(2, times));
    assert_eq!(two, [2, 6, 20, 70, 252, 924]);
    assert_eq!([locked(3, 1), locked(3, 2)], [6, 90]);
}

/// Two mutexes taken in opposite orders, philosophers in a circle: 2ⁿ − 1 graphs, and one of them is the deadlock.
#[test]
fn philosophers() {
    for (count, graphs) in [(2, 3), (3, 7), (4, 15), (5, 31)] {
        let eat = |first: usize, second: usize| {
            vec![
                Instruction::Lock(first),
                Instruction::Lock(second),
                Instruction::Unlock(second),
                Instruction::Unlock(first),
            ]
        };
        let around = (0..count).map(|seat| eat(seat, (seat + 1) % count)).collect();
        let Found {
            executions, blocked, ..
        } = explore::<Sound>(&threads(0, count, around), MemoryModel::Rc11, 0);
        let deadlocks = executions
            .keys()
            .filter(|execution| execution.ending == Ending::Deadlock);
        assert_eq!((executions.len(), deadlocks.count(), blocked), (graphs, 1, 0));
    }
}

/// The figures of GenMC and of the literature.
#[test]
fn published_figures() {
    let mut mistakes = Vec::new();
    for litmus in table() {
        let models = [
            (MemoryModel::Rc11, Some(litmus.rc11)),
            (MemoryModel::SequentiallyConsistent, litmus.sc),
        ];
        for (model, expected) in models {
            let Some(expected) = expected.filter(|&expected| expected <= 40_000) else {
                continue;
            };
            let found = explore::<Sound>(&litmus.program, model, 0);
            assert!(!found.has_duplicates(), "{}", litmus.name);
            let count = litmus.counted.count(&found.distinct());
            if count != expected {
                mistakes.push(format!(
                    "{} has {count} under {model:?}, and not {expected}",
                    litmus.name
                ));
            }
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}
