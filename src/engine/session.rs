//! A session: one exploration on a worker thread of its own, watched from outside.
//!
//! The worker asks before every execution whether it may start, and records how each one ended. The watcher sees to
//! it that the exploration ends even if an execution does not: a loop that an engine cannot interrupt, or real
//! threads that wait for one another for ever. Then the worker is left behind, and what it has recorded so far is
//! the result.

use super::{Budget, Completeness, Cut, Exploration};
use crate::execution::{Ending, catch};
use crate::outcome::{AnyOutcome, OutcomeTable};
use selvedge_explorer::Schedule;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How often the watcher looks.
const WATCH_INTERVAL: Duration = Duration::from_millis(20);

/// How long an execution that began in time may go on when the time is up.
const GRACE: Duration = Duration::from_millis(250);

/// The worker's stack. Some engines run the scenario's main thread on it.
const STACK_SIZE: usize = 16 << 20;

/// The worker's view of an exploration.
#[derive(Debug, Clone)]
pub(super) struct Session(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    budget: Budget,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    outcomes: OutcomeTable<AnyOutcome>,
    executions: u64,
    blocked: u64,
    cut: Option<Cut>,
    is_executing: bool,
    is_abandoned: bool,
}

/// What the watcher remembers.
#[derive(Debug, Default)]
struct Watch {
    /// When it first saw that the exploration was interrupted.
    interrupted: Option<Instant>,
}

impl Session {
    /// Runs `work` on a thread of its own, and returns what it explored.
    ///
    /// `is_deadlocked` is asked from time to time whether the running execution can never end.
    pub(super) fn run(
        budget: &Budget,
        name: &str,
        is_deadlocked: impl Fn() -> bool,
        work: impl FnOnce(Session) -> Completeness + Send + 'static,
    ) -> Exploration<AnyOutcome> {
        let session = Session(Arc::new(Shared {
            budget: budget.clone(),
            started: Instant::now(),
            state: Mutex::new(State {
                outcomes: OutcomeTable::default(),
                executions: 0,
                blocked: 0,
                cut: None,
                is_executing: false,
                is_abandoned: false,
            }),
        }));
        budget.progress.set(0, None);
        let (sender, receiver) = mpsc::channel();
        let for_worker = session.clone();
        let worker = thread::Builder::new()
            .name(format!("selvedge {name}"))
            .stack_size(STACK_SIZE);
        let worker = worker.spawn(move || {
            let completeness = catch(|| work(for_worker))
                .unwrap_or_else(|caught| Completeness::CutShort(Cut::EngineGaveUp(caught.message)));
            // The watcher may have gone.
            let _ = sender.send(completeness);
        });
        let mut watch = Watch::default();
        let completeness = match worker {
            Err(error) => Completeness::CutShort(Cut::EngineGaveUp(format!("no thread: {error}"))),
            Ok(_) => loop {
                match receiver.recv_timeout(WATCH_INTERVAL) {
                    Ok(completeness) => break completeness,
                    Err(RecvTimeoutError::Disconnected) => {
                        let reason = "its thread ended without a word".to_owned();
                        break Completeness::CutShort(Cut::EngineGaveUp(reason));
                    }
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

    /// Says whether the budget allows another execution, and notes that it begins, or else why it may not.
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

    /// Records how an execution ended, and what runs it again.
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

    /// Records how several executions ended; another is still being executed.
    pub(super) fn merge(&self, outcomes: OutcomeTable<AnyOutcome>) {
        let mut state = self.state();
        if !state.is_abandoned {
            state.executions += outcomes.total();
            state.outcomes.merge(outcomes);
        }
    }

    /// Notes how many executions were given up because another covers them.
    pub(super) fn note_blocked(&self, blocked: u64) {
        self.state().blocked = blocked;
    }

    /// How far an exploration got that may_start has ended, or that has ended by itself with `otherwise`.
    pub(super) fn completeness(&self, otherwise: Completeness) -> Completeness {
        self.state().cut.clone().map_or(otherwise, Completeness::CutShort)
    }

    /// The most steps that an execution may take.
    pub(super) fn steps(&self) -> u64 {
        self.0.budget.steps
    }

    /// How many executions have ended.
    pub(super) fn executions(&self) -> u64 {
        self.state().executions
    }

    /// Gives up an execution that goes on and on, or that can never end.
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
        Exploration {
            outcomes: std::mem::take(&mut state.outcomes),
            executions: state.executions,
            blocked: state.blocked,
            completeness,
            elapsed: self.0.started.elapsed(),
            speedup: None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
