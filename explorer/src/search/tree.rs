//! The tree of executions, of which a depth-first walk keeps one branch: that of the current execution.
//!
//! Node `i` is the state before event `i`. It knows what is still to be explored from it (a wakeup tree), and
//! what need not be, because it has been explored (the sleepers). A walk goes down by [`Tree::next`] to the
//! end of an execution, and back up by [`Tree::step_back`] to a node with something left.

use super::history::NONE;
use super::next::{Next, Stop};
use super::program::Program;
use super::sleeper::Sleeper;
use super::wakeup_tree::{Branches, WakeupTrees};
use crate::identity::ThreadIndex;
use crate::object::threads_in;
use crate::operation::Step;

/// The state before an event, with what is left to explore from it.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// The branches still to be explored, without the one being explored now.
    wakeup: Branches,
    /// The index of its first sleeper; its sleepers end where those of the next node begin.
    first_sleeper: usize,
    /// The alternatives of the step being explored.
    alternatives: u8,
    /// The number of branches that have been explored.
    explored: u32,
}

/// The branch of the tree that leads to the current execution.
#[derive(Debug)]
pub(super) struct Tree {
    /// One more node than events.
    nodes: Vec<Node>,
    sleepers: Vec<Sleeper>,
    wakeup_trees: WakeupTrees,
    /// `true` if a step with more than one alternative has been taken, in this execution or an earlier one.
    had_choice: bool,
}

impl Tree {
    /// Creates a tree with its root.
    pub(super) fn new() -> Self {
        let root = Node {
            wakeup: NONE,
            first_sleeper: 0,
            alternatives: 1,
            explored: 0,
        };
        Self {
            nodes: vec![root],
            sleepers: Vec::new(),
            wakeup_trees: WakeupTrees::new(),
            had_choice: false,
        }
    }

    /// Takes the next step of an execution; where none is scheduled, `schedule` does it for the threads that
    /// are enabled and awake.
    pub(super) fn next(
        &mut self,
        program: &mut Program,
        schedule: impl FnOnce(&mut Self, &Program, u32),
    ) -> Next {
        let node = program.position;
        if self.nodes[node].wakeup == NONE {
            // 1. A new node, or rather one where only the walk itself says what is to be done.
            let enabled = program.enabled_threads();
            if enabled == 0 {
                return Next::Stop(Stop::Complete);
            }
            if node >= program.step_limit {
                return Next::Stop(Stop::StepLimit);
            }
            let awake = enabled & self.awake(node);
            if awake == 0 {
                return Next::Stop(Stop::Blocked);
            }
            schedule(self, program, awake);
        }
        // 2. The first branch of the wakeup tree is explored now; what is below it goes to the next node.
        let wakeup = &mut self.nodes[node].wakeup;
        let (step, below) = self
            .wakeup_trees
            .pop_front(wakeup)
            .expect("something was scheduled");
        self.take_scheduled(program, step, below)
    }

    /// Takes a step that was scheduled. The thread must be able to take this very step, unless the program does not
    /// repeat itself: since the step was scheduled, nothing that it depends on has been executed otherwise.
    #[inline]
    pub(super) fn take_scheduled(&mut self, program: &mut Program, step: Step, below: Branches) -> Next {
        let Some(pending) = program.enabled(step.thread) else {
            return program.cannot_take(step);
        };
        if pending.objects != step.objects
            || program.history.step(pending, step.thread, step.alternative) != step
        {
            return program.cannot_take(step);
        }
        let alternatives = program.history.alternatives(pending);
        self.take(program, step, below, alternatives)
    }

    /// Returns the threads that are not asleep at a node, with all their alternatives, as a bit set.
    #[inline]
    pub(super) fn awake(&self, node: usize) -> u32 {
        let asleep = self
            .sleepers(node)
            .iter()
            .filter(|sleeper| sleeper.is_fast_asleep());
        asleep.fold(u32::MAX, |awake, sleeper| awake & !(1 << sleeper.step.thread))
    }

