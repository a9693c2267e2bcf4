//! The story of a panic.

use super::lost_update;
use crate::drawing::findings::Findings;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::{Place, at};
use crate::drawing::role::{LockKind, Role, lock_of};
use crate::drawing::words::{list, on_one_line, value};
use crate::{Interleaving, PanicInfo};

/// Tells which thread panicked, the last effect that it had before, the locks that it poisoned, and the
/// updates that were lost.
pub(super) fn sentences(interleaving: &Interleaving, panic: &PanicInfo, findings: &Findings) -> Vec<String> {
    let who = thread_in_words(panic.thread);
    let place = panic.location.as_ref();
    let place = place.map(|location| format!(" at {}", Place::from(location)));
    let said = on_one_line(&panic.message);
    let said = said.trim_end_matches('.');
    let mut sentences = vec![format!("{who} panicked{}: “{said}”", place.unwrap_or_default())];
    let own = |index: &usize| interleaving.steps[*index].event.thread == panic.thread;
    let mut before = (0..findings.panic_after).rev().filter(own);
    sentences.extend(before.find_map(|index| last_seen(interleaving, index, findings)));
    let after = (findings.panic_after..interleaving.steps.len()).filter(own);
    sentences.extend(poisoned(interleaving, after, findings));
    sentences.extend(lost_update::sentences(interleaving, findings));
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
        let Some((_, lock)) = event.object.filter(|_| Role::of(event).poisons()) else {
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

/// Tells what an event read or changed, if it did, as the last thing before a panic.
fn last_seen(interleaving: &Interleaving, index: usize, findings: &Findings) -> Option<String> {
    let (event, effect) = (&interleaving.steps[index].event, findings.effects[index]);
    let role = Role::of(event);
    let releases = matches!(
        role,
        Role::Releases {
            lock: LockKind::Mutex,
            ..
        } | Role::Waits
            | Role::WaitsForNothing
    );
    let is_lock = releases || matches!(role, Role::Acquires(LockKind::Mutex) | Role::Reacquires);
    let after = effect.after.filter(|_| !releases || effect.is_change())?;
    let object = lock_of(event)?;
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
