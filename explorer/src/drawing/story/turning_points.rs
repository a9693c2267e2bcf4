//! Events that could have gone another way: choices, time-outs, panics under a lock, and attempts that failed.

use crate::drawing::claim::Claim;
use crate::drawing::findings::Findings;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::at;
use crate::drawing::role::Role;
use crate::{Event, Interleaving};

/// Tells of the first two of these events.
pub(super) fn claims(interleaving: &Interleaving) -> Vec<Claim> {
    let steps = interleaving.steps.iter().enumerate();
    let claims = steps.filter_map(|(index, step)| claim(index, &step.event));
    claims.take(2).collect()
}

fn claim(index: usize, event: &Event) -> Option<Claim> {
    Some(match Role::of(event) {
        Role::Chooses(_) => Claim::Chose(index),
        Role::EndsWait { in_time: true } => Claim::NotifiedInTime(index),
        Role::EndsWait { in_time: false } | Role::ParksInVain => Claim::TimedOut(index),
        Role::WaitsForNothing | Role::StartsToPark { returns: true } => Claim::EndedForNoReason(index),
        Role::Atomic(_) if event.fails_for_no_reason() => Claim::EndedForNoReason(index),
        Role::FailsToAcquire => Claim::NotAcquired(index),
        Role::Releases { poisons: true, .. } => Claim::Poisoned(index),
        Role::Atomic(_) | Role::Plain(_) | Role::Fence(_) | Role::Acquires(_) => return None,
        Role::Releases { .. } | Role::AsksForPoison | Role::ClearsPoison | Role::Waits => return None,
        Role::Queues | Role::StartsToPark { returns: false } => return None,
        Role::Reacquires | Role::Notifies { .. } | Role::Parks | Role::Unparks => return None,
    })
}

/// Puts a claim about one event into words.
pub(super) fn words(claim: &Claim, event: &Event, findings: &Findings) -> String {
    let who = thread_in_words(event.thread);
    let object = event.object.map(|(_, id)| findings.names.object(id));
    let object = object.unwrap_or_default();
    let what = match claim {
        Claim::Chose(_) => format!("{who} chose {}", event.alternative),
        Claim::NotifiedInTime(_) => format!("{who} was notified by {object} in time"),
        Claim::TimedOut(_) if Role::of(event) == Role::ParksInVain => {
            format!("{who} parked until the time was up")
        }
        Claim::TimedOut(_) => format!("{who} waited for {object} until the time was up"),
        Claim::EndedForNoReason(_) => match Role::of(event) {
            Role::WaitsForNothing => format!("{who} waited for {object}, and returned for no reason"),
            Role::Atomic(_) => format!("{who} failed for no reason to exchange {object}"),
            _ => format!("{who} returned from park for no reason"),
        },
        Claim::NotAcquired(_) => format!("{who} could not have {object}"),
        _ => format!("{who} panicked, and so poisoned {object}, which it had locked"),
    };
    format!("{what} {}", at(event))
}
