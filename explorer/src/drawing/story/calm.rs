//! The story of an interleaving in which nothing was found to go wrong.

use super::at;
use super::doubt::found_and_left;
use crate::drawing::findings::Findings;
use crate::drawing::names::{list, thread_in_words};
use crate::drawing::place::Place;
use crate::drawing::section::Section;
use crate::drawing::stale::{Access, Kind, has_looked};
use crate::{Event, Interleaving, ObjectId, OperationKind, ThreadId};
use std::collections::BTreeSet;

/// Tells why no update was lost, as far as the events show it.
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

/// Tells of the first two events that could have gone another way: choices, time-outs, panics under a lock, and attempts that
/// failed.
fn turning_points(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let events = interleaving.steps.iter().map(|step| &step.event);
    let told = events.filter_map(|event| turning_point(event, findings));
    told.take(2).collect()
}

fn turning_point(event: &Event, findings: &Findings) -> Option<String> {
    use OperationKind as Kind;
    let who = thread_in_words(event.thread);
    let object = event.object.map(|(_, id)| findings.names.object(id));
    let object = object.unwrap_or_default();
    let what = match event.operation {
        Kind::Choose(_) => format!("{who} chose {}", event.alternative),
        Kind::WakeOrTimeOut | Kind::WakeOrTimeOutUnless(_) if event.succeeded => {
            format!("{who} was notified by {object} in time")
        }
        Kind::WakeOrTimeOut | Kind::WakeOrTimeOutUnless(_) => {
            format!("{who} waited for {object} until the time was up")
        }
        Kind::TryLock | Kind::TryReadLock | Kind::TryWriteLock if !event.succeeded => {
            format!("{who} could not have {object}")
        }
        Kind::Unlock(true) | Kind::WriteUnlock(true) => {
            format!("{who} panicked, and so poisoned {object}, which it had locked")
        }
        Kind::Load(_)
        | Kind::Store(..)
        | Kind::ReadModifyWrite(..)
        | Kind::CompareExchange { .. }
        | Kind::Fence(_)
        | Kind::Lock
        | Kind::TryLock
        | Kind::Unlock(_)
        | Kind::IsPoisoned
        | Kind::ClearPoison
        | Kind::ReadLock
        | Kind::TryReadLock
        | Kind::ReadUnlock
        | Kind::WriteLock
        | Kind::TryWriteLock
        | Kind::WriteUnlock(_)
        | Kind::Wait
        | Kind::Reacquire
        | Kind::NotifyOne
        | Kind::NotifyAll
        | Kind::CellRead
        | Kind::CellWrite
        | Kind::Park
        | Kind::Unpark
        | Kind::Spin(_) => return None,
    };
    Some(format!("{what} {}", at(event)))
}

fn is_atomic(interleaving: &Interleaving, object: ObjectId) -> bool {
    let events = interleaving.steps.iter().map(|step| &step.event);
    events
        .filter(|event| event.object.is_some_and(|(_, id)| id == object))
        .any(|event| event.before.is_some())
}

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
            .filter(|access| access.kind != Kind::Read)
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
    let writes = || own.iter().filter(|access| access.kind != Kind::Read);
    if writes().all(|access| access.kind == Kind::ReadModifyWrite) {
        let event = |access: &&&Access| &interleaving.steps[access.index].event;
        if let Some(failed) = own.iter().find(|access| !event(access).succeeded) {
            let failed = &interleaving.steps[failed.index].event;
            return format!(
                "{}'s compare_exchange {} saw that {name} had changed, and stored nothing, so no update was lost",
                thread_in_words(failed.thread),
                at(failed)
            );
        }
        return format!(
            "every update of {name} reads and writes in one step, so no other thread can come in between, and none was lost"
        );
    }
    let blind = findings.accesses.iter().enumerate().any(|(position, access)| {
        access.object == object
            && access.kind == Kind::Store
            && !has_looked(access, &findings.accesses[..position])
    });
    match blind {
        false => format!(
            "each time a thread stored to {name}, what it had read was still there, so no update was lost"
        ),
        true => format!("no thread stored to {name} after it had read a value that was no longer there"),
    }
}

/// An uninterrupted possession of a lock.
struct Held<'a> {
    /// The index of the event that acquired it.
    index: usize,
    lock: ObjectId,
    thread: ThreadId,
    event: &'a Event,
}

impl Held<'_> {
    fn is_shared(&self) -> bool {
        self.event.operation.acquires_shared()
    }
}

/// Who has acquired a lock, in order.
fn holdings(interleaving: &Interleaving) -> Vec<Held<'_>> {
    let events = interleaving.steps.iter().map(|step| &step.event);
    events
        .enumerate()
        .filter_map(|(index, event)| {
            let acquires = event.operation.acquires() && event.succeeded;
            let lock = event
                .mutex
                .or(event.object.map(|(_, id)| id))
                .filter(|_| acquires);
            lock.map(|lock| Held {
                index,
                lock,
                thread: event.thread,
                event,
            })
        })
        .collect()
}

