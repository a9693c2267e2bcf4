//! Plain enumeration, and enumeration with sleep sets: every enabled thread at every node.
//!
//! Without sleep sets this visits every interleaving; it is the oracle that the others are tested
//! against, and the search behind a preemption bound (Musuvathi and Qadeer, *Iterative Context
//! Bounding for Systematic Testing of Multithreaded Programs*, PLDI 2007). With sleep sets, each
//! trace is completed once, but executions are also begun in vain. See `sleep_set`.

use super::history::NONE;
use super::object::threads_in;
use super::operation::Step;
use super::search::Search;

impl Search {
    /// Schedules every alternative of every enabled thread that does not sleep.
    pub(super) fn schedule_all(&mut self, node: usize, enabled: u32) {
        for thread in threads_in(enabled) {
            if self.is_cut_by_preemption_bound(node, thread, enabled) {
                self.preemptions_cut = true;
            } else {
                self.schedule_thread(node, thread);
            }
        }
    }

    /// Returns `true` if choosing this thread would be one preemption too many.
    fn is_cut_by_preemption_bound(&self, node: usize, thread: u8, enabled: u32) -> bool {
        self.preemption_bound
            .is_some_and(|bound| self.preemptions_with(node, thread, enabled) > bound)
    }

    /// Returns the number of preemptions up to the node, with this thread chosen there.
    pub(super) fn preemptions_with(&self, node: usize, thread: u8, enabled: u32) -> usize {
        let preempts = node.checked_sub(1).is_some_and(|last| {
            let running = self.history.events[last].step.thread;
            running != thread && enabled >> running & 1 == 1
        });
        self.nodes[node].preemptions + usize::from(preempts)
    }

    /// Schedules those alternatives of an enabled thread that have not been explored here.
    pub(super) fn schedule_thread(&mut self, node: usize, thread: u8) {
        let operation = self.threads[usize::from(thread)].pending;
        let alternatives = self.history.alternatives(&operation);
        let step = self.history.step(&operation, thread, 0);
        let mut wakeup = self.nodes[node].wakeup;
        for alternative in 0..alternatives {
            if !self.has_explored(node, thread, alternative) {
                self.trees.push_back(&mut wakeup, Step { alternative, ..step });
            }
        }
        debug_assert_ne!(wakeup, NONE, "thread {thread} sleeps");
        self.nodes[node].wakeup = wakeup;
    }
}
