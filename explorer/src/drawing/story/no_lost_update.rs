//! The story of an execution that finished without a lost update, as far as the events show it.

use super::lock_turns::{contended_locks, gap, taken_in_turn};
use crate::drawing::findings::Findings;
use crate::drawing::findings::lost_update::{Access, has_looked};
use crate::drawing::names::thread_in_words;
use crate::drawing::place::at;
use crate::drawing::role::{AccessKind, Role};
use crate::{Event, Interleaving, ObjectId};

/// Tells why no update was lost.
pub(super) fn sentences(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let locks = contended_locks(interleaving);
    let mut sentences = turning_points(interleaving, findings);
    match gap(interleaving, findings) {
        Some(gap) => sentences.push(gap),
        None => sentences.extend(
            locks
                .first()
                .map(|&lock| taken_in_turn(interleaving, lock, findings)),
        ),
    }
    let updated = contended_objects(findings);
    let one_of_several =
        |object: &&ObjectId| updated.len() > 1 || locks.is_empty() || is_atomic(interleaving, **object);
    sentences.extend(
        updated
            .iter()
            .filter(one_of_several)
            .take(2)
            .map(|&object| updates(interleaving, object, findings)),
    );
    if sentences.is_empty() {
        sentences.push(undisturbed(interleaving));
    }
    sentences
}

/// Tells of the first two events that could have gone another way: choices, time-outs, panics under a lock,
/// and attempts that failed.
fn turning_points(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let events = interleaving.steps.iter().map(|step| &step.event);
    let told = events.filter_map(|event| turning_point(event, findings));
    told.take(2).collect()
}

fn turning_point(event: &Event, findings: &Findings) -> Option<String> {
    let who = thread_in_words(event.thread);
    let object = event.object.map(|(_, id)| findings.names.object(id));
    let object = object.unwrap_or_default();
    let what = match Role::of(event) {
        Role::Chooses(_) => format!("{who} chose {}", event.alternative),
        Role::EndsWait { in_time: true } => format!("{who} was notified by {object} in time"),
        Role::EndsWait { in_time: false } => format!("{who} waited for {object} until the time was up"),
        Role::WaitsForNothing => format!("{who} waited for {object}, and returned for no reason"),
        Role::StartsToPark { returns: true } => format!("{who} returned from park for no reason"),
        Role::Atomic(_) if event.fails_for_no_reason() => {
            format!("{who} failed for no reason to exchange {object}")
        }
        Role::FailsToAcquire => format!("{who} could not have {object}"),
        Role::Releases { poisons: true, .. } => {
            format!("{who} panicked, and so poisoned {object}, which it had locked")
        }
        Role::Atomic(_) | Role::Plain(_) | Role::Fence(_) | Role::Acquires(_) => return None,
        Role::Releases { .. } | Role::AsksForPoison | Role::ClearsPoison | Role::Waits => return None,
        Role::Queues | Role::StartsToPark { returns: false } => return None,
        Role::Reacquires | Role::Notifies { .. } | Role::Parks | Role::Unparks => return None,
    };
    Some(format!("{what} {}", at(event)))
}

fn is_atomic(interleaving: &Interleaving, object: ObjectId) -> bool {
    let events = interleaving.steps.iter().map(|step| &step.event);
    events
        .filter(|event| event.object.is_some_and(|(_, id)| id == object))
        .any(|event| event.before.is_some())
}

/// Tells why no thread disturbed another, if there is nothing else to tell.
fn undisturbed(interleaving: &Interleaving) -> String {
    let mut owners = Vec::new();
    for step in &interleaving.steps {
        owners.extend(step.event.object.map(|(_, id)| (id, step.event.thread)));
    }
    let is_shared = owners
        .iter()
        .any(|(id, thread)| owners.iter().any(|(other, by)| other == id && by != thread));
    match is_shared {
        false => "the threads touch nothing in common, so no step of one can disturb another".to_owned(),
        true => "every thread ran to its end, and no update was overwritten unseen".to_owned(),
    }
}

/// The objects that several threads write to, in the order of their first writes.
fn contended_objects(findings: &Findings) -> Vec<ObjectId> {
    let writes = || {
        findings
            .accesses
            .iter()
            .filter(|access| access.kind != AccessKind::Read)
    };
    let mut objects = Vec::new();
    for access in writes() {
        let by_others = writes().any(|other| other.object == access.object && other.thread != access.thread);
        if by_others && !objects.contains(&access.object) {
            objects.push(access.object);
        }
    }
    objects
}

/// Tells why no update of this object was lost.
fn updates(interleaving: &Interleaving, object: ObjectId, findings: &Findings) -> String {
    let name = findings.names.object(object);
    let own: Vec<&Access> = findings
        .accesses
        .iter()
        .filter(|access| access.object == object)
        .collect();
    let writes = || own.iter().filter(|access| access.kind != AccessKind::Read);
    if writes().all(|access| access.kind == AccessKind::ReadModifyWrite) {
        let event = |access: &&&Access| &interleaving.steps[access.index].event;
        if let Some(failed) = own.iter().find(|access| !event(access).succeeded) {
            let failed = &interleaving.steps[failed.index].event;
            return format!(
                "{}'s compare_exchange {} saw that {name} had changed, and stored nothing, so no update was \
                 lost",
                thread_in_words(failed.thread),
                at(failed)
            );
        }
        return format!(
            "every update of {name} reads and writes in one step, so no other thread can come in between, and none \
             was lost"
        );
    }
    let blind = findings.accesses.iter().enumerate().any(|(position, access)| {
        access.object == object
            && access.kind == AccessKind::Store
            && !has_looked(access, &findings.accesses[..position])
    });
    match blind {
        false => format!(
            "each time a thread stored to {name}, what it had read was still there, so no update was lost"
        ),
        true => format!("no thread stored to {name} after it had read a value that was no longer there"),
    }
}
