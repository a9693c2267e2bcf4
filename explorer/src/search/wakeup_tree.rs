//! Wakeup trees: the initial fragments of executions that a node must still explore.
//!
//! Source: Abdulla, Aronis, Jonsson, Sagonas, *Optimal Dynamic Partial Order Reduction*, POPL
//! 2014, section 6. A tree's branches are ordered; each is a step, and below it a smaller tree.
//! Inserting a sequence either finds that some leaf already leads to it, or adds exactly one leaf.
//!
//! Deviations:
//! - The branch being explored is not kept in the tree: a race reversal at a node begins with
//!   events that do not happen after that branch and ends with one that conflicts with it, so
//!   the branch is never a weak initial of the reversal.
//! - A step with alternatives (a choice) is one branch for each alternative; see `optimal`.
//!
//! All trees of an exploration share one arena with a free list.

use super::history::NONE;
use crate::operation::Step;

/// A list of sibling branches: the index of the first, or [`NONE`].
pub(crate) type Branches = u32;

/// Returns the step's index in the sequence, if it is a *weak initial* of it: if it can be executed
/// first without leaving the sequence's traces.
///
/// Either the step is the first of its thread in the sequence and nothing before it depends on it
/// (an *initial*); or its thread is not in the sequence and nothing there depends on it: then the
/// index is the sequence's end.
pub(crate) fn weak_initial(step: &Step, sequence: &[Step]) -> Option<usize> {
    for (index, other) in sequence.iter().enumerate() {
        if other.thread == step.thread {
            return (other.alternative == step.alternative).then_some(index);
        }
        if other.conflicts_with(step) {
            return None;
        }
    }
    Some(sequence.len())
}

#[derive(Clone, Copy, Debug)]
struct Branch {
    step: Step,
    /// The subtree: its first branch.
    first_child: Branches,
    /// The next branch of the same list, or of the free list.
    next: Branches,
}

/// The arena of all wakeup trees.
#[derive(Debug)]
pub(crate) struct WakeupTrees {
    branches: Vec<Branch>,
    free: Branches,
}

impl WakeupTrees {
    /// Creates an arena without trees.
    pub(crate) fn new() -> Self {
        Self {
            branches: Vec::new(),
            free: NONE,
        }
    }

    fn allocate(&mut self, step: Step) -> Branches {
        let branch = Branch {
            step,
            first_child: NONE,
            next: NONE,
        };
        if self.free == NONE {
            self.branches.push(branch);
            return self.branches.len() as u32 - 1;
        }
        let index = self.free;
        self.free = self.branches[index as usize].next;
        self.branches[index as usize] = branch;
        index
    }

    /// Appends a branch to a list and returns its index.
    pub(crate) fn push_back(&mut self, list: &mut Branches, step: Step) -> Branches {
        let index = self.allocate(step);
        match self.siblings(*list).last() {
            None => *list = index,
            Some(last) => self.branches[last as usize].next = index,
        }
        index
    }

    /// Takes the first branch off a list, and returns its step and its subtree.
    pub(crate) fn pop_front(&mut self, list: &mut Branches) -> Option<(Step, Branches)> {
        let index = *list;
        let branch = *self.branches.get(index as usize)?;
        *list = branch.next;
        self.branches[index as usize].next = self.free;
        self.free = index;
        Some((branch.step, branch.first_child))
    }

