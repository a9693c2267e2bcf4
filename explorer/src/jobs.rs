//! Exploring on several OS threads.
//!
//! The search is split into items (see `search::split`), which share nothing: each is explored by itself, by a runtime of
//! its own. A worker takes the next item when it is done with one. What the items have found is handed over in their
//! order, so that it does not depend on which worker was faster.

mod course;
mod items;

use std::collections::BTreeMap;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use super::Explorer;
use super::body::Body;
use super::execution::Execution;
use super::nondeterminism::NondeterminismError;
use super::summary::Summary;
pub(crate) use course::Course;
use items::Items;

/// What is known of an item that is done: its number, what it has found, and its figures.
type Done<S> = (usize, S, Result<Summary, NondeterminismError>);

impl Explorer {
    /// Explores all executions of the body as [`explore`](Self::explore) does, on as many OS threads as
    /// [`jobs`](Self::jobs) says.
    ///
    /// The search is split into parts. Each makes a `state`, to which `on_execution` adds its executions; then `deliver`
    /// takes it, on the calling thread. States are delivered in the order of the parts, which is the same in every run
    /// with as many jobs. Only searches in [`Mode::Optimal`](super::Mode::Optimal) and of execution graphs are split, without a bound on
    /// preemptions and without [`stop_at_first_failure`](Self::stop_at_first_failure), and only if they are large enough.
    /// All others have one part, on the calling thread.
    ///
    /// Executions and their endings are the same as on one thread, each once. But a part may begin executions in vain:
    /// [`Summary::blocked`] counts them. Limits of executions and of time are those of the whole exploration.
    ///
    /// # Errors
    ///
    /// If the body does not do the same after the same history.
    ///
    /// # Panics
    ///
    /// As `explore`.
    pub fn explore_on_jobs<O, S: Send>(
        &self,
        body: impl Fn() -> O + Send + Sync + 'static,
        state: impl Fn() -> S + Sync,
        on_execution: impl Fn(&mut S, &Execution<'_, O>) + Sync,
        mut deliver: impl FnMut(S),
    ) -> Result<Summary, NondeterminismError> {
        let body = Arc::new(body);
        let shared = || {
            let body = Arc::clone(&body);
            Body::new(move || body(), self.unwind_abandoned)
        };
        let mut course = Course::new(self);
        let split = match self.may_split() {
            true => self.split(&course, &shared())?,
            false => None,
        };
        let Some(Items { items, blocked }) = split else {
            let mut state = state();
            let runtime = self.runtime(self.strategy(), None);
            let explored = self.explore_part(&course, runtime, &shared(), |execution| {
                on_execution(&mut state, execution);
            });
            deliver(state);
            return explored;
        };
        course.items = items.len();
        let (sender, receiver) = mpsc::channel::<Done<S>>();
        let next = AtomicUsize::new(0);
        let work = |sender: mpsc::Sender<Done<S>>| {
            let body = shared();
            while course.may_begin() {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(number) else { break };
                let runtime = self.below(item);
                let mut state = state();
                let result = self.explore_part(&course, runtime, &body, |execution| {
                    on_execution(&mut state, execution);
                });
                course.end_item(&result);
                if sender.send((number, state, result)).is_err() {
                    break;
                }
            }
        };
        let mut summary = Summary::new();
        summary.blocked = blocked;
        let mut error = None;
        thread::scope(|scope| {
            let mut workers = Vec::new();
            for _ in 0..self.jobs.min(items.len()) {
                let sender = sender.clone();
                let worker = thread::Builder::new().name("selvedge job".to_owned());
                match worker.spawn_scoped(scope, || work(sender)) {
                    Ok(worker) => workers.push(worker),
                    // The system has no more threads: those that there are do all the work.
                    Err(_) => break,
                }
            }
            if workers.is_empty() {
                work(sender);
            } else {
                drop(sender);
            }
            let mut early = BTreeMap::new();
            let mut expected = 0;
            for (number, state, result) in receiver {
                early.insert(number, (state, result));
                while let Some((state, result)) = early.remove(&expected) {
                    deliver(state);
                    note(&mut summary, &mut error, result);
                    expected += 1;
                }
            }
            // Where an item was not begun, later ones may have been.
            for (state, result) in early.into_values() {
                deliver(state);
                note(&mut summary, &mut error, result);
            }
            for worker in workers {
                if let Err(payload) = worker.join() {
                    panic::resume_unwind(payload);
                }
            }
        });
        summary.finish(course.start.elapsed());
        error.map_or(Ok(summary), Err)
    }
}

/// Adds the figures of an item to those of the items before it.
fn note(
    summary: &mut Summary,
    error: &mut Option<NondeterminismError>,
    result: Result<Summary, NondeterminismError>,
) {
    match result {
        Ok(of_item) => summary.add(&of_item),
        Err(of_item) => *error = error.take().or(Some(of_item)),
    }
}
