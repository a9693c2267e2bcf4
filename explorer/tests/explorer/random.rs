//! Random programs: all modes must agree, and know every trace once.
//!
//! That these tests notice mistakes is shown by the mutants in `src/search/mutants.rs`.
//!
//! By default a few hundred programs are tried. To try more:
//! `SELVEDGE_RANDOM_PROGRAMS=10000 cargo test --release -p selvedge-explorer --test explorer random`.
//! Another `SELVEDGE_RANDOM_SEED` gives other programs.

use crate::support::program;
use crate::support::quiet::quiet_panics;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering::SeqCst;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use selvedge_explorer::sync::Arc;
use selvedge_explorer::sync::atomic::AtomicUsize;
use selvedge_explorer::{Completeness, Ending, Explorer, Mode, thread};

use crate::support::program::{Log, Program};

/// Programs with more interleavings than this are passed over.
fn max_interleavings() -> u64 {
    number("SELVEDGE_RANDOM_INTERLEAVINGS", 5_000)
}

/// What an exploration found: for each trace, how it ended and how often it was executed.
type Found = BTreeMap<u128, (Ending<Log>, u64)>;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| value.parse().expect("a number"))
}

fn runner() -> TestRunner {
    let seed = number("SELVEDGE_RANDOM_SEED", 1).to_le_bytes();
    let seed: Vec<u8> = seed.iter().copied().cycle().take(32).collect();
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// Explores the program; returns `None` if there are too many executions.
fn explore(program: &Program, mode: Mode) -> Option<(Found, u64)> {
    let mut found = Found::new();
    let body = program.clone();
    let summary = Explorer::new()
        .mode(mode)
        .executions(Some(max_interleavings()))
        .timeouts(1)
        .explore(
            move || program::run(&body),
            |execution| {
                let ending = execution.ending();
                let known = found
                    .entry(execution.trace_hash())
                    .or_insert_with(|| (ending.clone(), 0));
                assert_eq!(&known.0, ending, "one trace, two endings: {program:?}");
                known.1 += 1;
            },
        )
        .unwrap_or_else(|error| panic!("{error}: {program:?}"));
    let all = !matches!(summary.completeness, Completeness::CutShort(_));
    all.then_some((found, summary.blocked))
}

fn endings(found: &Found) -> BTreeMap<u128, &Ending<Log>> {
    found
        .iter()
        .map(|(trace, (ending, _))| (*trace, ending))
        .collect()
}

/// Explores random programs in all modes; returns how many executions ended in each way.
fn compare_modes(strategy: &impl Strategy<Value = Program>) -> BTreeMap<&'static str, u64> {
    quiet_panics();
    let mut runner = runner();
    let (mut tried, mut traces, mut interleavings) = (0, 0, 0);
    let mut kinds = BTreeMap::<&str, u64>::new();
    while tried < number("SELVEDGE_RANDOM_PROGRAMS", 200) {
        let program = strategy.new_tree(&mut runner).expect("a program").current();
        let Some((all, _)) = explore(&program, Mode::Enumeration) else {
            continue;
        };
        tried += 1;
        traces += all.len();
        interleavings += all.values().map(|(_, times)| times).sum::<u64>();
        for (ending, _) in all.values() {
            *kinds.entry(ending.kind()).or_default() += 1;
        }
        for mode in [Mode::SleepSets, Mode::Source, Mode::Optimal] {
            let (found, blocked) = explore(&program, mode).expect("no more than interleavings");
            assert_eq!(endings(&found), endings(&all), "{mode:?}: {program:?}");
            assert!(
                found.values().all(|(_, times)| *times == 1),
                "{mode:?}, twice: {program:?}"
            );
            assert!(mode != Mode::Optimal || blocked == 0, "in vain: {program:?}");
        }
    }
    println!("{tried} programs, {traces} traces, {interleavings} interleavings, endings: {kinds:?}");
    kinds
}

