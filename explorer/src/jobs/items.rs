//! The items of a search: how many there are to be, and who explores one.

use super::Course;
use crate::Explorer;
use crate::body::Body;
#[cfg(test)]
use crate::execution::Execution;
use crate::graph::{self, Graphs, MemoryModel};
use crate::nondeterminism::NondeterminismError;
use crate::runtime::{self, Runtime};
use crate::search::{self, Mode, Split, Stop};
#[cfg(test)]
use crate::summary::Completeness;

/// The least number of items for each job: so none is idle for long when the others are at their last.
const ITEMS_EACH: usize = 16;

/// A part of a search.
pub(super) enum Item {
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
pub(super) struct Items {
    pub(super) items: Vec<Item>,
    /// The number of executions above the items that were begun in vain.
    pub(super) blocked: u64,
}

impl Explorer {
    /// Creates a runtime for what is below an item.
    pub(super) fn below(&self, item: &Item) -> Box<Runtime> {
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
    pub(super) fn may_split(&self) -> bool {
        let takes_mode = self.mode == Mode::Optimal || self.visits_graphs();
        self.jobs > 1 && takes_mode && self.preemption_bound.is_none() && !self.stop_at_first_failure
    }

    /// Returns `true` if the search is that of execution graphs.
    fn visits_graphs(&self) -> bool {
        self.mode == Mode::Graphs || self.memory_model != MemoryModel::SequentiallyConsistent
    }

    /// Splits the search into items, some for each job; returns `None` if it is too small, or comes to a limit.
    pub(super) fn split<O, F: Fn() -> O + 'static>(
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
