//! Extending an execution: the new events after the repeated prefix, up to the end.

use super::{Mode, Next, Node, Search, Status, Stop, Thread};
use crate::history::NONE;
use crate::operation::Step;
use crate::wakeup_tree::Branches;

impl Search {
    /// Executes a new event.
    pub(super) fn extend(&mut self) -> Next {
        let node = self.position;
        if self.mismatch.is_some() {
            return Next::Stop(Stop::Mismatch);
        }
        if self.guide.is_some() {
            return self.follow_guide(node);
        }
        if self.nodes[node].wakeup == NONE {
            if let Some(step) = self.step_of_running_thread(node) {
                return self.take_step(node, step, NONE, 1);
            }
            if let Some(stop) = self.schedule(node) {
                return Next::Stop(stop);
            }
        }
        let wakeup = &mut self.nodes[node].wakeup;
        let (step, below) = self.trees.pop_front(wakeup).expect("something was scheduled");
        let Thread { status, pending, .. } = &self.threads[usize::from(step.thread)];
        let enabled = *status == Status::Pending && self.history.enabled(pending, step.thread);
        // A scheduled step keeps its step, unless the program does not repeat itself.
        if !enabled
            || pending.objects != step.objects
            || self.history.step(pending, step.thread, step.alternative) != step
        {
            return self.explain_missing_step(step);
        }
        let alternatives = self.history.alternatives(pending);
        self.take_step(node, step, below, alternatives)
    }

    /// Returns the step of the thread that ran last, if that is what would be scheduled: a short
    /// way for the most frequent case.
    #[inline]
    fn step_of_running_thread(&self, node: usize) -> Option<Step> {
        let one = matches!(self.mode, Mode::Source | Mode::Optimal);
        if !one || node >= self.step_limit || self.nodes[node].first_sleeper < self.sleepers.len() {
            return None;
        }
        let running = self.history.events.last()?.step.thread;
        let Thread { status, pending, .. } = &self.threads[usize::from(running)];
        let ready = *status == Status::Pending
            && self.history.alternatives(pending) == 1
            && self.history.enabled(pending, running);
        ready.then(|| self.history.step(pending, running, 0))
    }

    /// Executes a step at a node, and adds the node after it.
    #[inline]
    pub(super) fn take_step(&mut self, node: usize, step: Step, below: Branches, alternatives: u8) -> Next {
        self.nodes[node].alternatives = alternatives;
        self.had_choice |= alternatives > 1;
        let preemptions = match self.preemption_bound {
            Some(_) => self.preemptions_with(node, step.thread, self.enabled_threads()),
            None => 0,
        };
        let Thread {
            status,
            pending,
            clock,
            ..
        } = &mut self.threads[usize::from(step.thread)];
        self.result = self.history.execute(pending, step, clock);
        *status = Status::Running;
        self.push_node(node, step, below, preemptions);
        if self.has_labels {
            self.note_label(node, step.thread);
        }
        self.position += 1;
        Next::Run(step.thread)
    }

    /// Schedules what the mode wants at a new node; returns why there is nothing, if so.
    fn schedule(&mut self, node: usize) -> Option<Stop> {
        let enabled = self.enabled_threads();
        if enabled == 0 {
            return Some(Stop::Complete);
        }
        if node >= self.step_limit {
            return Some(Stop::StepLimit);
        }
        let asleep = self
            .sleepers(node)
            .iter()
            .filter(|sleeper| sleeper.is_fast_asleep());
        let awake = asleep.fold(enabled, |awake, sleeper| awake & !(1 << sleeper.step.thread));
        if awake == 0 {
            let optimal = self.mode == Mode::Optimal && self.mutation.is_none();
            assert!(!optimal, "no execution is begun in vain");
            return Some(Stop::Blocked);
        }
        match self.mode {
            Mode::Enumeration | Mode::SleepSets => self.schedule_all(node, awake),
            Mode::Source | Mode::Optimal => self.schedule_one(node, awake),
        }
        None
    }

    /// Adds the node after the step: asleep there is what was asleep and does not depend on it.
    fn push_node(&mut self, node: usize, step: Step, wakeup: Branches, preemptions: usize) {
        let first_sleeper = self.sleepers.len();
        for index in self.nodes[node].first_sleeper..first_sleeper {
            let sleeper = self.sleepers[index];
            if !sleeper.step.depends_on(&step) {
                self.sleepers.push(sleeper);
            }
        }
        self.nodes.push(Node {
            wakeup,
            preemptions,
            first_sleeper,
            alternatives: 1,
            explored: 0,
        });
    }
}
