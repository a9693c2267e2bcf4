//! The end of an execution: its races are reversed, and the next branch is looked up.

use super::{Mode, Search, Status, Thread};
use crate::history::NONE;
use crate::identity::ThreadIndex;
use crate::operation::Step;
use crate::optimal::OpenRace;
use crate::race::{Mutation, RaceDetector};
use crate::sleep_set::Sleeper;

impl Search {
    /// Finds the races of the execution that has just ended, and schedules their reversals.
    pub(crate) fn reverse_races(&mut self) {
        if matches!(self.mode, Mode::Enumeration | Mode::SleepSets) {
            return;
        }
        let mut sequence = std::mem::take(&mut self.sequence);
        let history = std::mem::take(&mut self.history);
        let mut detector = RaceDetector {
            history: &history,
            mutation: self.mutation,
            to_the_end: false,
            sequence: &mut sequence,
        };
        for second in self.replay..history.events.len() {
            detector.of_event(second, |first, sequence, own| {
                if !self.insert(first, sequence, own) {
                    self.leave_open(OpenRace { first, second });
                }
            });
        }
        for index in 0..self.registry.thread_count() {
            let Thread {
                status,
                pending,
                clock,
                ..
            } = self.threads[index];
            if status == Status::Pending {
                let thread = index as ThreadIndex;
                detector.of_pending(thread, &pending, &clock, |node, sequence, own| {
                    self.insert(node, sequence, own);
                });
            }
        }
        if !self.open_races.is_empty() {
            self.reverse_open_races(&mut detector);
        }
        self.history = history;
        let all_alternatives = self.mutation != Some(Mutation::OneAlternative);
        if self.mode == Mode::Optimal && self.had_choice && all_alternatives {
            self.branch_choices(&mut sequence);
        }
        self.sequence = sequence;
    }

    /// Inserts a reversal as the mode does; returns `true` unless it may have to be done again.
    fn insert(&mut self, node: usize, sequence: &mut Vec<Step>, own: usize) -> bool {
        match self.mode {
            Mode::Source => {
                self.insert_source(node, sequence);
                true
            }
            _ => self.insert_wakeup(node, sequence, own),
        }
    }

    fn leave_open(&mut self, race: OpenRace) {
        let forget = self.mutation == Some(Mutation::NoOpenRaces);
        if !forget && self.open_races.last() != Some(&race) {
            self.open_races.push(race);
        }
    }

    /// Goes back to the last node with something left to explore; returns `false` if none has.
    pub(crate) fn backtrack(&mut self) -> bool {
        self.first = false;
        self.note_pending();
        loop {
            let top = self.nodes.pop().expect("the root is left last");
            self.sleepers.truncate(top.first_sleeper);
            let Some(node) = self.nodes.last_mut() else {
                return false;
            };
            node.explored += 1;
            let step = self.take_back();
            if self.mode != Mode::Enumeration {
                self.fall_asleep(step);
            }
            if self.nodes.last().is_some_and(|node| node.wakeup != NONE) {
                let left = self.history.events.len();
                while self.open_races.pop_if(|race| race.second >= left).is_some() {}
                return true;
            }
        }
    }

    /// Undoes the last event, and notes that its thread had announced it before.
    pub(super) fn take_back(&mut self) -> Step {
        let event = self.history.events.last().expect("one event leads to each node");
        let step = event.step;
        self.announced[usize::from(step.thread)] = event.operation;
        self.announcing |= 1 << step.thread;
        self.history.undo();
        step
    }

    /// Notes what the threads have announced that can never go on.
    pub(super) fn note_pending(&mut self) {
        self.announcing = 0;
        for (index, thread) in self.threads[..self.registry.thread_count()].iter().enumerate() {
            if thread.status == Status::Pending {
                self.announced[index] = thread.pending;
                self.announcing |= 1 << index;
            }
        }
    }

    /// Puts the step just explored to sleep at the top node.
    fn fall_asleep(&mut self, step: Step) {
        let node = self.nodes.last().expect("the step was explored from a node");
        let same = self.sleepers[node.first_sleeper..]
            .iter_mut()
            .find(|sleeper| sleeper.step.thread == step.thread);
        match same {
            Some(sleeper) => sleeper.add(step.alternative),
            None => self.sleepers.push(Sleeper::new(step, node.alternatives)),
        }
    }

    /// Returns the share of the search that is done, judged by the branches known so far.
    ///
    /// Each node's branches are taken to weigh the same. Race reversals add branches while the
    /// search goes on, so the estimate may fall.
    pub(crate) fn share_done(&self) -> f64 {
        let (mut done, mut weight) = (0.0, 1.0);
        for node in &self.nodes {
            let left = self.trees.steps(node.wakeup).count();
            let branches = node.explored as usize + left + 1;
            weight /= branches as f64;
            done += weight * f64::from(node.explored);
        }
        done
    }
}
