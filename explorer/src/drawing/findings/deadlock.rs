//! The events that led to a deadlock.

use crate::drawing::role::Role;
use crate::{Interleaving, StuckThread, ThreadId, WaitingFor};

/// Returns the indices of the events that led to the deadlock: the last of each stuck thread, those that
/// acquired what it waits for, and the notification that it missed.
pub(super) fn causes(interleaving: &Interleaving, threads: &[StuckThread]) -> Vec<usize> {
    let mut causes = Vec::new();
    for stuck in threads {
        let last =
            |wanted: &dyn Fn(usize) -> bool| (0..interleaving.steps.len()).rev().find(|&index| wanted(index));
        let event = |index: usize| &interleaving.steps[index].event;
        causes.extend(last(&|index| event(index).thread == stuck.thread));
        causes.extend(acquisitions(interleaving, stuck));
        causes.extend(missed_notification(interleaving, stuck));
    }
    causes
}

/// Returns the indices of the events that acquired what the thread waits for.
pub(in crate::drawing) fn acquisitions(interleaving: &Interleaving, stuck: &StuckThread) -> Vec<usize> {
    let Some((_, object)) = stuck.object else {
        return Vec::new();
    };
    let acquired = |thread: ThreadId| {
        interleaving.steps.iter().rposition(|step| {
            let event = &step.event;
            let touches = event.object.is_some_and(|(_, id)| id == object) || event.mutex == Some(object);
            event.thread == thread && touches && Role::of(event).acquires()
        })
    };
    stuck
        .holders
        .iter()
        .filter_map(|holder| acquired(holder.thread))
        .collect()
}

/// Returns the index of the last notification before the thread started to wait for one, if none came later.
pub(in crate::drawing) fn missed_notification(
    interleaving: &Interleaving,
    stuck: &StuckThread,
) -> Option<usize> {
    if stuck.waiting_for != WaitingFor::Notification {
        return None;
    }
    let on_it = |index: &usize| interleaving.steps[*index].event.object == stuck.object;
    let last = (0..interleaving.steps.len())
        .rev()
        .filter(on_it)
        .find(|&index| matches!(Role::of(&interleaving.steps[index].event), Role::Notifies { .. }))?;
    let waits = interleaving
        .steps
        .iter()
        .rposition(|step| step.event.thread == stuck.thread && Role::of(&step.event) == Role::Waits)?;
    (last < waits).then_some(last)
}
