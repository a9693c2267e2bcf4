//! Random programs: all modes must agree, and know every trace once.
//!
//! The mutants in `src/search/mutants.rs` show that these tests notice mistakes. `CONTRIBUTING.md` says how
//! to try more programs.

use crate::support::few::{at_most, few_in_vain};
use crate::support::program::{Log, Program, body};
use crate::support::quiet::quiet_panics;
use crate::support::strict::strict;
use proptest::strategy::Strategy;
use selvedge_explorer::{Completeness, Ending, Explorer, Mode};
use selvedge_programs::{Instruction, Trials, strategies};
use std::collections::BTreeMap;

/// Programs with more interleavings than this are passed over.
fn max_interleavings() -> u64 {
    selvedge_programs::max_interleavings(5_000)
}

/// The traces that an exploration found, each with its ending and how often it was executed.
type Found = BTreeMap<u128, (Ending<Log>, u64)>;

/// Explores the program with strict primitives; returns `None` if there are too many executions.
fn explore(program: &Program, mode: Mode) -> Option<(Found, u64)> {
    explore_with(&strict(), program, mode)
}

fn explore_with(explorer: &Explorer, program: &Program, mode: Mode) -> Option<(Found, u64)> {
    let mut found = Found::new();
    // Many executions leave threads behind: what these own would fill the memory.
    let explorer = explorer.clone().timeouts(1).unwind_abandoned(true);
    let explorer = match mode {
        Mode::Enumeration => at_most(max_interleavings(), &explorer),
        _ => few_in_vain(max_interleavings(), &explorer)
            .mode(mode)
            .executions(Some(max_interleavings())),
    };
    let explored = explorer.explore(body(program), |execution| {
        let ending = execution.ending();
        let known = found
            .entry(execution.trace_hash())
            .or_insert_with(|| (ending.clone(), 0));
        assert_eq!(&known.0, ending, "one trace, two endings");
        known.1 += 1;
    });
    let summary = explored.unwrap_or_else(|error| panic!("{error}"));
    let all = !matches!(summary.completeness, Completeness::CutShort(_));
    all.then_some((found, summary.blocked))
}

fn endings(found: &Found) -> BTreeMap<u128, &Ending<Log>> {
    found
        .iter()
        .map(|(trace, (ending, _))| (*trace, ending))
        .collect()
}

/// Explores random programs in all modes; returns how many traces ended in each way.
fn compare_modes(strategy: &impl Strategy<Value = Program>) -> BTreeMap<&'static str, u64> {
    compare_modes_with(&strict(), strategy)
}

fn compare_modes_with(
    explorer: &Explorer,
    strategy: &impl Strategy<Value = Program>,
) -> BTreeMap<&'static str, u64> {
    let explore = |program: &Program, mode| explore_with(explorer, program, mode);
    quiet_panics();
    let (mut traces, mut interleavings) = (0, 0);
    let mut kinds = BTreeMap::<&str, u64>::new();
    Trials::new(200).hold(strategy, |program| {
        let Some((all, _)) = explore(program, Mode::Enumeration) else {
            return false;
        };
        traces += all.len();
        interleavings += all.values().map(|(_, times)| times).sum::<u64>();
        for (ending, _) in all.values() {
            *kinds.entry(ending.kind()).or_default() += 1;
        }
        for mode in [Mode::SleepSets, Mode::Source, Mode::Optimal] {
            let Some((found, blocked)) = explore(program, mode) else {
                assert_eq!(
                    mode,
                    Mode::SleepSets,
                    "there are no more traces than interleavings"
                );
                return false;
            };
            assert_eq!(endings(&found), endings(&all), "{mode:?}");
            assert!(
                found.values().all(|(_, times)| *times == 1),
                "{mode:?}: a trace twice"
            );
            assert!(mode != Mode::Optimal || blocked == 0, "an execution in vain");
        }
        true
    });
    println!("{traces} traces, {interleavings} interleavings, endings: {kinds:?}");
    kinds
}

#[test]
fn all_modes_find_the_same_traces() {
    let kinds = compare_modes(&strategies::programs());
    for kind in ["finished", "deadlock", "panic", "data race"] {
        assert!(kinds.contains_key(kind), "the programs are too tame: {kinds:?}");
    }
}

#[test]
fn all_modes_find_the_same_traces_of_programs_with_choices() {
    let kinds = compare_modes(&strategies::choosing());
    assert!(kinds.contains_key("deadlock"), "nobody waits in vain: {kinds:?}");
}

#[test]
fn all_modes_find_the_same_traces_of_programs_with_timed_waits() {
    let kinds = compare_modes(&strategies::waiting());
    for kind in ["finished", "deadlock", "panic", "data race"] {
        assert!(kinds.contains_key(kind), "the programs are too tame: {kinds:?}");
    }
}

