//! The story of an interleaving: what happened, in a few plain sentences.
//!
//! It is made in two steps. The files here choose the [claims](Claim) that explain the ending, among those
//! that the events show; and they put each claim into words.

mod atomicity_violation;
mod data_race;
mod deadlock;
mod finished;
mod lock_turns;
mod lost_update;
mod panic;
mod turning_points;
mod unseen;
mod updates;

use super::claim::{Claim, Told};
use super::findings::Findings;
use crate::{Ending, Interleaving};

/// Returns the story of an interleaving: its claims, each with its sentences.
///
/// The interleaving has ended so, or goes on if there is no ending. There is at least one claim if it has
/// ended.
pub fn story<O>(interleaving: &Interleaving, ending: Option<&Ending<O>>) -> Vec<Told> {
    told(interleaving, &Findings::of(interleaving, ending))
}

/// Returns the story of an interleaving in which this was found.
pub(super) fn told(interleaving: &Interleaving, findings: &Findings) -> Vec<Told> {
    let told = |claim: Claim| Told {
        sentences: words(&claim, interleaving, findings)
            .iter()
            .map(|sentence| capitalised(sentence) + ".")
            .collect(),
        claim,
    };
    claims(interleaving, findings).into_iter().map(told).collect()
}

/// Returns the claims that explain the ending.
fn claims(interleaving: &Interleaving, findings: &Findings) -> Vec<Claim> {
    let mut claims = of_ending(interleaving, findings);
    if !findings.unseen.is_empty() {
        claims.retain(|claim| *claim != Claim::AllEnded);
    }
    [findings.unseen.clone(), claims].concat()
}

/// Returns the claims that explain the ending, apart from what steps do not see.
fn of_ending(interleaving: &Interleaving, findings: &Findings) -> Vec<Claim> {
    match &findings.ending {
        None => lost_update::claims(findings),
        Some(Ending::DataRace(_)) => data_race::claims(interleaving, findings),
        Some(Ending::Deadlock(threads)) => deadlock::claims(interleaving, threads),
        Some(Ending::Panic(panic)) => panic::claims(interleaving, panic, findings),
        Some(Ending::StepLimit) => vec![Claim::CutOff(interleaving.steps.len())],
        Some(Ending::Finished(())) => match lost_update::claims(findings) {
            lost if lost.is_empty() => finished::claims(interleaving, findings),
            lost => lost,
        },
    }
}

/// Puts a claim into words: sentences without capital letter and full stop.
fn words(claim: &Claim, interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    match claim {
        Claim::LostUpdate { .. }
        | Claim::SameValueStored { .. }
        | Claim::FlagSetAgain { .. }
        | Claim::MoreLost { .. } => lost_update::words(claim, interleaving, findings),
        Claim::NotSeen { .. } | Claim::PutBefore { .. } | Claim::MoreUnseen(_) => {
            unseen::words(claim, interleaving, findings)
        }
        Claim::OutOfDate { .. } => atomicity_violation::words(claim, interleaving, findings),
        Claim::Aba { .. }
        | Claim::ExchangeFailed { .. }
        | Claim::Indivisible { .. }
        | Claim::Current { .. } => vec![updates::words(claim, interleaving, findings)],
        Claim::Chose(event)
        | Claim::NotifiedInTime(event)
        | Claim::TimedOut(event)
        | Claim::EndedForNoReason(event)
        | Claim::NotAcquired(event)
        | Claim::Poisoned(event) => {
            vec![turning_points::words(
                claim,
                &interleaving.steps[*event].event,
                findings,
            )]
        }
        Claim::HeldBetween { .. } | Claim::Turns { .. } | Claim::GivenBack { .. } => {
            vec![lock_turns::words(claim, interleaving, findings)]
        }
        Claim::NothingShared | Claim::AllEnded | Claim::CutOff(_) => vec![finished::words(claim)],
        Claim::DataRace { .. }
        | Claim::MetWithoutOrder { .. }
        | Claim::LastSynchronised { .. }
        | Claim::NothingOrders
        | Claim::AnythingMayHappen
        | Claim::RaceElsewhere => vec![data_race::words(claim, interleaving, findings)],
        Claim::Circle(_)
        | Claim::WaitsForItself(_)
        | Claim::WaitsInVain { .. }
        | Claim::MoreWait(_)
        | Claim::JoinInVain(_) => deadlock::words(claim, interleaving, &findings.names),
        Claim::Panicked(_) | Claim::LastValue { .. } | Claim::LeftPoisoned { .. } => {
            vec![panic::words(claim, interleaving, findings)]
        }
    }
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
