//! The conditions of a story's claims, checked on the events by code that shares nothing with the story's.

use super::facts::{Access, Facts};
use super::synchronised::Synchronised;
use selvedge_explorer::drawing::{Claim, InVain};
use selvedge_explorer::{
    Ending, Interleaving, ObjectId, OperationKind as Kind, StuckThread, ThreadId, ThreadStatus, Value,
    WaitingFor,
};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Release, SeqCst};

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
                    .find(|&other| own(*index, other) && event(&other).operation == Kind::Wait);
                let woken = facts.notifications(facts.object(*index)).into_iter();
                let mut woken =
                    woken.filter(|(at, woken)| at < index && woken.contains(&facts.thread(*index)));
                woken.any(|(at, _)| waits.is_some_and(|waits| waits < at))
            }
        }
        Claim::TimedOut(index) => facts.ends_wait(*index) && !event(index).succeeded,
        Claim::NotAcquired(index) => {
            let tries = matches!(
                event(index).operation,
                Kind::TryLock | Kind::TryReadLock | Kind::TryWriteLock
            );
            let held = facts
                .object(*index)
                .is_some_and(|lock| !facts.holders(lock, *index).is_empty());
            tries && held && !event(index).succeeded
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

fn is_overwritten(facts: Facts<'_>, claim: &Claim) -> bool {
    let (Claim::LostUpdate { read, missed, store }
    | Claim::SameValueStored { read, missed, store }
    | Claim::FlagSetAgain { read, missed, store }) = claim
    else {
        return false;
    };
    let left = facts.after(*store);
    let same = left.is_some() && facts.before(*store) == left;
    let values = match claim {
        Claim::LostUpdate { .. } => !same,
        Claim::SameValueStored { .. } => same && !matches!(left, Some(Value::Bool(_))),
        _ => same && matches!(left, Some(Value::Bool(_))),
    };
    values && overwritten_by(facts, *store) == Some((*read, missed.clone()))
}

/// Returns the stale read before a store, and what it missed.
fn overwritten_by(facts: Facts<'_>, store: usize) -> Option<(usize, Vec<usize>)> {
    let read = facts.own_before(store)?;
    let missed = facts.changed_between(read, store);
    let seen = facts.before(read);
    let is_back = seen.is_some() && seen == facts.before(store);
    let kinds = (facts.access(read), facts.access(store));
    (kinds == (Some(Access::Read), Some(Access::Store)) && !missed.is_empty() && !is_back)
        .then_some((read, missed))
}

fn more_lost(facts: Facts<'_>, first: &Claim, updates: usize, surely: bool) -> bool {
    let mut lost = BTreeSet::new();
    for store in 0..facts.len() {
        let same = facts.after(store).is_some() && facts.before(store) == facts.after(store);
        if let Some((_, missed)) = overwritten_by(facts, store)
            && same != surely
        {
            lost.extend(missed);
        }
    }
    let known = match first {
        Claim::LostUpdate { missed, .. } | Claim::SameValueStored { missed, .. } => missed.len(),
        Claim::OutOfDate { others, .. } => others.len(),
        _ => return false,
    };
    if surely {
        return lost.len() == known + updates;
    }
    // Critical sections that may be out of date: all whose owner had looked before.
    for changed in (0..facts.len()).filter(|&index| facts.acquires(index).is_some()) {
        let looked = (0..changed).rev().find(|&index| {
            facts.thread(index) == facts.thread(changed) && facts.acquires(index) == facts.acquires(changed)
        });
        let Some(looked) = looked else { continue };
        let others = (looked..changed).filter(|&index| facts.acquires(index) == facts.acquires(changed));
        let others: Vec<usize> = others.filter(|&index| is_change(facts, index)).collect();
        if is_out_of_date(facts, looked, &others, changed) {
            lost.extend(others);
        }
    }
    known + updates <= lost.len()
}

/// Returns the values that a thread found and left in a mutex, if both are known.
fn found_and_left(facts: Facts<'_>, locked: usize) -> Option<(Value, Value)> {
    Some((facts.after(locked)?, facts.after(facts.release_of(locked)?)?))
}

fn is_change(facts: Facts<'_>, locked: usize) -> bool {
    found_and_left(facts, locked).is_some_and(|(found, left)| found != left)
}

fn is_out_of_date(facts: Facts<'_>, looked: usize, others: &[usize], changed: usize) -> bool {
    let lock = facts.acquires(looked);
    let (Some(first), Some(second)) = (found_and_left(facts, looked), found_and_left(facts, changed)) else {
        return false;
    };
    let waits = |locked: usize| {
        let ends = facts
            .release_of(locked)
            .map(|release| facts.event(release).operation);
        facts.event(locked).operation == Kind::Reacquire || ends == Some(Kind::Wait)
    };
    let between: Vec<usize> = (looked + 1..changed)
        .filter(|&index| facts.acquires(index) == lock)
        .collect();
    let owner = facts.thread(looked);
    let are_others = between.iter().all(|&index| facts.thread(index) != owner)
        && others
            .iter()
            .all(|other| between.contains(other) && is_change(facts, *other));
    facts.thread(changed) == owner
        && facts.acquires(changed) == lock
        && !waits(looked)
        && !waits(changed)
        && first.0 == first.1
        && second.0 != second.1
        && first.1 != second.0
        && !others.is_empty()
        && are_others
}

fn is_aba(facts: Facts<'_>, read: usize, between: &[usize], write: usize) -> bool {
    let old = facts.before(read);
    let is_exchange = matches!(facts.event(write).operation, Kind::CompareExchange { .. });
    let replaces = facts.access(write) == Some(Access::Store)
        || facts.access(write) == Some(Access::Update) && is_exchange;
    let leaves = |index: &usize| facts.after(*index).is_some_and(|after| Some(after) != old);
    old.is_some()
        && replaces
        && facts.own_before(write) == Some(read)
        && facts.access(read) == Some(Access::Read)
        && facts.changed_between(read, write) == between
        && between.iter().any(leaves)
        && between.last().and_then(|&last| facts.after(last)) == old
        && facts.before(write) == old
}

fn is_held(facts: Facts<'_>, claim: &Claim) -> bool {
    match claim {
        Claim::HeldBetween {
            first,
            second,
            others,
        } => {
            let Some((lock, _)) = facts.acquires(*first) else {
                return false;
            };
            let on_it = |index: &usize| facts.acquires(*index).is_some_and(|(other, _)| other == lock);
            let owner = facts.thread(*first);
            let between = (first + 1..*second).filter(on_it);
            let (own, alone): (Vec<usize>, Vec<usize>) =
                between.partition(|&index| facts.thread(index) == owner);
            let alone = alone
                .into_iter()
                .filter(|&index| facts.acquires(index) == Some((lock, false)));
            let free = |index: &usize| facts.holders(lock, *index).is_empty();
            on_it(second)
                && facts.thread(*second) == owner
                && own.is_empty()
                && !others.is_empty()
                && others.iter().all(free)
                && alone.collect::<Vec<_>>() == *others
        }
        Claim::Turns { lock, acquisitions } => {
            let on_it = |index: &usize| facts.acquires(*index).is_some_and(|(other, _)| other == *lock);
            let all: Vec<usize> = (0..facts.len()).filter(on_it).collect();
            let excludes = |&index: &usize| {
                let shared = facts.acquires(index).is_some_and(|(_, shared)| shared);
                let held_alone = |acquired: &usize| {
                    facts.acquires(*acquired) == Some((*lock, false))
                        && facts.release_of(*acquired).is_none_or(|release| release > index)
                };
                let earlier = all.iter().filter(|&&other| other < index);
                !earlier.clone().any(held_alone) && (shared || facts.holders(*lock, index).is_empty())
            };
            all == *acquisitions && all.iter().all(excludes)
        }
        Claim::GivenBack { first, second } => {
            let lock = facts.acquires(*first);
            let release = facts.release_of(*first);
            let is_unlock = release.is_some_and(|release| release < *second && facts.only_releases(release));
            let mut between = first + 1..*second;
            lock.is_some_and(|(_, shared)| !shared)
                && facts.acquires(*second) == lock
                && facts.thread(*first) == facts.thread(*second)
                && is_unlock
                && !between.any(|index| facts.acquires(index) == lock)
        }
        _ => false,
    }
}

fn is_updated(facts: Facts<'_>, claim: &Claim) -> bool {
    let changes_of = |object: &ObjectId| -> Vec<usize> {
        let all = facts.accesses(Some(*object)).into_iter();
        all.filter(|&index| facts.changes(index)).collect()
    };
    match claim {
        Claim::ExchangeFailed { event, read } => {
            let is_exchange = matches!(facts.event(*event).operation, Kind::CompareExchange { .. });
            let saw = read.is_none_or(|read| {
                facts.own_before(*event) == Some(read)
                    && facts.access(read) == Some(Access::Read)
                    && facts.before(read).is_some()
                    && facts.before(read) != facts.before(*event)
            });
            is_exchange && !facts.event(*event).succeeded && saw
        }
        Claim::Indivisible { object, changes } => {
            let only_read_before = |change: usize| {
                let mut earlier = facts.accesses(Some(*object)).into_iter();
                earlier.any(|index| {
                    index < change
                        && facts.thread(index) == facts.thread(change)
                        && facts.access(index) == Some(Access::Read)
                })
            };
            let whole =
                |&change: &usize| facts.access(change) == Some(Access::Update) && !only_read_before(change);
            changes_of(object) == *changes && changes.iter().all(whole)
        }
        Claim::Current { object, changes } => {
            let current = |&change: &usize| {
                let last = facts.own_before(change);
                let unchanged = last.is_some_and(|last| facts.changed_between(last, change).is_empty());
                let kinds = (facts.access(change), last.and_then(|last| facts.access(last)));
                match kinds {
                    (Some(Access::Update), None | Some(Access::Store | Access::Update)) => true,
                    (_, Some(Access::Store) | None) => false,
                    _ => unchanged,
                }
            };
            changes_of(object) == *changes && changes.iter().all(current)
        }
        _ => false,
    }
}

fn is_race(facts: Facts<'_>, first: usize, second: usize) -> bool {
    let is_cell = |index| matches!(facts.event(index).operation, Kind::CellRead | Kind::CellWrite);
    first < second
        && is_cell(first)
        && is_cell(second)
        && facts.object(first) == facts.object(second)
        && facts.thread(first) != facts.thread(second)
        && (facts.changes(first) || facts.changes(second))
        && Synchronised::of(facts.0).is_unordered(first, second)
}

/// Returns the ordering of an atomic access, in the sense that matters for its success.
fn ordering(facts: Facts<'_>, index: usize) -> Option<Ordering> {
    let event = facts.event(index);
    match event.operation {
        Kind::Load(ordering) | Kind::Store(ordering, _) | Kind::ReadModifyWrite(ordering, ..) => {
            Some(ordering)
        }
        Kind::CompareExchange { success, .. } if event.succeeded => Some(success),
        Kind::CompareExchange { failure, .. } => Some(failure),
        _ => None,
    }
}

fn is_unordered(facts: Facts<'_>, claim: &Claim, first: usize, second: usize) -> bool {
    let (one, other) = (facts.thread(first), facts.thread(second));
    let has_fence = |thread: ThreadId, from: usize, to: usize, wanted: &[Ordering]| {
        (from + 1..to).any(|index| match facts.event(index).operation {
            Kind::Fence(ordering) => facts.thread(index) == thread && wanted.contains(&ordering),
            _ => false,
        })
    };
    let (releasing, acquiring) = ([Release, AcqRel, SeqCst], [Acquire, AcqRel, SeqCst]);
    match claim {
        Claim::MetWithoutOrder {
            write,
            read,
            releases,
            acquires,
        } => {
            let (write, read) = (*write, *read);
            let mut last = facts.accesses(facts.object(read)).into_iter();
            let last = last.rfind(|&index| index < read && facts.changes(index));
            let does_release = ordering(facts, write).is_some_and(|ordering| releasing.contains(&ordering))
                || has_fence(one, first, write, &releasing);
            let does_acquire = ordering(facts, read).is_some_and(|ordering| acquiring.contains(&ordering))
                || has_fence(other, read, second, &acquiring);
            first < write
                && read < second
                && last == Some(write)
                && facts.thread(write) == one
                && facts.thread(read) == other
                && (*releases, *acquires) == (does_release, does_acquire)
                && !(does_release && does_acquire)
        }
        Claim::LastSynchronised { last, untouched } => {
            let orders = |index: usize| {
                let reads = matches!(facts.access(index), Some(Access::Read | Access::Update));
                let acquires = ordering(facts, index).is_some_and(|ordering| acquiring.contains(&ordering));
                let takes = facts.event(index).operation == Kind::Park;
                reads && acquires || takes || facts.acquires(index).is_some()
            };
            let is_fence = |index: usize| matches!(facts.event(index).operation, Kind::Fence(_));
            let mut later = (last + 1..second).filter(|&index| facts.thread(index) == other);
            let joined = facts.0.links.iter().any(|link| {
                !link.spawn && link.by == other && link.position > *last && link.position <= second
            });
            let object = facts
                .acquires(*last)
                .map(|(lock, _)| lock)
                .or(facts.object(*last));
            let touches = |index: &usize| {
                facts.thread(*index) == one
                    && (facts.object(*index) == object || facts.event(*index).mutex == object)
            };
            facts.thread(*last) == other
                && *last < second
                && orders(*last)
                && !joined
                && !later.any(|index| orders(index) || is_fence(index))
                && untouched
                    .is_none_or(|thread| thread == one && !(first + 1..second).any(|index| touches(&index)))
        }
        _ => false,
    }
}

fn is_panic<O>(facts: Facts<'_>, claim: &Claim, ending: Option<&Ending<O>>) -> bool {
    let Some(Ending::Panic(panic)) = ending else {
        return false;
    };
    let own = |index: &usize| facts.thread(*index) == panic.thread;
    match claim {
        Claim::Panicked(info) => info == panic,
        Claim::LastValue { event, is_last } => {
            let later: Vec<usize> = (event + 1..facts.len()).filter(own).collect();
            let joins = |link: &&selvedge_explorer::Link| {
                !link.spawn && link.by == panic.thread && link.position > *event
            };
            let only_releases = later.iter().all(|&index| facts.only_releases(index));
            let known = |&index: &usize| facts.after(index).is_some() && !facts.only_releases(index);
            own(event)
                && facts.after(*event).is_some()
                && !later.iter().any(known)
                && (!is_last || only_releases && facts.0.links.iter().filter(joins).count() == 0)
        }
        Claim::LeftPoisoned { releases, untouched } => {
            let poisons = |index: &usize| {
                matches!(
                    facts.event(*index).operation,
                    Kind::Unlock(true) | Kind::WriteUnlock(true)
                )
            };
            let touched = |release: &usize| {
                let lock = facts.releases(*release);
                (release + 1..facts.len()).any(|index| {
                    let clears =
                        facts.event(index).operation == Kind::ClearPoison && facts.object(index) == lock;
                    clears || lock.is_some() && facts.acquires(index).map(|(lock, _)| lock) == lock
                })
            };
            !releases.is_empty()
                && releases.iter().all(|index| own(index) && poisons(index))
                && *untouched == !releases.iter().any(touched)
        }
        _ => false,
    }
}

fn is_stuck<O>(facts: Facts<'_>, claim: &Claim, claims: &[&Claim], ending: Option<&Ending<O>>) -> bool {
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
            all.contains(stuck) && holders.into_iter().eq(held) && is_in_vain(facts, stuck, reason)
        }
        _ => false,
    }
}

