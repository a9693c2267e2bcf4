//! Execution graphs of random programs on the explorer's primitives: against the oracle, and against the search for
//! traces, which shares no code with the search for graphs either.

use crate::support::few::few_in_vain;
use crate::support::program;
use crate::support::quiet::quiet_panics;
use crate::support::strict::strict;
use crate::support::weak_program::{Endings, body, endings_of_traces, log};
use proptest::strategy::Strategy;
use selvedge_explorer::{Completeness, Cut, Ending, Explorer, MemoryModel, Mode};
use selvedge_programs::weak::{self, Model, executions, strategies};
use selvedge_programs::{Program, Trials};
use std::collections::BTreeSet;

/// Programs with more executions than this are passed over.
const MAX: u64 = 2_000;

/// Returns the endings of the graphs that the explorer finds; `None` if there are too many.
fn graphs(program: &weak::Program, model: MemoryModel) -> Option<Endings> {
    let mut endings = Endings::new();
    let mut hashes = BTreeSet::new();
    let explorer = strict()
        .mode(Mode::Graphs)
        .memory_model(model)
        .executions(Some(20 * MAX));
    let explored = explorer.explore(body(program), |execution| {
        let ending = match execution.ending() {
            Ending::Finished(log) => Some(log.clone()),
            Ending::Deadlock(_) => None,
            other => panic!("an ending of another kind: {}", other.kind()),
        };
        *endings.entry(ending).or_default() += 1;
        assert!(hashes.insert(execution.trace_hash()), "a graph is found twice");
    });
    let summary = explored.unwrap_or_else(|error| panic!("{error}"));
    (summary.completeness == Completeness::Exhaustive).then_some(endings)
}

/// Returns the endings that the oracle finds; `None` if the program is too large, or has data races.
fn expected(program: &weak::Program, model: Model) -> Option<Endings> {
    let found = executions(program, model).ok()?;
    if found.len() as u64 > MAX || found.iter().any(|execution| !execution.races.is_empty()) {
        return None;
    }
    let mut endings = Endings::new();
    for execution in found {
        let ending = match execution.ending {
            weak::Ending::Complete => Some(log(program, &execution)),
            weak::Ending::Deadlock => None,
        };
        *endings.entry(ending).or_default() += 1;
    }
    Some(endings)
}

fn agree_with_oracle(strategy: &impl Strategy<Value = weak::Program>) {
    let models = [
        (Model::Rc11, MemoryModel::Rc11),
        (Model::ReleaseAcquire, MemoryModel::ReleaseAcquire),
        (Model::SequentiallyConsistent, MemoryModel::SequentiallyConsistent),
    ];
    Trials::new(100).hold(strategy, |program| {
        models.iter().all(|&(oracle, model)| {
            let Some(expected) = expected(program, oracle) else {
                return false;
            };
            let found = graphs(program, model).expect("there are no more than expected");
            assert_eq!(found, expected, "{model:?}: left: found, right: the oracle's");
            true
        })
    });
}

#[test]
fn atomics_and_mutexes() {
    agree_with_oracle(&strategies::atomics_and_mutexes());
}

#[test]
fn locks_within_locks() {
    agree_with_oracle(&strategies::locks());
}

#[test]
fn choices() {
    agree_with_oracle(&strategies::choices());
}

#[test]
fn fences_and_sequentially_consistent_accesses() {
    agree_with_oracle(&strategies::shaped::fences());
    agree_with_oracle(&strategies::shaped::sequentially_consistent());
}

/// Under sequential consistency there are as many graphs as traces, with the same endings: the two searches share no
/// code.
#[test]
fn sequentially_consistent_graphs_are_traces() {
    let strategies = [
        strategies::atomics_and_mutexes().boxed(),
        strategies::locks().boxed(),
        strategies::choices().boxed(),
    ];
    for strategy in strategies {
        Trials::new(300).hold(&strategy, |program| {
            let Some(traces) = endings_of_traces(program, MAX) else {
                return false;
            };
            let graphs = graphs(program, MemoryModel::SequentiallyConsistent);
            assert_eq!(graphs, Some(traces), "left: graphs, right: traces");
            true
        });
    }
}

/// Returns the kinds of endings, each with what it tells; `None` if there are too many executions.
fn endings_by(explorer: &Explorer, program: &Program) -> Option<BTreeSet<String>> {
    let mut endings = BTreeSet::new();
    let explorer = few_in_vain(MAX, explorer).executions(Some(MAX));
    let explored = explorer.explore(program::body(program), |execution| {
        endings.insert(match execution.ending() {
            // Which one is told, of several, depends on the search.
            Ending::DataRace(_) => "data race".to_owned(),
            Ending::Deadlock(_) => "deadlock".to_owned(),
            other => format!("{other:?}"),
        });
    });
    let summary = explored.unwrap_or_else(|error| panic!("{error}"));
    match summary.completeness {
        Completeness::CutShort(Cut::Unsupported(unsupported)) => {
            let told = unsupported.to_string();
            let late = ["try to lock", "poison", "unlock", "time out"];
            assert!(late.iter().any(|late| told.contains(late)), "{told}");
            None
        }
        Completeness::CutShort(_) => None,
        _ => Some(endings),
    }
}

/// Compares the endings of the graphs with those of the traces, under sequential consistency.
fn agree_with_traces(explorer: &Explorer, strategy: &impl Strategy<Value = Program>) {
    quiet_panics();
    Trials::new(100).hold(strategy, |program| {
        let Some(traces) = endings_by(&explorer.clone().mode(Mode::Optimal), program) else {
            return false;
        };
        let Some(graphs) = endings_by(&explorer.clone().mode(Mode::Graphs), program) else {
            return false;
        };
        assert_eq!(graphs, traces, "left: graphs, right: traces");
        true
    });
}

#[test]
fn all_operations_end_as_in_the_other_search() {
    agree_with_traces(&strict().timeouts(1), &selvedge_programs::strategies::programs());
}

#[test]
fn readers_and_writers_end_as_in_the_other_search() {
    agree_with_traces(&strict(), &selvedge_programs::strategies::reading());
}

#[test]
fn loops_end_as_in_the_other_search() {
    agree_with_traces(&strict().timeouts(1), &selvedge_programs::strategies::looping());
}

#[test]
fn all_that_contracts_allow_ends_as_in_the_other_search() {
    let contracts = Explorer::new().spurious_wakeups(1).weak_failures(1).timeouts(1);
    agree_with_traces(&contracts, &selvedge_programs::strategies::programs());
}
