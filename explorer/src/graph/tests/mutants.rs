//! Mutants of the search, each with one rule broken: the comparison with the oracle must notice every one.

use proptest::strategy::Strategy;
use selvedge_programs::Trials;
use selvedge_programs::weak::litmus::table;
use selvedge_programs::weak::{Program, strategies};

use super::driver::explore;
use super::random::{MODELS, agree};
use crate::graph::MemoryModel;
use crate::graph::rules::{Rules, Sound};

/// Defines types that break one rule each.
macro_rules! mutants {
    ($($mutant:ident: $rule:ident),*) => {$(
        #[derive(Debug)]
        struct $mutant;

        impl Rules for $mutant {
            const $rule: bool = false;
        }
    )*};
}

mutants! {
    NoMaximality: MAXIMALITY,
    OnlyReads: MAXIMAL_WRITES,
    NotLast: MAXIMAL_WRITES_LAST,
    EarlierReader: NO_EARLIER_READER,
    NoPast: PAST_OF_WRITE,
    DropPast: KEEP_PAST,
    NewStamp: KEEP_STAMP,
    NoSharing: SHARE_SOURCE,
    ExclusiveStays: REVISIT_EXCLUSIVE,
    Beside: STRICTLY_LATER,
    NotAtomic: ATOMICITY,
    AnyAlternative: FIRST_ALTERNATIVE,
    NoSequentialOrder: SEQUENTIAL_ORDER,
    NothingAcross: FENCES_ACROSS,
    SpawnsApart: SPAWN_IN_PROGRAM_ORDER,
    NoSequences: RELEASE_SEQUENCES,
    NoAcquireFences: ACQUIRE_FENCES,
    OtherLocation: SAME_LOCATION,
    NotThroughOthers: THROUGH_OTHERS,
    TwoEvents: UPDATES_ARE_ONE,
    AnyQueue: ONE_QUEUE
}

/// Checks that the comparison fails for some program, if one rule is broken.
fn notices<R: Rules>(strategy: &impl Strategy<Value = Program>) {
    let trials = Trials::new(3_000);
    let rc11 = &MODELS[..1];
    let failure = trials.failure(strategy, |program| agree::<R>(program, rc11, 0));
    let failure = failure.unwrap_or_else(|| panic!("nothing is wrong without that rule"));
    println!(
        "{} programs passed, then: {}\n{}",
        failure.passed, failure.message, failure.minimal
    );
    assert!(
        agree::<Sound>(&failure.minimal, rc11, 0),
        "it is the mutant that is wrong"
    );
}

macro_rules! noticed {
    ($($name:ident: $mutant:ident by $strategy:expr;)*) => {$(
        #[test]
        fn $name() {
            notices::<$mutant>(&$strategy);
        }
    )*};
}

noticed! {
    no_test_of_maximality: NoMaximality by strategies::any();
    only_reads_are_tested: OnlyReads by strategies::any();
    writes_need_not_be_last: NotLast by strategies::any();
    an_earlier_read_may_read_it: EarlierReader by strategies::any();
    what_leads_to_the_write_is_not_its_past: NoPast by strategies::any();
    what_leads_to_the_write_is_cut: DropPast by strategies::any();
    a_read_gets_a_new_stamp: NewStamp by strategies::any();
    sources_are_not_shared: NoSharing by strategies::any();
    exclusive_reads_are_not_revisited: ExclusiveStays by strategies::any();
    a_write_beside_the_bound: Beside by strategies::any();
    no_atomicity: NotAtomic by strategies::any();
    every_alternative_is_maximal: AnyAlternative by strategies::choices();
    no_order_of_sequentially_consistent_events: NoSequentialOrder by strategies::shaped::fences();
    nothing_across_fences: NothingAcross by strategies::shaped::fences();
    spawns_are_not_program_order: SpawnsApart by strategies::shaped::spawns();
    acquire_fences_are_ignored: NoAcquireFences by strategies::shaped::acquire_fences();
    every_queue_counts: AnyQueue by strategies::locks();
}

/// Random programs hardly ever show these: litmus tests do.
#[test]
fn rules_that_litmus_tests_need() {
    let found = |name: &str, mutant: fn(&Program) -> usize| {
        let table = table();
        let litmus = table.iter().find(|litmus| litmus.name == name);
        let litmus = litmus.unwrap_or_else(|| panic!("{name} is not in the table"));
        (mutant(&litmus.program), litmus.rc11)
    };
    assert_eq!(found("WWmerge1", count::<NotThroughOthers>), (18, 17));
    assert_eq!(found("Z6.U", count::<TwoEvents>), (22, 24));
    let (without, with) = found("relseq", count::<NoSequences>);
    assert!(
        without > with,
        "{without} without release sequences, {with} with them"
    );
    assert_eq!(found("IRIW+sc", count::<OtherLocation>), (16, 15));
}

fn count<R: Rules>(program: &Program) -> usize {
    explore::<R>(program, MemoryModel::Rc11, 0).executions.len()
}
