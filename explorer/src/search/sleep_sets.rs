//! Enumeration with sleep sets: every enabled thread at every node, unless it sleeps.
//!
//! Source: Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems*, 1996. Every trace
//! is completed exactly once, but executions in which all enabled threads sleep are begun in vain. It shares
//! neither race reversals nor wakeup trees with [`optimal`](super::optimal), and so tests it.

use super::next::Next;
use super::program::Program;
use super::strategy::Strategy;
use super::tree::Tree;
use crate::object::threads_in;

/// The search with sleep sets alone.
#[derive(Debug)]
pub(super) struct SleepSets {
    tree: Tree,
}

impl SleepSets {
    /// Creates a search at its root.
    pub(super) fn new() -> Self {
        Self { tree: Tree::new() }
    }
}

impl Strategy for SleepSets {
    fn next(&mut self, program: &mut Program) -> Next {
        self.tree.next(program, |tree, program, awake| {
            threads_in(awake).for_each(|thread| tree.schedule_thread(program, thread));
        })
    }

    fn backtrack(&mut self, program: &mut Program) -> bool {
        self.tree.backtrack(program)
    }

    fn share_done(&self) -> f64 {
        self.tree.share_done()
    }

    fn check_invariants(&self, program: &Program) {
        self.tree.check_invariants(program);
    }
}
