//! A scheduler of shuttle's, watched: it starts no execution that the budget does not allow, ends those that
//! cannot end by themselves, and hides the thread that keeps the execution alive.

use super::Model;
use super::replaying::schedule_of;
use crate::engine::session::Session;
use crate::execution::Fault;
use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The size of the stack of every thread of a scenario under shuttle, in bytes.
pub(super) const THREAD_STACK_SIZE: usize = 64 << 10;

/// A watched scheduler. When it is dropped, it leaks the scheduler inside: shuttle's random scheduler would
/// otherwise print a "failing seed" when it is dropped before it has run all its executions.
pub(super) struct Watched {
    inner: ManuallyDrop<Box<dyn Scheduler + Send>>,
    model: Arc<Model>,
    session: Session,
    /// `true` when there is nothing left to explore.
    is_complete: Arc<AtomicBool>,
    is_executing: bool,
    /// The number of scheduling points of the running execution.
    steps: u64,
    /// The choices of the running execution at which more than one thread could go on.
    choices: Vec<TaskId>,
    /// `true` if any execution so far had a scheduling point with more than one thread to choose from.
    had_choice: bool,
}

impl Watched {
    pub(super) fn new(
        inner: Box<dyn Scheduler + Send>,
        model: Arc<Model>,
        session: Session,
        is_complete: Arc<AtomicBool>,
    ) -> Self {
        Watched {
            inner: ManuallyDrop::new(inner),
            model,
            session,
            is_complete,
            is_executing: false,
            steps: 0,
            choices: Vec::new(),
            had_choice: false,
        }
    }

    /// Records how the previous execution ended, if there was one.
    fn settle(&mut self) {
        if std::mem::take(&mut self.is_executing) {
            let outcome = self.model.outcome().take();
            self.model.has_main_ended.store(false, Ordering::Relaxed);
            self.session
                .record_scheduled(self.model.record.settle(outcome), || schedule_of(&self.choices));
        }
    }

    fn complete(&self) -> Option<Schedule> {
        self.is_complete.store(true, Ordering::Relaxed);
        None
    }

    fn give_up(&self, fault: Fault) -> Option<TaskId> {
        self.model.record.abandon(fault);
        None
    }
}

impl Scheduler for Watched {
    fn new_execution(&mut self) -> Option<Schedule> {
        if matches!(self.model.record.first_fault(), Some(Fault::Unsupported(_))) {
            return None;
        }
        self.settle();
        if !self.had_choice && self.session.executions() > 0 {
            // There was never a choice: that execution was the only one.
            return self.complete();
        }
        let next = self.inner.new_execution();
        if next.is_none() {
            return self.complete();
        }
        self.is_executing = self.session.may_start();
        self.steps = 0;
        self.choices.clear();
        next.filter(|_| self.is_executing)
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        let threads = match runnable {
            [watchdog, threads @ ..] if usize::from(watchdog.id()) == 0 => threads,
            threads => threads,
        };
        // Threads that may wake for no reason are offered too, but a program cannot rely on that.
        if !threads.iter().any(|thread| thread.runnable()) {
            let may_go_on = self.steps == 0 || self.model.has_ended();
            return if may_go_on {
                self.inner.next_task(runnable, current, is_yielding)
            } else {
                self.give_up(Fault::Deadlock)
            };
        }
        self.steps += 1;
        if self.steps > self.session.steps() {
            return self.give_up(Fault::StepLimit);
        }
        let chosen = self.inner.next_task(threads, current, is_yielding);
        if threads.len() > 1 {
            self.had_choice = true;
            self.choices.extend(chosen);
        }
        chosen
    }

    fn next_u64(&mut self) -> u64 {
        self.inner.next_u64()
    }
}
