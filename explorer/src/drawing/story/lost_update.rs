//! The story of a lost update.

use super::atomicity_violation;
use crate::drawing::claim::Claim;
use crate::drawing::findings::Findings;
use crate::drawing::findings::effect::Effect;
use crate::drawing::findings::lost_update::LostUpdate;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::at;
use crate::drawing::words::{list, value};
use crate::{Event, Interleaving, ThreadId, Value};
use std::collections::BTreeSet;

/// Tells of the first lost update, and counts the others. If no update is known to be lost, tells of those that
/// are possibly lost; and if there is none either, of a flag that was set again.
pub(super) fn claims(findings: &Findings) -> Vec<Claim> {
    let (all, surely) = match findings.lost.is_empty() {
        true => (&findings.possibly_lost, false),
        false => (&findings.lost, true),
    };
    let Some(first) = all.first() else {
        return findings.set_again.first().map(set_again).into_iter().collect();
    };
    let LostUpdate { read, missed, store } = first.clone();
    let first_claim = match surely {
        true => Claim::LostUpdate { read, missed, store },
        false => atomicity_violation::claim(first, findings).unwrap_or(Claim::SameValueStored {
            read,
            missed,
            store,
        }),
    };
    let overwritten: BTreeSet<usize> = all.iter().flat_map(|lost| lost.missed.iter().copied()).collect();
    let updates = overwritten.len() - first.missed.len();
    let more = (updates > 0).then_some(Claim::MoreLost { updates, surely });
    [first_claim].into_iter().chain(more).collect()
}

fn set_again(lost: &LostUpdate) -> Claim {
    let LostUpdate { read, missed, store } = lost.clone();
    Claim::FlagSetAgain { read, missed, store }
}

/// Puts a claim about lost updates into words.
pub(super) fn words(claim: &Claim, interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    match claim {
        Claim::LostUpdate { read, missed, store }
        | Claim::SameValueStored { read, missed, store }
        | Claim::FlagSetAgain { read, missed, store } => {
            let overwritten = Overwritten::of(*read, missed, *store, interleaving, findings);
            let [read, changes] = overwritten.before();
            vec![read, changes, overwritten.store(claim)]
        }
        Claim::MoreLost { updates, surely } => {
            let updates = match updates {
                1 => "1 more update".to_owned(),
                more => format!("{more} more updates"),
            };
            let lost = match (surely, updates.ends_with('s')) {
                (true, false) => "was lost",
                (true, true) => "were lost",
                (false, _) => "may have been lost",
            };
            vec![format!("{updates} {lost} in the same way")]
        }
        _ => Vec::new(),
    }
}

/// A read, what it missed, and the store over that.
struct Overwritten<'a> {
    read: (&'a Event, Effect),
    missed: Vec<(&'a Event, Effect)>,
    store: (&'a Event, Effect),
    object: String,
    others: Vec<String>,
    is_preempted: bool,
}

impl<'a> Overwritten<'a> {
    fn of(
        read: usize,
        missed: &[usize],
        store: usize,
        interleaving: &'a Interleaving,
        findings: &Findings,
    ) -> Self {
        let event = |index: usize| (&interleaving.steps[index].event, findings.effects[index]);
        let missed: Vec<(&Event, Effect)> = missed.iter().map(|&index| event(index)).collect();
        let others: BTreeSet<ThreadId> = missed.iter().map(|(event, _)| event.thread).collect();
        let object = event(read).0.object.map(|(_, id)| findings.names.object(id));
        let mut between = interleaving.steps[read + 1..store].iter();
        Self {
            read: event(read),
            store: event(store),
            object: object.unwrap_or_default(),
            others: others.into_iter().map(thread_in_words).collect(),
            is_preempted: between.any(|step| step.preempted == Some(event(store).0.thread)),
            missed,
        }
    }

    /// Tells of the read, and of what the others did.
    fn before(&self) -> [String; 2] {
        let (read, effect) = self.read;
        let and = if self.is_preempted {
            ", and was preempted"
        } else {
            ""
        };
        let seen = equals(effect.before);
        let owner = thread_in_words(read.thread);
        [
            format!("{owner} read {}{seen} {}{and}", self.object, at(read)),
            changes(&self.others, &self.missed),
        ]
    }

    fn store(&self, claim: &Claim) -> String {
        let (store, effect) = self.store;
        let owner = thread_in_words(store.thread);
        let theirs: Vec<String> = self.others.iter().map(|other| format!("{other}'s")).collect();
        let is_one = self.missed.len() == 1;
        let theirs = match is_one {
            true => format!("{} update", list(&theirs)),
            false => format!("{} updates", list(&theirs)),
        };
        let (it, was, is) = match is_one {
            true => ("it", "was", "is"),
            false => ("that", "were", "are"),
        };
        let (value, place) = (stored(effect), at(store));
        match claim {
            Claim::FlagSetAgain { .. } => {
                format!("{owner} did not look again: it stored {value}as well {place}")
            }
            Claim::SameValueStored { .. } => format!(
                "{owner} did not look again: it stored {value}over {it} {place}, and if it computed that from what \
                 it had read, {theirs} {is} lost"
            ),
            _ => format!(
                "{owner} did not look again: it stored {value}over {it} {place}, and {theirs} {was} lost"
            ),
        }
    }
}

/// Tells what other threads stored.
fn changes(others: &[String], missed: &[(&Event, Effect)]) -> String {
    let others = list(others);
    let (times, last) = match missed {
        [(only, effect)] => return format!("{others} then stored {}{}", stored(*effect), at(only)),
        [_, last] => ("twice".to_owned(), last),
        [.., last] => (format!("{} times", missed.len()), last),
        [] => return String::new(),
    };
    let (last, effect) = last;
    match effect.after {
        Some(after) => format!(
            "{others} then changed it {times}, at last to {} {}",
            value(after),
            at(last)
        ),
        None => format!("{others} then changed it {times} {}", at(last)),
    }
}

/// Returns the value that an event left, with a space after it; the empty string if it is not known.
fn stored(effect: Effect) -> String {
    effect.after.map_or_else(String::new, |after| value(after) + " ")
}

fn equals(seen: Option<Value>) -> String {
    seen.map_or_else(String::new, |seen| format!(" = {}", value(seen)))
}
