//! Findings: everything remarkable about an interleaving, found before anything is drawn or told.

mod aba;
mod atomicity_violation;
pub(super) mod critical_section;
pub(super) mod deadlock;
pub(super) mod effect;
pub(super) mod lost_update;
pub(super) mod order;
mod told;
pub(super) mod wakeups;

use super::claim::Claim;
use super::names::Names;
use super::role::Role;
use crate::{Ending, Interleaving, PanicInfo, StuckThread, ThreadId, Value};
use aba::first_aba;
use atomicity_violation::possibly_lost_updates;
use critical_section::{CriticalSection, sections};
use effect::{Effect, effects};
use lost_update::{Access, LostUpdate, lost_updates};
use std::collections::BTreeSet;

/// Everything remarkable about an interleaving. Events are named by their indices.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) names: Names,
    /// The ending of the execution, if it has ended, without what it returned.
    pub(super) ending: Option<Ending<()>>,
    /// The effect of each event.
    pub(super) effects: Vec<Effect>,
    /// The critical sections of mutexes, in order.
    pub(super) sections: Vec<CriticalSection>,
    /// The accesses to atomics and to plain memory, in order. Those to an object that is out of order are left out.
    pub(super) accesses: Vec<Access>,
    /// The lost updates, in order.
    pub(super) lost: Vec<LostUpdate>,
    /// The updates that were possibly lost, in order: those that were overwritten by the value that was there
    /// already, then those of which each access was under a lock.
    pub(super) possibly_lost: Vec<LostUpdate>,
    /// The flags that were set again by a thread that had not seen that they were set.
    pub(super) set_again: Vec<LostUpdate>,
    /// The first write of a value that had left and come back.
    pub(super) aba: Option<Claim>,
    /// What accesses to atomics do not see of the steps above them.
    pub(super) unseen: Vec<Claim>,
    /// The two accesses of the data race.
    pub(super) race: Option<(usize, usize)>,
    /// The events that the story is about: no fold hides one of them.
    pub(super) told: BTreeSet<usize>,
    /// These, and all others that a fold hides only if there are too many.
    pub(super) important: BTreeSet<usize>,
    /// The number of events before the panic.
    pub(super) panic_after: usize,
}

impl Findings {
    /// Examines an interleaving, which has ended so, or has not ended yet.
    pub(super) fn of<O>(interleaving: &Interleaving, ending: Option<&Ending<O>>) -> Self {
        let events = || interleaving.steps.iter().map(|step| &step.event);
        let effects = effects(events());
        let out_of_order = order::out_of_order(interleaving);
        let accesses: Vec<Access> = events()
            .enumerate()
            .filter_map(|(index, event)| Access::of(index, event, effects[index]))
            .filter(|access| !out_of_order.contains(&access.object))
            .collect();
        let sections = sections(events(), &effects);
        let ending = ending.map(without_outcome);
        let (same, lost): (Vec<LostUpdate>, _) = lost_updates(&accesses)
            .into_iter()
            .partition(|lost| effects[lost.store].leaves_what_it_found());
        let (set_again, same): (Vec<LostUpdate>, _) = same
            .into_iter()
            .partition(|lost| matches!(effects[lost.store].after, Some(Value::Bool(_))));
        let mut findings = Self {
            names: Names::of(interleaving),
            lost,
            possibly_lost: [same, possibly_lost_updates(&sections)].concat(),
            set_again,
            unseen: order::unseen(interleaving),
            aba: first_aba(interleaving, &accesses, &effects),
            race: interleaving
                .race
                .filter(|_| matches!(ending, None | Some(Ending::DataRace(_)))),
            panic_after: panic_after(interleaving, ending.as_ref()),
            told: BTreeSet::new(),
            important: BTreeSet::new(),
            accesses,
            effects,
            sections,
            ending,
        };
        findings.told = told::told(interleaving, &findings);
        findings.important = findings.important(interleaving);
        findings
    }

    /// Returns the stuck threads in the order of their rows, the main thread last.
    pub(super) fn stuck(&self) -> Vec<&StuckThread> {
        let mut stuck: Vec<&StuckThread> = match &self.ending {
            Some(Ending::Deadlock(threads)) => threads.iter().collect(),
            _ => Vec::new(),
        };
        stuck.sort_by_key(|stuck| stuck.thread == ThreadId::MAIN);
        stuck
    }

    /// Returns the panic that ended the execution, if one did.
    pub(super) fn panic(&self) -> Option<&PanicInfo> {
        match &self.ending {
            Some(Ending::Panic(panic)) => Some(panic),
            _ => None,
        }
    }

    /// Returns the events that a fold hides only if there are too many.
    fn important(&self, interleaving: &Interleaving) -> BTreeSet<usize> {
        let mut important = self.told.clone();
        for (index, step) in interleaving.steps.iter().enumerate() {
            if step.preempted.is_some() {
                important.extend([index - 1, index]);
            }
        }
        for lost in self.lost.iter().chain(&self.possibly_lost) {
            important.extend([lost.read, lost.store]);
            // Of many missed updates the first and the last will do.
            important.extend(lost.missed.first());
            important.extend(lost.missed.last());
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

/// Returns the number of events before the panic. After its panic a thread only releases its locks.
fn panic_after(interleaving: &Interleaving, ending: Option<&Ending<()>>) -> usize {
    let Some(Ending::Panic(panic)) = ending else {
        return interleaving.steps.len();
    };
    let own = interleaving.steps.iter().enumerate().rev();
    let own = own.filter(|(_, step)| step.event.thread == panic.thread);
    let mut after = None;
    for (index, step) in own {
        let Role::Releases { poisons, .. } = Role::of(&step.event) else {
            return after.unwrap_or(index + 1);
        };
        if poisons {
            after = Some(index);
        }
    }
    after.unwrap_or(0)
}
