//! The story of an interleaving: what happened, in a few plain sentences.

mod calm;

use super::action::value;
use super::deadlock;
use super::drawing::Place;
use super::findings::Findings;
use super::names::{list, thread_in_words};
use super::order;
use super::rows::message;
use super::stale::LostUpdate;
use crate::explorer::{Ending, Event, Interleaving, ObjectId, OperationKind, PanicInfo, ThreadId, Value};
use std::collections::BTreeSet;

/// Tells what happened, at least in one sentence.
pub(super) fn story(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let names = &findings.names;
    let sentences = match &findings.ending {
        Ending::DataRace(race) => order::sentences(interleaving, race, findings.race, names),
        Ending::Deadlock(threads) => deadlock::sentences(interleaving, threads, names),
        Ending::Panic(panic) => panicked(interleaving, panic, findings),
        Ending::StepLimit => vec![format!(
            "after {} steps the execution was not followed further: it may go on for ever",
            interleaving.steps.len()
        )],
        Ending::Finished(()) if findings.lost.is_empty() => calm::sentences(interleaving, findings),
        Ending::Finished(()) => lost_updates(interleaving, findings),
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
    format!("({})", Place::from(event.location))
}

/// Tells the first lost update in full, and counts the others.
fn lost_updates(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let Some(first) = findings.lost.first() else {
        return Vec::new();
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
    let missed: Vec<&Event> = lost.missed.iter().map(|&index| event(index)).collect();
    let others: BTreeSet<ThreadId> = missed.iter().map(|event| event.thread).collect();
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
        format!("{owner} read {object}{} {}{and}", equals(read.before), at(read)),
        changes(&others, &missed),
        format!(
            "{owner} did not look again: it stored {}over {it} {}, and {theirs} lost",
            stored(store),
            at(store)
        ),
    ]
}

/// Tells what other threads stored.
fn changes(others: &[String], missed: &[&Event]) -> String {
    let others = list(others);
    let (times, last) = match missed {
        [only] => return format!("{others} then stored {}{}", stored(only), at(only)),
        [_, last] => ("twice".to_owned(), last),
        [.., last] => (format!("{} times", missed.len()), last),
        [] => return String::new(),
    };
    match last.after {
        Some(after) => format!(
            "{others} then changed it {times}, at last to {} {}",
            value(after),
            at(last)
        ),
        None => format!("{others} then changed it {times} {}", at(last)),
    }
}

/// The value that an event left behind, with a space after it; nothing if it is not known.
fn stored(event: &Event) -> String {
    event.after.map_or_else(String::new, |after| value(after) + " ")
}

fn equals(seen: Option<Value>) -> String {
    seen.map_or_else(String::new, |seen| format!(" = {}", value(seen)))
}

fn panicked(interleaving: &Interleaving, panic: &PanicInfo, findings: &Findings) -> Vec<String> {
    let who = thread_in_words(panic.thread);
    let place = panic.location.as_ref().map(|location| {
        let file = crate::execution::file_name(&location.file);
        format!(" at {file}:{}", location.line)
    });
    let said = message(panic);
    let said = said.trim_end_matches('.');
    let mut sentences = vec![format!("{who} panicked{}: “{said}”", place.unwrap_or_default())];
    let (before, after) = interleaving.steps.split_at(findings.panic_after);
    let own = |step: &&crate::explorer::Step| step.event.thread == panic.thread;
    let seen = before
        .iter()
        .rev()
        .filter(own)
        .find(|step| step.event.before.is_some());
    if let Some((event, id)) = seen.and_then(|step| step.event.object.map(|(_, id)| (&step.event, id))) {
        sentences.push(last_seen(event, id, findings));
    }
    let poisoned = after.iter().filter(own).filter(|step| {
        matches!(
            step.event.operation,
            OperationKind::Unlock(true) | OperationKind::WriteUnlock(true)
        )
    });
    let poisoned: Vec<String> = poisoned
        .filter_map(|step| step.event.object.map(|(_, id)| findings.names.object(id)))
        .collect();
    if !poisoned.is_empty() {
        let poisoned = list(&poisoned);
        sentences.push(format!(
            "it held {poisoned}, which is poisoned now: whoever locks it next gets an error"
        ));
    }
    sentences.extend(lost_updates(interleaving, findings));
    sentences
}

fn last_seen(event: &Event, object: ObjectId, findings: &Findings) -> String {
    let object = findings.names.object(object);
    let did = match event.before == event.after {
        true => format!("saw was {object}{}", equals(event.before)),
        false => format!(
            "did to a shared value was to set {object} to {}",
            stored(event).trim_end()
        ),
    };
    format!("the last thing that it {did} {}", at(event))
}
