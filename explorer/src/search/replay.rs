//! Following a schedule, in place of searching.

use super::next::{Next, Refusal, Stop};
use super::program::{Program, Status};
use super::strategy::Strategy;
use crate::identity::ThreadIndex;
use crate::object::threads_in;
use crate::schedule::{Choice, Then};

/// A schedule to follow, for one execution.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) schedule: Vec<Choice>,
    /// The way to go on after it.
    pub(crate) then: Then,
}

impl Strategy for Route {
    fn next(&mut self, program: &mut Program) -> Next {
        let position = program.position;
        if let Some(&choice) = self.schedule.get(position) {
            return match fit(program, choice) {
                Ok((thread, alternative)) => take(program, thread, alternative),
                Err(refusal) => Next::Stop(Stop::Refused(refusal)),
            };
        }
        let enabled = program.enabled_threads();
        match self.then {
            _ if enabled == 0 => Next::Stop(Stop::Complete),
            Then::Stop => Next::Stop(Stop::Asked),
            Then::RunOn if position >= program.step_limit => Next::Stop(Stop::StepLimit),
            Then::RunOn => take(program, runs_on(program, enabled), 0),
        }
    }

    fn backtrack(&mut self, _program: &mut Program) -> bool {
        false
    }

    fn wakes(&self) -> bool {
        true
    }
}

/// Returns the step that a choice asks for, if it can be executed now.
fn fit(program: &Program, choice: Choice) -> Result<(ThreadIndex, u8), Refusal> {
    let Choice { alternative, .. } = choice;
    let thread = pending_thread(program, choice)?;
    if choice.unseen > 0 {
        return Err(Refusal::Sequential);
    }
    let pending = program.enabled(thread).ok_or(Refusal::Waits(thread))?;
    let alternatives = program.history.alternatives(pending);
    match alternative < alternatives {
        true => Ok((thread, alternative)),
        false => Err(Refusal::Alternatives(alternatives)),
    }
}

/// Returns the thread of a choice, if it has announced an operation.
pub(crate) fn pending_thread(program: &Program, choice: Choice) -> Result<ThreadIndex, Refusal> {
    let thread = program
        .registry
        .thread_named(choice.thread)
        .ok_or(Refusal::NotSpawned)?;
    match program.threads[usize::from(thread)].status {
        Status::Absent => Err(Refusal::NotSpawned),
        // Only a thread that has ended runs when the search looks.
        Status::Running | Status::Finished => Err(Refusal::Ended),
        Status::Repeating | Status::Joining { .. } => Err(Refusal::Waits(thread)),
        Status::Pending => Ok(thread),
    }
}

/// Returns the thread that goes on without preemption: the one that ran last if it can, else the first by
/// name.
pub(crate) fn runs_on(program: &Program, enabled: u32) -> ThreadIndex {
    let first = || threads_in(enabled).min_by_key(|&thread| program.registry.thread_id(thread));
    program
        .thread_before(program.position)
        .filter(|&thread| enabled >> thread & 1 == 1)
        .or_else(first)
        .expect("a thread is enabled")
}

/// Executes the pending operation of an enabled thread, with the alternative that has this number by name.
fn take(program: &mut Program, thread: ThreadIndex, named: u8) -> Next {
    let operation = &program.threads[usize::from(thread)].pending;
    let alternative = program.alternative_by_index(operation, named);
    let step = program.history.step(operation, thread, alternative);
    program.execute(step);
    Next::Run(thread)
}
