//! Running one interleaving: the one that a schedule asks for.

mod error;

use std::cell::Cell;

use super::body::Body;
use super::ending::Ending;
use super::execution::{self, Choice};
use super::interleaving::{self, Interleaving};
use super::object::threads_in;
use super::runtime::Runtime;
use super::search::{Guide, Mode, Refusal, Route, Search, Stop};
use super::{Explorer, ThreadId};

pub use error::{Misfit, PendingStep, ReplayError};

/// What comes after the schedule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Then {
    /// Goes on without preemption: with the thread that ran last while it can, else with the first by name
    /// that can. A step that is a choice takes its first alternative.
    RunOn,
    /// Stops there.
    Stop,
}

/// One interleaving that was asked for.
#[derive(Clone, Debug)]
pub struct Replay<O> {
    /// Its steps, and its threads and objects as it left them.
    pub interleaving: Interleaving,
    /// How it ended; `None` if it was stopped while threads could go on.
    pub ending: Option<Ending<O>>,
    /// All choices that were made, those asked for first.
    pub schedule: Vec<Choice>,
}

impl Explorer {
    /// Executes the body once: with this schedule first, and then as `then` says.
    ///
    /// The limits of [`steps`](Self::steps) and [`timeouts`](Self::timeouts),
    /// [`yields_wait`](Self::yields_wait) and [`stack_size`](Self::stack_size), and
    /// [`unwind_abandoned`](Self::unwind_abandoned), apply as in the exploration that the schedule comes
    /// from. All else is ignored.
    ///
    /// # Errors
    ///
    /// If the schedule is longer than an execution may be, or if one of its steps cannot be executed: the
    /// program is not the one that the schedule comes from, or has changed. Also if it runs into a limit of
    /// the explorer.
    ///
    /// # Panics
    ///
    /// If called from within an execution.
    pub fn replay<O>(
        &self,
        body: impl Fn() -> O + 'static,
        schedule: &[Choice],
        then: Then,
    ) -> Result<Replay<O>, ReplayError> {
        if schedule.len() > self.steps {
            return Err(ReplayError::TooLong {
                steps: schedule.len(),
                limit: self.steps,
            });
        }
        let mut runtime = self.guided(Guide::Route(Route {
            schedule: schedule.to_vec(),
            then,
            refusal: None,
        }));
        runtime.record_values = true;
        let body = Body::new(body, self.unwind_abandoned);
        let output = Cell::new(None);
        let mut main = || output.set(body.run());
        let replayed = runtime.execute(&mut main, |runtime, stop| match stop {
            Stop::Refused => Err(refused(&runtime.search)),
            _ => Ok(Replay {
                interleaving: Interleaving::of(&runtime.search),
                ending: (stop != Stop::Asked).then(|| execution::ending(runtime, stop, &output)),
                schedule: execution::schedule(&runtime.search),
            }),
        });
        replayed.unwrap_or_else(|limit| Err(ReplayError::Limit(limit)))
    }

    /// Creates a runtime whose executions are directed by the guide.
    pub(super) fn guided(&self, guide: Guide) -> Box<Runtime> {
        let mut search = Search::new(Mode::Enumeration, self.steps);
        search.guide = Some(guide);
        self.runtime(search)
    }
}

/// Explains why the step at which the search stands cannot be executed.
fn refused(search: &Search) -> ReplayError {
    let Some(Guide::Route(route)) = &search.guide else {
        unreachable!("only a schedule is refused");
    };
    let enabled = search.enabled_threads();
    let why = match route.refusal.expect("what is refused is refused for a reason") {
        _ if enabled == 0 && search.stuck_threads() == 0 => Misfit::AllEnded,
        Refusal::NotSpawned => Misfit::NotSpawned,
        Refusal::Ended(_) => Misfit::Ended,
        Refusal::Waits(thread) => Misfit::Waits(Box::new(execution::stuck_thread(search, thread))),
        Refusal::Alternatives(alternatives) => Misfit::Alternatives(alternatives),
    };
    let pending_step = |thread| PendingStep {
        thread: search.registry.thread_id(thread),
        pending: interleaving::pending(search, thread),
    };
    let mut could_run: Vec<PendingStep> = threads_in(enabled).map(pending_step).collect();
    could_run.sort_by_key(|step| step.thread);
    ReplayError::Step {
        step: search.position + 1,
        wanted: route.schedule[search.position],
        why,
        could_run,
    }
}
