//! The conditions of a story's claims, checked on the events by code that shares nothing with the story's.

mod locked;
mod overwritten;
mod panicked;
mod raced;
mod stuck;
mod unseen;
mod updated;

use crate::support::facts::Facts;
use locked::is_held;
use overwritten::{is_out_of_date, is_overwritten, more_lost};
use panicked::is_panic;
use raced::{is_race, is_unordered};
use selvedge_explorer::drawing::Claim;
use selvedge_explorer::{Ending, Interleaving, ObjectId, OperationKind as Kind, ThreadStatus};
use stuck::is_stuck;
use unseen::{is_in_order, is_unseen};
use updated::{is_aba, is_updated};

/// Checks the claims of a story.
///
/// # Panics
///
/// If one of them is not true.
pub(crate) fn check<O>(claims: &[&Claim], interleaving: &Interleaving, ending: Option<&Ending<O>>) {
    let facts = Facts(interleaving);
    let race = claims.iter().find_map(|claim| match claim {
        Claim::DataRace { first, second } => Some((*first, *second)),
        _ => None,
    });
    for (position, claim) in claims.iter().enumerate() {
        let is_true = match claim {
            Claim::LostUpdate { .. } | Claim::SameValueStored { .. } | Claim::FlagSetAgain { .. } => {
                is_overwritten(facts, claim)
            }
            Claim::NotSeen { .. } | Claim::PutBefore { .. } | Claim::MoreUnseen(_) => is_unseen(facts, claim),
            Claim::MoreLost { updates, surely } => more_lost(facts, claims[position - 1], *updates, *surely),
            Claim::OutOfDate {
                looked,
                others,
                changed,
            } => is_out_of_date(facts, *looked, others, *changed),
            Claim::Aba { read, between, write } => is_aba(facts, *read, between, *write),
            Claim::HeldBetween { .. } | Claim::Turns { .. } | Claim::GivenBack { .. } => {
                is_held(facts, claim)
            }
            Claim::ExchangeFailed { .. } | Claim::Indivisible { .. } | Claim::Current { .. } => {
                is_updated(facts, claim)
            }
            Claim::DataRace { first, second } => is_race(facts, *first, *second),
            Claim::MetWithoutOrder { .. } | Claim::LastSynchronised { .. } => {
                let (first, second) = race.expect("it explains a data race");
                is_unordered(facts, claim, first, second)
            }
            Claim::NothingOrders | Claim::AnythingMayHappen => race.is_some(),
            Claim::RaceElsewhere => false, // all of it is in the interleavings that are tried
            Claim::Panicked(_) | Claim::LastValue { .. } | Claim::LeftPoisoned { .. } => {
                is_panic(facts, claim, ending)
            }
            Claim::Circle(_)
            | Claim::WaitsForItself(_)
            | Claim::WaitsInVain { .. }
            | Claim::MoreWait(_)
            | Claim::JoinInVain(_) => is_stuck(facts, claim, claims, ending),
            other => is_event(facts, other, ending),
        };
        assert!(is_true, "{claim:?} is not true of {interleaving:#?}");
        let relies_on = relies_on_order(facts, claim);
        let in_order = relies_on.is_none_or(|object| is_in_order(facts, Some(object)));
        assert!(
            in_order,
            "{claim:?} relies on the order of steps in {interleaving:#?}"
        );
    }
}

/// Returns the object of a claim that is true only if the steps on it see all the steps above them.
fn relies_on_order(facts: Facts<'_>, claim: &Claim) -> Option<ObjectId> {
    match claim {
        Claim::LostUpdate { read, .. }
        | Claim::SameValueStored { read, .. }
        | Claim::FlagSetAgain { read, .. }
        | Claim::Aba { read, .. } => facts.object(*read),
        Claim::Indivisible { object, .. } | Claim::Current { object, .. } => Some(*object),
        Claim::ExchangeFailed { event, read: Some(_) } => facts.object(*event),
        _ => None,
    }
}

fn is_event<O>(facts: Facts<'_>, claim: &Claim, ending: Option<&Ending<O>>) -> bool {
    let event = |index: &usize| facts.event(*index);
    match claim {
        Claim::Chose(index) => matches!(event(index).operation, Kind::Choose(_)),
        Claim::NotifiedInTime(index) => {
            facts.ends_wait(*index) && event(index).succeeded && {
                let own = |index: usize, other: usize| facts.thread(index) == facts.thread(other);
                let waits = (0..*index)
                    .rev()
                    .find(|&other| own(*index, other) && facts.waits(other));
                let woken = facts.notifications(facts.object(*index)).into_iter();
                let mut woken =
                    woken.filter(|(at, woken)| at < index && woken.contains(&facts.thread(*index)));
                woken.any(|(at, _)| waits.is_some_and(|waits| waits < at))
            }
        }
        Claim::TimedOut(index) => {
            let parks = event(index).operation == Kind::ParkOrTimeOut;
            (parks || facts.ends_wait(*index)) && !event(index).succeeded
        }
        Claim::EndedForNoReason(index) => match event(index).operation {
            Kind::Wait(_) | Kind::StartToPark => !event(index).succeeded,
            Kind::CompareExchange { weak, .. } => {
                weak && !event(index).succeeded && event(index).alternative == 1
            }
            _ => false,
        },
        Claim::NotAcquired(index) => {
            let tries = matches!(
                event(index).operation,
                Kind::TryLock | Kind::TryReadLock | Kind::TryWriteLock
            );
            let held = facts
                .object(*index)
                .is_some_and(|lock| !facts.holders(lock, *index).is_empty());
            tries && (held || !event(index).unseen.is_empty()) && !event(index).succeeded
        }
        Claim::Poisoned(index) => matches!(
            event(index).operation,
            Kind::Unlock(true) | Kind::WriteUnlock(true)
        ),
        Claim::NothingShared => {
            let touched = |index: usize| {
                let event = facts.event(index);
                event.object.map(|(_, id)| id).into_iter().chain(event.mutex)
            };
            let all = || (0..facts.len()).flat_map(|index| touched(index).map(move |id| (id, index)));
            let shared = |(id, index): (ObjectId, usize)| {
                all().any(|(other, by)| other == id && facts.thread(by) != facts.thread(index))
            };
            !all().any(shared) && !(0..facts.len()).any(|index| facts.ends_wait(index))
        }
        Claim::AllEnded => {
            let mut threads = facts.0.threads.iter();
            threads.all(|thread| matches!(thread.status, ThreadStatus::Ended))
        }
        Claim::CutOff(steps) => *steps == facts.len() && matches!(ending, Some(Ending::StepLimit)),
        other => panic!("no condition of {other:?} is known"),
    }
}