    /// Puts threads to sleep at the newest node.
    pub(super) fn put_to_sleep(&mut self, sleepers: &[Sleeper]) {
        self.sleepers.extend_from_slice(sleepers);
    }

    /// Returns `true` if something is scheduled at a node.
    pub(super) fn has_scheduled(&self, node: usize) -> bool {
        self.nodes[node].wakeup != NONE
    }

    /// Returns `true` if a node has other branches than the one being explored, explored or not.
    pub(super) fn is_branching(&self, node: usize) -> bool {
        self.has_scheduled(node) || self.nodes[node].explored > 0
    }

    /// Takes the next step; where none is scheduled, the thread that ran last goes on if it can.
    pub(super) fn next_running_on(&mut self, program: &mut Program) -> Next {
        let position = program.position;
        let node = &self.nodes[position];
        // A short way for the most frequent case: nothing is scheduled, no thread sleeps, and the step has no
        // alternatives. What would be scheduled is taken at once.
        if node.wakeup == NONE && node.first_sleeper == self.sleepers.len() && position < program.step_limit {
            let Some(thread) = program.running_on() else {
                return Next::Stop(Stop::Complete);
            };
            let operation = &program.threads[usize::from(thread)].pending;
            if program.history.alternatives(operation) == 1 {
                let step = program.history.step(operation, thread, 0);
                return self.take(program, step, NONE, 1);
            }
        }
        self.next(program, Self::schedule_one)
    }

    /// Takes a step from the newest node, and adds the node after it. Asleep there is what was asleep and
    /// does not depend on the step.
    // Every new event comes by here. Inlined, with `Program::execute`, it is two calls less.
    #[inline(always)]
    fn take(&mut self, program: &mut Program, step: Step, below: Branches, alternatives: u8) -> Next {
        let node = program.position;
        self.nodes[node].alternatives = alternatives;
        self.had_choice |= alternatives > 1;
        program.execute(step);
        let first_sleeper = self.sleepers.len();
        for index in self.nodes[node].first_sleeper..first_sleeper {
            let sleeper = self.sleepers[index];
            if !sleeper.step.depends_on(&step) {
                self.sleepers.push(sleeper);
            }
        }
        self.nodes.push(Node {
            wakeup: below,
            first_sleeper,
            alternatives: 1,
            explored: 0,
        });
        Next::Run(step.thread)
    }

    /// Schedules one of these threads at the newest node, with all its alternatives: the one that ran last,
    /// if it is among them.
    fn schedule_one(&mut self, program: &Program, awake: u32) {
        let last = program.thread_before(program.position);
        let thread = last
            .filter(|&thread| awake >> thread & 1 == 1)
            .or_else(|| threads_in(awake).next())
            .expect("a thread is awake");
        self.schedule_thread(program, thread);
    }

    /// Schedules those alternatives of an enabled thread that have not been explored from the newest node.
    pub(super) fn schedule_thread(&mut self, program: &Program, thread: ThreadIndex) {
        let node = program.position;
        let operation = &program.threads[usize::from(thread)].pending;
        let first = program.history.step(operation, thread, 0);
        let mut scheduled = 0;
        for alternative in 0..program.history.alternatives(operation) {
            if !self.has_explored(node, thread, alternative) {
                self.push(node, Step { alternative, ..first });
                scheduled += 1;
            }
        }
        debug_assert_ne!(scheduled, 0, "thread {thread} sleeps");
    }

    /// Schedules a step at a node, after all that is scheduled there.
    pub(super) fn push(&mut self, node: usize, step: Step) {
        let mut wakeup = self.nodes[node].wakeup;
        self.wakeup_trees.push_back(&mut wakeup, step);
        self.nodes[node].wakeup = wakeup;
    }

    /// Inserts a sequence into the wakeup tree of a node; see [`WakeupTrees::insert`].
    pub(super) fn insert(&mut self, node: usize, sequence: &mut Vec<Step>, own: usize) -> bool {
        let mut wakeup = self.nodes[node].wakeup;
        let settled = self.wakeup_trees.insert(&mut wakeup, sequence, own);
        self.nodes[node].wakeup = wakeup;
        settled
    }

