//! Source-DPOR: a race adds one thread to a node, unless a source set is already there.
//!
//! Source: Abdulla, Aronis, Jonsson, Sagonas, *Optimal Dynamic Partial Order Reduction*, POPL
//! 2014, algorithm 1. A set of threads is a source set for a reversal if it contains an *initial*
//! of it: a thread whose first step there depends on nothing before. Together with sleep sets
//! every trace is completed exactly once, but some executions are begun in vain.
//!
//! Deviations: races are looked for at the end of each execution, and as `race` describes.

use super::operation::Step;
use super::search::Search;

impl Search {
    /// Adds an initial of the sequence to the node, unless one is there or asleep.
    pub(super) fn insert_source(&mut self, node: usize, sequence: &[Step]) {
        let mut first = None;
        for (index, step) in sequence.iter().enumerate() {
            if sequence[..index].iter().any(|earlier| earlier.depends_on(step)) {
                continue;
            }
            let scheduled = self
                .trees
                .steps(self.nodes[node].wakeup)
                .any(|other| other.same_step(step));
            if scheduled || self.has_explored(node, step.thread, step.alternative) {
                return;
            }
            first = first.or(Some(*step));
        }
        if let Some(step) = first {
            let mut wakeup = self.nodes[node].wakeup;
            self.trees.push_back(&mut wakeup, step);
            self.nodes[node].wakeup = wakeup;
        }
    }
}
