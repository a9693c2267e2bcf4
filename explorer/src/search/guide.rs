//! Being directed from outside, in place of searching as a mode does: following a given schedule.

use super::{Next, Search, Status, Stop};
use crate::execution::Choice;
use crate::history::NONE;
use crate::identity::ThreadIndex;
use crate::object::threads_in;
use crate::replay::Then;
use crate::shortest::Frontier;

/// What directs executions.
#[derive(Debug)]
pub(crate) enum Guide {
    /// A schedule to follow.
    Route(Route),
    /// The search for short interleavings.
    Frontier(Box<Frontier>),
}

/// A schedule to follow.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) schedule: Vec<Choice>,
    /// What comes after it.
    pub(crate) then: Then,
    /// Why it could not be followed, if so.
    pub(crate) refusal: Option<Refusal>,
}

/// Why a step of a schedule cannot be executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refusal {
    /// No thread of this name has been spawned.
    NotSpawned,
    /// The thread has ended.
    Ended(ThreadIndex),
    /// The thread waits.
    Waits(ThreadIndex),
    /// Its operation has only so many alternatives.
    Alternatives(u8),
}

impl Search {
    /// Executes the step that the guide wants.
    #[cold]
    pub(super) fn follow_guide(&mut self, node: usize) -> Next {
        let mut guide = self.guide.take().expect("there is a guide");
        let next = match &mut guide {
            Guide::Route(route) => self.follow(route, node),
            Guide::Frontier(frontier) => self.expand(frontier, node),
        };
        self.guide = Some(guide);
        next
    }

    /// Executes the next step of a schedule, or what comes after it.
    fn follow(&mut self, route: &mut Route, node: usize) -> Next {
        if let Some(&choice) = route.schedule.get(node) {
            return match self.fit(choice) {
                Ok((thread, alternative)) => self.take_guided_step(node, thread, alternative),
                Err(refusal) => {
                    route.refusal = Some(refusal);
                    Next::Stop(Stop::Refused)
                }
            };
        }
        let enabled = self.enabled_threads();
        match route.then {
            _ if enabled == 0 => Next::Stop(Stop::Complete),
            Then::Stop => Next::Stop(Stop::Asked),
            Then::RunOn if node >= self.step_limit => Next::Stop(Stop::StepLimit),
            Then::RunOn => self.take_guided_step(node, self.who_runs_on(node, enabled), 0),
        }
    }

    /// Returns the step that a choice asks for, if it can be executed now.
    fn fit(&self, choice: Choice) -> Result<(ThreadIndex, u8), Refusal> {
        let Choice { thread, alternative } = choice;
        let thread = self.registry.thread_named(thread).ok_or(Refusal::NotSpawned)?;
        let state = &self.threads[usize::from(thread)];
        match state.status {
            Status::Absent => return Err(Refusal::NotSpawned),
            // Only a thread that has ended runs when the search looks.
            Status::Running | Status::Finished => return Err(Refusal::Ended(thread)),
            Status::Joining { .. } => return Err(Refusal::Waits(thread)),
            Status::Pending if !self.history.enabled(&state.pending, thread) => {
                return Err(Refusal::Waits(thread));
            }
            Status::Pending => {}
        }
        let alternatives = self.history.alternatives(&state.pending);
        if alternative >= alternatives {
            return Err(Refusal::Alternatives(alternatives));
        }
        Ok((thread, alternative))
    }

    /// Returns the thread that goes on without preemption: the one that ran last if it can, else the first by name.
    pub(super) fn who_runs_on(&self, node: usize, enabled: u32) -> ThreadIndex {
        let last = node.checked_sub(1);
        let last = last.map(|last| self.history.events[last].step.thread);
        let first = || threads_in(enabled).min_by_key(|&thread| self.registry.thread_id(thread));
        last.filter(|&thread| enabled >> thread & 1 == 1)
            .or_else(first)
            .expect("a thread is enabled")
    }

    /// Executes the pending operation of an enabled thread, with the alternative that has this number by name.
    pub(super) fn take_guided_step(&mut self, node: usize, thread: ThreadIndex, named: u8) -> Next {
        let operation = self.threads[usize::from(thread)].pending;
        let alternative = self.alternative_by_index(&operation, named);
        let step = self.history.step(&operation, thread, alternative);
        let alternatives = self.history.alternatives(&operation);
        self.take_step(node, step, NONE, alternatives)
    }
}
