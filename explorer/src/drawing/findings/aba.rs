//! ABA: a value that left and came back between a thread's read of it and its write.
//!
//! The thread cannot tell that from a value that has not changed. Whether it does harm depends on what else
//! the thread had read in between.

use super::effect::Effect;
use super::lost_update::Access;
use crate::drawing::claim::Claim;
use crate::drawing::role::AccessKind;
use crate::{Interleaving, OperationKind};

/// Returns the first such write, if there is one: a store, or a compare-exchange that succeeded.
pub(in crate::drawing) fn first_aba(
    interleaving: &Interleaving,
    accesses: &[Access],
    effects: &[Effect],
) -> Option<Claim> {
    let mut writes = accesses.iter().enumerate();
    writes.find_map(|(position, write)| {
        let operation = interleaving.steps[write.index].event.operation;
        let is_exchange = matches!(operation, OperationKind::CompareExchange { .. });
        let replaces = write.kind == AccessKind::Store || write.kind != AccessKind::Read && is_exchange;
        replaces
            .then(|| aba(write, &accesses[..position], effects))
            .flatten()
    })
}

fn aba(write: &Access, earlier: &[Access], effects: &[Effect]) -> Option<Claim> {
    let own = |access: &Access| access.object == write.object && access.thread == write.thread;
    let read = earlier.iter().rposition(own)?;
    let others = earlier[read + 1..].iter();
    let between: Vec<usize> = others
        .filter(|access| access.object == write.object && access.kind != AccessKind::Read)
        .map(|access| access.index)
        .collect();
    let read = &earlier[read];
    let old = read.before?;
    let leaves = |index: &usize| effects[*index].after.is_some_and(|after| after != old);
    let is_aba = read.kind == AccessKind::Read && write.before == Some(old) && between.iter().any(leaves);
    is_aba.then_some(Claim::Aba {
        read: read.index,
        between,
        write: write.index,
    })
}
