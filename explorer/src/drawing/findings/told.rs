//! The events that a story is about: a fold must not hide them.

use super::Findings;
use super::{deadlock, order};
use crate::drawing::role::{AccessKind, Role};
use crate::{Ending, Event, Interleaving, ObjectId, ThreadId};
use std::collections::{BTreeMap, BTreeSet};

/// The largest number of turning points, such as a choice or a time-out, that count.
const TURNING_POINTS: usize = 4;

/// Returns the indices of the events that a story is about: few, however long the interleaving is.
///
/// Of the changes that a thread makes to an object, the first and the last count: the story tells the rest as
/// a number.
pub(super) fn told(interleaving: &Interleaving, findings: &Findings) -> BTreeSet<usize> {
    let mut told: BTreeSet<usize> = findings.unseen.iter().flat_map(order::events).collect();
    if let Some(lost) = findings.lost.first().or(findings.possibly_lost.first()) {
        told.extend([lost.read, lost.store]);
        told.extend(lost.missed.iter().take(4));
        told.extend(lost.missed.last());
    }
    if let Some((first, second)) = findings.race {
        told.extend([first, second]);
        told.extend(hand_over(interleaving, first, second));
    }
    match &findings.ending {
        Some(Ending::Deadlock(threads)) => told.extend(deadlock::causes(interleaving, threads)),
        Some(Ending::Panic(panic)) => {
            let before = interleaving.steps[..findings.panic_after].iter();
            told.extend(
                before
                    .into_iter()
                    .rposition(|step| step.event.thread == panic.thread),
            );
        }
        Some(Ending::Finished(())) if findings.lost.is_empty() && findings.possibly_lost.is_empty() => {
            told.extend(changes(findings));
            told.extend(turning_points(interleaving));
        }
        Some(Ending::Finished(()) | Ending::DataRace(_) | Ending::StepLimit) | None => {}
    }
    told
}

/// Returns the events by which the threads of a data race might have handed the memory over: what each did to
/// the same atomic or the same lock, and the fences, between the two accesses.
fn hand_over(interleaving: &Interleaving, first: usize, second: usize) -> Vec<usize> {
    let event = |index: usize| &interleaving.steps[index].event;
    let pair = [event(first).thread, event(second).thread];
    let between = || (first + 1..second).filter(|&index| pair.contains(&event(index).thread));
    let is_common = |event: &Event| {
        let touches =
            |other: usize| event.object.is_some() && interleaving.steps[other].event.object == event.object;
        between().any(|other| touches(other) && interleaving.steps[other].event.thread != event.thread)
    };
    let mut ends = Ends::default();
    for index in between() {
        let event = event(index);
        let is_fence = matches!(Role::of(event), Role::Fence(_));
        if is_fence || is_common(event) {
            ends.add(event.thread, event.object.map(|(_, id)| id), [index, index]);
        }
    }
    ends.indices()
}

/// Returns the first and the last change that each thread makes to each object.
fn changes(findings: &Findings) -> Vec<usize> {
    let mut ends = Ends::default();
    for section in findings.sections.iter().filter(|section| section.is_change()) {
        let unlocked = section.unlocked.unwrap_or(section.locked);
        ends.add(section.thread, Some(section.lock), [section.locked, unlocked]);
    }
    let writes = findings
        .accesses
        .iter()
        .filter(|access| access.kind != AccessKind::Read);
    for access in writes.filter(|access| findings.effects[access.index].is_change()) {
        ends.add(access.thread, Some(access.object), [access.index; 2]);
    }
    ends.indices()
}

/// Returns the first events that could have gone another way.
fn turning_points(interleaving: &Interleaving) -> impl Iterator<Item = usize> {
    let steps = interleaving.steps.iter().enumerate();
    let turns = steps.filter(|(_, step)| match Role::of(&step.event) {
        Role::Chooses(_) | Role::EndsWait { .. } | Role::FailsToAcquire => true,
        Role::Releases { poisons, .. } => poisons,
        Role::Atomic(_) => !step.event.succeeded,
        Role::Plain(_) | Role::Fence(_) | Role::Acquires(_) | Role::AsksForPoison => false,
        Role::ClearsPoison | Role::Waits | Role::Reacquires | Role::Notifies { .. } => false,
        Role::WaitsForNothing | Role::ParksInVain => true,
        Role::StartsToPark { returns } => returns,
        Role::Parks | Role::Unparks | Role::Queues => false,
    });
    turns.map(|(index, _)| index).take(TURNING_POINTS)
}

/// For each thread and object, the first and the last pair of events.
#[derive(Default)]
struct Ends(BTreeMap<(ThreadId, Option<ObjectId>), [[usize; 2]; 2]>);

impl Ends {
    fn add(&mut self, thread: ThreadId, object: Option<ObjectId>, events: [usize; 2]) {
        let ends = self.0.entry((thread, object)).or_insert([events; 2]);
        ends[1] = events;
    }

    fn indices(self) -> Vec<usize> {
        self.0.into_values().flatten().flatten().collect()
    }
}
