//! Deadlocks: who waits for whom, in a circle if there is one, and for what that will never come.

use super::names::{Names, thread_in_words};
use super::place::Place;
use crate::{Interleaving, OperationKind, StuckThread, ThreadId, WaitingFor};

/// Returns the indices of the events that led to the deadlock: the last of each stuck thread, what it waits for was
/// acquired by, and the notifications that it missed.
pub(super) fn important(interleaving: &Interleaving, threads: &[StuckThread]) -> Vec<usize> {
    let mut important = Vec::new();
    for stuck in threads {
        let last =
            |wanted: &dyn Fn(usize) -> bool| (0..interleaving.steps.len()).rev().find(|&index| wanted(index));
        let event = |index: usize| &interleaving.steps[index].event;
        important.extend(last(&|index| event(index).thread == stuck.thread));
        important.extend(acquisitions(interleaving, stuck));
        important.extend(missed_notification(interleaving, stuck));
    }
    important
}

/// Returns the indices of the events that acquired what the thread waits for.
pub(super) fn acquisitions(interleaving: &Interleaving, stuck: &StuckThread) -> Vec<usize> {
    let Some((_, object)) = stuck.object else {
        return Vec::new();
    };
    let acquired = |thread: ThreadId| {
        interleaving.steps.iter().rposition(|step| {
            let event = &step.event;
            let touches = event.object.is_some_and(|(_, id)| id == object) || event.mutex == Some(object);
            event.thread == thread && touches && event.succeeded && event.operation.acquires()
        })
    };
    stuck
        .holders
        .iter()
        .filter_map(|holder| acquired(holder.thread))
        .collect()
}

/// Returns the index of the last notification before the thread started to wait for one, if none came after.
pub(super) fn missed_notification(interleaving: &Interleaving, stuck: &StuckThread) -> Option<usize> {
    if stuck.waiting_for != WaitingFor::Notification {
        return None;
    }
    let on_it = |index: &usize| interleaving.steps[*index].event.object == stuck.object;
    let last = (0..interleaving.steps.len())
        .rev()
        .filter(on_it)
        .find(|&index| interleaving.steps[index].event.operation.notifies())?;
    let waits = interleaving
        .steps
        .iter()
        .rposition(|step| step.event.thread == stuck.thread && step.event.operation == OperationKind::Wait)?;
    (last < waits).then_some(last)
}

/// Returns what a stuck thread waits for, as a row of a drawing says it.
pub(super) fn waits(stuck: &StuckThread, names: &Names) -> String {
    let object = stuck.object.map(|(_, id)| names.object(id)).unwrap_or_default();
    let what = match stuck.waiting_for {
        WaitingFor::Lock => format!("waits to lock {object}"),
        WaitingFor::ReadLock => format!("waits to read-lock {object}"),
        WaitingFor::WriteLock => format!("waits to write-lock {object}"),
        WaitingFor::Notification => format!("waits to be notified by {object}"),
        WaitingFor::Unpark => "waits to be unparked".to_owned(),
        WaitingFor::Change => format!("waits for {object} to change"),
        WaitingFor::End(thread) => format!("waits for {} to end", super::names::thread(thread)),
    };
    let holders: Vec<String> = stuck
        .holders
        .iter()
        .map(|holder| match holder.thread == stuck.thread {
            true => "itself".to_owned(),
            false => super::names::thread(holder.thread),
        })
        .collect();
    match holders.is_empty() {
        true => what,
        false => format!("{what}, held by {}", super::names::list(&holders)),
    }
}

