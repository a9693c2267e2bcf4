//! The shortest witnesses: for each ending, the interleaving with the fewest preemptions, over all
//! interleavings.
//!
//! This is a uniform-cost search (Dijkstra 1959) over states, each a trace and the thread that ran last. All
//! orders of a trace lead to the same; so of two ways to the same state only the cheaper is followed, and all
//! interleavings are accounted for though few are executed. An edge is one event; it costs a switch if its
//! thread is not the one that ran last, and a preemption too if that one could have gone on. (That
//! preemptions are what makes a bug hard to follow, and that few suffice for most, is from Musuvathi and
//! Qadeer, PLDI 2007.)
//!
//! Only whole executions can be run, so states are expanded along one: it repeats the steps to a state of the
//! least cost, then runs on without preemption, and expands each state on its way that no other has reached
//! as cheaply. Such a state may yet be reached at a lower cost: then it is expanded again. An ending is
//! settled once all states that are left to expand cost more than its witness.
//!
//! A thread that has taken the same turn of a loop twice stops, and goes on once something that it saw has changed
//! (see `turns`). To leave it is no preemption, as it waits. If it is left a turn earlier, it is preempted: the
//! witness is then a turn shorter, but dearer. All interleavings in which threads wait like this are accounted for.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::Explorer;
use super::body::Body;
use super::cost::Cost;
use super::data_race;
use super::ending::{self, Ending};
use super::limit::Limit;
use super::nondeterminism::NondeterminismError;
use super::runtime::Runtime;
use super::schedule::Choice;
use super::search::{ShortestFirst, Stop};
use super::summary::Cut;

/// An interleaving that shows an ending.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness<K> {
    /// The ending that it shows.
    pub ending: K,
    /// The choices that lead to it.
    ///
    /// Those of a data race go on until its second access has happened. Those of a panic go on until the
    /// thread that panicked has ended, and further if another ending could still take its place; those of all
    /// other endings go on to the end. If they are run on without preemption
    /// ([`Then::RunOn`](super::Then::RunOn)), the execution ends like this. (After a data race, it ends in
    /// one: in another if fewer events lead to that.)
    pub schedule: Vec<Choice>,
    /// The cost of these choices.
    pub cost: Cost,
}

/// The result of a search for witnesses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shortest<K> {
    /// The witnesses, in the order of their endings.
    pub witnesses: Vec<Witness<K>>,
    /// The endings for which none was found.
    pub missing: BTreeSet<K>,
    /// The number of executions that the search took.
    pub executions: u64,
    /// `true` if no interleaving costs less than these, and the missing endings cannot happen within the
    /// limits; `false` if the search was cut short, or if a thread has failed to lock what a thread locks in a
    /// loop that polls: more turns of the loop might lead to more.
    pub minimal: bool,
    /// The reason why the search was cut short, if it was.
    pub cut: Option<Cut>,
    /// The time that the search took.
    pub elapsed: Duration,
}

impl Explorer {
    /// Finds, for each ending that is wanted, the interleaving with the fewest preemptions, then the fewest
    /// switches, then the fewest events.
    ///
    /// `classify` says what counts as the same ending. The limits of executions and time and the interrupt
    /// flag cut the search short, as does a [limit](super::Limit) of the explorer. Those of each execution
    /// (steps, timeouts, repetition) apply as in an exploration. All else is ignored. An ending that does
    /// not exist makes the search go through all states.
    ///
    /// # Errors
    ///
    /// If the body does not do the same after the same history.
    ///
    /// # Panics
    ///
    /// If called from within an execution, or if `classify` panics.
    ///
    /// # Examples
    ///
    /// A lost update takes one preemption:
    ///
    /// ```
    /// use std::collections::BTreeSet;
    /// use std::sync::Arc;
    /// use std::sync::atomic::Ordering::SeqCst;
    /// use selvedge_explorer::{Explorer, Schedule, sync::atomic::AtomicI64, thread};
    ///
    /// let body = || {
    ///     let counter = Arc::new(AtomicI64::new(0));
    ///     let other = Arc::clone(&counter);
    ///     let thread = thread::spawn(move || other.store(other.load(SeqCst) + 1, SeqCst));
    ///     counter.store(counter.load(SeqCst) + 1, SeqCst);
    ///     thread.join().unwrap();
    ///     counter.load(SeqCst)
    /// };
    /// let lost = BTreeSet::from([Some(1)]);
    /// let found = Explorer::new().shortest(body, |ending| ending.finished().copied(), &lost)?;
    /// assert_eq!(found.witnesses[0].cost.preemptions, 1);
    /// assert_eq!(Schedule(found.witnesses[0].schedule.clone()).to_string(), "main 1 1 main main");
    /// # Ok::<(), selvedge_explorer::NondeterminismError>(())
    /// ```
    pub fn shortest<O, K: Ord + Clone>(
        &self,
        body: impl Fn() -> O + 'static,
        classify: impl Fn(&Ending<O>) -> K,
        wanted: &BTreeSet<K>,
    ) -> Result<Shortest<K>, NondeterminismError> {
        let start = Instant::now();
        let deadline = self.deadline(start);
        let mut runtime = self.runtime(Box::new(ShortestFirst::new()), None);
        let mut found = Found::new(wanted);
        let (mut executions, mut cut) = (0, None);
        let body = Body::new(body, self.unwind_abandoned);
        while !wanted.is_empty() {
            cut = self.cut(executions, deadline);
            if cut.is_some() {
                break;
            }
            match execute(&mut runtime, &body) {
                Ok(ending) => {
                    found.turns_were_noticed |= runtime.program.turns_were_noticed();
                    found.consider(&mut runtime, &ending?, &classify);
                }
                Err(limit) => {
                    cut = Some(Cut::Limit(limit));
                    break;
                }
            }
            executions += 1;
            if !runtime.backtrack() {
                break;
            }
        }
        Ok(found.finish(executions, cut, start.elapsed()))
    }
}

