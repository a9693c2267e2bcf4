//! Plain enumeration: every enabled thread at every node.
//!
//! This visits every interleaving. It is the oracle that the other strategies are tested against, and the
//! search behind a preemption bound (Musuvathi and Qadeer, *Iterative Context Bounding for Systematic Testing
//! of Multithreaded Programs*, PLDI 2007).

use super::next::Next;
use super::program::Program;
use super::strategy::Strategy;
use super::tree::Tree;
use crate::identity::ThreadIndex;
use crate::object::threads_in;

/// The search of every interleaving, or of those with at most so many preemptions.
#[derive(Debug)]
pub(super) struct Enumeration {
    tree: Tree,
    bound: Option<usize>,
    /// For each node of the current branch; only with a bound.
    preemptions: Vec<Preemptions>,
    /// `true` if something was left out because of the bound.
    cut: bool,
}

/// The preemptions at a node.
#[derive(Clone, Copy, Debug)]
struct Preemptions {
    /// The number of preemptions before it.
    before: usize,
    /// The thread that is preempted if another goes on.
    running: Option<ThreadIndex>,
}

impl Preemptions {
    /// Returns the number of preemptions if this thread goes on.
    fn with(self, thread: ThreadIndex) -> usize {
        self.before + usize::from(self.running.is_some_and(|running| running != thread))
    }
}

impl Enumeration {
    /// Creates a search at its root.
    pub(super) fn new(bound: Option<usize>) -> Self {
        Self {
            tree: Tree::new(),
            bound,
            preemptions: Vec::new(),
            cut: false,
        }
    }
}

impl Strategy for Enumeration {
    fn next(&mut self, program: &mut Program) -> Next {
        let Self {
            tree,
            bound,
            preemptions,
            cut,
        } = self;
        tree.next(program, |tree, program, enabled| {
            let Some(bound) = *bound else {
                return threads_in(enabled).for_each(|thread| tree.schedule_thread(program, thread));
            };
            let here = preemptions_at(preemptions, program, enabled);
            for thread in threads_in(enabled) {
                match here.with(thread) > bound {
                    true => *cut = true,
                    false => tree.schedule_thread(program, thread),
                }
            }
        })
    }

    fn backtrack(&mut self, program: &mut Program) -> bool {
        while self.tree.step_back(program).is_some() {
            if self.tree.has_more() {
                return true;
            }
        }
        false
    }

    fn wakes(&self) -> bool {
        self.bound.is_some()
    }

    fn share_done(&self) -> f64 {
        self.tree.share_done()
    }

    fn preemptions_cut(&self) -> bool {
        self.cut
    }

    fn check_invariants(&self, program: &Program) {
        self.tree.check_invariants(program);
    }
}

/// Counts the preemptions at the newest node, at which these threads are enabled, and adds them to the list.
fn preemptions_at(list: &mut Vec<Preemptions>, program: &Program, enabled: u32) -> Preemptions {
    let node = program.position;
    list.truncate(node);
    let running = program.thread_before(node);
    let here = Preemptions {
        before: match (list.last(), running) {
            (Some(last), Some(running)) => last.with(running),
            _ => 0,
        },
        running: running.filter(|&running| enabled >> running & 1 == 1),
    };
    list.push(here);
    here
}
