//! Exploring on several OS threads.
//!
//! The search is split into items (see `search::split`), which share nothing: each is explored by itself, by a runtime of
//! its own. A worker takes the next item when it is done with one. What the items have found is handed over in their
//! order, so that it does not depend on which worker was faster.

use std::collections::BTreeMap;
use std::panic;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;

use super::Explorer;
use super::body::Body;
use super::execution::Execution;
use super::graph::{self, Graphs, MemoryModel};
use super::nondeterminism::NondeterminismError;
use super::runtime::{self, Runtime};
use super::search::{self, Mode, Split, Stop};
use super::summary::{Completeness, Summary};

/// The least number of items for each job: so none is idle for long when the others are at their last.
const ITEMS_EACH: usize = 16;

/// What the parts of an exploration share.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) start: Instant,
    pub(super) deadline: Option<Instant>,
    /// The number of executions that have come to an ending.
    executions: AtomicU64,
    items: usize,
    items_done: AtomicUsize,
    /// `true` if no more items are to be begun.
    stops: AtomicBool,
}

impl Course {
    /// Begins an exploration that is one part.
    pub(super) fn new(explorer: &Explorer) -> Self {
        let start = Instant::now();
        Self {
            start,
            deadline: explorer.deadline(start),
            executions: AtomicU64::new(0),
            items: 0,
            items_done: AtomicUsize::new(0),
            stops: AtomicBool::new(false),
        }
    }

    pub(super) fn executions(&self) -> u64 {
        self.executions.load(Ordering::Relaxed)
    }

    /// Counts an execution, unless the limit has been reached.
    pub(super) fn counts_one_more(&self, limit: Option<u64>) -> bool {
        let before = self.executions.fetch_add(1, Ordering::Relaxed);
        let counts = limit.is_none_or(|limit| before < limit);
        if !counts {
            self.executions.fetch_sub(1, Ordering::Relaxed);
        }
        counts
    }

    /// Returns the share of the exploration that is done, of which a part has done this share of its own.
    pub(super) fn share_done(&self, of_part: f64) -> f64 {
        match self.items {
            0 => of_part,
            items => self.items_done.load(Ordering::Relaxed) as f64 / items as f64,
        }
    }

    fn may_begin(&self) -> bool {
        !self.stops.load(Ordering::Relaxed)
    }

    /// Notes that an item is done, or why it is not.
    fn end_item(&self, result: &Result<Summary, NondeterminismError>) {
        let cut = |summary: &Summary| matches!(summary.completeness, Completeness::CutShort(_));
        self.items_done.fetch_add(1, Ordering::Relaxed);
        if result.as_ref().map_or(true, cut) {
            self.stops.store(true, Ordering::Relaxed);
        }
    }
}

/// A part of a search.
enum Item {
    /// Of the tree of interleavings.
    Tree(search::Item),
    /// Of execution graphs.
    Graph(Box<graph::Item>),
}

impl Item {
    fn is_complete(&self) -> bool {
        match self {
            Self::Tree(item) => item.is_complete,
            Self::Graph(item) => item.is_complete,
        }
    }
}

/// The items of a search.
struct Items {
    items: Vec<Item>,
    /// The number of executions above the items that were begun in vain.
    blocked: u64,
}

/// What is known of an item that is done: its number, what it has found, and its figures.
type Done<S> = (usize, S, Result<Summary, NondeterminismError>);

impl Explorer {
    /// Explores all executions of the body as [`explore`](Self::explore) does, on as many OS threads as
    /// [`jobs`](Self::jobs) says.
    ///
    /// The search is split into parts. Each makes a `state`, to which `on_execution` adds its executions; then `deliver`
    /// takes it, on the calling thread. States are delivered in the order of the parts, which is the same in every run
    /// with as many jobs. Only searches in [`Mode::Optimal`] and of execution graphs are split, without a bound on
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
            let strategy = search::strategy(
                self.mode,
                self.preemption_bound,
                (self.memory_model, self.lock_words),
            );
            let mut state = state();
            let runtime = self.runtime(strategy, None);
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

    /// Creates a runtime for what is below an item.
    fn below(&self, item: &Item) -> Box<Runtime> {
        match item {
            Item::Tree(item) => self.runtime(search::below(item.clone()), Some(item.names.clone())),
            Item::Graph(item) => {
                let names = item.names.clone();
                let graphs = Graphs::below(item.as_ref().clone());
                self.runtime(Box::new(graphs), Some(names))
            }
        }
    }

