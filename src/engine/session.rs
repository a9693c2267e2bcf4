//! A session: one exploration on a worker thread of its own, watched from outside.
//!
//! The worker asks before every execution whether it may start, and records how each one ended. The watcher
//! ends the exploration even if an execution does not end: because of a loop that an engine cannot interrupt,
//! or real threads in a deadlock. Then the worker is left behind, and the result is what it has recorded so
//! far.

use super::{Budget, Completeness, Cut, Exploration, Method, Weak};
use crate::execution::{Ending, catch};
use crate::outcome::{AnyOutcome, OutcomeTable};
use selvedge_explorer::Schedule;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The time between two looks of the watcher.
const WATCH_INTERVAL: Duration = Duration::from_millis(20);

/// The time for which an execution that has already begun may go on after the limit.
const GRACE: Duration = Duration::from_millis(250);

/// The worker's stack. Some engines run the scenario's main thread on it.
const STACK_SIZE: usize = 16 << 20;

/// The worker's access to its exploration.
#[derive(Debug, Clone)]
pub(super) struct Session(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Sends the completeness to the watcher, when the worker has come to its end.
    ended: Sender<Completeness>,
    budget: Budget,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    outcomes: OutcomeTable<AnyOutcome>,
    method: Method,
    executions: u64,
    blocked: u64,
    /// `true` if C11 allows nothing that the engine does not explore, apart from what a data race may do.
    is_all_of_c11: bool,
    cut: Option<Cut>,
    is_executing: bool,
    is_abandoned: bool,
}

/// The state of the watcher.
#[derive(Debug, Default)]
struct Watch {
    /// The time when the watcher first saw the interrupt.
    interrupted: Option<Instant>,
}

impl Session {
    /// Runs `work` on a thread of its own, and returns what it explored.
    ///
    /// `is_deadlocked` is called from time to time: it returns `true` if the running execution can never end.
    pub(super) fn run(
        budget: &Budget,
        name: &str,
        is_deadlocked: impl Fn() -> bool,
        work: impl FnOnce(Session) -> Completeness + Send + 'static,
    ) -> Exploration<AnyOutcome> {
        let (ended, receiver) = mpsc::channel();
        let session = Session(Arc::new(Shared {
            ended,
            budget: budget.clone(),
            started: Instant::now(),
            state: Mutex::new(State {
                outcomes: OutcomeTable::default(),
                method: Method::Executions,
                executions: 0,
                blocked: 0,
                is_all_of_c11: false,
                cut: None,
                is_executing: false,
                is_abandoned: false,
            }),
        }));
        budget.progress.set(0, None);
        let for_worker = session.clone();
        let worker = thread::Builder::new()
            .name(format!("selvedge {name}"))
            .stack_size(STACK_SIZE);
        let worker = worker.spawn(move || {
            let in_work = for_worker.clone();
            let completeness = catch(|| work(in_work))
                .unwrap_or_else(|caught| Completeness::CutShort(Cut::EngineGaveUp(caught.message)));
            for_worker.leave(completeness);
        });
        let mut watch = Watch::default();
        let completeness = match worker {
            Err(error) => Completeness::CutShort(Cut::EngineGaveUp(format!("no thread: {error}"))),
            Ok(_) => loop {
                match receiver.recv_timeout(WATCH_INTERVAL) {
                    Ok(completeness) => break completeness,
                    Err(RecvTimeoutError::Disconnected) => unreachable!("the session has a sender"),
                    Err(RecvTimeoutError::Timeout) => {
                        if let Some(completeness) = session.abandon_if_stuck(&mut watch, &is_deadlocked) {
                            break completeness;
                        }
                    }
                }
            },
        };
        session.finish(completeness)
    }

    /// Ends the exploration: from here on the worker is not waited for.
    pub(super) fn leave(&self, completeness: Completeness) {
        // The watcher may have ended already.
        let _ = self.0.ended.send(completeness);
    }

    /// Returns `true` if the budget allows another execution, and notes that it begins; otherwise notes the
    /// reason.
    pub(super) fn may_start(&self) -> bool {
        let mut state = self.state();
        let budget = &self.0.budget;
        state.cut = if budget.executions.is_some_and(|most| state.executions >= most) {
            Some(Cut::Executions)
        } else if budget.time.is_some_and(|most| self.0.started.elapsed() >= most) {
            Some(Cut::Time)
        } else if budget.interrupt.is_set() {
            Some(Cut::Interrupted)
        } else {
            None
        };
        state.is_executing = state.cut.is_none() && !state.is_abandoned;
        state.is_executing
    }

    /// Records how an execution ended.
    pub(super) fn record(&self, ending: Ending<AnyOutcome>) {
        self.record_scheduled(ending, || None);
    }

