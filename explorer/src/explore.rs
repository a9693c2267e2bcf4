//! Exploring: one execution after the other, until the search has nothing left or a budget is spent.

use std::cell::Cell;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::Explorer;
use super::body::Body;
use super::data_race;
use super::ending::{self, Ending};
use super::execution::Execution;
use super::jobs::Course;
use super::nondeterminism::NondeterminismError;
use super::progress::Progress;
use super::runtime::{self, Runtime};
use super::search::{self, Names, Program, Stop, Strategy};
use super::summary::{Completeness, Cut, Summary};

impl Explorer {
    /// Explores all executions of the body, and calls back after each.
    ///
    /// The body is the main thread. An execution goes on until all its threads have ended, or none
    /// can go on. After a failure the search goes on too, unless told otherwise.
    ///
    /// # The body
    ///
    /// The body must do the same after the same history; use no primitives but the explorer's own between
    /// threads; and keep nothing between executions. All its threads run on the calling OS thread.
    ///
    /// Threads that an execution leaves behind are abandoned, unless
    /// [`unwind_abandoned`](Self::unwind_abandoned) is on: none of their code runs any more, no destructor
    /// either, and their stacks are used again. So nothing may refer to such a stack from outside the
    /// execution. Safe code comes to that only by real threads that borrow from it (`std::thread::scope` in
    /// the body), or by a pinned value on it that has registered itself in something that outlives the
    /// execution. Such a body is undefined behaviour if it can be abandoned there.
    ///
    /// # Errors
    ///
    /// If the body does not do the same after the same history.
    ///
    /// # Panics
    ///
    /// If called from within an execution, or if the callback panics; and if an assertion of the explorer
    /// itself fails, which the message then says.
    pub fn explore<O>(
        &self,
        body: impl Fn() -> O + 'static,
        on_execution: impl FnMut(&Execution<'_, O>),
    ) -> Result<Summary, NondeterminismError> {
        self.explore_by(self.strategy(), body, on_execution)
    }

    /// Returns the strategy that the settings ask for.
    pub(super) fn strategy(&self) -> Box<dyn Strategy> {
        search::strategy(
            self.mode,
            self.preemption_bound,
            (self.memory_model, self.lock_words),
        )
    }

    /// Explores the executions that the strategy wants.
    pub(crate) fn explore_by<O>(
        &self,
        strategy: Box<dyn Strategy>,
        body: impl Fn() -> O + 'static,
        on_execution: impl FnMut(&Execution<'_, O>),
    ) -> Result<Summary, NondeterminismError> {
        let runtime = self.runtime(strategy, None);
        let body = Body::new(body, self.unwind_abandoned);
        self.explore_part(&Course::new(self), runtime, &body, on_execution)
    }

    /// Explores the executions that the strategy of the runtime wants: a part of an exploration, or all of it.
    pub(super) fn explore_part<O, F: Fn() -> O + 'static>(
        &self,
        course: &Course,
        mut runtime: Box<Runtime>,
        body: &Body<F>,
        mut on_execution: impl FnMut(&Execution<'_, O>),
    ) -> Result<Summary, NondeterminismError> {
        let start = Instant::now();
        let mut summary = Summary::new();
        let mut last_report = start;
        loop {
            let output = Cell::new(None);
            let mut main = || output.set(body.run());
            let ended = runtime.execute(&mut main, |runtime, stop| {
                (stop, self.inspect(runtime, stop, &output, &mut summary))
            });
            let (stop, ending) = match ended {
                Ok(ended) => ended,
                Err(limit) => {
                    summary.completeness = Completeness::CutShort(Cut::Limit(limit));
                    break;
                }
            };
            if stop == Stop::Again {
                runtime.prepare_again();
                continue;
            }
            if stop == Stop::Unsupported {
                let unsupported = runtime.program.unsupported.expect("it was noted");
                summary.completeness = Completeness::CutShort(Cut::Unsupported(unsupported));
                break;
            }
            if stop == Stop::Mismatch {
                let mismatch = runtime.program.mismatch.expect("a mismatch was found");
                return Err(NondeterminismError::new(&mismatch, &runtime.program.registry));
            }
            let failed = ending.as_ref().is_some_and(Ending::is_failure);
            match ending {
                None if stop == Stop::Blocked => summary.blocked += 1,
                None => summary.redundant += 1,
                Some(_) if !course.counts_one_more(self.executions) => {
                    summary.completeness = Completeness::CutShort(Cut::Executions);
                    break;
                }
                Some(ending) => {
                    summary.count(&ending, stop);
                    let search = runtime.search();
                    on_execution(&Execution::new(
                        &runtime.program,
                        search,
                        ending,
                        summary.executions,
                    ));
                }
            }
            match runtime::own(|| runtime.backtrack()) {
                Ok(true) => {}
                Ok(false) => break,
                Err(limit) => {
                    summary.completeness = Completeness::CutShort(Cut::Limit(limit));
                    break;
                }
            }
            let first_failure = (failed && self.stop_at_first_failure).then_some(Cut::FirstFailure);
            if let Some(cut) = first_failure.or_else(|| self.cut(course.executions(), course.deadline)) {
                summary.completeness = Completeness::CutShort(cut);
                break;
            }
            self.report(course, &summary, &runtime, &mut last_report);
        }
        summary.bounds.preemptions = runtime.preemptions_cut();
        summary.bounds.timeouts = runtime.timeouts_cut;
        summary.bounds.spurious_wakeups = runtime.spurious.wakeups_cut;
        summary.bounds.weak_failures = runtime.spurious.failures_cut;
        summary.bounds.writer_preference = runtime.read_locked && runtime.write_locked;
        summary.finish(start.elapsed());
        Ok(summary)
    }

    /// Looks at an execution that has stopped, before its threads are abandoned: how did it end,
    /// and which races does it have? Returns `None` if it was given up.
    fn inspect<O>(
        &self,
        runtime: &mut Runtime,
        stop: Stop,
        output: &Cell<Option<O>>,
        summary: &mut Summary,
    ) -> Option<Ending<O>> {
        if matches!(stop, Stop::Mismatch | Stop::Again | Stop::Unsupported) {
            return None;
        }
        summary.bounds.repetition |= runtime.program.turns_were_noticed();
        summary.events += runtime.program.history.events.len() as u64;
        let redundant =
            stop == Stop::Complete && (runtime.program.redundant || runtime.program.could_go_on().is_some());
        let ends = stop != Stop::Blocked && !redundant;
        let ending = ends.then(|| ending::found(runtime, stop, output));
        if self.look_for_weak_races && !summary.weak_races {
            summary.weak_races = data_race::atomics::race(&runtime.program, &mut summary.asks);
        }
        // Always at first, now and then later.
        let check = summary.executions < 64 || summary.executions.is_multiple_of(61);
        runtime.finish(cfg!(debug_assertions) && check);
        ending
    }

    /// Creates a runtime for a strategy, with the limits on each execution, and with names that another search has
    /// given.
    pub(super) fn runtime(&self, strategy: Box<dyn Strategy>, names: Option<Names>) -> Box<Runtime> {
        let program = Program::new(self.steps);
        let program = match names {
            Some(names) => program.with_names(names),
            None => program,
        };
        let mut runtime = Runtime::new(program, strategy, self.stack_size);
        runtime.timeout_limit = self.timeouts;
        runtime.spurious.wakeups = self.spurious_wakeups;
        runtime.spurious.failures = self.weak_failures;
        runtime.spurious.rule = self.idle_rule;
        runtime.writer_preference = self.writer_preference;
        runtime.repetition.stops = self.repetition_stops;
        runtime.record_values = self.record_values;
        runtime.unwind_abandoned = self.unwind_abandoned;
        runtime.received_panics_fail = self.received_panics_fail;
        runtime
    }

    /// Calls back with the progress, if there is a callback and it is time for it.
    fn report(&self, course: &Course, summary: &Summary, runtime: &Runtime, last: &mut Instant) {
        if let Some((interval, callback)) = &self.progress
            && (summary.executions + summary.blocked + summary.redundant).is_multiple_of(64)
            && last.elapsed() >= *interval
        {
            let share = course.share_done(runtime.share_done());
            callback(&Progress::new(
                course.executions(),
                summary,
                share,
                course.start.elapsed(),
            ));
            *last = Instant::now();
        }
    }

    /// Returns the time at which a search that began at `start` is cut short, if it has a limit.
    pub(super) fn deadline(&self, start: Instant) -> Option<Instant> {
        self.time.and_then(|limit| start.checked_add(limit))
    }

    /// Returns the reason to cut a search with so many executions short now, if there is one.
    pub(super) fn cut(&self, executions: u64, deadline: Option<Instant>) -> Option<Cut> {
        let interrupt = self.interrupt.as_ref();
        if self.executions.is_some_and(|limit| executions >= limit) {
            Some(Cut::Executions)
        } else if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            Some(Cut::Time)
        } else if interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            Some(Cut::Interrupted)
        } else {
            None
        }
    }
}