/// The locks that several threads acquire, and not all of them to share it, in the order of their names.
fn contended_locks(interleaving: &Interleaving) -> Vec<ObjectId> {
    let held = holdings(interleaving);
    let locks: BTreeSet<ObjectId> = held.iter().map(|held| held.lock).collect();
    let threads = |lock: ObjectId| {
        held.iter()
            .filter(move |held| held.lock == lock)
            .map(|held| held.thread)
    };
    locks
        .into_iter()
        .filter(|&lock| threads(lock).collect::<BTreeSet<_>>().len() > 1)
        .filter(|&lock| held.iter().any(|held| held.lock == lock && !held.is_shared()))
        .collect()
}

/// Tells in which order the threads had a lock, and what they found and left in it.
fn taken_in_turn(interleaving: &Interleaving, lock: ObjectId, findings: &Findings) -> String {
    let held = holdings(interleaving);
    let held: Vec<&Held<'_>> = held.iter().filter(|held| held.lock == lock).collect();
    let turns: Vec<&[&Held<'_>]> = held.chunk_by(|one, next| one.thread == next.thread).collect();
    let name = findings.names.object(lock);
    let order = match turns.len() {
        0..=4 => {
            let turns: Vec<String> = turns.iter().map(|turn| told_turn(turn, findings)).collect();
            turns.join(", then ")
        }
        turns => format!("{turns} turns in all"),
    };
    if held.iter().any(|held| held.is_shared()) {
        return format!("no thread held {name} while another had it for writing: {order}");
    }
    let guarded = match turns.iter().find_map(|turn| given_back(turn, findings)) {
        Some((owner, first, second)) => format!(
            "{owner} gave it back between {} and {}, but no other thread came in there this time",
            Place::from(first),
            Place::from(second)
        ),
        None => "none could see or change what it guards while another was at work".to_owned(),
    };
    format!("only one thread at a time held {name}: {order}; {guarded}")
}

/// Who had a lock, once or several times in a row, and what it found and left there.
fn told_turn(turn: &[&Held<'_>], findings: &Findings) -> String {
    let found = turn.first().and_then(|first| section(first, findings)?.found);
    let left = turn.last().and_then(|last| section(last, findings)?.left);
    let owner = turn.first().map(|first| thread_in_words(first.thread));
    let owner = owner.unwrap_or_default();
    match found_and_left(found, left) {
        Some(told) => format!("{owner} {told}"),
        None => owner,
    }
}

/// Returns the first two places of a turn at which a thread took the lock, if between them it had given it back
/// without waiting for a notification, and without having changed anything.
fn given_back<'a>(turn: &[&Held<'a>], findings: &Findings) -> Option<(String, &'a Event, &'a Event)> {
    let mut pairs = turn.windows(2).map(|pair| (pair[0], pair[1]));
    let (first, second) = pairs.find(|(first, second)| {
        let sections = [first, second].map(|held| section(held, findings));
        let waits = sections.iter().flatten().any(|section| section.waits);
        let is_change = sections[0].is_some_and(Section::is_change);
        !waits && !is_change && first.event.location.line() < second.event.location.line()
    })?;
    Some((thread_in_words(first.thread), first.event, second.event))
}

/// Returns the critical section that began here, if it is one of a mutex.
fn section<'a>(held: &Held<'_>, findings: &'a Findings) -> Option<&'a Section> {
    findings
        .sections
        .iter()
        .find(|section| section.locked == held.index)
}

/// Returns `true` if the thread had nothing in hand from the first time that could be out of date the second time: it
/// waited for a notification in between, it had made its update, or it found what it had left.
fn is_harmless(first: &Held<'_>, second: &Held<'_>, findings: &Findings) -> bool {
    let (Some(first), Some(second)) = (section(first, findings), section(second, findings)) else {
        return false;
    };
    let finds_the_same = first.left.is_some() && first.left == second.found;
    first.waits || second.waits || first.is_change() || finds_the_same
}

/// Tells of a lock that a thread gave back between two places of its work, where another thread had it.
///
/// Whether that did any harm the events do not show: what was done under the lock is not among them.
fn gap(interleaving: &Interleaving, findings: &Findings) -> Option<String> {
    let held = holdings(interleaving);
    for (position, second) in held.iter().enumerate() {
        let earlier = &held[..position];
        let of_lock = |held: &&Held<'_>| held.lock == second.lock;
        let own = earlier
            .iter()
            .rposition(|held| of_lock(&held) && held.thread == second.thread);
        let Some(own) = own else { continue };
        let first = &earlier[own];
        if is_harmless(first, second, findings) || first.event.location.line() >= second.event.location.line()
        {
            continue;
        }
        let others = earlier[own..].iter().filter(of_lock);
        let others: BTreeSet<ThreadId> = others
            .map(|held| held.thread)
            .filter(|&id| id != second.thread)
            .collect();
        if !others.is_empty() {
            let others: Vec<String> = others.into_iter().map(thread_in_words).collect();
            return Some(format!(
                "{} gave {} back after {} and took it again {}; in between {} held it, so what {} had seen under it the first time may be out of date",
                thread_in_words(second.thread),
                findings.names.object(second.lock),
                Place::from(first.event),
                at(second.event),
                list(&others),
                thread_in_words(second.thread),
            ));
        }
    }
    None
}
