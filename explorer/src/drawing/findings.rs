//! What is remarkable about an interleaving, found before anything is drawn or told.

use super::deadlock;
use super::effect::{Effect, effects};
use super::names::Names;
use super::section::{Section, doubtful_updates, sections};
use super::stale::{Access, LostUpdate, lost_updates};
use crate::{Ending, Event, Interleaving, OperationKind};
use std::collections::BTreeSet;

/// What was found in an interleaving. Events are named by their indices.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) names: Names,
    /// How the execution ended, if it has; what it returned does not matter here.
    pub(super) ending: Option<Ending<()>>,
    /// The values that each event saw and left.
    pub(super) effects: Vec<Effect>,
    /// The critical sections of mutexes, in order.
    pub(super) sections: Vec<Section>,
    /// The accesses to atomics and to plain memory, in order.
    pub(super) accesses: Vec<Access>,
    /// The lost updates, in order.
    pub(super) lost: Vec<LostUpdate>,
    /// The updates that may have been lost under a lock, in order.
    pub(super) doubtful: Vec<LostUpdate>,
    /// The two accesses of the data race.
    pub(super) race: Option<(usize, usize)>,
    /// The events that a fold must not hide.
    pub(super) important: BTreeSet<usize>,
    /// Where the row of the panic belongs: after so many events.
    pub(super) panic_after: usize,
}

impl Findings {
    pub(super) fn of<O>(interleaving: &Interleaving, ending: Option<&Ending<O>>) -> Self {
        let events = || interleaving.steps.iter().map(|step| &step.event);
        let effects = effects(events());
        let accesses: Vec<Access> = events()
            .enumerate()
            .filter_map(|(index, event)| Access::of(index, event, effects[index]))
            .collect();
        let sections = sections(events(), &effects);
        let ending = ending.map(without_outcome);
        let mut findings = Self {
            names: Names::of(interleaving),
            lost: lost_updates(&accesses),
            doubtful: doubtful_updates(&sections),
            race: interleaving
                .race
                .filter(|_| matches!(ending, None | Some(Ending::DataRace(_)))),
            panic_after: panic_after(interleaving, ending.as_ref()),
            important: BTreeSet::new(),
            accesses,
            effects,
            sections,
            ending,
        };
        findings.important = findings.important(interleaving);
        findings
    }

    fn important(&self, interleaving: &Interleaving) -> BTreeSet<usize> {
        let mut important = BTreeSet::new();
        for (index, step) in interleaving.steps.iter().enumerate() {
            if step.preempted.is_some() {
                important.extend([index - 1, index]);
            }
        }
        for lost in self.lost.iter().chain(&self.doubtful) {
            important.extend([lost.read, lost.store]);
            // What matters of a long list is how it begins and ends.
            important.extend(lost.missed.first());
            important.extend(lost.missed.last());
        }
        if let Some((first, second)) = self.race {
            important.extend([first, second]);
        }
        if let Some(Ending::Deadlock(threads)) = &self.ending {
            important.extend(deadlock::important(interleaving, threads));
        }
        if let Some(Ending::Panic(panic)) = &self.ending {
            let own = |event: &Event| event.thread == panic.thread;
            let steps = interleaving.steps[..self.panic_after].iter();
            important.extend(
                steps
                    .rev()
                    .position(|step| own(&step.event))
                    .map(|back| self.panic_after - 1 - back),
            );
        }
        important
    }
}

fn without_outcome<O>(ending: &Ending<O>) -> Ending<()> {
    match ending {
        Ending::Finished(_) => Ending::Finished(()),
        Ending::Deadlock(threads) => Ending::Deadlock(threads.clone()),
        Ending::Panic(panic) => Ending::Panic(panic.clone()),
        Ending::DataRace(race) => Ending::DataRace(race.clone()),
        Ending::StepLimit => Ending::StepLimit,
    }
}

/// Returns how many events came before the panic: what a thread does after its panic is to release its locks.
fn panic_after(interleaving: &Interleaving, ending: Option<&Ending<()>>) -> usize {
    let Some(Ending::Panic(panic)) = ending else {
        return interleaving.steps.len();
    };
    let own = interleaving.steps.iter().enumerate().rev();
    let own = own.filter(|(_, step)| step.event.thread == panic.thread);
    let mut after = None;
    for (index, step) in own {
        match step.event.operation {
            OperationKind::Unlock(true) | OperationKind::WriteUnlock(true) => after = Some(index),
            OperationKind::Unlock(_) | OperationKind::WriteUnlock(_) | OperationKind::ReadUnlock => {}
            OperationKind::Load(_)
            | OperationKind::Store(..)
            | OperationKind::ReadModifyWrite(..)
            | OperationKind::CompareExchange { .. }
            | OperationKind::Fence(_)
            | OperationKind::Lock
            | OperationKind::TryLock
            | OperationKind::IsPoisoned
            | OperationKind::ClearPoison
            | OperationKind::ReadLock
            | OperationKind::TryReadLock
            | OperationKind::WriteLock
            | OperationKind::TryWriteLock
            | OperationKind::Wait
            | OperationKind::Reacquire
            | OperationKind::WakeOrTimeOut
            | OperationKind::WakeOrTimeOutUnless(_)
            | OperationKind::NotifyOne
            | OperationKind::NotifyAll
            | OperationKind::CellRead
            | OperationKind::CellWrite
            | OperationKind::Park
            | OperationKind::Unpark
            | OperationKind::Choose(_)
            | OperationKind::Spin(_) => return after.unwrap_or(index + 1),
        }
    }
    after.unwrap_or(0)
}
