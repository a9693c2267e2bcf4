//! Consistency: which graphs a memory model has.
//!
//! Coherence, atomicity, and that program order and *reads from* have no cycle, hold of all graphs that the
//! search builds. What is left is the order of sequentially consistent events. It needs a check only where an
//! event did not take the last of its options: an event that reads from the last write, or comes last in
//! coherence order, is followed by nothing.

mod interleaved;
mod partial;

use super::{Graph, MemoryModel, Rules};

impl Graph {
    /// Returns `true` if the memory model has this graph.
    pub(super) fn is_consistent<R: Rules>(&self, model: MemoryModel) -> bool {
        match model {
            MemoryModel::ReleaseAcquire => true,
            MemoryModel::SequentiallyConsistent => self.is_interleaved(),
            MemoryModel::Rc11 => {
                self.sequential < 2 || !R::SEQUENTIAL_ORDER || self.is_partially_ordered::<R>()
            }
        }
    }
}
