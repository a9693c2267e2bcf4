//! The course of an exploration: what its parts share.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use crate::Explorer;
use crate::nondeterminism::NondeterminismError;
use crate::summary::{Completeness, Summary};

/// What the parts of an exploration share.
#[derive(Debug)]
pub(crate) struct Course {
    pub(crate) start: Instant,
    pub(crate) deadline: Option<Instant>,
    /// The number of executions that have come to an ending.
    executions: AtomicU64,
    /// The number of items, or 0 if the exploration is one part.
    pub(super) items: usize,
    items_done: AtomicUsize,
    /// `true` if no more items are to be begun.
    stops: AtomicBool,
}

impl Course {
    /// Begins an exploration that is one part.
    pub(crate) fn new(explorer: &Explorer) -> Self {
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

    pub(crate) fn executions(&self) -> u64 {
        self.executions.load(Ordering::Relaxed)
    }

    /// Counts an execution, unless the limit has been reached.
    pub(crate) fn counts_one_more(&self, limit: Option<u64>) -> bool {
        let before = self.executions.fetch_add(1, Ordering::Relaxed);
        let counts = limit.is_none_or(|limit| before < limit);
        if !counts {
            self.executions.fetch_sub(1, Ordering::Relaxed);
        }
        counts
    }

    /// Returns the share of the exploration that is done, of which a part has done this share of its own.
    pub(crate) fn share_done(&self, of_part: f64) -> f64 {
        match self.items {
            0 => of_part,
            items => self.items_done.load(Ordering::Relaxed) as f64 / items as f64,
        }
    }

    pub(super) fn may_begin(&self) -> bool {
        !self.stops.load(Ordering::Relaxed)
    }

    /// Notes that an item is done, or why it is not.
    pub(super) fn end_item(&self, result: &Result<Summary, NondeterminismError>) {
        let cut = |summary: &Summary| matches!(summary.completeness, Completeness::CutShort(_));
        self.items_done.fetch_add(1, Ordering::Relaxed);
        if result.as_ref().map_or(true, cut) {
            self.stops.store(true, Ordering::Relaxed);
        }
    }
}
