//! Wakeups: which threads each notification wakes, and why a thread waits for one in vain.

use super::order::out_of_order;
use crate::drawing::claim::InVain;
use crate::drawing::role::Role;
use crate::{Event, Interleaving, ObjectId, StuckThread, ThreadId, WaitingFor};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the reason why a thread waits in vain.
pub(in crate::drawing) fn reason(interleaving: &Interleaving, stuck: &StuckThread) -> InVain {
    let is_out_of_order = stuck
        .object
        .is_some_and(|(_, id)| out_of_order(interleaving).contains(&id));
    match stuck.waiting_for {
        WaitingFor::Notification | WaitingFor::Unpark if is_out_of_order => InVain::OutOfOrder,
        WaitingFor::Notification => notification(interleaving, stuck),
        WaitingFor::Unpark => token(interleaving, stuck),
        WaitingFor::Change => InVain::NobodyLeft,
        WaitingFor::Lock | WaitingFor::ReadLock | WaitingFor::WriteLock => InVain::Held,
        WaitingFor::Writer(_) | WaitingFor::End(_) => InVain::Held,
    }
}

/// Returns the index of the notification that a thread has missed, if it waits for one and there was one.
pub(in crate::drawing) fn missed(interleaving: &Interleaving, stuck: &StuckThread) -> Option<usize> {
    match reason(interleaving, stuck) {
        InVain::WokenBefore(notification) | InVain::TooEarly(notification) => Some(notification),
        InVain::WokeOthers { notification, .. } | InVain::GaveUp { notification, .. } => Some(notification),
        InVain::Held | InVain::NobodyLeft | InVain::OutOfOrder | InVain::TokenTaken { .. } => None,
    }
}

/// Returns the index of the notification that came too early for a thread: it did not wait then, and waits now.
pub(in crate::drawing) fn too_early(interleaving: &Interleaving, stuck: &StuckThread) -> Option<usize> {
    match reason(interleaving, stuck) {
        InVain::TooEarly(notification) | InVain::GaveUp { notification, .. } => Some(notification),
        InVain::Held | InVain::NobodyLeft | InVain::OutOfOrder | InVain::TokenTaken { .. } => None,
        InVain::WokenBefore(_) | InVain::WokeOthers { .. } => None,
    }
}

fn notification(interleaving: &Interleaving, stuck: &StuckThread) -> InVain {
    let event = |index: usize| &interleaving.steps[index].event;
    let own = |index: &usize| event(*index).thread == stuck.thread && event(*index).object == stuck.object;
    let all = || (0..interleaving.steps.len()).rev();
    let waits = all()
        .filter(own)
        .find(|&index| Role::of(event(index)) == Role::Waits);
    let woken = stuck.object.map(|(_, condvar)| woken(interleaving, condvar));
    let last = woken.and_then(|mut woken| woken.pop_last());
    let (Some(waits), Some((last, woken))) = (waits, last) else {
        return InVain::NobodyLeft;
    };
    let gave_up = (0..last)
        .rev()
        .filter(own)
        .find(|&index| may_end_wait(event(index)));
    let gave_up = gave_up.filter(|&index| Role::of(event(index)) == Role::EndsWait { in_time: false });
    if woken.contains(&stuck.thread) {
        InVain::WokenBefore(last)
    } else if !woken.is_empty() {
        InVain::WokeOthers {
            notification: last,
            woken: woken.into_iter().collect(),
            waited: waits < last,
        }
    } else if let Some(time_out) = gave_up {
        InVain::GaveUp {
            notification: last,
            time_out,
        }
    } else {
        InVain::TooEarly(last)
    }
}

/// Returns `true` if a thread starts to wait, or ends a wait.
fn may_end_wait(event: &Event) -> bool {
    matches!(
        Role::of(event),
        Role::Waits | Role::Reacquires | Role::EndsWait { .. }
    )
}

fn token(interleaving: &Interleaving, stuck: &StuckThread) -> InVain {
    let on_it = |index: &usize| interleaving.steps[*index].event.object == stuck.object;
    let role = |index: usize| Role::of(&interleaving.steps[index].event);
    let touches: Vec<usize> = (0..interleaving.steps.len()).filter(on_it).collect();
    let Some((&park, before)) = touches
        .split_last()
        .filter(|(last, _)| role(**last) == Role::Parks)
    else {
        return InVain::NobodyLeft;
    };
    let since = before.iter().rposition(|&index| role(index) == Role::Parks);
    let unparks: Vec<usize> = before[since.map_or(0, |since| since + 1)..].to_vec();
    match unparks.is_empty() || !unparks.iter().all(|&index| role(index) == Role::Unparks) {
        true => InVain::NobodyLeft,
        false => InVain::TokenTaken { unparks, park },
    }
}

/// Returns the notifications by a condition variable, each with the threads that it woke. The alternative of a
/// notification counts the waiting threads in the order of their names.
fn woken(interleaving: &Interleaving, condvar: ObjectId) -> BTreeMap<usize, BTreeSet<ThreadId>> {
    let mut waiting = BTreeSet::new();
    let mut woken = BTreeMap::new();
    for (index, step) in interleaving.steps.iter().enumerate() {
        let event = &step.event;
        if event.object.is_none_or(|(_, id)| id != condvar) {
            continue;
        }
        match Role::of(event) {
            Role::Waits => drop(waiting.insert(event.thread)),
            Role::Reacquires | Role::EndsWait { .. } => drop(waiting.remove(&event.thread)),
            Role::Notifies { all: true } => drop(woken.insert(index, std::mem::take(&mut waiting))),
            Role::Notifies { all: false } => {
                let one = waiting.iter().nth(event.alternative.into()).copied();
                waiting.retain(|&thread| Some(thread) != one);
                woken.insert(index, one.into_iter().collect());
            }
            Role::Atomic(_) | Role::Plain(_) | Role::Fence(_) | Role::Acquires(_) => {}
            Role::FailsToAcquire | Role::Releases { .. } | Role::AsksForPoison | Role::ClearsPoison => {}
            Role::WaitsForNothing | Role::Queues | Role::StartsToPark { .. } => {}
            Role::Parks | Role::ParksInVain | Role::Unparks | Role::Chooses(_) => {}
        }
    }
    woken
}
