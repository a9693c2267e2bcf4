//! The rules of race reversal that are easily broken, each of which can be switched off in tests.
//!
//! A search is generic over [`Rules`]. In all normal builds it is compiled for [`Sound`], in which every rule
//! holds: the constants are known then, and nothing is left of them. The tests of `mutants` have one type
//! for each rule that does not hold, and show that they would notice.

use std::fmt::Debug;
use std::panic::RefUnwindSafe;

/// The rules that hold.
pub(crate) trait Rules: Debug + Sync + RefUnwindSafe + 'static {
    /// `true` if all rules hold: then no execution is begun in vain, and the trees keep their invariants.
    const SOUND: bool;
    /// An operation that is pending at the end of an execution may be the second of a race.
    const PENDING_RACES: bool = true;
    /// An event that only enabled the second one is walked over *without* adding its past.
    const SKIP_ENABLERS: bool = true;
    /// A conflict is a race only if the second event is enabled without the first.
    const TEST_ENABLED: bool = true;
    /// The walk back goes on beyond the nearest race.
    const ALL_RACES: bool = true;
    /// A reversal keeps what is independent of both events.
    const KEEP_INDEPENDENT: bool = true;
    /// The other alternatives of a choice to which a reversal leads are scheduled too.
    const ALL_ALTERNATIVES: bool = true;
    /// An add races with what is not an add.
    const ADDS_RACE: bool = true;
    /// Several adds that keep a timed wait waiting are omitted together.
    const ADDS_TOGETHER: bool = true;
    /// A race stays open while only weak initials of its reversal are scheduled or asleep.
    const OPEN_RACES: bool = true;
    /// Below an item, only a sleeper that is an initial of a reversal covers it.
    const INITIALS_BELOW_ITEMS: bool = true;
}

/// All rules hold.
#[derive(Debug)]
pub(crate) struct Sound;

impl Rules for Sound {
    const SOUND: bool = true;
}
