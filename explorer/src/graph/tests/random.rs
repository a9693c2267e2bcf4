//! The search against the oracle, on random programs: the sets of executions are equal, and none is found twice.

use proptest::strategy::Strategy;
use selvedge_programs::Trials;
use selvedge_programs::weak::{Model, Program, executions, executions_within, strategies};

use super::driver::{Found, explore, try_explore};
use crate::graph::MemoryModel;
use crate::graph::rules::{Rules, Sound};

/// A program with more graphs than this is passed over.
const MAX_GRAPHS: u64 = 2_000;

/// The models, with the names that oracle and search have for them.
pub(super) const MODELS: [(Model, MemoryModel); 3] = [
    (Model::Rc11, MemoryModel::Rc11),
    (Model::ReleaseAcquire, MemoryModel::ReleaseAcquire),
    (Model::SequentiallyConsistent, MemoryModel::SequentiallyConsistent),
];

/// Checks that the search finds each execution of the program once; returns `false` if there are too many.
pub(super) fn agree<R: Rules>(program: &Program, models: &[(Model, MemoryModel)], seed: u64) -> bool {
    for &(oracle, model) in models {
        let Ok(expected) = executions(program, oracle) else {
            return false;
        };
        if expected.len() as u64 > MAX_GRAPHS {
            return false;
        }
        let limit = 100 * MAX_GRAPHS;
        let Some(found) = try_explore::<R>(program, model, seed, limit) else {
            panic!(
                "{model:?}: more than {limit} graphs, where there are {}",
                expected.len()
            );
        };
        compare(&found, &expected, model);
    }
    true
}

fn compare(
    found: &Found,
    expected: &std::collections::BTreeSet<selvedge_programs::weak::Execution>,
    model: MemoryModel,
) {
    if let Some((execution, times)) = found.executions.iter().find(|(_, times)| **times > 1) {
        panic!("{model:?}: found {times} times:\n{execution}");
    }
    if let Some(missing) = expected
        .iter()
        .find(|execution| !found.executions.contains_key(execution))
    {
        panic!("{model:?}: not found:\n{missing}");
    }
    if let Some(extra) = found
        .executions
        .keys()
        .find(|execution| !expected.contains(execution))
    {
        panic!("{model:?}: there is no such execution:\n{extra}");
    }
}

fn hold(count: u64, strategy: &impl Strategy<Value = Program>) {
    let mut seed = 0;
    Trials::new(count).hold(strategy, |program| {
        // Every other time in the order of the threads' numbers.
        seed += 1;
        agree::<Sound>(program, &MODELS, if seed % 2 == 0 { seed } else { 0 })
    });
}

#[test]
fn programs_with_all_instructions() {
    hold(150, &strategies::any());
}

#[test]
fn atomics_and_mutexes() {
    hold(100, &strategies::atomics_and_mutexes());
}

#[test]
fn locks_within_locks() {
    hold(100, &strategies::locks());
}

#[test]
fn choices() {
    hold(100, &strategies::choices());
}

#[test]
fn release_sequences() {
    hold(100, &strategies::shaped::release_sequences());
}

#[test]
fn acquire_fences() {
    hold(100, &strategies::shaped::acquire_fences());
}

#[test]
fn sequentially_consistent_fences() {
    hold(100, &strategies::shaped::fences());
}

#[test]
fn sequentially_consistent_accesses() {
    hold(100, &strategies::shaped::sequentially_consistent());
}

#[test]
fn sequentially_consistent_updates() {
    hold(100, &strategies::shaped::sequentially_consistent_updates());
}

#[test]
fn sequentially_consistent_accesses_around_a_spawn() {
    hold(100, &strategies::shaped::spawns());
}

#[test]
fn litmus_tests() {
    for litmus in selvedge_programs::weak::litmus::table() {
        if litmus.is_small {
            let name = &litmus.name;
            for (oracle, model) in [MODELS[0], MODELS[2]] {
                let expected = executions_within(&litmus.program, oracle, 200_000);
                let expected = expected.unwrap_or_else(|error| panic!("{name}: {error}"));
                compare(&explore::<Sound>(&litmus.program, model, 0), &expected, model);
            }
        }
    }
}