/// Executes the body once, and returns how it ended.
fn execute<O>(
    runtime: &mut Runtime,
    body: &Body<impl Fn() -> O + 'static>,
) -> Result<Result<Ending<O>, NondeterminismError>, Limit> {
    let output = Cell::new(None);
    let mut main = || output.set(body.run());
    loop {
        let ended = runtime.execute(&mut main, |runtime, stop| match stop {
            Stop::Again => {
                runtime.prepare_again();
                None
            }
            Stop::Mismatch => {
                let mismatch = runtime.program.mismatch.expect("a mismatch was found");
                Some(Err(NondeterminismError::new(
                    &mismatch,
                    &runtime.program.registry,
                )))
            }
            _ => Some(Ok(ending::found(runtime, stop, &output))),
        })?;
        if let Some(ended) = ended {
            return Ok(ended);
        }
    }
}

/// The best witness so far for each ending that is wanted.
struct Found<'a, K> {
    wanted: &'a BTreeSet<K>,
    best: BTreeMap<K, Witness<K>>,
    /// `true` if another thread may have noticed a turn of a loop that polls: there may be endings that need a turn
    /// more.
    turns_were_noticed: bool,
}

impl<'a, K: Ord + Clone> Found<'a, K> {
    fn new(wanted: &'a BTreeSet<K>) -> Self {
        Self {
            wanted,
            best: BTreeMap::new(),
            turns_were_noticed: false,
        }
    }

    /// Keeps the execution that has just ended, up to where its ending had happened, if it is the best witness
    /// so far.
    ///
    /// An execution with data races has an ending for each of its beginnings that makes another data race the
    /// least one. Which one that is depends on the trace alone, as a state of the search does. So a state
    /// that can be reached in several ways shows the same endings in all of them.
    fn consider<O>(&mut self, runtime: &mut Runtime, ending: &Ending<O>, classify: impl Fn(&Ending<O>) -> K) {
        if matches!(ending, Ending::DataRace(_)) {
            for (first, second) in data_race::least_so_far(&runtime.program) {
                let race = data_race::describe(&runtime.program, first, second);
                self.keep(runtime, classify(&Ending::DataRace(Box::new(race))), second + 1);
            }
            return;
        }
        let decided = ending::decided(runtime, ending);
        // What it began with may not lead here if it is run on: another step was taken after it.
        let events = decided.max(runtime.strategy::<ShortestFirst>().first_new());
        self.keep(runtime, classify(ending), events);
    }

    /// Keeps the first so many events of the execution if they are the best witness so far for this ending.
    fn keep(&mut self, runtime: &mut Runtime, kind: K, events: usize) {
        if !self.wanted.contains(&kind) {
            return;
        }
        let cost = runtime.strategy::<ShortestFirst>().cost(events);
        if self.best.get(&kind).is_some_and(|best| best.cost <= cost) {
            return;
        }
        let mut schedule = runtime.program.choices(&runtime.communication());
        schedule.truncate(events);
        let witness = Witness {
            ending: kind.clone(),
            schedule,
            cost,
        };
        self.best.insert(kind, witness);
        if self.best.len() == self.wanted.len() {
            let costs = self.best.values().map(|witness| witness.cost);
            runtime.strategy::<ShortestFirst>().leave_out(costs.max());
        }
    }

    fn finish(self, executions: u64, cut: Option<Cut>, elapsed: Duration) -> Shortest<K> {
        let missing = self.wanted.iter().filter(|kind| !self.best.contains_key(kind));
        Shortest {
            missing: missing.cloned().collect(),
            witnesses: self.best.into_values().collect(),
            executions,
            minimal: cut.is_none() && !self.turns_were_noticed,
            cut,
            elapsed,
        }
    }
}