    /// Records how an execution ended, and the schedule that runs it again.
    pub(super) fn record_scheduled(
        &self,
        ending: Ending<AnyOutcome>,
        schedule: impl FnOnce() -> Option<Schedule>,
    ) {
        let mut state = self.state();
        if !state.is_abandoned {
            state.outcomes.record_scheduled(ending, schedule);
            state.executions += 1;
            state.is_executing = false;
            self.0.budget.progress.set(state.executions, None);
        }
    }

    /// Records how several executions ended while the next one is already running.
    pub(super) fn merge(&self, outcomes: OutcomeTable<AnyOutcome>) {
        let mut state = self.state();
        if !state.is_abandoned {
            state.executions += outcomes.total();
            state.outcomes.merge(outcomes);
        }
    }

    /// Notes the endings of an exploration that runs no executions, and the method by which they were found.
    pub(super) fn note_found(&self, outcomes: OutcomeTable<AnyOutcome>, method: Method) {
        let mut state = self.state();
        if !state.is_abandoned {
            state.outcomes = outcomes;
            state.method = method;
        }
    }

    /// Notes the number of executions that were given up because another covers them.
    pub(super) fn note_blocked(&self, blocked: u64) {
        self.state().blocked = blocked;
    }

    /// Notes whether C11 allows nothing that the engine does not explore, apart from what a data race may do: so
    /// it is under sequential consistency if all atomic accesses are `SeqCst`.
    pub(super) fn note_all_of_c11(&self, is_all: bool) {
        self.state().is_all_of_c11 = is_all;
    }

    /// Notes that the executions are those of execution graphs.
    pub(super) fn note_graphs(&self) {
        self.state().method = Method::Graphs;
    }

    /// Returns the completeness of an exploration that `may_start` has ended; `otherwise` if it ended by
    /// itself.
    pub(super) fn completeness(&self, otherwise: Completeness) -> Completeness {
        self.state().cut.clone().map_or(otherwise, Completeness::CutShort)
    }

    /// Returns the greatest number of steps of an execution.
    pub(super) fn steps(&self) -> u64 {
        self.0.budget.steps
    }

    /// Returns the number of executions that have ended.
    pub(super) fn executions(&self) -> u64 {
        self.state().executions
    }

    /// Gives up an execution that does not end in time or that can never end.
    fn abandon_if_stuck(&self, watch: &mut Watch, is_deadlocked: impl Fn() -> bool) -> Option<Completeness> {
        let budget = &self.0.budget;
        let deadline = budget.time.map(|most| most.saturating_add(GRACE));
        let since_interrupt = budget
            .interrupt
            .is_set()
            .then(|| watch.interrupted.get_or_insert_with(Instant::now));
        let (ending, cut) = if is_deadlocked() {
            (Ending::Deadlock, Cut::Deadlock)
        } else if deadline.is_some_and(|deadline| self.0.started.elapsed() >= deadline) {
            (Ending::TimeLimit, Cut::Time)
        } else if since_interrupt.is_some_and(|since| since.elapsed() >= GRACE) {
            (Ending::TimeLimit, Cut::Interrupted)
        } else {
            return None;
        };
        let mut state = self.state();
        if state.is_executing {
            state.outcomes.record(ending);
            state.executions += 1;
        }
        state.is_abandoned = true;
        Some(Completeness::CutShort(cut))
    }

    fn finish(&self, completeness: Completeness) -> Exploration<AnyOutcome> {
        let mut state = self.state();
        state.is_abandoned = true;
        let outcomes = std::mem::take(&mut state.outcomes);
        let is_race_free = outcomes.count(&Ending::DataRace) == 0;
        Exploration {
            is_exact: state.is_all_of_c11 && is_all(&outcomes, &completeness),
            weak: match state.is_all_of_c11 && is_race_free {
                true => Weak::NoDifference,
                false => Weak::Unasked,
            },
            sequential: None,
            outcomes,
            executions: state.executions,
            blocked: state.blocked,
            completeness,
            elapsed: self.0.started.elapsed(),
            speedup: None,
            method: std::mem::take(&mut state.method),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns `true` if these are all endings under the engine's memory model of a program that has no data race.
fn is_all(outcomes: &OutcomeTable<AnyOutcome>, completeness: &Completeness) -> bool {
    *completeness == Completeness::Exhaustive
        && outcomes.iter().all(|(ending, _)| match ending {
            Ending::Finished(_) | Ending::Deadlock | Ending::Panic(_) => true,
            Ending::DataRace | Ending::StepLimit | Ending::TimeLimit => false,
        })
}
