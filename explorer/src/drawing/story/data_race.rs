//! The story of a data race: the two accesses, and why nothing orders them.

use crate::drawing::findings::Findings;
use crate::drawing::names::{Names, thread_in_words};
use crate::drawing::place::Place;
use crate::drawing::role::{AccessKind, Role};
use crate::drawing::words::value;
use crate::{CellAccess, DataRace, Event, Interleaving, Step};
use std::sync::atomic::Ordering;

/// Tells of the two accesses, and why nothing orders them, in sentences without their capital letter.
pub(super) fn sentences(interleaving: &Interleaving, race: &DataRace, findings: &Findings) -> Vec<String> {
    let names = &findings.names;
    let access = |access: &CellAccess, index: Option<usize>| {
        let verb = if access.write { "wrote" } else { "read" };
        let moved = index.and_then(|index| findings.effects[index].after);
        format!(
            "{} {verb} {}{} ({})",
            thread_in_words(access.thread),
            names.object(race.cell),
            moved.map_or_else(String::new, |moved| format!(" = {}", value(moved))),
            Place::from(access)
        )
    };
    let (first, second) = findings.race.unzip();
    let both = format!(
        "{}, and {}",
        access(&race.first, first),
        access(&race.second, second)
    );
    let mut sentences = vec![both];
    if let Some((first, second)) = findings.race {
        sentences.push(why_unordered(&interleaving.steps, first, second, names));
    }
    sentences.push(
        "two accesses that nothing orders, at least one of them a write, are a data race: anything may happen"
            .to_owned(),
    );
    sentences
}

fn why_unordered(steps: &[Step], first: usize, second: usize, names: &Names) -> String {
    let [one, other] = [first, second].map(|index| steps[index].event.thread);
    let between = &steps[first + 1..second];
    let of = |thread| move |event: &&Event| event.thread == thread;
    let events = || between.iter().map(|step| &step.event);
    let relaxed = events()
        .filter(of(one))
        .filter(|event| is_atomic_write(event))
        .find_map(|store| {
            let mut later = between.iter().map(|step| &step.event);
            later.find(|event| std::ptr::eq(*event, store));
            let load = later.find(|event| {
                event.thread == other && event.object == store.object && is_atomic_read(event)
            })?;
            Some((store, load))
        });
    if let Some((store, load)) = relaxed {
        return meet_relaxed(store, load, names);
    }
    let last = steps[..second].iter().map(|step| &step.event).rev();
    let last = last.filter(of(other)).find(|event| synchronises(event));
    match last {
        None => "nothing orders the two: no lock, no atomic and no join orders them".to_owned(),
        Some(last) => {
            let object = last.object.map(|(_, id)| names.object(id)).unwrap_or_default();
            let shared = events().filter(of(one)).any(|event| event.object == last.object);
            let unshared = match shared {
                true => String::new(),
                false => format!(", which {} did not touch after its access", thread_in_words(one)),
            };
            format!(
                "nothing orders the two: what {} last synchronised with was {object} ({}){unshared}",
                thread_in_words(other),
                Place::from(last)
            )
        }
    }
}

/// Tells that the threads met at an atomic, and that it did not help.
fn meet_relaxed(store: &Event, load: &Event, names: &Names) -> String {
    let object = store.object.map(|(_, id)| names.object(id)).unwrap_or_default();
    let releases = store
        .ordering()
        .is_some_and(|ordering| is_at_least(ordering, Ordering::Release));
    let acquires = load
        .ordering()
        .is_some_and(|ordering| is_at_least(ordering, Ordering::Acquire));
    let weak = match (releases, acquires) {
        (false, false) => "both are relaxed, which orders",
        (false, true) => "the write is relaxed, which orders",
        (true, false) => "the read is relaxed, which orders",
        (true, true) => "another write came between, which ordered",
    };
    format!(
        "in between, {} wrote {object} ({}) and {} read it ({}), but {weak} nothing else",
        thread_in_words(store.thread),
        Place::from(store),
        thread_in_words(load.thread),
        Place::from(load)
    )
}

fn is_at_least(ordering: Ordering, wanted: Ordering) -> bool {
    ordering == wanted || matches!(ordering, Ordering::AcqRel | Ordering::SeqCst)
}

fn is_atomic_write(event: &Event) -> bool {
    matches!(
        Role::of(event),
        Role::Atomic(AccessKind::Store | AccessKind::ReadModifyWrite)
    )
}

fn is_atomic_read(event: &Event) -> bool {
    matches!(
        Role::of(event),
        Role::Atomic(AccessKind::Read | AccessKind::ReadModifyWrite)
    )
}

/// Returns `true` if the event may have made the thread see what other threads did before.
fn synchronises(event: &Event) -> bool {
    match Role::of(event) {
        Role::Acquires(_) | Role::Reacquires | Role::Parks => true,
        Role::Atomic(_) => {
            let ordering = event.ordering();
            is_atomic_read(event) && ordering.is_some_and(|ordering| is_at_least(ordering, Ordering::Acquire))
        }
        Role::Plain(_) | Role::Fence(_) | Role::FailsToAcquire | Role::Releases { .. } => false,
        Role::AsksForPoison | Role::ClearsPoison | Role::Waits | Role::EndsWait { .. } => false,
        Role::WaitsForNothing | Role::Queues | Role::StartsToPark { .. } => false,
        Role::Notifies { .. } | Role::Unparks | Role::Chooses(_) => false,
    }
}
