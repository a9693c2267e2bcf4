//! Claims about threads that wait in vain.

use crate::support::facts::Facts;
use selvedge_explorer::drawing::{Claim, InVain};
use selvedge_explorer::{Ending, ObjectId, OperationKind as Kind, StuckThread, ThreadId, WaitingFor};
use std::collections::BTreeSet;

pub(super) fn is_stuck<O>(
    facts: Facts<'_>,
    claim: &Claim,
    claims: &[&Claim],
    ending: Option<&Ending<O>>,
) -> bool {
    let Some(Ending::Deadlock(all)) = ending else {
        return false;
    };
    let joins = |stuck: &StuckThread| matches!(stuck.waiting_for, WaitingFor::End(_));
    match claim {
        Claim::Circle(threads) => {
            let following = threads.iter().cycle().skip(1);
            threads
                .iter()
                .zip(following)
                .all(|(stuck, next)| waits_for(facts, stuck, next.thread))
        }
        Claim::WaitsForItself(stuck) => waits_for(facts, stuck, stuck.thread),
        Claim::JoinInVain(threads) => threads.iter().all(|stuck| joins(stuck) && all.contains(stuck)),
        Claim::MoreWait(more) => {
            let told = claims.iter().map(|claim| match claim {
                Claim::Circle(threads) => threads.iter().filter(|stuck| !joins(stuck)).count(),
                Claim::WaitsForItself(_) | Claim::WaitsInVain { .. } => 1,
                _ => 0,
            });
            let waiting = all.iter().filter(|stuck| !joins(stuck)).count();
            told.sum::<usize>() + more == waiting
        }
        Claim::WaitsInVain { stuck, reason } => {
            let mut holders: Vec<ThreadId> = stuck.holders.iter().map(|holder| holder.thread).collect();
            holders.sort_unstable();
            let held = stuck
                .object
                .map(|(_, id)| facts.holders(id, facts.len()))
                .unwrap_or_default();
            let held: BTreeSet<ThreadId> = held.into_iter().collect();
            let are_held = match stuck.waiting_for {
                // The writer keeps it out, not the readers that hold the lock.
                WaitingFor::Writer(writer) => {
                    let queues = |other: &&StuckThread| {
                        other.thread == writer && other.waiting_for == WaitingFor::WriteLock
                    };
                    let writer = all.iter().find(queues);
                    holders.is_empty()
                        && !held.is_empty()
                        && writer.is_some_and(|writer| writer.object == stuck.object)
                }
                _ => holders.into_iter().eq(held),
            };
            all.contains(stuck) && are_held && is_in_vain(facts, stuck, reason)
        }
        _ => false,
    }
}

fn waits_for(facts: Facts<'_>, stuck: &StuckThread, other: ThreadId) -> bool {
    let holds = |(_, id): (_, ObjectId)| facts.holders(id, facts.len()).contains(&other);
    let waits_for_thread = [WaitingFor::End(other), WaitingFor::Writer(other)].contains(&stuck.waiting_for);
    waits_for_thread || stuck.object.is_some_and(holds)
}

fn is_in_vain(facts: Facts<'_>, stuck: &StuckThread, reason: &InVain) -> bool {
    let object = stuck.object.map(|(_, id)| id);
    let own = |index: &usize| facts.thread(*index) == stuck.thread && facts.object(*index) == object;
    let is = |index: usize, kind: Kind| facts.event(index).operation == kind;
    let last_wait = (0..facts.len())
        .rev()
        .filter(own)
        .find(|&index| facts.waits(index));
    let last_park = (0..facts.len())
        .rev()
        .filter(own)
        .find(|&index| is(index, Kind::Park));
    let touched = |from: usize, to: usize| (from..to).filter(|&index| facts.object(index) == object);
    let unparks = |from: usize, to: usize| touched(from, to).filter(|&index| is(index, Kind::Unpark));
    let last = facts.notifications(object).pop();
    let came = |notification: usize| {
        let woken = last
            .as_ref()
            .filter(|(index, _)| *index == notification)
            .map(|(_, woken)| woken);
        woken.filter(|_| stuck.waiting_for == WaitingFor::Notification)
    };
    let early = |notification: usize| last_wait.is_some_and(|waits| notification < waits);
    match reason {
        InVain::Held => matches!(
            stuck.waiting_for,
            WaitingFor::Lock | WaitingFor::ReadLock | WaitingFor::WriteLock | WaitingFor::Writer(_)
        ),
        InVain::NobodyLeft => match stuck.waiting_for {
            WaitingFor::Notification => last.is_none(),
            WaitingFor::Unpark => last_park.is_none() && unparks(0, facts.len()).next().is_none(),
            WaitingFor::Change => true,
            _ => false,
        },
        InVain::OutOfOrder => {
            let blind = |index: usize| facts.object(index) == object && !facts.event(index).unseen.is_empty();
            matches!(stuck.waiting_for, WaitingFor::Notification | WaitingFor::Unpark)
                && (0..facts.len()).any(blind)
        }
        InVain::WokenBefore(notification) => {
            came(*notification).is_some_and(|woken| woken.contains(&stuck.thread)) && early(*notification)
        }
        InVain::WokeOthers {
            notification,
            woken,
            waited,
        } => {
            let others: BTreeSet<ThreadId> = woken.iter().copied().collect();
            !others.is_empty()
                && !others.contains(&stuck.thread)
                && came(*notification) == Some(&others)
                && *waited != early(*notification)
        }
        InVain::GaveUp {
            notification,
            time_out,
        } => {
            let waited_again = (time_out + 1..*notification).any(|index| own(&index) && facts.waits(index));
            came(*notification).is_some_and(BTreeSet::is_empty)
                && early(*notification)
                && own(time_out)
                && time_out < notification
                && facts.ends_wait(*time_out)
                && !facts.event(*time_out).succeeded
                && !waited_again
        }
        InVain::TooEarly(notification) => {
            came(*notification).is_some_and(BTreeSet::is_empty) && early(*notification)
        }
        InVain::TokenTaken { unparks: set, park } => {
            let before = (0..*park)
                .rev()
                .find(|&index| own(&index) && is(index, Kind::Park));
            stuck.waiting_for == WaitingFor::Unpark
                && last_park == Some(*park)
                && !set.is_empty()
                && unparks(before.unwrap_or(0), *park).collect::<Vec<_>>() == *set
                && unparks(*park, facts.len()).next().is_none()
        }
        _ => false,
    }
}
