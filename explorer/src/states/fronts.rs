//! Fronts: the states that a sweep keeps, by their progress.

use std::collections::VecDeque;

use super::key::Key;
use super::lookup::Table;
use super::weight::Weigh;

/// The progress of a state, by which the sweep is ordered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Progress {
    /// The number of iterations that all threads together have done.
    pub(super) iterations: u64,
    /// The number of operations that they have executed in the iterations that they are in.
    pub(super) depth: usize,
}

/// The states of one front, each with its weight.
pub(super) type Front<K, W> = Table<K, W>;

/// The fronts that have been reached and not yet been swept.
#[derive(Debug)]
pub(super) struct Fronts<K, W> {
    /// The number of iterations of the first level.
    first: u64,
    /// For each number of iterations, the fronts by their depth.
    levels: VecDeque<Vec<Front<K, W>>>,
    /// Empty fronts, whose memory is used again.
    spare: Vec<Front<K, W>>,
    /// The number of states in all fronts.
    kept: usize,
}

impl<K: Key, W: Weigh> Fronts<K, W> {
    pub(super) fn new() -> Self {
        Self {
            first: 0,
            levels: VecDeque::new(),
            spare: Vec::new(),
            kept: 0,
        }
    }

    /// Adds a way to a state; returns `false` if its weight does not fit.
    #[inline]
    pub(super) fn add(&mut self, progress: Progress, key: K, weight: W) -> bool {
        let level = (progress.iterations - self.first) as usize;
        let there = self
            .levels
            .get(level)
            .and_then(|fronts| fronts.get(progress.depth));
        if there.is_none_or(Front::is_bare) {
            self.begin_front(level, progress.depth);
        }
        let (sum, new) = self.levels[level][progress.depth].entry(key, W::ZERO);
        self.kept += usize::from(new);
        sum.add(weight)
    }

    #[cold]
    fn begin_front(&mut self, level: usize, depth: usize) {
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
        }
        let fronts = &mut self.levels[level];
        if fronts.len() <= depth {
            fronts.resize_with(depth + 1, Front::new);
        }
        let front = &mut fronts[depth];
        if front.is_bare()
            && let Some(spare) = self.spare.pop()
        {
            *front = spare;
        }
    }

    /// Takes out the front with the least progress.
    pub(super) fn pop_least(&mut self) -> Option<(Progress, Front<K, W>)> {
        loop {
            let level = self.levels.front_mut()?;
            if let Some(depth) = level.iter().position(|front| front.len() > 0) {
                let front = std::mem::replace(&mut level[depth], Front::new());
                self.kept -= front.len();
                let progress = Progress {
                    iterations: self.first,
                    depth,
                };
                return Some((progress, front));
            }
            let level = self.levels.pop_front().unwrap_or_default();
            self.spare
                .extend(level.into_iter().filter(|front| !front.is_bare()));
            self.first += 1;
        }
    }

    /// Puts a front back that has been taken out.
    pub(super) fn put_back(&mut self, progress: Progress, front: Front<K, W>) {
        self.kept += front.len();
        let level = (progress.iterations - self.first) as usize;
        self.levels[level][progress.depth] = front;
    }

    /// Drops the states of a front that has been swept, and keeps its memory.
    pub(super) fn drop_swept(&mut self, mut front: Front<K, W>) {
        front.clear();
        self.spare.push(front);
    }

    /// Returns the number of states that are kept.
    pub(super) fn kept(&self) -> usize {
        self.kept
    }

    /// Returns the number of bytes that all fronts take.
    pub(super) fn bytes(&self) -> usize {
        let fronts = self.levels.iter().flatten().chain(&self.spare);
        fronts.map(Front::bytes).sum()
    }

    /// Returns the fronts with other weights.
    pub(super) fn map<V: Weigh>(self, map: impl Fn(W) -> V + Copy) -> Fronts<K, V> {
        let fronts = |level: Vec<Front<K, W>>| level.into_iter().map(|front| front.map(map)).collect();
        Fronts {
            first: self.first,
            levels: self.levels.into_iter().map(fronts).collect(),
            spare: Vec::new(),
            kept: self.kept,
        }
    }
}
