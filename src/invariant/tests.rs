//! Tests of the proofs: programs that must be proved, and programs that must not be, each for its reason.

mod control;
mod controls;
mod counters;
mod limits;
mod random;

use super::checker::Rules;
use super::{Failed, Judgement, Limits, Obligation, Proof, Strength, Subject, Unproved, check, prove};
use crate::scenario::{AnyRepeated, Repeated};

const BOTH: [Strength; 2] = [Strength::Concrete, Strength::Opaque];

/// Looks for a sum invariant.
fn checked(scenario: impl Repeated, strength: Strength) -> Result<Proof, Unproved> {
    check(&AnyRepeated::new(scenario), strength, &Limits::default())
}

/// Returns the obligation that is not met.
#[track_caller]
fn failed(scenario: impl Repeated, strength: Strength) -> Failed {
    match checked(scenario, strength) {
        Err(Unproved::Failed(failed)) => failed,
        other => panic!("{strength:?}: {other:?}"),
    }
}

/// Returns the proof.
#[track_caller]
fn proved(scenario: impl Repeated, strength: Strength) -> Proof {
    match checked(scenario, strength) {
        Ok(proof) if proof.is_proved() => proof,
        Ok(other) => panic!("{strength:?}: {:?}", other.judgement),
        Err(other) => panic!("{strength:?}: {other}"),
    }
}
