//! The shortest witnesses, against brute force over all interleavings.
//!
//! `CONTRIBUTING.md` says how to try more programs.

use crate::support::program::body;
use crate::support::quiet::quiet_panics;
use crate::support::synchronised::race;
use crate::support::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};

use proptest::prop_oneof;
use proptest::strategy::Strategy;
use selvedge_explorer::{Cost, Ending, Explorer, Then, Witness};
use selvedge_programs::{Instruction, Log, Program, Trials, max_interleavings, strategies};

/// Counts of what was compared.
#[derive(Default, Debug)]
struct Compared {
    witnesses: u64,
    preempting: u64,
    shortened: u64,
    races: u64,
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
    let least = tree.least(classify);
    let wanted: BTreeSet<K> = least.keys().cloned().collect();
    let found = explorer.shortest(body(program), classify, &wanted);
    let found = found.unwrap_or_else(|error| panic!("{error}"));
    assert!(found.minimal && found.cut.is_none());
    assert_eq!(found.missing, BTreeSet::new());
    for witness in found.witnesses {
        let (shown, is_race) = replay(program, explorer, &witness, classify);
        compared.races += u64::from(is_race);
        compared.witnesses += 1;
        compared.preempting += u64::from(witness.cost.preemptions > 0);
        compared.shortened += u64::from(shown > witness.cost.events);
        assert_eq!(witness.cost, least[&witness.ending], "{:?}", witness.ending);
    }
}

/// Checks that a witness leads to its ending, at its cost; returns the length of the whole interleaving, and
/// `true` if the ending is a data race.
fn replay<K: Ord + std::fmt::Debug>(
    program: &Program,
    explorer: &Explorer,
    witness: &Witness<K>,
    classify: impl Fn(&Ending<Log>) -> K,
) -> (usize, bool) {
    let run = |then| {
        let replay = explorer.replay(body(program), &witness.schedule, then);
        replay.unwrap_or_else(|error| panic!("{error}"))
    };
    let itself = run(Then::Stop).interleaving;
    let cost = Cost {
        preemptions: itself.preemptions(),
        switches: itself.switches(),
        events: itself.steps.len(),
    };
    assert_eq!(cost, witness.cost);
    let whole = run(Then::RunOn);
    let ending = whole.ending.expect("it was run on");
    let is_race = matches!(ending, Ending::DataRace(_));
    if is_race {
        // The last step completes the data race. One that comes later may be the least of the whole.
        let (first, second) = itself.race.expect("the witness contains it");
        assert_eq!(second + 1, itself.steps.len());
        let [first, second] = [first, second].map(|index| &itself.steps[index].event);
        assert_eq!(
            classify(&Ending::DataRace(Box::new(race(&itself, first, second)))),
            witness.ending
        );
    } else {
        assert_eq!(classify(&ending), witness.ending);
    }
    (whole.schedule.len(), is_race)
}

/// Compares the witnesses of random programs with those by brute force.
fn compare_all(strategy: &impl Strategy<Value = Program>, compared: &mut Compared) {
    quiet_panics();
    let mut tried = 0;
    Trials::new(300).hold(strategy, |program| {
        // Some executions are cut at a limit of steps.
        let explorer = Explorer::new().timeouts(1);
        let explorer = if tried % 5 == 4 {
            explorer.steps(8)
        } else {
            explorer
        };
        let Some(tree) = Tree::of(program, &explorer, max_interleavings(2_000)) else {
            return false;
        };
        for ending in tree.endings() {
            *compared.kinds.entry(ending.kind()).or_default() += 1;
        }
        if tried % 2 == 0 {
            compare(program, &explorer, &tree, Ending::clone, compared);
        } else {
            compare(program, &explorer, &tree, Ending::kind, compared);
        }
        tried += 1;
        true
    });
    println!("{tried} programs: {compared:?}");
}

/// The updates of `telling` need preemptions: half of their witnesses have some, and a tenth of the others'.
#[test]
fn no_interleaving_is_shorter() {
    let mut compared = Compared::default();
    let strategy = prop_oneof![
        2 => strategies::programs(),
        2 => strategies::waiting(),
        1 => strategies::telling(),
    ];
    compare_all(&strategy, &mut compared);
    assert!(
        compared.kinds.len() == 5,
        "the programs are too tame: {compared:?}"
    );
    let Compared {
        witnesses,
        preempting,
        shortened,
        ..
    } = compared;
    assert!(
        preempting * 6 > witnesses && shortened > 5,
        "the witnesses are too tame"
    );
}

/// A data race ends an interleaving as soon as its second access has happened, whatever comes later.
#[test]
fn no_interleaving_has_a_data_race_sooner() {
    let mut compared = Compared::default();
    compare_all(&strategies::racing(), &mut compared);
    let Compared { races, shortened, .. } = compared;
    assert!(races > 200 && shortened > 100, "the programs are too tame");
}

/// Programs in which a thread polls `a` or `b`, and may see no change at first: the thread stops and goes on.
fn polling() -> [Program; 6] {
    use Instruction as I;
    [
        vec![
            I::Spawn(vec![I::Await(0)]),
            I::Spawn(vec![I::Load(0, Relaxed)]),
            I::TryLock(0, vec![I::Store(0, 1, Relaxed)]),
        ],
        vec![
            I::Spawn(vec![I::TryLock(0, vec![I::Await(1)])]),
            I::Spawn(vec![I::BlindAdd(1, 1, Relaxed)]),
            I::Load(0, Relaxed),
        ],
        vec![
            I::Spawn(vec![I::Write(vec![I::CompareExchange(0, 0, 2)])]),
            I::Spawn(vec![I::Await(0), I::Lock(0, vec![I::CompareExchange(0, 1, 1)])]),
            I::Lock(0, vec![]),
        ],
        vec![
            I::Spawn(vec![
                I::Write(vec![I::Add(0, 1)]),
                I::Lock(1, vec![I::Add(1, 1), I::CompareExchange(1, 0, 2)]),
            ]),
            I::Spawn(vec![I::Lock(1, vec![I::Await(0), I::Store(0, 1, Relaxed)])]),
        ],
        vec![
            I::Spawn(vec![
                I::Write(vec![I::Await(0)]),
                I::Lock(1, vec![I::Store(0, 2, Release), I::Load(0, Relaxed)]),
            ]),
            I::Spawn(vec![I::Lock(0, vec![I::Store(0, 2, Release), I::Write(vec![])])]),
        ],
        vec![
            I::Spawn(vec![I::Read(vec![I::Add(1, 2)])]),
            I::Spawn(vec![I::Load(1, Acquire), I::Await(1), I::Read(vec![])]),
            I::Load(0, SeqCst),
        ],
    ]
    .map(Program)
}

/// Each of these was once found by chance: the search failed, or its witness was a turn longer than what brute force
/// took for the shortest.
#[test]
fn no_interleaving_of_a_program_that_polls_is_shorter() {
    let mut compared = Compared::default();
    for program in polling() {
        let explorer = Explorer::new();
        let tree = Tree::of(&program, &explorer, 200_000).expect("it has few interleavings");
        compare(&program, &explorer, &tree, Ending::clone, &mut compared);
    }
    println!("{compared:?}");
}
