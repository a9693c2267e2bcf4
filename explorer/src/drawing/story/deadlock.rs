//! The story of a deadlock: a circle of threads that wait for one another, if there is one, and what the
//! other threads wait for in vain.

use crate::drawing::findings::deadlock::missed_notification;
use crate::drawing::names::{Names, thread_in_words};
use crate::drawing::place::Place;
use crate::drawing::waiting::waits_alone;
use crate::drawing::words::list;
use crate::{Interleaving, StuckThread, ThreadId, WaitingFor};

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
        sentences.push(list(&joining));
    }
    sentences
}

/// Returns a circle of threads each of which waits for the next, the lowest thread first; empty if there is
/// none.
fn circle(threads: &[StuckThread]) -> Vec<&StuckThread> {
    let stuck = |id: ThreadId| threads.iter().find(|stuck| stuck.thread == id);
    let next = |from: &StuckThread| match from.waiting_for {
        WaitingFor::End(thread) | WaitingFor::Writer(thread) => stuck(thread),
        _ => from.holders.iter().find_map(|holder| stuck(holder.thread)),
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
    format!("{own} {} ({})", waits_alone(stuck, names), Place::from(stuck))
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
        false => format!("{}, which {}", what(stuck, names), list(&holders)),
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
        _ => what,
    }
}

fn joins_in_vain(stuck: &StuckThread, names: &Names) -> String {
    format!("{} {}", thread_in_words(stuck.thread), waits_alone(stuck, names))
}
