//! A step of the search for short interleavings: see `shortest`.
//!
//! An execution repeats the steps to a state that is to be expanded, and then runs on without preemption. In each new
//! state on its way, the steps that it does not take are added to the frontier.

use super::{Next, Search, Status, Stop};
use crate::history::NONE;
use crate::identity::ThreadIndex;
use crate::object::threads_in;
use crate::operation::Step;
use crate::shortest::{Frontier, Price, event_hash};

impl Search {
    /// Goes back in the last execution until so many events are left: these the next one repeats.
    pub(crate) fn rewind(&mut self, events: usize) {
        self.first = false;
        self.note_pending();
        while self.history.events.len() > events {
            self.take_back();
            self.nodes.pop();
        }
    }

    /// Executes the next step of an execution that expands the frontier.
    pub(super) fn expand(&mut self, frontier: &mut Frontier, node: usize) -> Next {
        if let Some((operation, step)) = frontier.given(node) {
            let thread = &self.threads[usize::from(step.thread)];
            let pending = thread.status == Status::Pending && thread.pending.same(&operation);
            if !pending || !self.history.enabled(&operation, step.thread) {
                return self.explain_given_step(step.thread, operation);
            }
            return self.go_to(frontier, node, step);
        }
        let enabled = self.enabled_threads();
        if enabled == 0 {
            return Next::Stop(Stop::Complete);
        }
        if node >= self.step_limit {
            return Next::Stop(Stop::StepLimit);
        }
        let thread = self.who_runs_on(node, enabled);
        let pending = self.threads[usize::from(thread)].pending;
        let alternative = self.alternative_by_index(&pending, 0);
        let step = self.history.step(&pending, thread, alternative);
        if frontier.is_in_new_state() {
            self.offer_all_but(&step, frontier, node, enabled);
        }
        self.go_to(frontier, node, step)
    }

    /// Adds all steps from here but one to the frontier.
    fn offer_all_but(&mut self, taken: &Step, frontier: &mut Frontier, node: usize, enabled: u32) {
        for thread in threads_in(enabled) {
            let operation = self.threads[usize::from(thread)].pending;
            let first = self.history.step(&operation, thread, 0);
            let price = self.price(node, thread);
            for alternative in 0..self.history.alternatives(&operation) {
                let step = Step { alternative, ..first };
                if step.same_step(taken) {
                    continue;
                }
                let mut clock = self.threads[usize::from(thread)].clock;
                self.history.execute(&operation, step, &mut clock);
                let hash = event_hash(&self.history.events[node]);
                self.history.undo();
                frontier.offer(node, &operation, step, price, hash);
            }
        }
    }

    /// Executes a step, and tells the frontier to which state it leads.
    fn go_to(&mut self, frontier: &mut Frontier, node: usize, step: Step) -> Next {
        let price = self.price(node, step.thread);
        let operation = self.threads[usize::from(step.thread)].pending;
        let alternatives = self.history.alternatives(&operation);
        let next = self.take_step(node, step, NONE, alternatives);
        frontier.arrive(node, &self.history.events[node], price);
        next
    }

    /// Returns what it costs to let this thread go next: a switch or not, a preemption or not.
    fn price(&self, node: usize, thread: ThreadIndex) -> Price {
        let last = node.checked_sub(1);
        let last = last.map(|last| self.history.events[last].step.thread);
        let Some(last) = last.filter(|&last| last != thread) else {
            return Price::default();
        };
        let left = &self.threads[usize::from(last)];
        let preempts = left.status == Status::Pending && self.history.enabled(&left.pending, last);
        Price {
            preemptions: preempts.into(),
            switches: 1,
        }
    }
}
