//! Running one interleaving: the one that a schedule asks for.

mod error;

use std::cell::Cell;

use super::Explorer;
use super::body::Body;
use super::ending::{self, Ending};
use super::event::ObjectNames;
use super::graph::{self, Graphs};
use super::interleaving::{self, Interleaving};
use super::object::threads_in;
use super::schedule::{Choice, Then};
use super::search::{Program, Refusal, Route, Stop, Strategy};
use super::trace_hash;
use super::{MemoryModel, Mode};

pub use error::{Misfit, PendingStep, ReplayError};

/// An interleaving that was asked for.
#[derive(Clone, Debug)]
pub struct Replay<O> {
    /// Its steps, and its threads and objects as it left them.
    pub interleaving: Interleaving,
    /// Its ending; `None` if it was stopped while threads could go on.
    pub ending: Option<Ending<O>>,
    /// All choices that were made, those asked for first.
    pub schedule: Vec<Choice>,
    /// The hash of its trace, as [`Execution::trace_hash`](crate::Execution::trace_hash) has it.
    pub trace_hash: u128,
}

impl Explorer {
    /// Executes the body once: with this schedule first, and then as `then` says.
    ///
    /// Under a weak [memory model](Self::memory_model), and in [`Mode::Graphs`], the steps of the schedule say what they
    /// do not see: see [`Choice::unseen`]. What the schedule leaves open sees all that came before it.
    ///
    /// The limits of [`steps`](Self::steps) and [`timeouts`](Self::timeouts),
    /// [`repetition_stops`](Self::repetition_stops) and [`stack_size`](Self::stack_size), and
    /// [`unwind_abandoned`](Self::unwind_abandoned), apply as in the exploration that the schedule comes
    /// from. All else is ignored.
    ///
    /// # Errors
    ///
    /// If the schedule is longer than an execution may be, or if one of its steps cannot be executed: the
    /// program is not the one that the schedule comes from, or has changed. Also if it runs into a limit of
    /// the explorer, or to an operation that it cannot explore under the memory model.
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
        let mut runtime = self.runtime(self.route(schedule.to_vec(), then), None);
        runtime.record_values = true;
        let body = Body::new(body, self.unwind_abandoned);
        let output = Cell::new(None);
        let mut main = || output.set(body.run());
        loop {
            let replayed = runtime.execute(&mut main, |runtime, stop| match stop {
                Stop::Again => {
                    runtime.prepare_again();
                    Ok(None)
                }
                Stop::Refused(refusal) => Err(self.refused(&runtime.program, schedule, refusal)),
                Stop::Unsupported => Err(ReplayError::Unsupported(
                    runtime.program.unsupported.expect("it was noted"),
                )),
                _ => Ok(Some(Replay {
                    interleaving: Interleaving::of(&runtime.program, runtime.communication()),
                    ending: (stop != Stop::Asked).then(|| ending::found(runtime, stop, &output)),
                    schedule: runtime.program.choices(&runtime.communication()),
                    trace_hash: trace_hash::trace_hash(&runtime.program, &runtime.communication()),
                })),
            });
            match replayed {
                Ok(Ok(None)) => {}
                Ok(Ok(Some(replay))) => return Ok(replay),
                Ok(Err(error)) => return Err(error),
                Err(limit) => return Err(ReplayError::Limit(limit)),
            }
        }
    }

    /// Returns the strategy that follows a schedule.
    fn route(&self, schedule: Vec<Choice>, then: Then) -> Box<dyn Strategy> {
        let is_weak = self.memory_model != MemoryModel::SequentiallyConsistent;
        match is_weak || self.mode == Mode::Graphs {
            true => {
                let graphs = Graphs::new(self.memory_model).with_lock_words(self.lock_words);
                Box::new(graph::Route::new(graphs, schedule, then))
            }
            false => Box::new(Route { schedule, then }),
        }
    }

    /// Explains why the step of a schedule at which the execution stands cannot be executed.
    fn refused(&self, program: &Program, schedule: &[Choice], refusal: Refusal) -> ReplayError {
        let enabled = program.enabled_threads();
        let names = ObjectNames::of(program);
        let why = match refusal {
            _ if enabled == 0 && program.stuck_threads() == 0 => Misfit::AllEnded,
            Refusal::NotSpawned => Misfit::NotSpawned,
            Refusal::Ended => Misfit::Ended,
            Refusal::Waits(thread) => Misfit::Waits(Box::new(ending::stuck_thread(program, thread, &names))),
            Refusal::Alternatives(alternatives) => Misfit::Alternatives(alternatives),
            Refusal::Sequential => Misfit::Sequential,
            Refusal::Unseen(most) => Misfit::Unseen(most),
            Refusal::SeesNothing => Misfit::SeesNothing,
            Refusal::Inconsistent => Misfit::Inconsistent(self.memory_model),
        };
        let pending_step = |thread| PendingStep {
            thread: program.registry.thread_id(thread),
            pending: interleaving::pending(program, thread, &names),
        };
        let mut could_run: Vec<PendingStep> = threads_in(enabled).map(pending_step).collect();
        could_run.sort_by_key(|step| step.thread);
        ReplayError::Step {
            step: program.position + 1,
            wanted: schedule[program.position],
            why,
            could_run,
        }
    }
}
