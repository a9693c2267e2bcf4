//! The outcome: it is read in the one final state, and compared with the expectations.

use super::checker::{Session, ask, fails};
use super::failed::Unproved;
use super::obligation::Obligation;
use super::proof::{Judgement, ObjectSum};
use super::search::{fault_of, without_paths};
use super::subject::Subject;
use super::{Limits, Strength};
use crate::engine::Cut;
use crate::execution::{Ending, catch};
use crate::expectation::Expectation;
use crate::outcome::{AnyOutcome, OutcomeTable};
use std::time::Instant;

/// The outcome of the scenario's own number of iterations, and the comparison for all.
pub(super) struct Judged {
    pub(super) outcome: AnyOutcome,
    pub(super) read: u64,
    pub(super) judgement: Judgement,
}

/// Reads the outcome for the scenario's own number of iterations, and for all smaller ones if the final state depends
/// on that number and each was proved.
pub(super) fn judge(
    subject: &dyn Subject,
    strength: Strength,
    session: &Session,
    objects: &[ObjectSum],
    limits: &Limits,
    start: Instant,
) -> Result<Judged, Unproved> {
    let own = subject.iterations();
    let outcome = read(subject, session, objects, own)?;
    let mut judged = Judged {
        judgement: compared(subject, &outcome, own),
        outcome,
        read: 1,
    };
    if strength == Strength::Opaque || objects.iter().all(|object| object.change() == 0) {
        return Ok(judged);
    }
    for iterations in 1..own {
        if judged.judgement != Judgement::Proved {
            break;
        }
        if iterations.is_multiple_of(1_024) {
            check_patience(limits, start)?;
        }
        let smaller = subject.resized(iterations);
        let outcome = read(&*smaller, session, objects, iterations)?;
        judged.judgement = compared(&*smaller, &outcome, iterations);
        judged.read += 1;
    }
    Ok(judged)
}

/// Returns what can be observed in the final state.
fn read(
    subject: &dyn Subject,
    session: &Session,
    objects: &[ObjectSum],
    iterations: u64,
) -> Result<AnyOutcome, Unproved> {
    let values: Vec<i64> = objects
        .iter()
        .map(|object| {
            i64::try_from(object.final_value(iterations))
                .expect("the domain holds it, and numbers of 64 bits")
        })
        .collect();
    session.with(|checker| checker.clear());
    let change = || {
        ask(|checker| {
            let kinds = checker.objects.iter().map(|object| object.kind);
            if !kinds.eq(objects.iter().map(|object| object.kind)) {
                let reason = "the shared state is made of other objects each time";
                return Err(fails(Obligation::FinalRead, reason));
            }
            checker.set_values(&values);
            Ok(())
        });
    };
    catch(|| subject.outcome(&change)).map_err(|caught| {
        let doing = "the outcome is read in the final state";
        without_paths(fault_of(session, &caught, Obligation::FinalRead, doing))
    })
}

/// Compares the one outcome with the expectations.
fn compared(subject: &dyn Subject, outcome: &AnyOutcome, iterations: u64) -> Judgement {
    let expectations = subject.expectations();
    let ending = Ending::Finished(outcome.clone());
    let refuted = |reason: String| Judgement::Refuted {
        iterations,
        shown: subject.describe(outcome),
        reason,
    };
    let (expectation, reason) = expectations.of(&ending);
    if matches!(expectation, Expectation::Forbidden | Expectation::Unclear) {
        return refuted(format!("{expectation}: {reason}"));
    }
    let mut table = OutcomeTable::default();
    table.record(ending);
    let missing = expectations.missing(&table).next();
    match missing {
        None => Judgement::Proved,
        Some((ending, reason)) => {
            let missing = ending.as_ref().map(|outcome| subject.describe(outcome));
            refuted(format!(
                "not all that is required, as {missing} is never reached: {reason}"
            ))
        }
    }
}

fn check_patience(limits: &Limits, start: Instant) -> Result<(), Unproved> {
    if limits.interrupt.is_set() {
        return Err(Unproved::CutShort(Cut::Interrupted));
    }
    match limits.time.is_some_and(|time| start.elapsed() >= time) {
        true => Err(Unproved::CutShort(Cut::Time)),
        false => Ok(()),
    }
}
