//! Claims about what steps do not see: the order of changes is put together anew, and reads are held against it.

use crate::support::facts::{Access, Facts};
use selvedge_explorer::drawing::Claim;
use selvedge_explorer::{ObjectId, ReadsFrom};

/// Returns the changes of an atomic in coherence order.
fn order(facts: Facts<'_>, object: Option<ObjectId>) -> Vec<usize> {
    let mut order = Vec::new();
    for index in facts
        .accesses(object)
        .into_iter()
        .filter(|&index| facts.changes(index))
    {
        let place = order.len() - facts.event(index).unseen.len();
        order.insert(place, index);
    }
    order
}

/// Returns how many changes of the atomic come no later than what the event reads, or than the store that it is.
fn place(facts: Facts<'_>, index: usize) -> usize {
    let order = order(facts, facts.object(index));
    let place = |change: usize| {
        order
            .iter()
            .position(|&other| other == change)
            .expect("it is a change")
            + 1
    };
    match (facts.event(index).reads_from, facts.access(index)) {
        (Some(ReadsFrom::Initial), _) => 0,
        (Some(ReadsFrom::Event(source)), _) => place(source),
        (None, _) => place(index),
    }
}

/// Returns the changes above an event that come later in coherence order, in that order.
fn later(facts: Facts<'_>, index: usize) -> Vec<usize> {
    let order = order(facts, facts.object(index));
    let place = place(facts, index);
    order[place..]
        .iter()
        .copied()
        .filter(|&change| change < index)
        .collect()
}

pub(super) fn is_unseen(facts: Facts<'_>, claim: &Claim) -> bool {
    let apart = |one: usize, other: usize| {
        facts.thread(one) != facts.thread(other) && !facts.event(one).happens_before(facts.event(other))
    };
    match *claim {
        Claim::NotSeen { read, missed } => {
            let reads = matches!(
                facts.access(read),
                Some(Access::Read | Access::Update | Access::Add)
            );
            let is_of_source = match facts.event(read).reads_from {
                Some(ReadsFrom::Event(source)) => facts.after(source) == facts.before(read) && source < read,
                Some(ReadsFrom::Initial) => true,
                None => false,
            };
            reads && is_of_source && apart(missed, read) && later(facts, read).last() == Some(&missed)
        }
        Claim::PutBefore { store, later: first } => {
            let stores = facts.access(store) == Some(Access::Store);
            stores && apart(first, store) && later(facts, store).first() == Some(&first)
        }
        Claim::MoreUnseen(more) => {
            let all = (0..facts.len()).filter(|&index| facts.event(index).before.is_some());
            all.filter(|&index| facts.access(index).is_some() && !later(facts, index).is_empty())
                .count()
                == more + 2
        }
        _ => false,
    }
}

/// Returns `true` if each access sees all that came before it: then the order of steps is that of the changes.
pub(super) fn is_in_order(facts: Facts<'_>, object: Option<ObjectId>) -> bool {
    let mut last = ReadsFrom::Initial;
    facts.accesses(object).into_iter().all(|index| {
        let event = facts.event(index);
        let sees = event.reads_from.is_none_or(|source| source == last);
        if facts.changes(index) {
            last = ReadsFrom::Event(index);
        }
        sees && event.unseen.is_empty()
    })
}
