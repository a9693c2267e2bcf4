//! Optimal DPOR: every trace exactly once, and no execution begun in vain.
//!
//! Source: Abdulla, Aronis, Jonsson, Sagonas, *Optimal Dynamic Partial Order Reduction*, POPL
//! 2014, algorithm 2. The reversal of a race is inserted into the wakeup tree of the node before
//! the race's first event, unless a sleeping thread's step is a weak initial of it: then what it
//! leads to has been explored. Where the wakeup tree is empty, any thread may run on.
//!
//! Known gap: in a program with choices (`choose`, whom to notify, a time-out) a branch of the wakeup tree is one
//! alternative of a step, and what is inserted below it is not scheduled with the others, so traces can be missed. Such
//! an exploration is called bounded; source sets do not have the gap.
//!
//! Deviations: see `race` for blocking operations and pending ones, `wakeup_tree` for choices.
//! Where any thread may run, it is the one that ran last, if it can: this saves switches, and
//! gives executions with few preemptions.

use super::object::threads_in;
use super::operation::Label;
use super::search::Search;

impl Search {
    /// Schedules one enabled thread that does not sleep, with all its alternatives.
    pub(super) fn schedule_one(&mut self, node: usize, awake: u32) {
        let last = node
            .checked_sub(1)
            .map(|last| self.history.events[last].label.thread);
        let thread = last
            .filter(|&thread| awake >> thread & 1 == 1)
            .or_else(|| threads_in(awake).next())
            .expect("a thread is awake");
        self.schedule_thread(node, thread);
    }

    /// Inserts a reversal into the wakeup tree of a node; the sequence is used up.
    pub(super) fn insert_wakeup(&mut self, node: usize, sequence: &mut Vec<Label>) {
        if self.sleepers(node).iter().any(|sleeper| sleeper.covers(sequence)) {
            return;
        }
        let mut wakeup = self.nodes[node].wakeup;
        self.trees.insert(&mut wakeup, sequence);
        self.nodes[node].wakeup = wakeup;
    }
}
