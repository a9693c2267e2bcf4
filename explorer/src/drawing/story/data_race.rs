//! The story of a data race: the two accesses, and why nothing orders them.

use crate::drawing::claim::Claim;
use crate::drawing::findings::Findings;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::Place;
use crate::drawing::role::{AccessKind, Role, lock_of};
use crate::drawing::words::value;
use crate::{Event, Interleaving, ObjectId, ReadsFrom};
use std::sync::atomic::Ordering;

/// Tells of the two accesses, and why nothing orders them.
pub(super) fn claims(interleaving: &Interleaving, findings: &Findings) -> Vec<Claim> {
    let Some((first, second)) = findings.race else {
        return vec![Claim::RaceElsewhere];
    };
    let why = met_without_order(interleaving, first, second)
        .or_else(|| last_synchronised(interleaving, first, second))
        .unwrap_or(Claim::NothingOrders);
    vec![Claim::DataRace { first, second }, why, Claim::AnythingMayHappen]
}

/// Finds an atomic that the first thread wrote after its access, and that the other then read.
fn met_without_order(interleaving: &Interleaving, first: usize, second: usize) -> Option<Claim> {
    let event = |index: usize| &interleaving.steps[index].event;
    let [one, other] = [first, second].map(|index| event(index).thread);
    let between = first + 1..second;
    let mut reads = between
        .clone()
        .filter(|&index| event(index).thread == other && is_atomic_read(event(index)));
    reads.find_map(|read| {
        let wrote =
            |index: &usize| is_atomic_write(event(*index)) && event(*index).object == event(read).object;
        let write = match event(read).reads_from {
            Some(ReadsFrom::Event(write)) => write,
            Some(ReadsFrom::Initial) => return None,
            None => (0..read).rev().find(wrote)?,
        };
        let is_fence = |index: usize, ordering: Ordering| match Role::of(event(index)) {
            Role::Fence(fence) => is_at_least(fence, ordering),
            _ => false,
        };
        let fenced = |thread, mut range: std::ops::Range<usize>, ordering| {
            range.any(|index| event(index).thread == thread && is_fence(index, ordering))
        };
        let has = |index: usize, ordering| {
            event(index)
                .ordering()
                .is_some_and(|own| is_at_least(own, ordering))
        };
        let releases = has(write, Ordering::Release) || fenced(one, between.start..write, Ordering::Release);
        let acquires = has(read, Ordering::Acquire) || fenced(other, read + 1..second, Ordering::Acquire);
        let is_between = write > first && event(write).thread == one;
        (is_between && !(releases && acquires)).then_some(Claim::MetWithoutOrder {
            write,
            read,
            releases,
            acquires,
        })
    })
}

/// Finds the last event before the second access that can order its thread after others.
fn last_synchronised(interleaving: &Interleaving, first: usize, second: usize) -> Option<Claim> {
    let event = |index: usize| &interleaving.steps[index].event;
    let [one, other] = [first, second].map(|index| event(index).thread);
    let own = |index: &usize| event(*index).thread == other;
    let can_order =
        |event: &Event| synchronises(event).is_some() || matches!(Role::of(event), Role::Fence(_));
    let last = (0..second)
        .rev()
        .filter(own)
        .find(|&index| can_order(event(index)))?;
    let object = synchronises(event(last))?;
    let joins = |link: &crate::Link| !link.spawn && link.by == other && link.position > last;
    if interleaving
        .links
        .iter()
        .any(|link| joins(link) && link.position <= second)
    {
        return None;
    }
    let touches =
        |event: &Event| event.object.is_some_and(|(_, id)| id == object) || event.mutex == Some(object);
    let mut between = (first + 1..second).map(event);
    let touched = between.any(|event| event.thread == one && touches(event));
    Some(Claim::LastSynchronised {
        last,
        untouched: (!touched).then_some(one),
    })
}

