//! The shortest witnesses, against brute force over all interleavings.
//!
//! By default a few hundred programs are tried. To try more:
//! `SELVEDGE_RANDOM_PROGRAMS=10000 cargo test --release --test explorer_witness`.
//! Another `SELVEDGE_RANDOM_SEED` gives other programs.

use crate::support::program;
use crate::support::quiet::quiet_panics;
use std::collections::{BTreeMap, BTreeSet};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use selvedge_explorer::{Cost, Ending, Explorer, Schedule, Then, Witness};

use crate::support::program::{Log, Program};
use crate::support::tree::Tree;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| value.parse().expect("a number"))
}

/// What was compared.
#[derive(Default, Debug)]
struct Compared {
    witnesses: u64,
    preempting: u64,
    shortened: u64,
    unclear: u64,
    kinds: BTreeMap<&'static str, u64>,
}

/// Searches for the witnesses of a program, and compares their costs with those by brute force.
fn compare<K: Ord + Clone + std::fmt::Debug>(
    program: &Program,
    explorer: &Explorer,
    tree: &Tree,
    classify: impl Fn(&Ending<Log>) -> K + Copy,
    compared: &mut Compared,
) {
    let (least, unclear) = tree.least(classify);
    let wanted: BTreeSet<K> = least.keys().chain(&unclear).cloned().collect();
    let in_body = program.clone();
    let found = explorer.shortest(move || program::run(&in_body), classify, &wanted);
    let found = found.unwrap_or_else(|error| panic!("{error}: {program:?}"));
    assert!(found.minimal && found.cut.is_none());
    assert_eq!(found.missing, BTreeSet::new(), "{program:?}");
    for witness in found.witnesses {
        let shown = replay(program, explorer, &witness, classify);
        compared.witnesses += 1;
        compared.preempting += u64::from(witness.cost.preemptions > 0);
        compared.shortened += u64::from(shown > witness.cost.events);
        if unclear.contains(&witness.ending) {
            compared.unclear += 1;
        } else {
            assert_eq!(
                witness.cost, least[&witness.ending],
                "{:?}: {program:?}",
                witness.ending
            );
        }
    }
}

/// Checks that a witness leads to its ending, at its cost; returns the length of the whole interleaving.
fn replay<K: Ord + std::fmt::Debug>(
    program: &Program,
    explorer: &Explorer,
    witness: &Witness<K>,
    classify: impl Fn(&Ending<Log>) -> K,
) -> usize {
    let run = |then| {
        let in_body = program.clone();
        let replay = explorer.replay(move || program::run(&in_body), &witness.schedule, then);
        replay.unwrap_or_else(|error| panic!("{error}: {program:?}"))
    };
    let itself = run(Then::Stop).interleaving;
    let cost = Cost {
        preemptions: itself.preemptions(),
        switches: itself.switches(),
        events: itself.steps.len(),
    };
    assert_eq!(cost, witness.cost, "{program:?}");
    let whole = run(Then::RunOn);
    let ending = whole.ending.expect("it was run on");
    assert_eq!(
        classify(&ending),
        witness.ending,
        "{}: {program:?}",
        Schedule(witness.schedule.clone())
    );
    whole.schedule.len()
}

#[test]
fn no_interleaving_is_shorter() {
    quiet_panics();
    let seed = number("SELVEDGE_RANDOM_SEED", 1).to_le_bytes();
    let seed: Vec<u8> = seed.iter().copied().cycle().take(32).collect();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = program::programs().boxed().prop_union(program::waiting().boxed());
    let programs = number("SELVEDGE_RANDOM_PROGRAMS", 300);
    let (mut tried, mut compared) = (0, Compared::default());
    while tried < programs {
        let program = strategy.new_tree(&mut runner).expect("a program").current();
        // Some executions are cut at a limit of steps.
        let explorer = Explorer::new().timeouts(1);
        let explorer = if tried % 5 == 4 {
            explorer.steps(8)
        } else {
            explorer
        };
        let limit = number("SELVEDGE_RANDOM_INTERLEAVINGS", 2_000);
        let Some(tree) = Tree::of(&program, &explorer, limit) else {
            continue;
        };
        tried += 1;
        for ending in tree.endings() {
            *compared.kinds.entry(ending.kind()).or_default() += 1;
        }
        if tried % 2 == 0 {
            compare(&program, &explorer, &tree, Ending::clone, &mut compared);
        } else {
            compare(&program, &explorer, &tree, Ending::kind, &mut compared);
        }
    }
    println!("{tried} programs: {compared:?}");
    assert!(
        compared.kinds.len() == 5,
        "the programs are too tame: {compared:?}"
    );
    let Compared {
        witnesses,
        preempting,
        shortened,
        unclear,
        ..
    } = compared;
    assert!(
        preempting * 10 > witnesses && shortened > 5,
        "the witnesses are too tame"
    );
    assert!(unclear * 10 < witnesses, "too many data races are unclear");
}
