//! Splitting the search over graphs into items: what follows from a graph depends on that graph alone.
//!
//! The walk goes down until so many events and revisits with options lead to a graph. Each graph there is an *item*: all
//! that follows from it is explored by a search of its own, which begins with that graph, and with no options of the
//! events that it has. A graph that is complete before is an item, too.

use super::MemoryModel;
use super::search::Search;
use super::store::Graph;
use super::strategy::Graphs;
use crate::search::{Names, Program};

/// A part of a search: what follows from a graph.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    model: MemoryModel,
    lock_words: bool,
    graph: Graph,
    pub(crate) names: Names,
    /// `true` if no event follows.
    pub(crate) is_complete: bool,
}

/// The walk down to a depth.
#[derive(Debug)]
pub(super) struct Split {
    pub(super) depth: usize,
    pub(super) items: Vec<Item>,
}

impl Graphs {
    /// Creates a walk down to this depth.
    pub(crate) fn split_at(mut self, depth: usize) -> Self {
        let items = Vec::new();
        self.split = Some(Split { depth, items });
        self
    }

    /// Creates a search of what follows from an item.
    pub(crate) fn below(item: Item) -> Self {
        let mut graphs = Self::new(item.model).with_lock_words(item.lock_words);
        graphs.search.graph = item.graph;
        // It does not begin anew with lock words: it is not the whole search.
        graphs.has_shown = true;
        graphs
    }

    /// Leaves the graph on record, if the search begins with one.
    pub(super) fn begin_item(&mut self, program: &mut Program) {
        if !self.search.graph.events.is_empty() {
            self.rewrite(program);
            program.begin_with_record();
        }
    }

    /// Takes the items that the walk has come to.
    pub(crate) fn take_items(&mut self) -> Vec<Item> {
        let items = self.split.as_mut().map(|split| &mut split.items);
        items.map(std::mem::take).unwrap_or_default()
    }

    /// Adds the graph as it stands to the items, if it is as deep as the walk is to go, or complete; returns `true` if
    /// the walk goes no further.
    pub(super) fn ends_walk(&mut self, program: &Program, is_complete: bool) -> bool {
        let Search {
            model,
            lock_words,
            graph,
            ..
        } = &self.search;
        let Some(split) = &mut self.split else {
            return false;
        };
        let ends = is_complete || self.search.depth() >= split.depth;
        if ends {
            split.items.push(Item {
                model: *model,
                lock_words: *lock_words,
                graph: graph.clone(),
                names: program.names(),
                is_complete,
            });
        }
        ends
    }
}
