//! The order of changes under weak memory: what a step does not see of the steps above it.
//!
//! Under sequential consistency a step sees all that came before it, and the other findings rely on that: they say
//! nothing of objects whose steps are not in their coherence order.

use crate::drawing::claim::Claim;
use crate::drawing::role::{AccessKind, Role};
use crate::{Event, Interleaving, ObjectId};
use std::collections::BTreeSet;

/// The largest number of steps that a story tells of.
const MOST: usize = 2;

/// Returns the objects that have a step which does not see all the steps above it.
pub(in crate::drawing) fn out_of_order(interleaving: &Interleaving) -> BTreeSet<ObjectId> {
    let events = interleaving.steps.iter().map(|step| &step.event);
    let blind = events.filter(|event| !event.unseen.is_empty());
    blind
        .flat_map(|event| event.object.map(|(_, id)| id).into_iter().chain(event.mutex))
        .collect()
}

/// Returns what is to be told of accesses to atomics that do not see all the steps above them.
pub(in crate::drawing) fn unseen(interleaving: &Interleaving) -> Vec<Claim> {
    let steps = interleaving.steps.iter().enumerate();
    let mut claims: Vec<Claim> = steps
        .filter_map(|(index, step)| claim(index, &step.event))
        .collect();
    if claims.len() > MOST {
        let more = claims.len() - MOST;
        claims.truncate(MOST);
        claims.push(Claim::MoreUnseen(more));
    }
    claims
}

fn claim(index: usize, event: &Event) -> Option<Claim> {
    let (first, last) = (*event.unseen.first()?, *event.unseen.last()?);
    match Role::of(event) {
        Role::Atomic(AccessKind::Store) => Some(Claim::PutBefore {
            store: index,
            later: first,
        }),
        Role::Atomic(_) if event.reads_from.is_some() => Some(Claim::NotSeen {
            read: index,
            missed: last,
        }),
        _ => None,
    }
}

/// Returns the events that a claim of this kind is about.
pub(in crate::drawing) fn events(claim: &Claim) -> Vec<usize> {
    match claim {
        Claim::NotSeen { read, missed } => vec![*missed, *read],
        Claim::PutBefore { store, later } => vec![*later, *store],
        _ => Vec::new(),
    }
}