    /// Returns the steps at the head of a list's branches.
    pub(crate) fn steps(&self, list: Branches) -> impl Iterator<Item = Step> + '_ {
        self.siblings(list)
            .map(|index| self.branches[index as usize].step)
    }

    fn siblings(&self, list: Branches) -> impl Iterator<Item = Branches> + '_ {
        let first = (list != NONE).then_some(list);
        std::iter::successors(first, |&index| {
            let next = self.branches[index as usize].next;
            (next != NONE).then_some(next)
        })
    }

    /// Inserts a sequence, unless a leaf already leads to it; the sequence is used up.
    ///
    /// Returns `true` if all branches on the way are among the first `own` steps of the sequence, as far as it has
    /// any of these left: then what leads to this sequence leads to every other that begins with the same `own`
    /// steps.
    pub(crate) fn insert(&mut self, list: &mut Branches, sequence: &mut Vec<Step>, mut own: usize) -> bool {
        let mut parent = NONE;
        let mut branches = *list;
        let mut settled = true;
        while let Some((found, index)) = self.first_weak_initial(branches, sequence) {
            settled &= index < own || own == 0;
            own -= usize::from(index < own);
            if index < sequence.len() {
                sequence.remove(index);
            }
            let below = self.branches[found as usize].first_child;
            if below == NONE || sequence.is_empty() {
                return settled;
            }
            (parent, branches) = (found, below);
        }
        let leafward = self.chain(sequence);
        self.append(parent, list, leafward);
        settled
    }

    /// Returns the first branch whose step is a weak initial of the sequence, and where it is there.
    fn first_weak_initial(&self, branches: Branches, sequence: &[Step]) -> Option<(Branches, usize)> {
        self.siblings(branches).find_map(|branch| {
            let index = weak_initial(&self.branches[branch as usize].step, sequence)?;
            Some((branch, index))
        })
    }

    /// Creates a chain of branches, one for each step, and returns the first.
    fn chain(&mut self, sequence: &[Step]) -> Branches {
        let mut below = NONE;
        for &step in sequence.iter().rev() {
            let index = self.allocate(step);
            self.branches[index as usize].first_child = below;
            below = index;
        }
        below
    }

    /// Appends an existing branch below `parent`, or to `list` if there is no parent.
    fn append(&mut self, parent: Branches, list: &mut Branches, branch: Branches) {
        let first = if parent == NONE {
            *list
        } else {
            self.branches[parent as usize].first_child
        };
        match self.siblings(first).last() {
            Some(last) => self.branches[last as usize].next = branch,
            None => *list = branch,
        }
    }

    /// Checks the two conditions on a wakeup tree: no branch is a weak initial of what a later
    /// sibling leads to, and none of the steps in `asleep` is a weak initial of any leaf's sequence.
    pub(crate) fn check_invariants(&self, list: Branches, asleep: &[Step]) {
        let mut earlier = asleep.to_vec();
        for index in self.siblings(list) {
            let Branch {
                step, first_child, ..
            } = self.branches[index as usize];
            self.for_each_leaf(index, &mut Vec::new(), &mut |sequence| {
                for other in &earlier {
                    assert_eq!(
                        weak_initial(other, sequence),
                        None,
                        "{other:?} already leads to {sequence:?}"
                    );
                }
            });
            self.check_invariants(first_child, &[]);
            earlier.push(step);
        }
    }

    fn for_each_leaf(&self, branch: Branches, path: &mut Vec<Step>, visit: &mut impl FnMut(&[Step])) {
        let Branch {
            step, first_child, ..
        } = self.branches[branch as usize];
        path.push(step);
        if first_child == NONE {
            visit(path);
        }
        for child in self.siblings(first_child) {
            self.for_each_leaf(child, path, visit);
        }
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::NO_OBJECT;
    use crate::operation::Access;

    fn step(thread: u8, object: u16, exclusive: bool) -> Step {
        Step {
            thread,
            alternative: 0,
            accesses: match exclusive {
                true => Access::Exclusive.in_slot(0),
                false => Access::Shared.in_slot(0),
            },
            objects: [object, NO_OBJECT],
        }
    }

    fn leaves(trees: &WakeupTrees, list: Branches) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        for index in trees.siblings(list) {
            trees.for_each_leaf(index, &mut Vec::new(), &mut |sequence| {
                found.push(sequence.iter().map(|step| step.thread).collect());
            });
        }
        found
    }

    #[test]
    fn weak_initials() {
        let sequence = [step(0, 0, false), step(1, 1, true), step(0, 1, true)];
        assert_eq!(weak_initial(&step(0, 0, false), &sequence), Some(0));
        assert_eq!(weak_initial(&step(1, 1, true), &sequence), Some(1));
        let beside = weak_initial(&step(2, 0, false), &sequence);
        assert_eq!(beside, Some(3), "independent of all");
        assert_eq!(weak_initial(&step(2, 0, true), &sequence), None);
        let other = Step {
            alternative: 1,
            ..step(0, 0, false)
        };
        assert_eq!(weak_initial(&other, &sequence), None);
    }

    #[test]
    fn an_equivalent_sequence_adds_no_leaf() {
        let mut trees = WakeupTrees::new();
        let mut list = NONE;
        let (left, right) = (step(0, 0, true), step(1, 1, true));
        let last = step(2, 0, true);
        assert!(trees.insert(&mut list, &mut vec![left, right, last], 3));
        assert!(trees.insert(&mut list, &mut vec![right, left, last], 3));
        assert_eq!(leaves(&trees, list), [[0, 1, 2]]);
        let conflicting = step(2, 1, true);
        assert!(trees.insert(&mut list, &mut vec![left, conflicting, right], 3));
        assert_eq!(leaves(&trees, list), [[0, 1, 2], [0, 2, 1]]);
        trees.check_invariants(list, &[]);
    }

    #[test]
    fn a_way_by_steps_that_are_not_its_own_settles_no_race() {
        let mut trees = WakeupTrees::new();
        let mut list = NONE;
        let (own, beside) = (step(0, 0, true), step(1, 1, true));
        trees.insert(&mut list, &mut vec![own, beside], 2);
        // The way to `own` and `last` is `own`, and then `beside`, which another sequence may depend on.
        let last = step(2, 2, true);
        assert!(!trees.insert(&mut list, &mut vec![own, last], 2));
        assert!(
            !trees.insert(&mut list, &mut vec![own, last, beside], 2),
            "it comes later"
        );
        assert!(trees.insert(&mut list, &mut vec![own, beside, last], 2));
        assert_eq!(leaves(&trees, list), [[0, 1]]);
    }

    #[test]
    fn branches_are_reused() {
        let mut trees = WakeupTrees::new();
        let mut list = NONE;
        for _ in 0..3 {
            trees.insert(&mut list, &mut vec![step(0, 0, true), step(1, 0, true)], 2);
            let (first, mut below) = trees.pop_front(&mut list).unwrap();
            assert_eq!(first.thread, 0);
            assert_eq!(trees.pop_front(&mut below).unwrap().0.thread, 1);
            assert!(trees.pop_front(&mut list).is_none());
        }
        assert_eq!(trees.branches.len(), 2);
    }
}
