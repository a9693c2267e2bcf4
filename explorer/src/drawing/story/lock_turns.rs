//! The story of the turns in which threads held a lock.

use crate::drawing::findings::Findings;
use crate::drawing::findings::critical_section::CriticalSection;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::{Place, at};
use crate::drawing::role::{LockKind, Role, lock_of};
use crate::drawing::words::{list, value};
use crate::{Event, Interleaving, ObjectId, ThreadId, Value};
use std::collections::BTreeSet;

/// The time from one acquisition of a lock to its release.
struct Held<'a> {
    /// The index of the event that acquired it.
    index: usize,
    lock: ObjectId,
    thread: ThreadId,
    event: &'a Event,
}

impl Held<'_> {
    fn is_shared(&self) -> bool {
        Role::of(self.event) == Role::Acquires(LockKind::Read)
    }
}

/// Returns the acquisitions of locks, in order.
fn holdings(interleaving: &Interleaving) -> Vec<Held<'_>> {
    let events = interleaving.steps.iter().map(|step| &step.event).enumerate();
    let acquisitions = events.filter(|(_, event)| Role::of(event).acquires());
    acquisitions
        .filter_map(|(index, event)| {
            Some(Held {
                index,
                lock: lock_of(event)?,
                thread: event.thread,
                event,
            })
        })
        .collect()
}

/// Returns the locks that several threads acquire, at least one of them alone, in the order of their names.
pub(super) fn contended_locks(interleaving: &Interleaving) -> Vec<ObjectId> {
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
pub(super) fn taken_in_turn(interleaving: &Interleaving, lock: ObjectId, findings: &Findings) -> String {
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

/// Tells which thread held a lock, once or several times in a row, and what it found and left there.
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

/// Returns the thread of a turn, and the first two events of it that locked the mutex one after the other, if
/// the thread released it in between without waiting for a notification, and without having changed anything.
fn given_back<'a>(turn: &[&Held<'a>], findings: &Findings) -> Option<(String, &'a Event, &'a Event)> {
    let mut pairs = turn.windows(2).map(|pair| (pair[0], pair[1]));
    let (first, second) = pairs.find(|(first, second)| {
        let sections = [first, second].map(|held| section(held, findings));
        let waits = sections.iter().flatten().any(|section| section.waits);
        let is_change = sections[0].is_some_and(CriticalSection::is_change);
        !waits && !is_change && first.event.location.line() < second.event.location.line()
    })?;
    Some((thread_in_words(first.thread), first.event, second.event))
}

/// Returns the critical section that this acquisition began, if the lock is a mutex.
fn section<'a>(held: &Held<'_>, findings: &'a Findings) -> Option<&'a CriticalSection> {
    findings
        .sections
        .iter()
        .find(|section| section.locked == held.index)
}

/// Returns `true` if nothing that the thread saw the first time can be out of date the second time: it waited
/// for a notification in between, it had made its update, or it found the value that it had left.
fn is_harmless(first: &Held<'_>, second: &Held<'_>, findings: &Findings) -> bool {
    let (Some(first), Some(second)) = (section(first, findings), section(second, findings)) else {
        return false;
    };
    let finds_the_same = first.left.is_some() && first.left == second.found;
    first.waits || second.waits || first.is_change() || finds_the_same
}

/// Tells of a lock that a thread released and acquired again, if another thread held it in between.
///
/// The events do not show whether that did any harm: they do not contain what was done under the lock.
pub(super) fn gap(interleaving: &Interleaving, findings: &Findings) -> Option<String> {
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
                "{} gave {} back after {} and took it again {}; in between {} held it, so what {} had seen under \
                 it the first time may be out of date",
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

/// Tells what a thread found in a mutex and what it left there, over one or several critical sections in a
/// row.
fn found_and_left(found: Option<Value>, left: Option<Value>) -> Option<String> {
    let (found, left) = (found?, left?);
    Some(match found == left {
        true => format!("found {}", value(found)),
        false => format!("changed {} to {}", value(found), value(left)),
    })
}
