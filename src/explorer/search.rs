//! The search: a depth-first walk over the nodes of the tree of executions.
//!
//! All modes share this core. It knows nothing of how threads are run: threads announce their
//! operations, the search says which thread executes its pending one next and what comes of it.
//! An execution first repeats a prefix of the one before (*replay*, in which the announced
//! operations are compared with the recorded ones), then takes a new branch, and runs to its end.
//! There the races are found, and the last branch with something left to explore is looked up.
//!
//! The modes differ in what they schedule at a new node, and in what a race adds to one.

mod program;
mod replay;

use std::panic::Location;

use super::happens_before::Clock;
use super::history::{History, NONE};
use super::identity::{Registry, ThreadIndex};
use super::nondeterminism::Mismatch;
use super::object::threads_in;
use super::operation::{Label, Operation, OperationKind, Outcome};
use super::race::{Mutation, RaceDetector};
use super::sleep_set::Sleeper;
use super::wakeup_tree::{Branches, WakeupTrees};

/// How the space of executions is searched.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Mode {
    /// Every interleaving.
    Enumeration,
    /// Every trace once, with sleep sets alone: many executions are begun in vain.
    SleepSets,
    /// Every trace once, with source sets and sleep sets: some executions are begun in vain.
    Source,
    /// Every trace once, with wakeup trees: no execution is begun in vain.
    #[default]
    Optimal,
}

/// What a thread is doing, as far as the search knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    /// Not spawned yet.
    Absent,
    /// Between two operations.
    Running,
    /// Has announced an operation.
    Pending,
    /// Waits for another thread to end.
    Joining {
        thread: ThreadIndex,
        location: &'static Location<'static>,
    },
    /// Has ended.
    Finished,
}

/// A thread of the current execution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thread {
    pub(crate) status: Status,
    /// The operation announced last.
    pub(crate) pending: Operation,
    /// What happens before the thread's next operation.
    pub(crate) clock: Clock,
    children: u8,
    objects: u32,
}

/// A spawn or a join, between events: it moves clocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Link {
    /// How many events came before.
    pub(crate) position: usize,
    /// The thread that spawned, or that ended.
    pub(crate) from: ThreadIndex,
    /// The thread that was spawned, or that joined.
    pub(crate) to: ThreadIndex,
    pub(crate) spawn: bool,
    pub(crate) location: &'static Location<'static>,
}

/// The state before an event, with what is left to explore from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// What is still to be explored, without the branch being explored now.
    pub(crate) wakeup: Branches,
    /// How many preemptions came before.
    pub(crate) preemptions: usize,
    /// Where its sleepers begin; they end where those of the next node begin.
    first_sleeper: usize,
    /// The alternatives of the step being explored.
    alternatives: u8,
    /// How many branches have been explored.
    pub(crate) explored: u32,
}

/// What happens next in an execution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    /// The thread goes on, with the search's `outcome` of its operation.
    Run(ThreadIndex),
    /// The execution is over.
    Stop(Stop),
}

/// Why an execution is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stop {
    /// No thread is enabled.
    Complete,
    /// All enabled threads sleep.
    Blocked,
    /// It has as many events as allowed.
    StepLimit,
    /// The program did not repeat what it had done before.
    Mismatch,
}

/// The state of a search.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) mode: Mode,
    pub(crate) step_limit: usize,
    pub(crate) preemption_bound: Option<usize>,
    pub(crate) mutation: Option<Mutation>,
    pub(crate) registry: Registry,
    pub(crate) history: History,
    pub(crate) threads: [Thread; super::identity::MAX_THREADS],
    /// Spawns and joins of the current execution.
    pub(crate) links: Vec<Link>,
    /// Node `i` is the state before event `i`; one more node than events.
    pub(super) nodes: Vec<Node>,
    sleepers: Vec<Sleeper>,
    pub(super) trees: WakeupTrees,
    sequence: Vec<Label>,
    /// The outcome of the operation executed last.
    pub(crate) outcome: Outcome,
    /// How many events the current execution has executed.
    pub(crate) position: usize,
    /// How many events it repeats.
    replay: usize,
    /// Whether this is the first execution, in which nothing is repeated.
    first: bool,
    pub(super) preemptions_cut: bool,
    pub(crate) mismatch: Option<Mismatch>,
}

impl Search {
    /// Creates a search at its root.
    pub(crate) fn new(mode: Mode, step_limit: usize) -> Self {
        let nowhere = Operation::new(OperationKind::Choose(1), Location::caller());
        let absent = Thread {
            status: Status::Absent,
            pending: nowhere,
            clock: Clock::ZERO,
            children: 0,
            objects: 0,
        };
        let root = Node {
            wakeup: NONE,
            preemptions: 0,
            first_sleeper: 0,
            alternatives: 1,
            explored: 0,
        };
        Self {
            mode,
            step_limit,
            preemption_bound: None,
            mutation: None,
            registry: Registry::new(),
            history: History::default(),
            threads: [absent; super::identity::MAX_THREADS],
            links: Vec::new(),
            nodes: vec![root],
            sleepers: Vec::new(),
            trees: WakeupTrees::new(),
            sequence: Vec::new(),
            outcome: Outcome::default(),
            position: 0,
            replay: 0,
            first: true,
            preemptions_cut: false,
            mismatch: None,
        }
    }

