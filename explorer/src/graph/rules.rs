//! The rules of the search that are easily broken, each of which can be switched off in tests.
//!
//! The search is generic over [`Rules`]. In all normal builds it is compiled for [`Sound`], in which every rule
//! holds. The tests have one type for each rule that does not hold, and show that they would notice.

use std::fmt::Debug;

/// The rules that hold.
pub(super) trait Rules: Debug + 'static {
    /// The search stops to revisit at the first event that is not maximal.
    const MAXIMALITY: bool = true;
    /// Writes, too, are asked whether they are maximal.
    const MAXIMAL_WRITES: bool = true;
    /// A write that other writes of its past follow in coherence order is not maximal.
    const MAXIMAL_WRITES_LAST: bool = true;
    /// A write from which an earlier read reads is not maximal.
    const NO_EARLIER_READER: bool = true;
    /// What leads to the revisiting write counts as its past.
    const PAST_OF_WRITE: bool = true;
    /// What leads to the revisiting write stays.
    const KEEP_PAST: bool = true;
    /// A read that is revisited keeps its stamp.
    const KEEP_STAMP: bool = true;
    /// A read-modify-write may share its source with another until its write has revisited that one.
    const SHARE_SOURCE: bool = true;
    /// The read of a read-modify-write is revisited like others.
    const REVISIT_EXCLUSIVE: bool = true;
    /// A write that revisits comes after all that the read has seen, not beside it.
    const STRICTLY_LATER: bool = true;
    /// Nothing comes between a read-modify-write and its source.
    const ATOMICITY: bool = true;
    /// Only the first alternative of a choice is maximal.
    const FIRST_ALTERNATIVE: bool = true;
    /// Sequentially consistent events have a total order.
    const SEQUENTIAL_ORDER: bool = true;
    /// Fences order what happens before and after them also by communication between other events.
    const FENCES_ACROSS: bool = true;
    /// Spawns and joins count as program order.
    const SPAWN_IN_PROGRAM_ORDER: bool = true;
    /// Read-modify-writes continue release sequences.
    const RELEASE_SEQUENCES: bool = true;
    /// Acquire fences count.
    const ACQUIRE_FENCES: bool = true;
    /// Happens-before between accesses of one location orders sequentially consistent events.
    const SAME_LOCATION: bool = true;
    /// Program order, happens-before and program order again orders sequentially consistent events.
    const THROUGH_OTHERS: bool = true;
    /// The read and the write of a read-modify-write are one event to the order of sequentially consistent events.
    const UPDATES_ARE_ONE: bool = true;
    /// Threads that wait for a mutex that is never released count in one order only.
    const ONE_QUEUE: bool = true;
}

/// All rules hold.
#[derive(Debug)]
pub(super) struct Sound;

impl Rules for Sound {}
