//! The story of the turns in which threads held a lock.

use crate::drawing::claim::Claim;
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

impl<'a> Held<'a> {
    /// Returns the acquisition that the event with this index is, if it is one.
    fn of(index: usize, event: &'a Event) -> Option<Self> {
        let lock = lock_of(event).filter(|_| Role::of(event).acquires())?;
        Some(Self {
            index,
            lock,
            thread: event.thread,
            event,
        })
    }

    fn is_shared(&self) -> bool {
        Role::of(self.event) == Role::Acquires(LockKind::Read)
    }
}

/// Returns the acquisitions of locks, in order.
fn holdings(interleaving: &Interleaving) -> Vec<Held<'_>> {
    let steps = interleaving.steps.iter().enumerate();
    steps
        .filter_map(|(index, step)| Held::of(index, &step.event))
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

/// Tells in which order the threads had a lock, and that one gave it back in between, if it did.
pub(super) fn turns(interleaving: &Interleaving, lock: ObjectId, findings: &Findings) -> Vec<Claim> {
    let held = holdings(interleaving);
    let held: Vec<&Held<'_>> = held.iter().filter(|held| held.lock == lock).collect();
    let given_back = match held.iter().any(|held| held.is_shared()) {
        true => None,
        false => held
            .chunk_by(|one, next| one.thread == next.thread)
            .find_map(|turn| given_back(turn, findings)),
    };
    let acquisitions = held.iter().map(|held| held.index).collect();
    let turns = Claim::Turns { lock, acquisitions };
    [turns].into_iter().chain(given_back).collect()
}

/// Returns the first two acquisitions of a turn between which the thread released the mutex without waiting
/// for a notification, and without having changed anything.
fn given_back(turn: &[&Held<'_>], findings: &Findings) -> Option<Claim> {
    let mut pairs = turn.windows(2).map(|pair| (pair[0], pair[1]));
    let (first, second) = pairs.find(|(first, second)| {
        let sections = [first, second].map(|held| section(held, findings));
        let waits = sections.iter().flatten().any(|section| section.waits);
        let is_change = sections[0].is_some_and(CriticalSection::is_change);
        !waits && !is_change && first.event.location.line() < second.event.location.line()
    })?;
    Some(Claim::GivenBack {
        first: first.index,
        second: second.index,
    })
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

/// Finds a lock that a thread released and acquired again, if another thread held it alone in between.
///
/// The events do not show whether that did any harm: they do not contain what was done under the lock.
pub(super) fn held_between(interleaving: &Interleaving, findings: &Findings) -> Option<Claim> {
    let held = holdings(interleaving);
    held.iter().enumerate().find_map(|(position, second)| {
        let earlier = &held[..position];
        let of_lock = |held: &&Held<'_>| held.lock == second.lock;
        let own = |held: &Held<'_>| of_lock(&held) && held.thread == second.thread;
        let own = earlier.iter().rposition(own)?;
        let first = &earlier[own];
        let is_loop = first.event.location.line() >= second.event.location.line();
        if is_loop || is_harmless(first, second, findings) {
            return None;
        }
        // Whoever shares the lock changes nothing.
        let others = earlier[own + 1..].iter().filter(of_lock);
        let others: Vec<usize> = others
            .filter(|held| !held.is_shared())
            .map(|held| held.index)
            .collect();
        (!others.is_empty()).then_some(Claim::HeldBetween {
            first: first.index,
            second: second.index,
            others,
        })
    })
}

/// Puts a claim about a lock into words.
pub(super) fn words(claim: &Claim, interleaving: &Interleaving, findings: &Findings) -> String {
    let event = |index: usize| &interleaving.steps[index].event;
    let lock = |event: &Event| {
        lock_of(event)
            .map(|lock| findings.names.object(lock))
            .unwrap_or_default()
    };
    match claim {
        Claim::HeldBetween {
            first,
            second,
            others,
        } => {
            let (first, second) = (event(*first), event(*second));
            let owner = thread_in_words(second.thread);
            let others: BTreeSet<ThreadId> = others.iter().map(|&index| event(index).thread).collect();
            let others: Vec<String> = others.into_iter().map(thread_in_words).collect();
            format!(
                "{owner} acquired {} {}, gave it back, and acquired it again {}; in between {} held it, so what \
                 {owner} had seen under it the first time may be out of date",
                lock(second),
                at(first),
                at(second),
                list(&others)
            )
        }
        Claim::GivenBack { first, second } => {
            let (first, second) = (event(*first), event(*second));
            format!(
                "{} gave {} back between {} and {}, but no other thread came in there this time",
                thread_in_words(first.thread),
                lock(first),
                Place::from(first),
                Place::from(second)
            )
        }
        Claim::Turns { lock, acquisitions } => taken_in_turn(*lock, acquisitions, interleaving, findings),
        _ => String::new(),
    }
}

/// Tells in which order the threads had a lock, and what they found and left in it.
fn taken_in_turn(
    lock: ObjectId,
    acquisitions: &[usize],
    interleaving: &Interleaving,
    findings: &Findings,
) -> String {
    let held = acquisitions.iter();
    let held = held.filter_map(|&index| Held::of(index, &interleaving.steps[index].event));
    let held: Vec<Held<'_>> = held.collect();
    let turns: Vec<&[Held<'_>]> = held.chunk_by(|one, next| one.thread == next.thread).collect();
    let name = findings.names.object(lock);
    let order = match turns.len() {
        0..=4 => {
            let turns: Vec<String> = turns.iter().map(|turn| told_turn(turn, findings)).collect();
            turns.join(", then ")
        }
        turns => format!("{turns} turns in all"),
    };
    match held.iter().any(Held::is_shared) {
        true => format!("no thread held {name} while another had it for writing: {order}"),
        false => format!("only one thread at a time held {name}: {order}"),
    }
}

/// Tells which thread held a lock, once or several times in a row, and what it found and left there.
fn told_turn(turn: &[Held<'_>], findings: &Findings) -> String {
    let found = turn.first().and_then(|first| section(first, findings)?.found);
    let left = turn.last().and_then(|last| section(last, findings)?.left);
    let owner = turn.first().map(|first| thread_in_words(first.thread));
    let owner = owner.unwrap_or_default();
    match found_and_left(found, left) {
        Some(told) => format!("{owner} {told}"),
        None => owner,
    }
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
