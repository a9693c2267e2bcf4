//! Random repeated programs: a search over states counts what an exploration of the executions finds.
//!
//! The mutants in `src/states/mutants.rs` show that these tests notice mistakes. `CONTRIBUTING.md` says how to
//! try more programs.

use crate::support::quiet::quiet_panics;
use crate::support::repeated::{Do, Outcome, Random, repeated, spurious, with_cells};
use proptest::strategy::Strategy;
use selvedge_explorer::states::{Counting, Coverage, Refused, States, Swept};
use selvedge_explorer::{Completeness, Ending, Explorer, Mode};
use selvedge_programs::Trials;
use std::collections::BTreeMap;

/// Programs with more interleavings than this are passed over.
fn max_interleavings() -> u64 {
    selvedge_programs::max_interleavings(5_000)
}

/// The number of interleavings, or of traces, of each ending.
type Counts = BTreeMap<Ending<Outcome>, u64>;

/// The limits on what happens for no reason.
#[derive(Clone, Copy)]
struct Contract {
    spurious: usize,
    preference: bool,
}

fn explore(program: &Random, mode: Mode, contract: Contract) -> Option<Counts> {
    let explorer = Explorer::new()
        .spurious_wakeups(contract.spurious)
        .weak_failures(contract.spurious)
        .writer_preference(contract.preference);
    let explorer = explorer.mode(mode).executions(Some(max_interleavings() + 1));
    let mut found = Counts::new();
    let repeated = program.repeated();
    let explored = explorer.explore(
        move || repeated.run(),
        |execution| *found.entry(execution.ending().clone()).or_default() += 1,
    );
    let summary = explored.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(summary.redundant, 0, "nothing repeats itself");
    let all = !matches!(summary.completeness, Completeness::CutShort(_));
    all.then_some(found)
}

fn search(program: &Random, counting: Counting, contract: Contract) -> Result<Swept<Outcome>, Refused> {
    let states = States::new()
        .counting(counting)
        .spurious_wakeups(contract.spurious)
        .weak_failures(contract.spurious)
        .writer_preference(contract.preference)
        .steps(100)
        .states(Some(3_000));
    states.explore(&program.repeated())
}

/// Returns the counts of a search, if there are few.
fn counts(swept: &Swept<Outcome>) -> Option<Counts> {
    let count = |count: String| count.parse().ok().filter(|count| *count <= max_interleavings());
    count(swept.total()?.to_string())?;
    let endings = swept.endings.iter();
    let counted = endings.map(|(ending, weight)| Some((ending.clone(), count(weight.count()?.to_string())?)));
    counted.collect()
}

/// Compares a search with an exploration; returns `None` if the program is passed over.
fn compare(program: &Random, contract: Contract) -> Option<Counts> {
    let swept = match search(program, Counting::Interleavings, contract) {
        Ok(swept) => swept,
        Err(Refused::EmptyAgain | Refused::PlainMemory { .. }) => return None,
        Err(refused) => panic!("{refused}"),
    };
    if swept.endless || matches!(swept.coverage, Coverage::CutShort(_)) {
        return None;
    }
    let traced = search(program, Counting::Traces, contract).expect("it was accepted before");
    let traces = counts(&traced)?;
    let races = swept
        .endings
        .keys()
        .any(|ending| matches!(ending, Ending::DataRace(_)));
    let found = explore(program, Mode::Optimal, contract)?;
    if races {
        // Executions go on after a data race, states do not.
        assert!(
            found.keys().any(|ending| matches!(ending, Ending::DataRace(_))),
            "no data race"
        );
        assert!(
            traces.keys().any(|ending| matches!(ending, Ending::DataRace(_))),
            "no data race"
        );
        return Some(found);
    }
    assert_eq!(traced.states, swept.states, "sleep sets leave out no state");
    assert_eq!(traces, found, "traces");
    let invisible = program.has(|step| matches!(step, Do::Own(_)));
    if !invisible && let Some(interleavings) = counts(&swept) {
        let found = explore(program, Mode::Enumeration, contract).expect("as many as were counted");
        assert_eq!(interleavings, found, "interleavings");
    }
    let odds = search(program, Counting::Odds, contract).expect("it was accepted before");
    let sum: f64 = odds.endings.values().filter_map(|weight| weight.odds()).sum();
    assert!(
        (sum - 1.0).abs() < 1e-9 && odds.endings.keys().eq(traces.keys()),
        "odds"
    );
    Some(traces)
}

fn compare_all(strategy: &impl Strategy<Value = Random>, contract: Contract) -> BTreeMap<&'static str, u64> {
    quiet_panics();
    let mut kinds = BTreeMap::<&str, u64>::new();
    let mut passed_over = 0;
    Trials::new(200).hold(strategy, |program| match compare(program, contract) {
        None => {
            passed_over += 1;
            false
        }
        Some(endings) => {
            for ending in endings.keys() {
                *kinds.entry(ending.kind()).or_default() += 1;
            }
            true
        }
    });
    println!("endings: {kinds:?}; {passed_over} programs passed over");
    kinds
}

#[track_caller]
fn assert_has(kinds: &BTreeMap<&'static str, u64>, wanted: &[&str]) {
    let all = wanted.iter().all(|kind| kinds.contains_key(kind));
    assert!(all, "the programs are too tame: {kinds:?}");
}

#[test]
fn states_and_executions_have_the_same_endings_as_often() {
    for preference in [false, true] {
        let contract = Contract {
            spurious: 0,
            preference,
        };
        let kinds = compare_all(&repeated(), contract);
        assert_has(&kinds, &["finished", "deadlock", "panic"]);
    }
}

#[test]
fn states_and_executions_have_the_same_data_races() {
    let contract = Contract {
        spurious: 0,
        preference: true,
    };
    let kinds = compare_all(&with_cells(), contract);
    assert_has(&kinds, &["finished", "data race"]);
}

#[test]
fn states_and_executions_agree_on_what_happens_for_no_reason() {
    let contract = Contract {
        spurious: 1,
        preference: false,
    };
    let kinds = compare_all(&spurious(), contract);
    assert_has(&kinds, &["finished", "deadlock"]);
}