    /// Explores all items at a depth by these strategies, one after the other; returns how many executions were begun in
    /// vain, or `None` if there are too many.
    #[cfg(test)]
    pub(crate) fn each_item<O>(
        &self,
        depth: usize,
        body: impl Fn() -> O + 'static,
        below: fn(search::Item) -> Box<dyn search::Strategy>,
        mut on_execution: impl FnMut(&Execution<'_, O>),
    ) -> Option<u64> {
        let course = Course::new(self);
        let body = Body::new(body, self.unwind_abandoned);
        let items = self.split_at(depth, &course, &body).expect("deterministic")?;
        let mut blocked = items.blocked;
        for item in items.items {
            let runtime = match item {
                Item::Tree(item) => {
                    let names = item.names.clone();
                    self.runtime(below(item), Some(names))
                }
                item => self.below(&item),
            };
            let summary = self.explore_part(&course, runtime, &body, &mut on_execution);
            let summary = summary.expect("deterministic");
            if matches!(summary.completeness, Completeness::CutShort(_)) {
                return None;
            }
            blocked += summary.blocked;
        }
        Some(blocked)
    }

    /// Returns `true` if the search may be split.
    fn may_split(&self) -> bool {
        let takes_mode = self.mode == Mode::Optimal || self.visits_graphs();
        self.jobs > 1 && takes_mode && self.preemption_bound.is_none() && !self.stop_at_first_failure
    }

    /// Returns `true` if the search is that of execution graphs.
    fn visits_graphs(&self) -> bool {
        self.mode == Mode::Graphs || self.memory_model != MemoryModel::SequentiallyConsistent
    }

    /// Splits the search into items, some for each job; returns `None` if it is too small, or comes to a limit.
    fn split<O, F: Fn() -> O + 'static>(
        &self,
        course: &Course,
        body: &Body<F>,
    ) -> Result<Option<Items>, NondeterminismError> {
        let enough = self.jobs.saturating_mul(ITEMS_EACH);
        let mut depth = 1;
        loop {
            let Some(split) = self.split_at(depth, course, body)? else {
                return Ok(None);
            };
            if split.items.iter().all(Item::is_complete) {
                return Ok(None);
            }
            if split.items.len() >= enough {
                return Ok(Some(split));
            }
            depth += 1;
        }
    }

    /// Returns `true` if the first execution has an operation that needs lock words: the walk may not come to it.
    fn first_needs_lock_words<O, F: Fn() -> O + 'static>(&self, body: &Body<F>) -> bool {
        let mut runtime = self.runtime(Box::new(Graphs::new(self.memory_model)), None);
        loop {
            let mut main = || drop(body.run());
            match runtime.execute(&mut main, |_, stop| stop) {
                Ok(Stop::Again) => runtime.prepare_again(),
                _ => return runtime.strategy::<Graphs>().has_lock_words(),
            }
        }
    }

    /// Splits the search at a depth; returns `None` if it comes to a limit.
    fn split_at<O, F: Fn() -> O + 'static>(
        &self,
        depth: usize,
        course: &Course,
        body: &Body<F>,
    ) -> Result<Option<Items>, NondeterminismError> {
        let strategy: Box<dyn search::Strategy> = match self.visits_graphs() {
            true => {
                let words = self.lock_words || self.first_needs_lock_words(body);
                let graphs = Graphs::new(self.memory_model).with_lock_words(words);
                Box::new(graphs.split_at(depth))
            }
            false => Box::new(Split::new(depth)),
        };
        let mut runtime = self.runtime(strategy, None);
        let mut blocked = 0;
        loop {
            let mut main = || drop(body.run());
            let Ok(stop) = runtime.execute(&mut main, |_, stop| stop) else {
                return Ok(None);
            };
            match stop {
                Stop::Again => {
                    runtime.prepare_again();
                    continue;
                }
                Stop::Mismatch => {
                    let mismatch = runtime.program.mismatch.expect("a mismatch was found");
                    return Err(NondeterminismError::new(&mismatch, &runtime.program.registry));
                }
                // The sequential search will say so.
                Stop::Unsupported => return Ok(None),
                Stop::Blocked => blocked += 1,
                _ => {}
            }
            match runtime::own(|| runtime.backtrack()) {
                Ok(true) if self.cut(0, course.deadline).is_none() => {}
                Ok(false) => {
                    let items = match self.visits_graphs() {
                        true => {
                            let items = runtime.strategy::<Graphs>().take_items();
                            items
                                .into_iter()
                                .map(|item| Item::Graph(Box::new(item)))
                                .collect()
                        }
                        false => {
                            let items = std::mem::take(&mut runtime.strategy::<Split>().items);
                            items.into_iter().map(Item::Tree).collect()
                        }
                    };
                    return Ok(Some(Items { items, blocked }));
                }
                _ => return Ok(None),
            }
        }
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
