//! The story of an update that is possibly lost although each access was under a lock.
//!
//! The thread could read the value again when it held the lock again. So the story tells what the thread
//! found, what it left, and the condition on which an update was lost.

use crate::Interleaving;
use crate::drawing::claim::Claim;
use crate::drawing::findings::Findings;
use crate::drawing::findings::critical_section::CriticalSection;
use crate::drawing::findings::lost_update::LostUpdate;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::at;
use crate::drawing::words::{list, value};
use std::collections::BTreeSet;

/// Returns the claim about such an update; `None` if its accesses are not those of critical sections.
pub(super) fn claim(update: &LostUpdate, findings: &Findings) -> Option<Claim> {
    let looked = section(update.read, findings)?;
    let ends = |index: usize| move |section: &&CriticalSection| section.unlocked == Some(index);
    let ended = |index: usize| findings.sections.iter().find(ends(index));
    let others: Option<Vec<usize>> = update
        .missed
        .iter()
        .map(|&index| Some(ended(index)?.locked))
        .collect();
    Some(Claim::OutOfDate {
        looked: looked.locked,
        others: others?,
        changed: ended(update.store)?.locked,
    })
}

/// Returns the critical section that begins with this event.
fn section(locked: usize, findings: &Findings) -> Option<&CriticalSection> {
    findings.sections.iter().find(|section| section.locked == locked)
}

/// Puts the claim into words.
pub(super) fn words(claim: &Claim, interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let Claim::OutOfDate {
        looked,
        others,
        changed,
    } = claim
    else {
        return Vec::new();
    };
    let others: Option<Vec<_>> = others.iter().map(|&locked| section(locked, findings)).collect();
    let sections = (section(*looked, findings), others, section(*changed, findings));
    match sections {
        (Some(looked), Some(others), Some(changed)) => {
            told(interleaving, looked, &others, changed, findings).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn told(
    interleaving: &Interleaving,
    looked: &CriticalSection,
    others: &[&CriticalSection],
    changed: &CriticalSection,
    findings: &Findings,
) -> Option<Vec<String>> {
    let names: BTreeSet<_> = others.iter().map(|section| section.thread).collect();
    let names: Vec<String> = names.into_iter().map(thread_in_words).collect();
    let locked_at = |section: &CriticalSection| at(&interleaving.steps[section.locked].event);
    let lock = findings.names.object(looked.lock);
    let owner = thread_in_words(looked.thread);
    let [old, found, left] = [looked.found?, changed.found?, changed.left?].map(value);
    let (last, between) = (others.last()?, between(others)?);
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
