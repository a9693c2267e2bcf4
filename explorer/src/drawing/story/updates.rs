//! The story of the updates of one object that several threads change: ABA, compare-exchanges that failed, and
//! that no change came between a read and the update that follows it.

use crate::drawing::claim::Claim;
use crate::drawing::findings::Findings;
use crate::drawing::findings::lost_update::Access;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::at;
use crate::drawing::role::{AccessKind, verb};
use crate::drawing::words::{list, value};
use crate::{Event, Interleaving, ObjectId, OperationKind, ThreadId};
use std::collections::BTreeSet;

/// Returns the objects that several threads change, in the order of their first changes.
pub(super) fn contended_objects(findings: &Findings) -> Vec<ObjectId> {
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

/// Returns what is to be told of the updates of an object, if anything.
pub(super) fn claim(interleaving: &Interleaving, object: ObjectId, findings: &Findings) -> Option<Claim> {
    let own: Vec<&Access> = findings
        .accesses
        .iter()
        .filter(|access| access.object == object)
        .collect();
    let writes = || own.iter().filter(|access| access.kind != AccessKind::Read);
    let changes = || writes().map(|access| access.index).collect();
    let is_one_step = |kind| matches!(kind, AccessKind::ReadModifyWrite | AccessKind::Add);
    if writes().all(|access| is_one_step(access.kind)) {
        if let Some(failed) = own.iter().position(|access| is_failed(interleaving, access)) {
            return Some(exchange_failed(&own[..=failed]));
        }
        if !(0..own.len()).any(|position| follows_a_read(&own[..=position])) {
            return Some(Claim::Indivisible {
                object,
                changes: changes(),
            });
        }
    }
    let is_current = (0..own.len()).all(|position| is_current(&own[..=position]));
    is_current.then(|| Claim::Current {
        object,
        changes: changes(),
    })
}

fn is_failed(interleaving: &Interleaving, access: &Access) -> bool {
    let event = &interleaving.steps[access.index].event;
    matches!(event.operation, OperationKind::CompareExchange { .. }) && !event.succeeded
}

/// Returns the claim about the last of these accesses to one object, a compare-exchange that failed.
fn exchange_failed(accesses: &[&Access]) -> Claim {
    let (failed, earlier) = accesses.split_last().expect("it is the last of them");
    let last = earlier.iter().rfind(|access| access.thread == failed.thread);
    let differs = |access: &&&Access| {
        access.kind == AccessKind::Read && access.before.is_some() && access.before != failed.before
    };
    Claim::ExchangeFailed {
        event: failed.index,
        read: last.filter(differs).map(|access| access.index),
    }
}

/// Returns `true` if the last of these accesses to one object changes it, and its thread has read it before
/// without changing it.
fn follows_a_read(accesses: &[&Access]) -> bool {
    accesses.split_last().is_some_and(|(write, earlier)| {
        let is_read = |access: &&Access| access.thread == write.thread && access.kind == AccessKind::Read;
        write.kind != AccessKind::Read && earlier.iter().any(is_read)
    })
}

/// Returns `true` unless the last of these accesses to one object changes it, and its thread may not have seen
/// the change before.
fn is_current(accesses: &[&Access]) -> bool {
    let Some((write, earlier)) = accesses.split_last() else {
        return true;
    };
    let last = earlier.iter().rposition(|access| access.thread == write.thread);
    let unchanged = |last: usize| {
        earlier[last + 1..]
            .iter()
            .all(|access| access.kind == AccessKind::Read)
    };
    match (write.kind, last.map(|last| (earlier[last].kind, last))) {
        (AccessKind::Read, _) => true,
        (AccessKind::ReadModifyWrite, Some((AccessKind::Read, last))) => unchanged(last),
        (AccessKind::ReadModifyWrite, _) => true,
        // An add does not see the value; and a thread that has not seen it has not seen whether it changes.
        (
            AccessKind::Store | AccessKind::Add,
            Some((AccessKind::Read | AccessKind::ReadModifyWrite, last)),
        ) => unchanged(last),
        (AccessKind::Store | AccessKind::Add, _) => false,
    }
}

/// Puts a claim about updates into words.
pub(super) fn words(claim: &Claim, interleaving: &Interleaving, findings: &Findings) -> String {
    let event = |index: usize| &interleaving.steps[index].event;
    match claim {
        Claim::Aba { read, between, write } => aba(*read, between, *write, interleaving, findings),
        Claim::ExchangeFailed { event: failed, read } => {
            let (failed, read) = (event(*failed), read.map(event));
            let name = object(failed, findings);
            let what = match (read, failed.before) {
                (Some(read), _) => format!("saw that {name} was no longer as it had read it {}", at(read)),
                (None, Some(found)) => format!("found {name} = {}", value(found)),
                (None, None) => "found another value than it expected".to_owned(),
            };
            let who = thread_in_words(failed.thread);
            format!(
                "{who}'s compare_exchange {} {what}, and stored nothing",
                at(failed)
            )
        }
        Claim::Indivisible { object, changes } => {
            let adds = |&index: &usize| matches!(event(index).operation, OperationKind::Add(..));
            let does = match changes.iter().any(adds) {
                true => "is made",
                false => "reads and writes",
            };
            format!(
                "every update of {} {does} in one step, so no other thread can come in between",
                findings.names.object(*object)
            )
        }
        Claim::Current { object, .. } => format!(
            "each time a thread changed {}, no other thread had changed it since that thread last read it",
            findings.names.object(*object)
        ),
        _ => String::new(),
    }
}

fn object(event: &Event, findings: &Findings) -> String {
    let object = event.object.map(|(_, id)| findings.names.object(id));
    object.unwrap_or_default()
}

/// Tells of a value that left and came back.
fn aba(
    read: usize,
    between: &[usize],
    write: usize,
    interleaving: &Interleaving,
    findings: &Findings,
) -> String {
    let event = |index: usize| &interleaving.steps[index].event;
    let known = |index: usize| findings.effects[index].after.map(value).unwrap_or_default();
    let name = object(event(read), findings);
    let owner = thread_in_words(event(read).thread);
    let old = findings.effects[read].before.map(value).unwrap_or_default();
    let others: BTreeSet<ThreadId> = between.iter().map(|&index| event(index).thread).collect();
    let others: Vec<String> = others.into_iter().map(thread_in_words).collect();
    let away = between.iter().find(|&&index| known(index) != old).copied();
    let (away, back) = (away.unwrap_or(read), between.last().copied().unwrap_or(read));
    format!(
        "{owner} read {name} = {old} {}; {} then changed it to {} {} and back to {old} {}: {owner}'s {} {} found \
         {old} there, as if nothing had happened, and replaced it by {} (this is called ABA)",
        at(event(read)),
        list(&others),
        known(away),
        at(event(away)),
        at(event(back)),
        verb(event(write).operation, true),
        at(event(write)),
        known(write)
    )
}
