//! Claims about the updates of one object.

use crate::support::facts::{Access, Facts};
use selvedge_explorer::drawing::Claim;
use selvedge_explorer::{ObjectId, OperationKind as Kind};

pub(super) fn is_aba(facts: Facts<'_>, read: usize, between: &[usize], write: usize) -> bool {
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

pub(super) fn is_updated(facts: Facts<'_>, claim: &Claim) -> bool {
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
            let whole = |&change: &usize| {
                let in_one_step = matches!(facts.access(change), Some(Access::Update | Access::Add));
                in_one_step && !only_read_before(change)
            };
            changes_of(object) == *changes && changes.iter().all(whole)
        }
        Claim::Current { object, changes } => {
            let current = |&change: &usize| {
                let last = facts.own_before(change);
                let unchanged = last.is_some_and(|last| facts.changed_between(last, change).is_empty());
                let kinds = (facts.access(change), last.and_then(|last| facts.access(last)));
                match kinds {
                    (Some(Access::Update), None | Some(Access::Store | Access::Update | Access::Add)) => true,
                    (_, Some(Access::Store | Access::Add) | None) => false,
                    _ => unchanged,
                }
            };
            changes_of(object) == *changes && changes.iter().all(current)
        }
        _ => false,
    }
}