/// An explorer in which as much as contracts allow happens once.
fn contracts() -> Explorer {
    Explorer::new().spurious_wakeups(1).weak_failures(1)
}

#[test]
fn all_modes_find_the_same_traces_of_programs_with_all_that_contracts_allow() {
    compare_modes_with(&contracts(), &strategies::programs());
    compare_modes_with(&contracts(), &strategies::choosing());
    compare_modes_with(&contracts(), &strategies::waiting());
}

#[test]
fn all_modes_find_the_same_traces_of_programs_that_wait_in_loops() {
    let kinds = compare_modes_with(&contracts(), &strategies::looping());
    assert!(
        kinds.contains_key("deadlock") && kinds.contains_key("finished"),
        "{kinds:?}"
    );
}

#[test]
fn all_modes_find_the_same_traces_of_programs_with_readers_and_writers() {
    let kinds = compare_modes_with(&contracts(), &strategies::reading());
    assert!(
        kinds.contains_key("deadlock") && kinds.contains_key("finished"),
        "{kinds:?}"
    );
}

/// Sleep sets share neither race reversals nor wakeup trees with the optimal mode.
#[test]
fn sleep_sets_and_the_optimal_mode_agree_on_many_threads() {
    quiet_panics();
    let (mut traces, mut in_vain) = (0, 0);
    let trials = Trials::new(200);
    trials.hold(&strategies::sparse(), |program| {
        let Some((found, blocked)) = explore(program, Mode::Optimal).filter(|(found, _)| found.len() < 200)
        else {
            return false;
        };
        assert_eq!(blocked, 0, "an execution in vain");
        assert!(found.values().all(|(_, times)| *times == 1), "a trace twice");
        let Some((all, blocked)) = explore(program, Mode::SleepSets) else {
            return false;
        };
        assert_eq!(endings(&found), endings(&all));
        traces += all.len();
        in_vain += blocked;
        true
    });
    println!("{traces} traces; sleep sets began {in_vain} more executions in vain");
}

/// Counts the traces of straight-line threads that never block (Cartier and Foata 1969).
///
/// With `D` the number of traces of all prefixes: the sum over the non-empty sets `S` of threads
/// whose last steps are pairwise independent of `(-1)^(|S| + 1) D(prefixes without those steps)`.
fn cartier_foata(threads: &[&[Instruction]], lengths: &mut Vec<usize>) -> i64 {
    if lengths.iter().all(|&length| length == 0) {
        return 1;
    }
    let mut sum = 0;
    for set in 1usize..1 << threads.len() {
        let members: Vec<usize> = (0..threads.len())
            .filter(|thread| set >> thread & 1 == 1)
            .collect();
        if members.iter().any(|&thread| lengths[thread] == 0) {
            continue;
        }
        let last = |thread: usize| &threads[thread][lengths[thread] - 1];
        let independent = members.iter().enumerate().all(|(index, &left)| {
            let others = members[..index].iter();
            others
                .copied()
                .all(|right| !is_dependent(last(left), last(right)))
        });
        if independent {
            members.iter().for_each(|&thread| lengths[thread] -= 1);
            let sign = if members.len() % 2 == 1 { 1 } else { -1 };
            sum += sign * cartier_foata(threads, lengths);
            members.iter().for_each(|&thread| lengths[thread] += 1);
        }
    }
    sum
}

/// Returns `true` if both access the same atomic, and they are neither two loads nor two adds.
fn is_dependent(left: &Instruction, right: &Instruction) -> bool {
    use Instruction::{BlindAdd, Load, Store};
    match (left, right) {
        (Load(..), Load(..)) | (BlindAdd(..), BlindAdd(..)) => false,
        (
            Load(left, _) | Store(left, ..) | BlindAdd(left, ..),
            Load(right, _) | Store(right, ..) | BlindAdd(right, ..),
        ) => left == right,
        other => unreachable!("{other:?} is no load, no store and no add"),
    }
}

#[test]
fn straight_line_programs_have_as_many_traces_as_the_formula_says() {
    Trials::new(200).hold(&strategies::straight_line(), |program| {
        let bodies = program.0.iter().map(|spawn| match spawn {
            Instruction::Spawn(body) => body.as_slice(),
            other => unreachable!("{other} beside threads"),
        });
        let threads: Vec<&[Instruction]> = bodies.collect();
        let mut lengths = threads.iter().map(|thread| thread.len()).collect();
        let expected = cartier_foata(&threads, &mut lengths);
        let explored = Explorer::new().explore(body(program), |_| ());
        let summary = explored.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((summary.executions, summary.blocked), (expected as u64, 0));
        true
    });
}
