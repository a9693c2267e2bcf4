//! The story of a panic.

use super::lost_update;
use crate::drawing::claim::Claim;
use crate::drawing::findings::Findings;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::{Place, at};
use crate::drawing::role::{LockKind, Role, lock_of};
use crate::drawing::words::{list, on_one_line, value};
use crate::{Interleaving, PanicInfo};

/// Tells which thread panicked, the last known value that it saw or left before, the locks that it poisoned, and
/// the updates that were lost.
pub(super) fn claims(interleaving: &Interleaving, panic: &PanicInfo, findings: &Findings) -> Vec<Claim> {
    let own = |index: &usize| interleaving.steps[*index].event.thread == panic.thread;
    let before: Vec<usize> = (0..findings.panic_after).filter(own).collect();
    let mut claims = vec![Claim::Panicked(panic.clone())];
    claims.extend(last_value(interleaving, &before, findings));
    claims.extend(poisoned(interleaving, panic, findings));
    match lost_update::claims(findings) {
        lost if lost.is_empty() => claims.extend(findings.aba.clone()),
        lost => claims.extend(lost),
    }
    claims
}

/// Finds the last of these events of the thread that saw or left a known value.
fn last_value(interleaving: &Interleaving, own: &[usize], findings: &Findings) -> Option<Claim> {
    let event = |index: usize| &interleaving.steps[index].event;
    let position = own
        .iter()
        .rposition(|&index| has_value(interleaving, index, findings))?;
    let last = own[position];
    let only_releases = own[position + 1..]
        .iter()
        .all(|&index| matches!(Role::of(event(index)), Role::Releases { .. }));
    let joins = interleaving.links.iter().filter(|link| !link.spawn);
    let mut joins = joins.filter(|link| link.by == event(last).thread);
    Some(Claim::LastValue {
        event: last,
        is_last: only_releases && !joins.any(|link| link.position > last),
    })
}

/// Returns `true` if the event read or changed a known value of an object.
fn has_value(interleaving: &Interleaving, index: usize, findings: &Findings) -> bool {
    let (event, effect) = (&interleaving.steps[index].event, findings.effects[index]);
    effect.after.is_some() && lock_of(event).is_some() && (!releases(Role::of(event)) || effect.is_change())
}

/// Returns `true` for the role of an operation that releases a mutex.
fn releases(role: Role) -> bool {
    let mutex = LockKind::Mutex;
    matches!(role, Role::Releases { lock, .. } if lock == mutex)
        || matches!(role, Role::Waits | Role::WaitsForNothing)
}

/// Finds the locks that a panic poisoned, by the events that came after it.
fn poisoned(interleaving: &Interleaving, panic: &PanicInfo, findings: &Findings) -> Option<Claim> {
    let event = |index: usize| &interleaving.steps[index].event;
    let all = findings.panic_after..interleaving.steps.len();
    let releases: Vec<usize> = all
        .clone()
        .filter(|&index| event(index).thread == panic.thread && Role::of(event(index)).poisons())
        .collect();
    let changes = |release: usize| {
        let touched = |index: usize| {
            let role = Role::of(event(index));
            lock_of(event(index)) == lock_of(event(release))
                && (role.acquires() || role == Role::ClearsPoison)
        };
        (release + 1..all.end).any(touched)
    };
    let untouched = !releases.iter().any(|&release| changes(release));
    (!releases.is_empty()).then_some(Claim::LeftPoisoned { releases, untouched })
}

/// Puts a claim about a panic into words.
pub(super) fn words(claim: &Claim, interleaving: &Interleaving, findings: &Findings) -> String {
    match claim {
        Claim::Panicked(panic) => panicked(panic),
        Claim::LastValue { event, is_last } => seen_last(*event, *is_last, interleaving, findings),
        Claim::LeftPoisoned { releases, untouched } => {
            left_poisoned(releases, *untouched, interleaving, findings)
        }
        _ => String::new(),
    }
}

fn panicked(panic: &PanicInfo) -> String {
    let who = thread_in_words(panic.thread);
    let place = panic.location.as_ref();
    let place = place.map(|location| format!(" at {}", Place::from(location)));
    let said = on_one_line(&panic.message);
    let said = said.trim_end_matches('.');
    format!("{who} panicked{}: “{said}”", place.unwrap_or_default())
}

fn left_poisoned(
    releases: &[usize],
    untouched: bool,
    interleaving: &Interleaving,
    findings: &Findings,
) -> String {
    let mut poisoned = Vec::new();
    let mut half_done = Vec::new();
    for &index in releases {
        let lock = lock_of(&interleaving.steps[index].event);
        poisoned.extend(lock.map(|lock| findings.names.object(lock)));
        let left = findings.effects[index];
        half_done.extend(left.after.filter(|_| left.is_change()).map(value));
    }
    let (is, it) = match poisoned.len() {
        1 => ("is", "it"),
        _ => ("are", "them"),
    };
    let poisoned = list(&poisoned);
    if !untouched {
        return format!("it held {poisoned}, and so poisoned {it}");
    }
    let finds = match half_done.is_empty() {
        true => String::new(),
        false => format!(", and finds the {} that was left there", list(&half_done)),
    };
    format!("it held {poisoned}, which {is} poisoned now: whoever locks {it} next gets an error{finds}")
}

/// Tells of the last known value that a thread saw or left before its panic.
fn seen_last(index: usize, is_last: bool, interleaving: &Interleaving, findings: &Findings) -> String {
    let (event, effect) = (&interleaving.steps[index].event, findings.effects[index]);
    let role = Role::of(event);
    let is_lock = releases(role) || matches!(role, Role::Acquires(LockKind::Mutex) | Role::Reacquires);
    let object = lock_of(event).map(|object| findings.names.object(object));
    let object = object.unwrap_or_default();
    let after = effect.after.map(value).unwrap_or_default();
    let place = at(event);
    match (is_last, is_lock, effect.before == effect.after) {
        (true, false, true) => format!("the last thing that it saw was {object} = {after} {place}"),
        (true, true, true) => format!("the last thing that it saw was {after} in {object} {place}"),
        (true, false, false) => {
            format!("the last thing that it did to a shared value was to set {object} to {after} {place}")
        }
        (true, true, false) => {
            format!("the last thing that it did to a shared value was to leave {after} in {object} {place}")
        }
        (false, false, true) => format!("some time before, it saw {object} = {after} {place}"),
        (false, true, true) => format!("some time before, it saw {after} in {object} {place}"),
        (false, false, false) => format!("some time before, it set {object} to {after} {place}"),
        (false, true, false) => format!("some time before, it left {after} in {object} {place}"),
    }
}
