//! The story of a lost update.

use super::atomicity_violation;
use crate::drawing::findings::Findings;
use crate::drawing::findings::effect::Effect;
use crate::drawing::findings::lost_update::LostUpdate;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::at;
use crate::drawing::words::{list, value};
use crate::{Event, Interleaving, ThreadId, Value};
use std::collections::BTreeSet;

/// Tells the first lost update in full, and counts the others. If no update is known to be lost, tells of
/// those that are possibly lost.
pub(super) fn sentences(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let Some(first) = findings.lost.first() else {
        return atomicity_violation::sentences(interleaving, findings);
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

/// Returns the value that an event left, with a space after it; the empty string if it is not known.
fn stored(effect: Effect) -> String {
    effect.after.map_or_else(String::new, |after| value(after) + " ")
}

fn equals(seen: Option<Value>) -> String {
    seen.map_or_else(String::new, |seen| format!(" = {}", value(seen)))
}
