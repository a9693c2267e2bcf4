//! The search: a depth-first walk over the nodes of the tree of executions.
//!
//! All modes share this core. It knows nothing of how threads are run: threads announce their
//! operations, the search says which thread executes its pending one next and what comes of it.
//! An execution first repeats a prefix of the one before (*replay*, in which the announced
//! operations are compared with the recorded ones), then takes a new branch, and runs to its end.
//! There the races are found, and the last branch with something left to explore is looked up.
//!
//! The modes differ in what they schedule at a new node, and in what a race adds to one.

mod alternatives;
mod backtrack;
mod expand;
mod extend;
mod guide;
mod program;
mod replay;

use std::panic::Location;

pub(crate) use guide::{Guide, Refusal, Route};

use super::happens_before::Clock;
use super::history::{History, NONE};
use super::identity::{Registry, ThreadIndex};
use super::nondeterminism::Mismatch;
use super::object::threads_in;
use super::operation::{Step, Operation, OperationKind, OperationResult};
use super::optimal::OpenRace;
use super::race::Mutation;
use super::sleep_set::Sleeper;
use super::value::Value;
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
    /// What the program calls what the thread does: the label that is shown, no part of the operation.
    pub(crate) label: Option<&'static str>,
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
    /// What the program called it.
    pub(crate) label: Option<&'static str>,
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
    pub(super) alternatives: u8,
    /// How many branches have been explored.
    pub(crate) explored: u32,
}

/// What happens next in an execution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    /// The thread goes on, with the search's `result` of its operation.
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
    /// The schedule to follow is at its end, and nothing was to come after it.
    Asked,
    /// The schedule to follow cannot be followed.
    Refused,
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
    /// The values that events on plain memory and mutexes have moved, by position, as far as they are recorded.
    values: Vec<Option<Value>>,
    /// What the program calls the events, by position; what is beyond the last event is out of date.
    labels: Vec<Option<&'static str>>,
    /// Whether the program has given a label to anything, in this execution or an earlier one.
    has_labels: bool,
    /// Node `i` is the state before event `i`; one more node than events.
    pub(super) nodes: Vec<Node>,
    sleepers: Vec<Sleeper>,
    pub(super) trees: WakeupTrees,
    sequence: Vec<Step>,
    /// In the order of their second events.
    pub(super) open_races: Vec<OpenRace>,
    /// The result of the operation executed last.
    pub(crate) result: OperationResult,
    /// How many events the current execution has executed.
    pub(crate) position: usize,
    /// How many events it repeats.
    replay: usize,
    /// What each thread had announced, in the execution before, where this one takes another branch.
    announced: [Operation; super::identity::MAX_THREADS],
    /// The threads that had announced something there or would later, as a bit set.
    announcing: u32,
    /// Whether this is the first execution, in which nothing is repeated.
    first: bool,
    pub(super) preemptions_cut: bool,
    /// Whether a step with more than one alternative has been taken.
    pub(super) had_choice: bool,
    pub(crate) mismatch: Option<Mismatch>,
    /// What directs the execution in place of the mode, if anything does.
    pub(crate) guide: Option<Guide>,
}

impl Search {
    /// Creates a search at its root.
    pub(crate) fn new(mode: Mode, step_limit: usize) -> Self {
        let nowhere = Operation::new(OperationKind::Choose(1), Location::caller());
        let absent = Thread {
            status: Status::Absent,
            pending: nowhere,
            clock: Clock::ZERO,
            label: None,
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
            values: Vec::new(),
            labels: Vec::new(),
            has_labels: false,
            nodes: vec![root],
            sleepers: Vec::new(),
            trees: WakeupTrees::new(),
            sequence: Vec::new(),
            open_races: Vec::new(),
            result: OperationResult::default(),
            position: 0,
            replay: 0,
            announced: [nowhere; super::identity::MAX_THREADS],
            announcing: 0,
            first: true,
            preemptions_cut: false,
            had_choice: false,
            mismatch: None,
            guide: None,
        }
    }

    /// Begins an execution: the main thread runs, all others are yet to be spawned.
    pub(crate) fn begin(&mut self) {
        self.position = 0;
        self.replay = self.history.events.len();
        self.links.clear();
        self.values.clear();
        let known = self.registry.thread_count();
        for thread in &mut self.threads[..known] {
            thread.status = Status::Absent;
            thread.clock = Clock::ZERO;
            thread.label = None;
            thread.children = 0;
            thread.objects = 0;
        }
        self.threads[0].status = Status::Running;
    }

    /// Records the value that the event at this position has moved.
    pub(crate) fn record(&mut self, position: usize, value: Option<Value>) {
        if self.values.len() <= position {
            self.values.resize(position + 1, None);
        }
        self.values[position] = value;
    }

    /// Returns the value that the event at this position has moved, if it was recorded.
    pub(crate) fn value_at(&self, position: usize) -> Option<Value> {
        self.values.get(position).copied().flatten()
    }

    /// Notes what the program calls what the thread does from now on, if anything.
    pub(crate) fn set_label(&mut self, thread: ThreadIndex, label: Option<&'static str>) {
        self.threads[usize::from(thread)].label = label;
        self.has_labels |= label.is_some();
    }

    /// Notes what the program calls a new event of the thread, which is the last one.
    ///
    /// A thread that has announced an operation does nothing until it is executed, so it is called as it was then.
    /// Events that are repeated keep what they have.
    fn note_label(&mut self, position: usize, thread: ThreadIndex) {
        self.labels.resize(position, None);
        self.labels.push(self.threads[usize::from(thread)].label);
    }

    /// Returns what the program calls the event at this position.
    pub(crate) fn label_at(&self, position: usize) -> Option<&'static str> {
        self.labels.get(position).copied().flatten()
    }

    /// Chooses the thread that executes its pending operation next, and executes it.
    #[inline]
    pub(crate) fn next(&mut self) -> Next {
        if self.position < self.replay {
            return self.repeat();
        }
        if self.position == self.replay && !self.first {
            self.compare_announced();
        }
        self.extend()
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

    /// Checks what must hold between nodes, sleepers and wakeup trees at the end of an execution.
    pub(crate) fn check_invariants(&self) {
        self.history.check_invariants();
        assert_eq!(self.nodes.len(), self.history.events.len() + 1);
        let known = |race: &OpenRace| race.first < race.second && race.second < self.history.events.len();
        assert!(self.open_races.iter().all(known));
        assert!(self.open_races.is_sorted_by_key(|race| race.second));
        if self.mode == Mode::Optimal && self.mutation.is_none() {
            for (index, node) in self.nodes.iter().enumerate() {
                let asleep = self
                    .sleepers(index)
                    .iter()
                    .filter(|sleeper| sleeper.is_fast_asleep());
                let asleep: Vec<Step> = asleep.map(|sleeper| sleeper.step).collect();
                self.trees.check_invariants(node.wakeup, &asleep);
            }
        }
        debug_assert!(threads_in(self.stuck_threads()).count() <= self.registry.thread_count());
    }
}
