//! A replay of an execution of shuttle's: it repeats the choices of threads.
//!
//! The schedule is written like one of the explorer's, but its steps are shuttle's scheduling points at which
//! more than one thread could go on. Threads are numbered in the order in which they are spawned.

use super::{Shuttle, Strategy};
use crate::engine::session::Session;
use crate::engine::{Budget, Completeness};
use crate::execution::Ending;
use crate::outcome::AnyOutcome;
use crate::scenario::AnyScenario;
use selvedge_explorer::{Choice, MAX_THREADS, Schedule, ThreadId};
use shuttle::scheduler::{Schedule as ShuttleSchedule, Scheduler, Task, TaskId};
use std::sync::{Arc, Mutex, PoisonError};

/// The task that is the scenario's main thread. The task before it keeps the execution alive.
const MAIN: usize = 1;

/// Returns the choices as a schedule; `None` if there are too many threads to be written down.
pub(super) fn schedule_of(choices: &[TaskId]) -> Option<Schedule> {
    let name = |task: &TaskId| match usize::from(*task).checked_sub(MAIN)? {
        0 => Some(ThreadId::MAIN),
        spawned if spawned < MAX_THREADS => Some(ThreadId::MAIN.child(spawned as u8)),
        _ => None,
    };
    let choice = |task: &TaskId| name(task).map(|thread| Choice::new(thread, 0));
    choices
        .iter()
        .map(choice)
        .collect::<Option<Vec<_>>>()
        .map(Schedule)
}

/// Returns the task that a step of a schedule names.
fn task_of(choice: &Choice) -> Option<usize> {
    match choice.thread.path() {
        [] => Some(MAIN),
        [spawned] => Some(MAIN + usize::from(*spawned)),
        _ => None,
    }
}

impl Shuttle {
    /// Runs one execution under shuttle again, and returns how it ends. After the end of the schedule, the
    /// first thread that can go on does so.
    ///
    /// # Errors
    ///
    /// The reason, if a step of the schedule cannot be executed, or if shuttle gives up.
    ///
    /// With the reason, if a step of the schedule cannot be executed, or if shuttle gives up.
    pub fn replay(
        scenario: &AnyScenario,
        schedule: &Schedule,
        budget: &Budget,
    ) -> Result<Ending<AnyOutcome>, String> {
        let budget = Budget {
            executions: Some(1),
            ..budget.clone()
        };
        let misfit = Arc::default();
        let replaying = Replaying {
            schedule: schedule.0.clone(),
            position: 0,
            misfit: Arc::clone(&misfit),
        };
        let scenario = scenario.clone();
        let shuttle = Shuttle {
            strategy: Strategy::Dfs,
        };
        let exploration = Session::run(
            &budget,
            "shuttle",
            || false,
            move |session| shuttle.work(scenario, session, Box::new(replaying)),
        );
        if let Some(misfit) = misfit.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(misfit);
        }
        match (exploration.outcomes.iter().next(), exploration.completeness) {
            (Some((ending, _)), _) => Ok(ending.clone()),
            (None, Completeness::CutShort(cut)) => Err(cut.to_string()),
            (None, _) => Err("shuttle has run nothing".to_owned()),
        }
    }
}

/// A scheduler that follows a schedule once.
struct Replaying {
    schedule: Vec<Choice>,
    position: usize,
    /// The reason why the schedule could not be followed.
    misfit: Arc<Mutex<Option<String>>>,
}

impl Scheduler for Replaying {
    fn new_execution(&mut self) -> Option<ShuttleSchedule> {
        Some(ShuttleSchedule::new(0))
    }

    fn next_task(&mut self, runnable: &[&Task], _: Option<TaskId>, _: bool) -> Option<TaskId> {
        let [first, _, ..] = runnable else {
            return runnable.first().map(|task| task.id());
        };
        let Some(choice) = self.schedule.get(self.position) else {
            return Some(first.id());
        };
        self.position += 1;
        let wanted = task_of(choice);
        let found = runnable
            .iter()
            .find(|task| Some(usize::from(task.id())) == wanted);
        if found.is_none() {
            let reason = format!(
                "step {} of the schedule, thread {}: it cannot go on there, under shuttle",
                self.position, choice.thread
            );
            let mut misfit = self.misfit.lock().unwrap_or_else(PoisonError::into_inner);
            misfit.get_or_insert(reason);
        }
        found.map(|task| task.id())
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}
