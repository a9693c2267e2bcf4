//! Random additive programs: whatever has a proof must have the one ending that the proof claims.
//!
//! `SELVEDGE_RANDOM_PROGRAMS` sets how many are tried.

mod program;

use super::{BOTH, Limits, Proof, Rules, Strength, Subject, Unproved, prove};
use crate::engine::{Budget, Completeness, Cut, Engine, Explorer};
use crate::execution::Ending;
use crate::scenario::Repeated;
use program::{Program, Values, programs};
use selvedge_programs::Trials;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The numbers of iterations of each thread that are explored.
const EXPLORED: [u64; 2] = [1, 2];

/// Programs with more executions than this are not explored to the end.
const EXECUTIONS: u64 = 10_000;

fn proof(program: &Program, strength: Strength, rules: Rules) -> Result<Proof, Unproved> {
    let limits = Limits {
        runs: 100_000,
        ..Limits::default()
    };
    let subject: &dyn Subject = &program.with_iterations(2);
    prove(subject, strength, &limits, rules)
}

/// Returns the endings that the explorer finds, and whether these are all.
fn endings(program: &Program, iterations: u64) -> (BTreeSet<Ending<Values>>, bool) {
    let budget = Budget {
        executions: Some(EXECUTIONS),
        ..Budget::default()
    };
    let scenario = Arc::new(program.with_iterations(iterations));
    let exploration = Explorer::DEFAULT.explore(&scenario, &budget);
    let all = !matches!(
        exploration.completeness,
        Completeness::CutShort(Cut::Executions | Cut::Time)
    );
    let endings = exploration.outcomes.iter().map(|(ending, _)| ending.clone());
    (endings.collect(), all)
}

/// Returns the ending that the proof claims.
fn claimed(proof: &Proof, iterations: u64) -> Ending<Values> {
    let values = proof.objects.iter().filter(|object| program::is_number(object));
    let values = values.map(|object| i64::try_from(object.final_value(iterations)).expect("small"));
    Ending::Finished(values.collect())
}

/// Returns `true` if the explorer finds another ending than the one that the proof claims.
fn is_wrong(program: &Program, proof: &Proof) -> bool {
    EXPLORED.iter().any(|&iterations| {
        let (endings, _) = endings(program, iterations);
        endings != BTreeSet::from([claimed(proof, iterations)])
    })
}

#[test]
fn whatever_is_proved_has_the_one_ending_that_is_claimed() {
    let (mut accepted, mut rejected, mut several, mut explored) = ([0, 0], 0, 0, 0);
    Trials::new(200).hold(&programs(), |program| {
        let proofs = BOTH.map(|strength| proof(program, strength, Rules::SOUND));
        for (index, proof) in proofs.iter().enumerate() {
            let Ok(proof) = proof else { continue };
            accepted[index] += 1;
            assert_eq!(
                claimed(proof, 2),
                Ending::Finished(proof.outcome.get::<Values>().clone())
            );
            for iterations in EXPLORED {
                let (endings, all) = endings(program, iterations);
                assert_eq!(
                    endings,
                    BTreeSet::from([claimed(proof, iterations)]),
                    "{:?}",
                    proof.strength
                );
                explored += u64::from(all);
            }
        }
        if proofs.iter().all(Result::is_err) {
            rejected += 1;
            several += u64::from(endings(program, 2).0.len() > 1);
        }
        true
    });
    println!(
        "accepted with numbers {}, with numbers that nobody knows {}; rejected at both {rejected}, of which {several} \
         have several endings; {explored} explorations of accepted ones were complete",
        accepted[0], accepted[1]
    );
    assert!(accepted.iter().all(|&count| count > 0) && several > 0 && explored > 0);
}

/// A mutant is caught if it proves something of a program that has another ending.
#[test]
fn every_broken_rule_is_noticed() {
    let mutants = [
        (
            "no lockset across steps",
            Rules {
                locksets: false,
                ..Rules::SOUND
            },
        ),
        (
            "the domain is not closed",
            Rules {
                closed_domain: false,
                ..Rules::SOUND
            },
        ),
        (
            "reads repeat without a lock",
            Rules {
                fresh_reads: false,
                ..Rules::SOUND
            },
        ),
        (
            "a store overwrites what was read",
            Rules {
                fresh_overwrites: false,
                ..Rules::SOUND
            },
        ),
    ];
    let mut caught = mutants.map(|(name, _)| (name, [0, 0]));
    Trials::new(200).hold(&programs(), |program| {
        for ((_, rules), (_, caught)) in mutants.iter().zip(&mut caught) {
            for (strength, caught) in BOTH.into_iter().zip(caught) {
                if let Ok(proof) = proof(program, strength, *rules) {
                    *caught += u64::from(is_wrong(program, &proof));
                }
            }
        }
        true
    });
    println!("programs of which something wrong is proved, at either strength: {caught:?}");
    assert!(
        caught.iter().all(|(_, [concrete, _])| *concrete > 0),
        "{caught:?}"
    );
}
