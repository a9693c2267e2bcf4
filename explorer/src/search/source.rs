//! Source-DPOR: a race adds one thread to a node, unless a source set is already there.
//!
//! Source: Abdulla, Aronis, Jonsson, Sagonas, *Optimal Dynamic Partial Order Reduction*, POPL
//! 2014, algorithm 1. A set of threads is a source set for a reversal if it contains an *initial*
//! of it: a thread whose first step there depends on nothing before. Together with sleep sets
//! every trace is completed exactly once, but some executions are begun in vain.
//!
//! Deviations: races are looked for at the end of each execution, and as [`race`](super::race) describes.

use super::next::Next;
use super::program::Program;
use super::race::{RaceDetector, Reversal};
use super::rules::Sound;
use super::strategy::Strategy;
use super::tree::Tree;
use crate::operation::Step;

/// The search with source sets and sleep sets.
#[derive(Debug)]
pub(super) struct Source {
    tree: Tree,
    /// A buffer for reversals.
    buffer: Vec<Step>,
}

impl Source {
    /// Creates a search at its root.
    pub(super) fn new() -> Self {
        Self {
            tree: Tree::new(),
            buffer: Vec::new(),
        }
    }
}

impl Strategy for Source {
    fn next(&mut self, program: &mut Program) -> Next {
        self.tree.next_running_on(program)
    }

    fn finish(&mut self, program: &Program) {
        let Self { tree, buffer } = self;
        RaceDetector::<Sound>::new(program, buffer).of_execution(|Reversal { first, steps, .. }| {
            insert(tree, first, steps);
        });
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

/// Schedules an initial of the sequence at the node, unless one is scheduled or asleep there.
fn insert(tree: &mut Tree, node: usize, sequence: &[Step]) {
    let is_initial = |&index: &usize| {
        let step = &sequence[index];
        !sequence[..index].iter().any(|earlier| earlier.depends_on(step))
    };
    let initials = || {
        (0..sequence.len())
            .filter(is_initial)
            .map(|index| sequence[index])
    };
    if !initials().any(|step| tree.is_scheduled_or_explored(node, &step))
        && let Some(step) = initials().next()
    {
        tree.push(node, step);
    }
}
