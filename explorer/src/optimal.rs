//! Optimal DPOR: every trace exactly once, and no execution begun in vain.
//!
//! Source: Abdulla, Aronis, Jonsson, Sagonas, *Optimal Dynamic Partial Order Reduction*, POPL
//! 2014, algorithm 2. The reversal of a race is inserted into the wakeup tree of the node before
//! the race's first event, unless a sleeping thread's step is a weak initial of it: then what it
//! leads to has been explored. Where the wakeup tree is empty, any thread may run on.
//!
//! Deviations: see `race` for blocking operations and pending ones.
//! Where any thread may run, it is the one that ran last, if it can: this saves switches, and
//! gives executions with few preemptions.
//!
//! In the paper, a reversal is all of the execution that does not happen after the race's first
//! event, and every execution is searched for all its races. Here a reversal is at first only what
//! comes before the second event, and an execution is searched only for races that the one before
//! did not have. That is enough if the sequence gets a branch, or if one of its own first steps (an
//! initial) is scheduled or asleep already: the same step then begins all longer sequences too. But a
//! step of a thread that the sequence does not have may be only a *weak* initial, and something
//! that comes later may depend on it. Such a race stays *open*: it is reversed again with all that
//! comes after, at the end of each execution that still has it.
//!
//! The paper has no choices (`choose`, whom to notify). Here each alternative of a step is a step of
//! its own, and the alternatives of one choice are in *conflict*: whichever is taken, the others can
//! no longer be. Where any thread may run, all alternatives of its step are scheduled. Where a
//! wakeup tree leads to one of them, an execution also calls for the others, as a race calls for its
//! reversal: everything that does not happen after the choice, with another alternative in its place.
//! So the paper's argument holds with conflicts among the races: take a trace that begins with no
//! step explored from a node, an explored step that stays independent of it for longest, and the
//! trace's first event that does not. Whether that event depends on the step or is another
//! alternative of it, the execution that takes the step first calls for a sequence that begins with
//! a step of the trace, or with one that stays independent of it for longer still.

use super::object::threads_in;
use super::operation::Step;
use super::race::RaceDetector;
use super::search::Search;

/// A race whose reversal only weak initials lead to so far: two events, by index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct OpenRace {
    pub(super) first: usize,
    pub(super) second: usize,
}

impl Search {
    /// Schedules one enabled thread that does not sleep, with all its alternatives.
    pub(super) fn schedule_one(&mut self, node: usize, awake: u32) {
        let last = node
            .checked_sub(1)
            .map(|last| self.history.events[last].step.thread);
        let thread = last
            .filter(|&thread| awake >> thread & 1 == 1)
            .or_else(|| threads_in(awake).next())
            .expect("a thread is awake");
        self.schedule_thread(node, thread);
    }

    /// Inserts a reversal into the wakeup tree of a node; the sequence is used up.
    ///
    /// Its first `own` steps are the race's own. Returns `true` if the race is settled: if one of these
    /// is an initial of the sequence, and is now scheduled or asleep.
    pub(super) fn insert_wakeup(&mut self, node: usize, sequence: &mut Vec<Step>, own: usize) -> bool {
        let indices = self.sleepers(node).iter();
        if let Some(index) = indices.filter_map(|sleeper| sleeper.covers(sequence)).min() {
            return index < own;
        }
        let mut wakeup = self.nodes[node].wakeup;
        let index = self.trees.insert(&mut wakeup, sequence);
        self.nodes[node].wakeup = wakeup;
        index < own
    }

    /// Reverses the open races again, with all that comes after; forgets those that are settled.
    pub(super) fn reverse_open_races(&mut self, detector: &mut RaceDetector<'_>) {
        detector.to_the_end = true;
        let mut open = std::mem::take(&mut self.open_races);
        open.retain(|race| {
            let mut settled = true;
            detector.of_pair(race.first, race.second, |node, sequence, own| {
                settled &= self.insert_wakeup(node, sequence, own);
            });
            !settled
        });
        self.open_races = open;
    }

    /// Schedules the other alternatives of the choices in the execution that has just ended, where
    /// they are neither scheduled nor asleep; the buffer is for the sequences.
    pub(super) fn branch_choices(&mut self, sequence: &mut Vec<Step>) {
        for node in 0..self.history.events.len() {
            let taken = self.history.events[node].step;
            for alternative in 0..self.nodes[node].alternatives {
                let step = Step { alternative, ..taken };
                if step != taken && !self.is_scheduled_or_explored(node, &step) {
                    self.collect_beside(node, step, sequence);
                    self.insert_wakeup(node, sequence, 1);
                }
            }
        }
    }

    fn is_scheduled_or_explored(&self, node: usize, step: &Step) -> bool {
        let mut scheduled = self.trees.steps(self.nodes[node].wakeup);
        scheduled.any(|other| other.same_step(step)) || self.has_explored(node, step.thread, step.alternative)
    }

    /// Collects the step, and all that comes after the node's event and does not happen after it.
    fn collect_beside(&self, node: usize, step: Step, sequence: &mut Vec<Step>) {
        let (choice, later) = self.history.events[node..]
            .split_first()
            .expect("the node has an event");
        sequence.clear();
        sequence.push(step);
        let beside = later.iter().filter(|event| !choice.happens_before(&event.clock));
        sequence.extend(beside.map(|event| event.step));
    }
}
