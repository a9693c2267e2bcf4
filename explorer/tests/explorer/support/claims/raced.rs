//! Claims about data races.

use crate::support::facts::{Access, Facts};
use crate::support::synchronised::Synchronised;
use selvedge_explorer::drawing::Claim;
use selvedge_explorer::{OperationKind as Kind, ReadsFrom, ThreadId};
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Release, SeqCst};

pub(super) fn is_race(facts: Facts<'_>, first: usize, second: usize) -> bool {
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
        Kind::Load(ordering)
        | Kind::Store(ordering, _)
        | Kind::Add(ordering, _)
        | Kind::ReadModifyWrite(ordering, ..) => Some(ordering),
        Kind::CompareExchange { success, .. } if event.succeeded => Some(success),
        Kind::CompareExchange { failure, .. } => Some(failure),
        _ => None,
    }
}

pub(super) fn is_unordered(facts: Facts<'_>, claim: &Claim, first: usize, second: usize) -> bool {
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
            let last = match facts.event(read).reads_from {
                None => last.rfind(|&index| index < read && facts.changes(index)),
                Some(ReadsFrom::Event(source)) => Some(source),
                Some(ReadsFrom::Initial) => None,
            };
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
