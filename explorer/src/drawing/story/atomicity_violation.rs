//! The story of an update that is possibly lost although each access was under a lock.
//!
//! The thread could read the value again when it held the lock again. So the story tells what the thread
//! found, what it left, and the condition on which an update was lost.

use crate::Interleaving;
use crate::drawing::findings::Findings;
use crate::drawing::findings::critical_section::CriticalSection;
use crate::drawing::findings::lost_update::LostUpdate;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::at;
use crate::drawing::words::{list, value};
use std::collections::BTreeSet;

/// Tells the first such update in full, and counts the others.
pub(super) fn sentences(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let Some(first) = findings.possibly_lost.first() else {
        return Vec::new();
    };
    let mut sentences = told(interleaving, first, findings).unwrap_or_default();
    let all = findings.possibly_lost.iter().flat_map(|update| &update.missed);
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
    let is_missed = |section: &&CriticalSection| {
        section
            .unlocked
            .is_some_and(|index| update.missed.contains(&index))
    };
    let others: Vec<&CriticalSection> = sections().filter(is_missed).collect();
    let names: BTreeSet<_> = others.iter().map(|section| section.thread).collect();
    let names: Vec<String> = names.into_iter().map(thread_in_words).collect();
    let locked_at = |section: &CriticalSection| at(&interleaving.steps[section.locked].event);
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
fn between(others: &[&CriticalSection]) -> Option<String> {
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
