//! The words for what a waiting thread waits for.

use super::names::{Names, thread, thread_in_words};
use super::words::list;
use crate::{StuckThread, WaitingFor};

/// Tells what a thread waits for, and which thread holds it: `waits to lock count, held by thread 1`.
pub(super) fn waits(stuck: &StuckThread, names: &Names) -> String {
    let what = waits_alone(stuck, names);
    let holders: Vec<String> = stuck
        .holders
        .iter()
        .map(|holder| match holder.thread == stuck.thread {
            true => "itself".to_owned(),
            false => thread(holder.thread),
        })
        .collect();
    match holders.is_empty() {
        true => what,
        false => format!("{what}, held by {}", list(&holders)),
    }
}

/// Tells what a thread waits for, without its holder: `waits to lock count`.
pub(super) fn waits_alone(stuck: &StuckThread, names: &Names) -> String {
    let object = stuck.object.map(|(_, id)| names.object(id)).unwrap_or_default();
    match stuck.waiting_for {
        WaitingFor::Lock => format!("waits to lock {object}"),
        WaitingFor::ReadLock => format!("waits to read-lock {object}"),
        WaitingFor::Writer(writer) => {
            let writer = thread_in_words(writer);
            format!("waits to read-lock {object}, because {writer} waits to write-lock it")
        }
        WaitingFor::WriteLock => format!("waits to write-lock {object}"),
        WaitingFor::Notification => format!("waits to be notified by {object}"),
        WaitingFor::Unpark => "waits to be unparked".to_owned(),
        WaitingFor::Change => {
            let others = stuck.others.iter().map(|polled| names.object(polled.id));
            let objects: Vec<String> = std::iter::once(object).chain(others).collect();
            match objects.split_last() {
                Some((last, [])) => format!("waits for {last} to change"),
                Some((last, before)) => format!("waits for {} or {last} to change", before.join(", ")),
                None => "waits for a change".to_owned(),
            }
        }
        WaitingFor::End(other) => format!("waits for {} to end", thread(other)),
    }
}
