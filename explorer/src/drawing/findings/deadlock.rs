//! The events that led to a deadlock.

use super::wakeups::missed;
use crate::drawing::role::Role;
use crate::{Interleaving, StuckThread, ThreadId};

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
        causes.extend(missed(interleaving, stuck));
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