#[test]
fn all_modes_find_the_same_traces() {
    let kinds = compare_modes(&program::programs());
    for kind in ["finished", "deadlock", "panic", "data race"] {
        assert!(kinds.contains_key(kind), "the programs are too tame: {kinds:?}");
    }
}

#[test]
fn all_modes_find_the_same_traces_of_programs_with_choices() {
    let kinds = compare_modes(&program::choosing());
    assert!(kinds.contains_key("deadlock"), "nobody waits in vain: {kinds:?}");
}

#[test]
fn all_modes_find_the_same_traces_of_programs_with_timed_waits() {
    let kinds = compare_modes(&program::waiting());
    for kind in ["finished", "deadlock", "panic", "data race"] {
        assert!(kinds.contains_key(kind), "the programs are too tame: {kinds:?}");
    }
}

/// Sleep sets share neither race reversals nor wakeup trees with the optimal mode.
#[test]
fn sleep_sets_and_the_optimal_mode_agree_on_many_threads() {
    quiet_panics();
    let (mut runner, strategy) = (runner(), program::sparse());
    let (mut tried, mut traces, mut in_vain) = (0, 0, 0);
    while tried < number("SELVEDGE_RANDOM_PROGRAMS", 200) {
        let program = strategy.new_tree(&mut runner).expect("a program").current();
        let Some((found, blocked)) = explore(&program, Mode::Optimal).filter(|(found, _)| found.len() < 200)
        else {
            continue;
        };
        assert_eq!(blocked, 0, "in vain: {program:?}");
        assert!(found.values().all(|(_, times)| *times == 1), "twice: {program:?}");
        let (all, blocked) =
            explore(&program, Mode::SleepSets).expect("there are as few executions as traces");
        assert_eq!(endings(&found), endings(&all), "{program:?}");
        tried += 1;
        traces += all.len();
        in_vain += blocked;
    }
    println!("{tried} programs, {traces} traces; sleep sets began {in_vain} more executions in vain");
}

/// Counts the traces of straight-line threads that never block (Cartier and Foata 1969).
///
/// With `D` the number of traces of all prefixes: the sum over the non-empty sets `S` of threads
/// whose last steps are pairwise independent of `(-1)^(|S| + 1) D(prefixes without those steps)`.
fn cartier_foata(threads: &[Vec<(usize, bool)>], lengths: &mut Vec<usize>) -> i64 {
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
        let last = |thread: usize| threads[thread][lengths[thread] - 1];
        let independent = members.iter().enumerate().all(|(index, &left)| {
            members[..index].iter().all(|&right| {
                let ((object, stores), (other, other_stores)) = (last(left), last(right));
                object != other || !stores && !other_stores
            })
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

#[test]
fn straight_line_programs_have_as_many_traces_as_the_formula_says() {
    let (mut runner, strategy) = (runner(), program::straight_line());
    for _ in 0..number("SELVEDGE_RANDOM_PROGRAMS", 200) {
        let threads = strategy.new_tree(&mut runner).expect("a program").current();
        let mut lengths = threads.iter().map(Vec::len).collect();
        let expected = cartier_foata(&threads, &mut lengths);
        let in_body = threads.clone();
        let body = move || {
            let atomics = Arc::new([(); 3].map(|()| AtomicUsize::new(0)));
            let handles: Vec<_> = in_body
                .iter()
                .map(|steps| spawn(steps.clone(), &atomics))
                .collect();
            handles.into_iter().for_each(|handle| handle.join().unwrap());
        };
        let summary = Explorer::new().explore(body, |_| ()).expect("deterministic");
        assert_eq!(summary.executions, expected as u64, "{threads:?}");
        assert_eq!(summary.blocked, 0);
    }
}

fn spawn(steps: Vec<(usize, bool)>, atomics: &Arc<[AtomicUsize; 3]>) -> thread::JoinHandle<()> {
    let atomics = Arc::clone(atomics);
    thread::spawn(move || {
        for (object, stores) in steps {
            match stores {
                true => atomics[object].store(1, SeqCst),
                false => drop(atomics[object].load(SeqCst)),
            }
        }
    })
}
