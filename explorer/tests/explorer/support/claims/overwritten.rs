//! Claims about updates that were overwritten: surely lost, possibly lost, or set again.

use super::unseen::is_in_order;
use crate::support::facts::{Access, Facts};
use selvedge_explorer::drawing::Claim;
use selvedge_explorer::{OperationKind as Kind, Value};
use std::collections::BTreeSet;

pub(super) fn is_overwritten(facts: Facts<'_>, claim: &Claim) -> bool {
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

pub(super) fn more_lost(facts: Facts<'_>, first: &Claim, updates: usize, surely: bool) -> bool {
    let mut lost = BTreeSet::new();
    for store in 0..facts.len() {
        let same = facts.after(store).is_some() && facts.before(store) == facts.after(store);
        if let Some((_, missed)) = overwritten_by(facts, store)
            && is_in_order(facts, facts.object(store))
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

pub(super) fn is_out_of_date(facts: Facts<'_>, looked: usize, others: &[usize], changed: usize) -> bool {
    let lock = facts.acquires(looked);
    let (Some(first), Some(second)) = (found_and_left(facts, looked), found_and_left(facts, changed)) else {
        return false;
    };
    let waits = |locked: usize| {
        let ends = facts
            .release_of(locked)
            .map(|release| facts.event(release).operation);
        facts.event(locked).operation == Kind::Reacquire || matches!(ends, Some(Kind::Wait(_)))
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
