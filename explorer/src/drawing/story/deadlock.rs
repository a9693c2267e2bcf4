//! The story of a deadlock: a circle of threads that wait for one another, if there is one, and what the
//! other threads wait for in vain.

use crate::drawing::claim::{Claim, InVain};
use crate::drawing::findings::wakeups::reason;
use crate::drawing::names::{Names, thread_in_words};
use crate::drawing::place::{Place, at};
use crate::drawing::waiting::waits_alone;
use crate::drawing::words::list;
use crate::{Event, Interleaving, StuckThread, ThreadId, WaitingFor};
use std::collections::BTreeMap;

/// The number of waiting threads that are told of one by one.
const MOST_WAITING: usize = 3;

/// Tells why no thread can go on.
pub(super) fn claims(interleaving: &Interleaving, threads: &[StuckThread]) -> Vec<Claim> {
    let circle = circle(threads);
    let in_circle = |stuck: &StuckThread| circle.iter().any(|other| other.thread == stuck.thread);
    let others = threads.iter().filter(|stuck| !in_circle(stuck)).cloned();
    let (joining, mut waiting): (Vec<StuckThread>, Vec<StuckThread>) =
        others.partition(|stuck| matches!(stuck.waiting_for, WaitingFor::End(_)));
    let more = waiting.len().saturating_sub(MOST_WAITING);
    waiting.truncate(MOST_WAITING);
    let mut claims = match circle.as_slice() {
        [] => Vec::new(),
        [alone] => vec![Claim::WaitsForItself((*alone).clone())],
        all => vec![Claim::Circle(all.iter().copied().cloned().collect())],
    };
    claims.extend(waiting.into_iter().map(|stuck| Claim::WaitsInVain {
        reason: reason(interleaving, &stuck),
        stuck,
    }));
    claims.extend((more > 0).then_some(Claim::MoreWait(more)));
    claims.extend((!joining.is_empty()).then_some(Claim::JoinInVain(joining)));
    claims
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

/// Puts a claim about threads that wait for ever into words.
pub(super) fn words(claim: &Claim, interleaving: &Interleaving, names: &Names) -> Vec<String> {
    match claim {
        Claim::Circle(threads) => {
            let each = match threads.len() {
                2 => "each waits for the other",
                _ => "they wait in a circle",
            };
            let each = format!("so {each}, and none of them can ever go on");
            let threads = threads.iter().map(|stuck| waits(stuck, names));
            threads.chain([each]).collect()
        }
        Claim::WaitsForItself(stuck) => vec![waits_for_itself(stuck, names)],
        Claim::WaitsInVain { stuck, reason } => {
            vec![waits(stuck, names) + &why(stuck, reason, interleaving)]
        }
        Claim::MoreWait(1) => vec!["1 more thread waits for ever".to_owned()],
        Claim::MoreWait(more) => vec![format!("{more} more threads wait for ever")],
        Claim::JoinInVain(threads) => {
            let joins = |stuck: &StuckThread| {
                format!("{} {}", thread_in_words(stuck.thread), waits_alone(stuck, names))
            };
            vec![list(&threads.iter().map(joins).collect::<Vec<_>>())]
        }
        _ => Vec::new(),
    }
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

fn waits(stuck: &StuckThread, names: &Names) -> String {
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

/// Tells why a thread waits in vain, as the end of a sentence.
fn why(stuck: &StuckThread, reason: &InVain, interleaving: &Interleaving) -> String {
    let event = |index: usize| &interleaving.steps[index].event;
    let by = |index: usize| format!("{} {}", thread_in_words(event(index).thread), at(event(index)));
    match reason {
        InVain::Held => String::new(),
        InVain::NobodyLeft => match stuck.waiting_for {
            WaitingFor::Unpark => ", and no thread is left to unpark it".to_owned(),
            WaitingFor::Change => ", and no thread is left to change it".to_owned(),
            _ => ", and no thread is left to notify it".to_owned(),
        },
        InVain::WokenBefore(notification) => format!(
            "; the last notification, by {}, woke it from an earlier wait, and then it waited again",
            by(*notification)
        ),
        InVain::WokeOthers {
            notification,
            woken,
            waited,
        } => {
            let woken: Vec<String> = woken.iter().copied().map(thread_in_words).collect();
            let when = if *waited { "" } else { " came before, and" };
            format!(
                "; the last notification, by {},{when} woke {}",
                by(*notification),
                list(&woken)
            )
        }
        InVain::GaveUp {
            notification,
            time_out,
        } => format!(
            "; the notification by {} came after its time was up {} and before it waited again, and notifications \
             are not kept",
            by(*notification),
            at(event(*time_out))
        ),
        InVain::TooEarly(notification) => {
            let event = event(*notification);
            format!(
                ", but the notification by {} came before {}, and notifications are not kept",
                thread_in_words(event.thread),
                at(event)
            )
        }
        InVain::OutOfOrder => ", and nothing that would let it go on reaches it".to_owned(),
        InVain::TokenTaken { unparks, park } => token_taken(unparks, *park, &event),
    }
}

/// Tells of a token that was set, maybe several times, and taken once.
fn token_taken<'a>(unparks: &[usize], park: usize, event: &impl Fn(usize) -> &'a Event) -> String {
    let mut places = BTreeMap::<ThreadId, Vec<String>>::new();
    for &index in unparks {
        let place = Place::from(event(index)).to_string();
        let places = places.entry(event(index).thread).or_default();
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let by: Vec<String> = places
        .into_iter()
        .map(|(thread, places)| format!("{} ({})", thread_in_words(thread), list(&places)))
        .collect();
    let times = match unparks.len() {
        1 => String::new(),
        2 => " twice (which counts once)".to_owned(),
        times => format!(" {times} times (which counts once)"),
    };
    format!(
        ", but the token that {} set{times} was taken by its park before {}",
        list(&by),
        at(event(park))
    )
}
