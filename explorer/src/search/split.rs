//! Splitting a search into items: parts that can be explored apart from one another, in any order, by anybody.
//!
//! Down to some depth, every thread that is enabled and awake is scheduled, with all its alternatives, by sleep sets
//! alone (Godefroid 1996; see [`sleep_sets`](super::sleep_sets)). Each node at that depth is an *item*: the steps that
//! lead to it, and the sleepers there. The depth counts only nodes at which there is something to choose. An execution
//! that ends before is an item, too.
//!
//! Below an item the search is optimal, with two differences; see [`Optimal::below`](super::optimal::Optimal::below).
//! Reversals that would be inserted above are dropped: all is scheduled there. And a reversal counts as explored only if
//! a sleeper's step is one of its own steps, an initial. A sleeper that is merely independent of the reversal, a weak
//! initial, does not cover it: what is dependent on the sleeper and comes later is called for by races that the sleeper's
//! item has with this one, and these are dropped. So executions may be begun in vain, and are counted.

use super::next::{Next, Stop};
use super::program::{Names, Program};
use super::sleeper::Sleeper;
use super::strategy::Strategy;
use super::tree::Tree;
use crate::object::threads_in;
use crate::operation::Step;

/// A part of a search: all that begins with some steps, and with none of the sleepers.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The steps that lead to it.
    pub(super) steps: Vec<Step>,
    /// The threads that sleep after them.
    pub(super) sleepers: Vec<Sleeper>,
    pub(crate) names: Names,
    /// `true` if an execution is over after them.
    pub(crate) is_complete: bool,
}

/// The walk down to a depth.
#[derive(Debug)]
pub(crate) struct Split {
    tree: Tree,
    depth: usize,
    /// For each node, how many nodes above it have more than one branch.
    branching: Vec<usize>,
    /// The items so far.
    pub(crate) items: Vec<Item>,
}

impl Split {
    /// Creates a walk down to this depth.
    pub(crate) fn new(depth: usize) -> Self {
        Self {
            tree: Tree::new(),
            depth,
            branching: vec![0],
            items: Vec::new(),
        }
    }

    /// Adds the node at which the execution stands.
    fn add_item(&mut self, program: &Program, is_complete: bool) {
        let events = &program.history.events[..program.position];
        self.items.push(Item {
            steps: events.iter().map(|event| event.step).collect(),
            sleepers: self.tree.sleepers(program.position).to_vec(),
            names: program.names(),
            is_complete,
        });
    }
}

impl Strategy for Split {
    fn next(&mut self, program: &mut Program) -> Next {
        let node = program.position;
        self.branching.truncate(node + 1);
        let above = self.branching[node];
        let is_new = !self.tree.has_scheduled(node);
        if is_new && above == self.depth && program.enabled_threads() & self.tree.awake(node) != 0 {
            self.add_item(program, false);
            return Next::Stop(Stop::Asked);
        }
        let next = self.tree.next(program, |tree, program, awake| {
            threads_in(awake).for_each(|thread| tree.schedule_thread(program, thread));
        });
        match next {
            Next::Stop(Stop::Complete | Stop::StepLimit) => self.add_item(program, true),
            Next::Run(_) => self
                .branching
                .push(above + usize::from(self.tree.is_branching(node))),
            _ => {}
        }
        next
    }

    fn backtrack(&mut self, program: &mut Program) -> bool {
        self.tree.backtrack(program)
    }

    fn check_invariants(&self, program: &Program) {
        self.tree.check_invariants(program);
    }
}