    /// Returns the threads asleep at a node.
    pub(super) fn sleepers(&self, node: usize) -> &[Sleeper] {
        let end = self
            .nodes
            .get(node + 1)
            .map_or(self.sleepers.len(), |next| next.first_sleeper);
        &self.sleepers[self.nodes[node].first_sleeper..end]
    }

    /// Returns `true` if this step of the thread has been explored from the node, or need not be.
    fn has_explored(&self, node: usize, thread: ThreadIndex, alternative: u8) -> bool {
        self.sleepers(node)
            .iter()
            .any(|sleeper| sleeper.step.thread == thread && sleeper.has_explored(alternative))
    }

    /// Returns `true` if the step is scheduled at the node, or has been explored from it.
    pub(super) fn is_scheduled_or_explored(&self, node: usize, step: &Step) -> bool {
        let mut scheduled = self.wakeup_trees.steps(self.nodes[node].wakeup);
        scheduled.any(|other| other.same_step(step)) || self.has_explored(node, step.thread, step.alternative)
    }

    /// Returns the number of alternatives of the step that is being explored from a node.
    pub(super) fn alternatives(&self, node: usize) -> u8 {
        self.nodes[node].alternatives
    }

    /// Returns `true` if a step with more than one alternative has ever been taken.
    pub(super) fn had_choice(&self) -> bool {
        self.had_choice
    }

    /// Goes back to the last node with something left to explore, where each step falls asleep after it has
    /// been explored; returns `false` if no node has.
    pub(super) fn backtrack(&mut self, program: &mut Program) -> bool {
        while let Some(explored) = self.step_back(program) {
            if self.has_more() {
                self.fall_asleep(explored);
                return true;
            }
        }
        false
    }

    /// Goes back by one event, and returns the step that has been explored; `None` at the root.
    #[inline]
    pub(super) fn step_back(&mut self, program: &mut Program) -> Option<Step> {
        let top = self.nodes.pop().expect("the root is left last");
        self.sleepers.truncate(top.first_sleeper);
        self.nodes.last_mut()?.explored += 1;
        Some(program.take_back())
    }

    /// Returns `true` if something is left to explore from the newest node.
    #[inline]
    pub(super) fn has_more(&self) -> bool {
        self.nodes.last().is_some_and(|node| node.wakeup != NONE)
    }

    /// Puts a step that has been explored from the newest node to sleep there.
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
    pub(super) fn share_done(&self) -> f64 {
        let (mut done, mut weight) = (0.0, 1.0);
        for node in &self.nodes {
            let left = self.wakeup_trees.steps(node.wakeup).count();
            let branches = node.explored as usize + left + 1;
            weight /= branches as f64;
            done += weight * f64::from(node.explored);
        }
        done
    }

    /// Checks what must hold between nodes, sleepers and events at the end of an execution.
    ///
    /// # Panics
    ///
    /// If something does not hold.
    pub(super) fn check_invariants(&self, program: &Program) {
        let events = &program.history.events;
        assert_eq!(self.nodes.len(), events.len() + 1, "one node before each event");
        assert!(self.nodes.is_sorted_by_key(|node| node.first_sleeper));
        for (node, event) in events.iter().enumerate() {
            let explored = self.has_explored(node, event.step.thread, event.step.alternative);
            assert!(!explored, "event {node} has been explored before");
            let executed = self.wakeup_trees.steps(self.nodes[node].wakeup);
            for step in executed {
                assert!(!step.same_step(&event.step), "event {node} is scheduled again");
            }
        }
    }

    /// Checks the wakeup trees: nothing in one is scheduled twice, or asleep.
    ///
    /// # Panics
    ///
    /// If something is.
    pub(super) fn check_wakeup_trees(&self) {
        for (index, node) in self.nodes.iter().enumerate() {
            let asleep = self
                .sleepers(index)
                .iter()
                .filter(|sleeper| sleeper.is_fast_asleep());
            let asleep: Vec<Step> = asleep.map(|sleeper| sleeper.step).collect();
            self.wakeup_trees.check_invariants(node.wakeup, &asleep);
        }
    }
}
