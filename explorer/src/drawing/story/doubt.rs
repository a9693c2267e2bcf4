//! The story of an update that may have been lost although every access was under a lock.
//!
//! The thread could look again when it had the lock again. So what is told is what it saw, what it left, and on what
//! condition an update was lost.

use super::at;
use crate::drawing::action::value;
use crate::drawing::findings::Findings;
use crate::drawing::names::{list, thread_in_words};
use crate::drawing::section::Section;
use crate::drawing::stale::LostUpdate;
use crate::{Interleaving, Value};
use std::collections::BTreeSet;

/// Tells the first such update in full, and counts the others.
pub(super) fn sentences(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let Some(first) = findings.doubtful.first() else {
        return Vec::new();
    };
    let mut sentences = told(interleaving, first, findings).unwrap_or_default();
    let all = findings.doubtful.iter().flat_map(|update| &update.missed);
    let all: BTreeSet<usize> = all.copied().collect();
    match all.len() - first.missed.len() {
        0 => {}
        1 => sentences.push("1 more update may have been lost in the same way".to_owned()),
        more => sentences.push(format!("{more} more updates may have been lost in the same way")),
    }
    sentences
}

fn told(interleaving: &Interleaving, update: &LostUpdate, findings: &Findings) -> Option<Vec<String>> {
    let sections = || findings.sections.iter();
    let looked = sections().find(|section| section.locked == update.read)?;
    let changed = sections().find(|section| section.unlocked == Some(update.store))?;
    let is_missed = |section: &&Section| {
        section
            .unlocked
            .is_some_and(|index| update.missed.contains(&index))
    };
    let others: Vec<&Section> = sections().filter(is_missed).collect();
    let names: BTreeSet<_> = others.iter().map(|section| section.thread).collect();
    let names: Vec<String> = names.into_iter().map(thread_in_words).collect();
    let locked_at = |section: &Section| at(&interleaving.steps[section.locked].event);
    let lock = findings.names.object(looked.lock);
    let owner = thread_in_words(looked.thread);
    let [old, found, left] = [looked.found?, changed.found?, changed.left?].map(value);
    let (last, between) = (others.last()?, between(&others)?);
    Some(vec![
        format!(
            "{owner} locked {lock} and found {old} {}, then gave it back",
            locked_at(looked)
        ),
        format!("{} then {between} {}", list(&names), locked_at(last)),
        format!(
            "when {owner} locked {lock} again, the {old} that it had found was out of date: it replaced {found} by \
             {left} {}, and if it computed that from the {old}, {} lost",
            locked_at(changed),
            owned(&names, others.len())
        ),
    ])
}

/// Tells what other threads made of a value.
fn between(others: &[&Section]) -> Option<String> {
    let [from, to] = [others.first()?.found?, others.last()?.left?].map(value);
    Some(match others.len() {
        1 => format!("changed {from} to {to}"),
        steps => format!("changed {from} to {to} in {steps} steps"),
    })
}

/// Tells whose updates are lost, up to that word.
fn owned(names: &[String], updates: usize) -> String {
    let owners: Vec<String> = names.iter().map(|name| format!("{name}'s")).collect();
    let are = if updates == 1 { "update is" } else { "updates are" };
    format!("{} {are}", list(&owners))
}

/// Tells what a thread found in a mutex and what it left there, over some sections of it in a row.
pub(super) fn found_and_left(found: Option<Value>, left: Option<Value>) -> Option<String> {
    let (found, left) = (found?, left?);
    Some(match found == left {
        true => format!("found {}", value(found)),
        false => format!("changed {} to {}", value(found), value(left)),
    })
}
