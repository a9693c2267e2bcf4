//! The story of an execution that finished without a lost update, as far as the events show it.

use super::lock_turns;
use super::turning_points;
use super::updates;
use crate::drawing::claim::Claim;
use crate::drawing::findings::Findings;
use crate::drawing::role::Role;
use crate::{Interleaving, ObjectId};

/// Tells of what could have gone another way, of ABA, of the turns in which a lock was held, and of the updates
/// of shared objects.
pub(super) fn claims(interleaving: &Interleaving, findings: &Findings) -> Vec<Claim> {
    let locks = lock_turns::contended_locks(interleaving);
    let mut claims = turning_points::claims(interleaving);
    claims.extend(findings.aba.clone());
    match lock_turns::held_between(interleaving, findings) {
        Some(between) => claims.push(between),
        None => claims.extend(
            locks
                .first()
                .into_iter()
                .flat_map(|&lock| lock_turns::turns(interleaving, lock, findings)),
        ),
    }
    let updated = updates::contended_objects(findings);
    let one_of_several =
        |object: &&ObjectId| updated.len() > 1 || locks.is_empty() || is_atomic(interleaving, **object);
    claims.extend(
        updated
            .iter()
            .filter(one_of_several)
            .take(2)
            .filter_map(|&object| updates::claim(interleaving, object, findings)),
    );
    if claims.is_empty() {
        claims.push(match shares_nothing(interleaving) {
            true => Claim::NothingShared,
            false => Claim::AllEnded,
        });
    }
    claims
}

/// Puts a claim into words that needs no event.
pub(super) fn words(claim: &Claim) -> String {
    match claim {
        Claim::NothingShared => {
            "the threads touch nothing in common, so no step of one can disturb another".to_owned()
        }
        Claim::CutOff(steps) => {
            format!("after {steps} steps the execution was not followed further: it may go on for ever")
        }
        _ => "every thread ran to its end".to_owned(),
    }
}

fn is_atomic(interleaving: &Interleaving, object: ObjectId) -> bool {
    let events = interleaving.steps.iter().map(|step| &step.event);
    events
        .filter(|event| event.object.is_some_and(|(_, id)| id == object))
        .any(|event| event.before.is_some())
}

/// Returns `true` if no object is touched by two threads. The event of a timed wait does not tell of an
/// atomic that it looks at, so then this is not known.
fn shares_nothing(interleaving: &Interleaving) -> bool {
    let events = || interleaving.steps.iter().map(|step| &step.event);
    let mut owners = Vec::new();
    for event in events() {
        let objects = event.object.map(|(_, id)| id).into_iter().chain(event.mutex);
        owners.extend(objects.map(|object| (object, event.thread)));
    }
    let is_shared = owners
        .iter()
        .any(|(id, thread)| owners.iter().any(|(other, by)| other == id && by != thread));
    !is_shared && !events().any(|event| matches!(Role::of(event), Role::EndsWait { .. }))
}
