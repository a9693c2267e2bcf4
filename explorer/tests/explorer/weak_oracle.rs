//! The oracle for weak memory, held to published numbers, and to the sequentially consistent search.

use crate::support::weak_program::{Endings, endings_of_traces, log};
use proptest::prop_oneof;
use proptest::strategy::Strategy;
use selvedge_programs::Trials;
use selvedge_programs::weak::litmus::{Litmus, table};
use selvedge_programs::weak::{
    self, Condition, Expression, Instruction, Model, Program, executions, executions_within, strategies,
};
use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};

/// Programs with more traces than this are passed over.
const MAX_TRACES: u64 = 2_000;

/// Returns what is wrong about a number of executions, if something is.
fn mistake(litmus: &Litmus, model: Model, expected: usize) -> Option<String> {
    let name = &litmus.name;
    let found = match executions_within(&litmus.program, model, 200_000) {
        Ok(executions) => litmus.counted.count(&executions),
        Err(error) => return Some(format!("{name}: {error}")),
    };
    (found != expected).then(|| format!("{name} has {found} executions under {model:?}, and not {expected}"))
}

#[test]
fn the_oracle_finds_the_published_numbers() {
    let mut mistakes = Vec::new();
    for litmus in table().iter().filter(|litmus| litmus.is_small) {
        mistakes.extend(mistake(litmus, Model::Rc11, litmus.rc11));
        mistakes.extend(
            litmus
                .sc
                .and_then(|sc| mistake(litmus, Model::SequentiallyConsistent, sc)),
        );
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

/// Returns a program that writes plain memory, sets a flag, and reads that memory elsewhere if the flag is seen.
fn message([storing, loading]: [Ordering; 2]) -> Program {
    let (register, location, cell) = (0, 0, 0);
    let (value, condition) = (Expression::Constant(1), Condition::Is(1));
    let spawns = vec![Instruction::Spawn(1), Instruction::Spawn(2)];
    let sends = vec![
        Instruction::Write { cell, value },
        Instruction::Store {
            location,
            value,
            ordering: storing,
        },
    ];
    let receives = vec![
        Instruction::Load {
            register,
            location,
            ordering: loading,
        },
        Instruction::If {
            register,
            condition,
            skip: 1,
        },
        Instruction::Read { register, cell },
    ];
    Program {
        locations: 1,
        cells: 1,
        mutexes: 0,
        threads: vec![spawns, sends, receives],
    }
}

/// The flag is seen or not; if it is, and was not handed over, the two accesses race.
#[test]
fn a_message_that_is_not_handed_over_races() {
    let races = |orderings, model| {
        let executions = executions(&message(orderings), model).expect("it is small");
        assert_eq!(executions.len(), 2);
        executions
            .iter()
            .map(|execution| execution.races.len())
            .sum::<usize>()
    };
    for model in [Model::Rc11, Model::SequentiallyConsistent] {
        assert_eq!(races([Release, Acquire], model), 0);
        assert_eq!(races([Release, Relaxed], model), 1);
        assert_eq!(races([Relaxed, Acquire], model), 1);
    }
    assert_eq!(races([Relaxed, Relaxed], Model::ReleaseAcquire), 0);
}

/// Returns the endings of the sequentially consistent graphs; `None` if the oracle passes.
fn endings_of_graphs(program: &Program) -> Option<Endings> {
    let mut endings = Endings::new();
    for execution in executions(program, Model::SequentiallyConsistent).ok()? {
        let ending = match execution.ending {
            weak::Ending::Complete => Some(log(program, &execution)),
            weak::Ending::Deadlock => None,
        };
        *endings.entry(ending).or_default() += 1;
    }
    Some(endings)
}

/// Compares graphs with traces; returns how many there were, and how many of them were deadlocks.
fn compare_with_traces(count: u64, strategy: &impl Strategy<Value = Program>) -> (usize, usize) {
    let (mut graphs, mut deadlocks) = (0, 0);
    Trials::new(count).hold(strategy, |program| {
        let Some(found) = endings_of_graphs(program) else {
            return false;
        };
        let Some(traces) = endings_of_traces(program, MAX_TRACES) else {
            return false;
        };
        graphs += found.values().sum::<usize>();
        deadlocks += found.get(&None).copied().unwrap_or(0);
        assert_eq!(found, traces, "left: graphs of the oracle, right: traces");
        true
    });
    println!("{graphs} graphs, {deadlocks} deadlocks");
    (graphs, deadlocks)
}

/// A sequentially consistent graph is a trace: it says which of two dependent operations comes first.
#[test]
fn sequentially_consistent_graphs_are_the_traces_of_the_optimal_search() {
    compare_with_traces(200, &strategies::atomics_and_mutexes());
}

#[test]
fn sequentially_consistent_graphs_with_locks_within_locks_are_the_traces_of_the_optimal_search() {
    let (_, deadlocks) = compare_with_traces(200, &strategies::locks());
    assert!(deadlocks > 0, "nobody waits in vain");
}

#[test]
fn sequentially_consistent_graphs_with_choices_are_the_traces_of_the_optimal_search() {
    compare_with_traces(200, &strategies::choices());
}

/// Whatever is sequentially consistent is allowed by RC11, too, with the same data races.
#[test]
fn rc11_allows_all_that_is_sequentially_consistent() {
    let mut weaker = 0;
    Trials::new(100).hold(&strategies::any(), |program| {
        let Ok(weak) = executions(program, Model::Rc11) else {
            return false;
        };
        let strong = executions(program, Model::SequentiallyConsistent).expect("it has fewer graphs");
        if let Some(missing) = strong.difference(&weak).next() {
            panic!("RC11 forbids\n{missing}");
        }
        weaker += usize::from(strong.len() < weak.len());
        true
    });
    assert!(weaker > 0, "the programs are too tame");
}

/// Programs in which every access is sequentially consistent have no other executions than those that are: this
/// is what `psc` is for.
#[test]
fn with_nothing_but_sequentially_consistent_accesses_rc11_allows_no_more() {
    let all = prop_oneof![strategies::any(), strategies::shaped::sequentially_consistent()];
    let all = all.prop_map(|program| program.sequentially_consistent());
    Trials::new(50).hold(&all, |program| {
        let Ok(weak) = executions(program, Model::Rc11) else {
            return false;
        };
        let strong = executions(program, Model::SequentiallyConsistent).expect("it has fewer graphs");
        if let Some(extra) = weak.symmetric_difference(&strong).next() {
            panic!("only one of the models has\n{extra}");
        }
        true
    });
}