    /// Begins an execution: the main thread runs, all others are yet to be spawned.
    pub(crate) fn begin(&mut self) {
        self.position = 0;
        self.replay = self.history.events.len();
        self.links.clear();
        let known = self.registry.thread_count();
        for thread in &mut self.threads[..known] {
            thread.status = Status::Absent;
            thread.clock = Clock::ZERO;
            thread.children = 0;
            thread.objects = 0;
        }
        self.threads[0].status = Status::Running;
    }

    /// Chooses the thread that executes its pending operation next, and executes it.
    #[inline]
    pub(crate) fn next(&mut self) -> Next {
        if self.position < self.replay {
            self.repeat()
        } else {
            self.extend()
        }
    }

    /// Executes a new event.
    fn extend(&mut self) -> Next {
        let node = self.position;
        if self.mismatch.is_some() {
            return Next::Stop(Stop::Mismatch);
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
        if !enabled || pending.objects != step.objects {
            return self.explain_missing_step(step);
        }
        debug_assert_eq!(
            self.history.label(pending, step.thread, step.alternative),
            step,
            "a scheduled step keeps its label"
        );
        let alternatives = self.history.alternatives(pending);
        self.take_step(node, step, below, alternatives)
    }

    /// Returns the step of the thread that ran last, if that is what would be scheduled: a short
    /// way for the most frequent case.
    #[inline]
    fn step_of_running_thread(&self, node: usize) -> Option<Label> {
        let one = matches!(self.mode, Mode::Source | Mode::Optimal);
        if !one || node >= self.step_limit || self.nodes[node].first_sleeper < self.sleepers.len() {
            return None;
        }
        let running = self.history.events.last()?.label.thread;
        let Thread { status, pending, .. } = &self.threads[usize::from(running)];
        let ready = *status == Status::Pending
            && self.history.alternatives(pending) == 1
            && self.history.enabled(pending, running);
        ready.then(|| self.history.label(pending, running, 0))
    }

    /// Executes a step at a node, and adds the node after it.
    #[inline]
    fn take_step(&mut self, node: usize, step: Label, below: Branches, alternatives: u8) -> Next {
        self.nodes[node].alternatives = alternatives;
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
        self.outcome = self.history.execute(pending, step, clock);
        *status = Status::Running;
        self.push_node(node, step, below, preemptions);
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
    fn push_node(&mut self, node: usize, step: Label, wakeup: Branches, preemptions: usize) {
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

    /// Returns the threads asleep at a node.
    pub(super) fn sleepers(&self, node: usize) -> &[Sleeper] {
        let end = self
            .nodes
            .get(node + 1)
            .map_or(self.sleepers.len(), |next| next.first_sleeper);
        &self.sleepers[self.nodes[node].first_sleeper..end]
    }

    /// Returns `true` if this step of the thread is asleep at the node.
    pub(super) fn has_explored(&self, node: usize, thread: ThreadIndex, alternative: u8) -> bool {
        self.sleepers(node)
            .iter()
            .any(|sleeper| sleeper.step.thread == thread && sleeper.has_explored(alternative))
    }

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
            sequence: &mut sequence,
        };
        for index in self.replay..history.events.len() {
            detector.of_event(index, |node, sequence| self.insert(node, sequence));
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
                detector.of_pending(thread, &pending, &clock, |node, sequence| {
                    self.insert(node, sequence)
                });
            }
        }
        self.history = history;
        self.sequence = sequence;
    }

    fn insert(&mut self, node: usize, sequence: &mut Vec<Label>) {
        match self.mode {
            Mode::Source => self.insert_source(node, sequence),
            _ => self.insert_wakeup(node, sequence),
        }
    }

    /// Goes back to the last node with something left to explore; returns `false` if none has.
    pub(crate) fn backtrack(&mut self) -> bool {
        self.first = false;
        loop {
            let top = self.nodes.pop().expect("the root is left last");
            self.sleepers.truncate(top.first_sleeper);
            let Some(node) = self.nodes.last_mut() else {
                return false;
            };
            node.explored += 1;
            let step = self
                .history
                .events
                .last()
                .expect("one event leads to each node")
                .label;
            self.history.undo();
            if self.mode != Mode::Enumeration {
                self.fall_asleep(step);
            }
            if self.nodes.last().is_some_and(|node| node.wakeup != NONE) {
                return true;
            }
        }
    }

    /// Puts the step just explored to sleep at the top node.
    fn fall_asleep(&mut self, step: Label) {
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

    /// Checks what must hold between nodes, sleepers and wakeup trees at the end of an execution.
    pub(crate) fn check_invariants(&self) {
        self.history.check_invariants();
        assert_eq!(self.nodes.len(), self.history.events.len() + 1);
        if self.mode == Mode::Optimal && self.mutation.is_none() {
            for (index, node) in self.nodes.iter().enumerate() {
                let asleep = self
                    .sleepers(index)
                    .iter()
                    .filter(|sleeper| sleeper.is_fast_asleep());
                let asleep: Vec<Label> = asleep.map(|sleeper| sleeper.step).collect();
                self.trees.check_invariants(node.wakeup, &asleep);
            }
        }
        debug_assert!(threads_in(self.stuck_threads()).count() <= self.registry.thread_count());
    }
}
