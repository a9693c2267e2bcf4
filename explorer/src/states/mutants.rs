//! Mutants of the search over states, each with one rule broken: the tests must notice every one.
//!
//! The programs are those of the tests in `tests/explorer/random_states.rs`. As many are tried as
//! `SELVEDGE_RANDOM_PROGRAMS` says, 300 by default.

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../../tests/explorer/support/repeated.rs"]
mod repeated;

use std::collections::BTreeMap;

use super::rules::Rules;
use super::{Count, Counting, States};
use crate::Ending;
use crate::search::mutants::quiet;
use repeated::{Outcome, Random};
use selvedge_programs::Trials;

const LOGS_MERGED: Rules = Rules {
    logs_count: false,
    ..Rules::SOUND
};

const EXCHANGES_READ: Rules = Rules {
    exchanges_write: false,
    ..Rules::SOUND
};

/// Returns the count of each ending; `None` if nothing is counted.
fn counts(program: &Random, counting: Counting, rules: Rules) -> Option<BTreeMap<Ending<Outcome>, Count>> {
    let mut states = States::new()
        .counting(counting)
        .spurious_wakeups(0)
        .weak_failures(0)
        .states(Some(2_000));
    states.rules = rules;
    let swept = states.explore(&program.repeated()).ok()?;
    let endings = swept.endings.into_iter();
    endings
        .map(|(ending, weight)| Some((ending, weight.count()?)))
        .collect()
}

#[test]
fn every_broken_rule_is_noticed() {
    quiet::quiet_panics();
    let [mut merged, mut merged_traces, mut read] = [0; 3];
    Trials::new(300).hold(&repeated::repeated(), |program| {
        let wrong = |counting, rules, noticed: &mut u64| {
            let right = counts(program, counting, Rules::SOUND);
            *noticed += u64::from(right.is_some() && counts(program, counting, rules) != right);
        };
        wrong(Counting::Interleavings, LOGS_MERGED, &mut merged);
        wrong(Counting::Traces, LOGS_MERGED, &mut merged_traces);
        wrong(Counting::Traces, EXCHANGES_READ, &mut read);
        true
    });
    println!("wrong: logs merged {merged} and {merged_traces} (traces), exchanges that only read {read}");
    assert!(
        merged > 0 && merged_traces > 0 && read > 0,
        "{merged} {merged_traces} {read}"
    );
}
