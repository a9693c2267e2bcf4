//! The story of an interleaving: what happened, in a few plain sentences.

mod calm;
mod doubt;

use super::action::value;
use super::deadlock;
use super::effect::Effect;
use super::findings::Findings;
use super::names::{list, thread_in_words};
use super::order;
use super::place::Place;
use super::rows::message;
use super::stale::LostUpdate;
use crate::{Ending, Event, Interleaving, OperationKind, PanicInfo, ThreadId, Value};
use std::collections::BTreeSet;

/// Tells what happened, at least in one sentence if the execution has ended.
pub(super) fn story(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let names = &findings.names;
    let sentences = match &findings.ending {
        None => lost_updates(interleaving, findings),
        Some(Ending::DataRace(race)) => order::sentences(interleaving, race, findings),
        Some(Ending::Deadlock(threads)) => deadlock::sentences(interleaving, threads, names),
        Some(Ending::Panic(panic)) => panicked(interleaving, panic, findings),
        Some(Ending::StepLimit) => vec![format!(
            "after {} steps the execution was not followed further: it may go on for ever",
            interleaving.steps.len()
        )],
        Some(Ending::Finished(())) => match lost_updates(interleaving, findings) {
            lost if lost.is_empty() => calm::sentences(interleaving, findings),
            lost => lost,
        },
    };
    sentences
        .iter()
        .map(|sentence| capitalised(sentence) + ".")
        .collect()
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// Returns the place of an event, as a sentence names it.
fn at(event: &Event) -> String {
    format!("({})", Place::from(event))
}

/// Tells the first lost update in full, and counts the others; if none is known to be lost, tells of those that may be.
fn lost_updates(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let Some(first) = findings.lost.first() else {
        return doubt::sentences(interleaving, findings);
    };
    let mut sentences = lost_update(interleaving, first, findings);
    let overwritten: BTreeSet<usize> = findings
        .lost
        .iter()
        .flat_map(|lost| lost.missed.iter().copied())
        .collect();
    match overwritten.len() - first.missed.len() {
        0 => {}
        1 => sentences.push("1 more update was lost in the same way".to_owned()),
        more => sentences.push(format!("{more} more updates were lost in the same way")),
    }
    sentences
}

fn lost_update(interleaving: &Interleaving, lost: &LostUpdate, findings: &Findings) -> Vec<String> {
    let event = |index: usize| &interleaving.steps[index].event;
    let (read, store) = (event(lost.read), event(lost.store));
    let object = read.object.map(|(_, id)| findings.names.object(id));
    let object = object.unwrap_or_default();
    let effect = |index: usize| findings.effects[index];
    let missed: Vec<(&Event, Effect)> = lost
        .missed
        .iter()
        .map(|&index| (event(index), effect(index)))
        .collect();
    let others: BTreeSet<ThreadId> = missed.iter().map(|(event, _)| event.thread).collect();
    let others: Vec<String> = others.into_iter().map(thread_in_words).collect();
    let theirs: Vec<String> = others.iter().map(|other| format!("{other}'s")).collect();
    let (theirs, it) = match missed.len() {
        1 => (format!("{} update was", list(&theirs)), "it"),
        _ => (format!("{} updates were", list(&theirs)), "that"),
    };
    let owner = thread_in_words(store.thread);
    let between = &interleaving.steps[lost.read + 1..lost.store];
    let preempted = between.iter().any(|step| step.preempted == Some(store.thread));
    let and = if preempted { ", and was preempted" } else { "" };
    vec![
        format!(
            "{owner} read {object}{} {}{and}",
            equals(effect(lost.read).before),
            at(read)
        ),
        changes(&others, &missed),
        format!(
            "{owner} did not look again: it stored {}over {it} {}, and {theirs} lost",
            stored(effect(lost.store)),
            at(store)
        ),
    ]
}

/// Tells what other threads stored.
fn changes(others: &[String], missed: &[(&Event, Effect)]) -> String {
    let others = list(others);
    let (times, last) = match missed {
        [(only, effect)] => return format!("{others} then stored {}{}", stored(*effect), at(only)),
        [_, last] => ("twice".to_owned(), last),
        [.., last] => (format!("{} times", missed.len()), last),
        [] => return String::new(),
    };
    let (last, effect) = last;
    match effect.after {
        Some(after) => format!(
            "{others} then changed it {times}, at last to {} {}",
            value(after),
            at(last)
        ),
        None => format!("{others} then changed it {times} {}", at(last)),
    }
}

/// The value that an event left behind, with a space after it; nothing if it is not known.
fn stored(effect: Effect) -> String {
    effect.after.map_or_else(String::new, |after| value(after) + " ")
}

fn equals(seen: Option<Value>) -> String {
    seen.map_or_else(String::new, |seen| format!(" = {}", value(seen)))
}

fn panicked(interleaving: &Interleaving, panic: &PanicInfo, findings: &Findings) -> Vec<String> {
    let who = thread_in_words(panic.thread);
    let place = panic.location.as_ref().map(|location| {
        let file = crate::place::file_name(&location.file);
        format!(" at {file}:{}", location.line)
    });
    let said = message(panic);
    let said = said.trim_end_matches('.');
    let mut sentences = vec![format!("{who} panicked{}: “{said}”", place.unwrap_or_default())];
    let own = |index: &usize| interleaving.steps[*index].event.thread == panic.thread;
    let mut before = (0..findings.panic_after).rev().filter(own);
    sentences.extend(before.find_map(|index| last_seen(interleaving, index, findings)));
    let after = (findings.panic_after..interleaving.steps.len()).filter(own);
    sentences.extend(poisoned(interleaving, after, findings));
    sentences.extend(lost_updates(interleaving, findings));
    sentences
}

/// Tells of the locks that a panic poisoned, by the events that came after it.
fn poisoned(
    interleaving: &Interleaving,
    after: impl Iterator<Item = usize>,
    findings: &Findings,
) -> Option<String> {
    let mut poisoned = Vec::new();
    let mut half_done = Vec::new();
    for index in after {
        let event = &interleaving.steps[index].event;
        let poisons = event.operation.poisons();
        let Some((_, lock)) = event.object.filter(|_| poisons) else {
            continue;
        };
        poisoned.push(findings.names.object(lock));
        let left = findings.effects[index];
        half_done.extend(left.after.filter(|_| left.is_change()).map(value));
    }
    let finds = match half_done.is_empty() {
        true => String::new(),
        false => format!(", and finds the {} that was left there", list(&half_done)),
    };
    (!poisoned.is_empty()).then(|| {
        let (is, it) = if poisoned.len() == 1 {
            ("is", "it")
        } else {
            ("are", "them")
        };
        let poisoned = list(&poisoned);
        format!("it held {poisoned}, which {is} poisoned now: whoever locks {it} next gets an error{finds}")
    })
}

/// Tells what an event saw or changed, if it did, as the last thing before a panic.
fn last_seen(interleaving: &Interleaving, index: usize, findings: &Findings) -> Option<String> {
    let (event, effect) = (&interleaving.steps[index].event, findings.effects[index]);
    let (releases, is_lock) = match event.operation {
        OperationKind::Unlock(_) | OperationKind::Wait => (true, true),
        OperationKind::Lock | OperationKind::Reacquire => (false, true),
        OperationKind::Load(_)
        | OperationKind::Store(..)
        | OperationKind::ReadModifyWrite(..)
        | OperationKind::CompareExchange { .. }
        | OperationKind::Fence(_)
        | OperationKind::TryLock
        | OperationKind::IsPoisoned
        | OperationKind::ClearPoison
        | OperationKind::ReadLock
        | OperationKind::TryReadLock
        | OperationKind::ReadUnlock
        | OperationKind::WriteLock
        | OperationKind::TryWriteLock
        | OperationKind::WriteUnlock(_)
        | OperationKind::WakeOrTimeOut
        | OperationKind::WakeOrTimeOutUnless(_)
        | OperationKind::NotifyOne
        | OperationKind::NotifyAll
        | OperationKind::CellRead
        | OperationKind::CellWrite
        | OperationKind::Park
        | OperationKind::Unpark
        | OperationKind::Choose(_)
        | OperationKind::Spin(_) => (false, false),
    };
    let after = effect.after.filter(|_| !releases || effect.is_change())?;
    let object = event.mutex.or(event.object.map(|(_, id)| id))?;
    let object = findings.names.object(object);
    let after = value(after);
    let did = match (effect.before == effect.after, is_lock) {
        (true, false) => format!("saw was {object} = {after}"),
        (true, true) => format!("saw was {after} in {object}"),
        (false, false) => format!("did to a shared value was to set {object} to {after}"),
        (false, true) => format!("did to a shared value was to leave {after} in {object}"),
    };
    Some(format!("the last thing that it {did} {}", at(event)))
}