/// Puts a claim about a data race into words.
pub(super) fn words(claim: &Claim, interleaving: &Interleaving, findings: &Findings) -> String {
    let event = |index: usize| &interleaving.steps[index].event;
    match claim {
        Claim::DataRace { first, second } => {
            let access = |index: usize| access(index, event(index), findings);
            format!("{}, and {}", access(*first), access(*second))
        }
        Claim::MetWithoutOrder {
            write,
            read,
            releases,
            acquires,
        } => {
            let (write, read) = (event(*write), event(*read));
            let object = write.object.map(|(_, id)| findings.names.object(id));
            format!(
                "in between, {} wrote {} ({}) and {} read it ({}), but {}",
                thread_in_words(write.thread),
                object.unwrap_or_default(),
                Place::from(write),
                thread_in_words(read.thread),
                Place::from(read),
                too_weak((write, *releases), (read, *acquires))
            )
        }
        Claim::LastSynchronised { last, untouched } => {
            let last = event(*last);
            let object = match Role::of(last) {
                Role::Parks => Some("its token".to_owned()),
                _ => synchronises(last).map(|id| findings.names.object(id)),
            };
            let untouched = untouched.map(thread_in_words);
            let untouched = untouched
                .map(|thread| format!(", which {thread} did not touch after its access"))
                .unwrap_or_default();
            format!(
                "nothing orders the two: what {} last synchronised with was {} ({}){untouched}",
                thread_in_words(last.thread),
                object.unwrap_or_default(),
                Place::from(last)
            )
        }
        Claim::NothingOrders => "nothing orders the two: no lock, no atomic and no join".to_owned(),
        Claim::RaceElsewhere => {
            "the execution ends in a data race, and not all of it is shown here".to_owned()
        }
        _ => "two accesses that nothing orders, at least one of them a write, are a data race: anything may happen"
            .to_owned(),
    }
}

fn access(index: usize, event: &Event, findings: &Findings) -> String {
    let verb = match Role::of(event) {
        Role::Plain(AccessKind::Read) => "read",
        _ => "wrote",
    };
    let object = event.object.map(|(_, id)| findings.names.object(id));
    let moved = findings.effects[index].after;
    format!(
        "{} {verb} {}{} ({})",
        thread_in_words(event.thread),
        object.unwrap_or_default(),
        moved.map_or_else(String::new, |moved| format!(" = {}", value(moved))),
        Place::from(event)
    )
}

/// Tells which of the two is too weak to order anything but themselves.
fn too_weak((write, releases): (&Event, bool), (read, acquires): (&Event, bool)) -> String {
    let is_relaxed = |event: &Event| event.ordering() == Some(Ordering::Relaxed);
    let ordering = |event: &Event| {
        let ordering = event.ordering().map(|ordering| format!(" ({ordering:?})"));
        ordering.unwrap_or_default()
    };
    let releases_not = match is_relaxed(write) {
        true => "the write is relaxed".to_owned(),
        false => format!("the write{} does not release", ordering(write)),
    };
    let acquires_not = match is_relaxed(read) {
        true => "the read is relaxed".to_owned(),
        false => format!("the read{} does not acquire", ordering(read)),
    };
    match (releases, acquires) {
        (false, false) if is_relaxed(write) && is_relaxed(read) => {
            "both are relaxed, which orders nothing else".to_owned()
        }
        (false, false) => format!("{releases_not} and {acquires_not}, which orders nothing else"),
        (false, true) => format!("{releases_not}, which orders nothing else"),
        (true, _) => format!("{acquires_not}, which orders nothing else"),
    }
}

fn is_at_least(ordering: Ordering, wanted: Ordering) -> bool {
    ordering == wanted || matches!(ordering, Ordering::AcqRel | Ordering::SeqCst)
}

fn is_atomic_write(event: &Event) -> bool {
    matches!(
        Role::of(event),
        Role::Atomic(AccessKind::Store | AccessKind::ReadModifyWrite | AccessKind::Add)
    )
}

fn is_atomic_read(event: &Event) -> bool {
    matches!(
        Role::of(event),
        Role::Atomic(AccessKind::Read | AccessKind::ReadModifyWrite)
    )
}

/// Returns the object by which the event may order what its thread does later after what other threads did.
fn synchronises(event: &Event) -> Option<ObjectId> {
    let acquires = match Role::of(event) {
        Role::Acquires(_) | Role::Reacquires | Role::Parks => true,
        Role::Atomic(_) => {
            let ordering = event.ordering();
            is_atomic_read(event) && ordering.is_some_and(|ordering| is_at_least(ordering, Ordering::Acquire))
        }
        Role::Plain(_) | Role::Fence(_) | Role::FailsToAcquire | Role::Releases { .. } => false,
        Role::AsksForPoison | Role::ClearsPoison | Role::Waits | Role::EndsWait { .. } => false,
        Role::WaitsForNothing | Role::Queues | Role::StartsToPark { .. } => false,
        Role::Notifies { .. } | Role::Unparks | Role::ParksInVain | Role::Chooses(_) => false,
    };
    acquires.then(|| lock_of(event)).flatten()
}
