//! Mutants of the search, each with one rule broken: the comparison with the oracle must notice every one.

use proptest::strategy::Strategy;
use selvedge_programs::Trials;
use selvedge_programs::weak::{Program, strategies};

use super::random::{MODELS, agree};
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
    AnyQueue: ONE_QUEUE
}

/// Checks that the comparison fails for some program, if one rule is broken.
fn notices<R: Rules>(strategy: &impl Strategy<Value = Program>) {
    let trials = Trials::new(3_000);
    let failure = trials.failure(strategy, |program| agree::<R>(program, &MODELS, 0));
    let failure = failure.unwrap_or_else(|| panic!("nothing is wrong without that rule"));
    println!("{} programs passed, then: {}\n{}", failure.passed, failure.message, failure.minimal);
    assert!(agree::<Sound>(&failure.minimal, &MODELS, 0), "it is the mutant that is wrong");
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
    no_release_sequences: NoSequences by strategies::shaped::release_sequences();
    acquire_fences_are_ignored: NoAcquireFences by strategies::shaped::acquire_fences();
    no_order_on_the_same_location: OtherLocation by strategies::shaped::sequentially_consistent();
    every_queue_counts: AnyQueue by strategies::locks();
}

/// *WWmerge1* of GenMC's litmus tests: random programs hardly ever show this.
#[test]
fn no_order_through_other_events() {
    let table = selvedge_programs::weak::litmus::table();
    let litmus = table.iter().find(|litmus| litmus.name == "WWmerge1").expect("it is in the table");
    let found = super::driver::explore::<NotThroughOthers>(&litmus.program, crate::graph::MemoryModel::Rc11, 0);
    assert_eq!(found.executions.len(), litmus.rc11 + 1);
}
