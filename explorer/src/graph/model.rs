//! The memory models.

use std::sync::atomic::Ordering;

/// A memory model: which execution graphs there are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum MemoryModel {
    /// Sequential consistency: each execution is an interleaving, whatever the orderings.
    #[default]
    SequentiallyConsistent,
    /// Release and acquire: every access is taken as acquire or release, and `SeqCst` as no more.
    ReleaseAcquire,
    /// RC11, with the amendments of C++20: what C11 allows, apart from load buffering.
    Rc11,
}

impl MemoryModel {
    /// Returns `true` if a read with this ordering acquires.
    pub(super) fn acquires(self, ordering: Ordering) -> bool {
        self == Self::ReleaseAcquire
            || matches!(ordering, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst)
    }

    /// Returns `true` if a write with this ordering releases.
    pub(super) fn releases(self, ordering: Ordering) -> bool {
        self == Self::ReleaseAcquire
            || matches!(ordering, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst)
    }

    /// Returns `true` if an event with this ordering takes part in the order of sequentially consistent events.
    pub(super) fn is_sequential(self, ordering: Ordering) -> bool {
        self == Self::Rc11 && ordering == Ordering::SeqCst
    }
}