fn waits_for(facts: Facts<'_>, stuck: &StuckThread, other: ThreadId) -> bool {
    let holds = |(_, id): (_, ObjectId)| facts.holders(id, facts.len()).contains(&other);
    stuck.waiting_for == WaitingFor::End(other) || stuck.object.is_some_and(holds)
}

fn is_in_vain(facts: Facts<'_>, stuck: &StuckThread, reason: &InVain) -> bool {
    let object = stuck.object.map(|(_, id)| id);
    let own = |index: &usize| facts.thread(*index) == stuck.thread && facts.object(*index) == object;
    let is = |index: usize, kind: Kind| facts.event(index).operation == kind;
    let last_wait = (0..facts.len())
        .rev()
        .filter(own)
        .find(|&index| is(index, Kind::Wait));
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
            WaitingFor::Lock | WaitingFor::ReadLock | WaitingFor::WriteLock
        ),
        InVain::NobodyLeft => match stuck.waiting_for {
            WaitingFor::Notification => last.is_none(),
            WaitingFor::Unpark => last_park.is_none() && unparks(0, facts.len()).next().is_none(),
            WaitingFor::Change => true,
            _ => false,
        },
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
            let waited_again =
                (time_out + 1..*notification).any(|index| own(&index) && is(index, Kind::Wait));
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