/// Tells why no thread can go on, in sentences without their capital letter.
pub(super) fn sentences(interleaving: &Interleaving, threads: &[StuckThread], names: &Names) -> Vec<String> {
    let circle = circle(threads);
    let mut sentences: Vec<String> = match circle.as_slice() {
        [] => Vec::new(),
        [alone] => vec![waits_for_itself(alone, names)],
        all => all.iter().map(|stuck| waits_in_circle(stuck, names)).collect(),
    };
    if circle.len() > 1 {
        let each = if circle.len() == 2 {
            "each waits for the other"
        } else {
            "they wait in a circle"
        };
        sentences.push(format!("so {each}, and none of them can ever go on"));
    }
    let in_circle = |stuck: &StuckThread| circle.iter().any(|other| other.thread == stuck.thread);
    let others: Vec<&StuckThread> = threads.iter().filter(|stuck| !in_circle(stuck)).collect();
    let (joining, waiting): (Vec<&StuckThread>, Vec<&StuckThread>) = others
        .into_iter()
        .partition(|stuck| matches!(stuck.waiting_for, WaitingFor::End(_)));
    sentences.extend(
        waiting
            .iter()
            .take(3)
            .map(|stuck| waits_in_vain(interleaving, stuck, names)),
    );
    match waiting.len().saturating_sub(3) {
        0 => {}
        1 => sentences.push("1 more thread waits for ever".to_owned()),
        more => sentences.push(format!("{more} more threads wait for ever")),
    }
    let joining: Vec<String> = joining.iter().map(|stuck| joins_in_vain(stuck, names)).collect();
    if !joining.is_empty() {
        sentences.push(super::names::list(&joining));
    }
    sentences
}

/// Returns a circle of threads each of which waits for the next, the least thread first; none if there is none.
fn circle(threads: &[StuckThread]) -> Vec<&StuckThread> {
    let stuck = |id: ThreadId| threads.iter().find(|stuck| stuck.thread == id);
    let next = |from: &StuckThread| match from.waiting_for {
        WaitingFor::End(thread) => stuck(thread),
        WaitingFor::Lock
        | WaitingFor::ReadLock
        | WaitingFor::WriteLock
        | WaitingFor::Notification
        | WaitingFor::Unpark
        | WaitingFor::Change => from.holders.iter().find_map(|holder| stuck(holder.thread)),
    };
    for first in threads {
        let mut circle = vec![first];
        while let Some(following) = next(circle[circle.len() - 1]) {
            if following.thread == first.thread {
                return circle;
            }
            if circle.len() == threads.len() {
                break;
            }
            circle.push(following);
        }
    }
    Vec::new()
}

fn what(stuck: &StuckThread, names: &Names) -> String {
    let own = thread_in_words(stuck.thread);
    format!("{own} {} ({})", without_holder(stuck, names), Place::from(stuck))
}

fn without_holder(stuck: &StuckThread, names: &Names) -> String {
    let alone = StuckThread {
        holders: Vec::new(),
        ..stuck.clone()
    };
    waits(&alone, names)
}

fn waits_for_itself(stuck: &StuckThread, names: &Names) -> String {
    let since = stuck.holders.iter().find(|holder| holder.thread == stuck.thread);
    match since {
        Some(holder) => format!(
            "{}, but holds it itself, since {}: it waits for itself, and can never go on",
            what(stuck, names),
            Place::from(holder)
        ),
        None => what(stuck, names),
    }
}

fn waits_in_circle(stuck: &StuckThread, names: &Names) -> String {
    let holders: Vec<String> = stuck
        .holders
        .iter()
        .map(|holder| {
            format!(
                "{} has held since {}",
                thread_in_words(holder.thread),
                Place::from(holder)
            )
        })
        .collect();
    match holders.is_empty() {
        true => what(stuck, names),
        false => format!("{}, which {}", what(stuck, names), super::names::list(&holders)),
    }
}

fn waits_in_vain(interleaving: &Interleaving, stuck: &StuckThread, names: &Names) -> String {
    let what = waits_in_circle(stuck, names);
    match stuck.waiting_for {
        WaitingFor::Notification => match missed_notification(interleaving, stuck) {
            Some(index) => {
                let event = &interleaving.steps[index].event;
                format!(
                    "{what}, but the notification by {} came before ({}), and notifications are not kept",
                    thread_in_words(event.thread),
                    Place::from(event)
                )
            }
            None => format!("{what}, and no thread is left to notify it"),
        },
        WaitingFor::Unpark => format!("{what}, and no thread is left to unpark it"),
        WaitingFor::Change => format!("{what}, and no thread is left to change it"),
        WaitingFor::Lock | WaitingFor::ReadLock | WaitingFor::WriteLock | WaitingFor::End(_) => what,
    }
}

fn joins_in_vain(stuck: &StuckThread, names: &Names) -> String {
    format!(
        "{} {}",
        thread_in_words(stuck.thread),
        without_holder(stuck, names)
    )
}
