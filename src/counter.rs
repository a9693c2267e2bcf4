//! Counters to which several threads add at once: correct ones, and broken ones that look correct.
//!
//! Each variant is one small file that names no engine. It is written once, generic over [`Primitives`]; real
//! threads, loom, shuttle and the explorer run the very same lines.

mod any;
mod attempt;
mod compare_exchange;
mod data_race;
mod fetch_add;
mod fetch_add_result;
mod locked;
mod locked_twice;
mod unlocked;
mod wrong_lock;

pub use any::AnyCounter;
pub use attempt::Attempt;
pub use compare_exchange::CompareExchange;
pub use data_race::DataRace;
pub use fetch_add::FetchAdd;
pub use fetch_add_result::FetchAddResult;
pub use locked::Locked;
pub use locked_twice::LockedTwice;
pub use unlocked::Unlocked;
pub use wrong_lock::WrongLock;

use crate::backend::Primitives;
use selvedge_explorer::Flow;

/// A shared number that threads add to.
///
/// A counter is *correct* if it is linearizable: in every interleaving, its value is that of all additions
/// made one after the other. (Herlihy and Wing, *Linearizability*, TOPLAS 1990.)
pub trait Counter<P: Primitives>: Send + Sync + 'static {
    /// Creates a counter that stands at 0.
    fn new() -> Self;

    /// Adds `delta`, which may be negative.
    fn add(&self, delta: i64);

    /// Adds `delta`, or fails without a change and says that it is to be done again.
    fn step(&self, delta: i64) -> Flow {
        self.add(delta);
        Flow::Done
    }

    /// Returns the value.
    fn get(&self) -> P::Int;
}

/// The variants of [`Counter`], as values that can be listed and chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// [`Unlocked`]
    Unlocked,
    /// [`DataRace`]
    DataRace,
    /// [`Locked`]
    Locked,
    /// [`FetchAdd`]
    FetchAdd,
    /// [`FetchAddResult`]
    FetchAddResult,
    /// [`LockedTwice`]
    LockedTwice,
    /// [`WrongLock`]
    WrongLock,
    /// [`CompareExchange`]
    CompareExchange,
    /// [`Attempt`]
    Attempt,
}

impl Variant {
    /// Every variant, in the order in which a newcomer should meet them.
    pub const ALL: [Variant; 9] = [
        Variant::Unlocked,
        Variant::DataRace,
        Variant::Locked,
        Variant::FetchAdd,
        Variant::FetchAddResult,
        Variant::LockedTwice,
        Variant::WrongLock,
        Variant::CompareExchange,
        Variant::Attempt,
    ];

    /// Returns the variant's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Variant::Unlocked => "unlocked",
            Variant::DataRace => "data-race",
            Variant::Locked => "locked",
            Variant::FetchAdd => "fetch-add",
            Variant::FetchAddResult => "fetch-add-result",
            Variant::LockedTwice => "locked-twice",
            Variant::WrongLock => "wrong-lock",
            Variant::CompareExchange => "compare-exchange",
            Variant::Attempt => "attempt",
        }
    }

    /// Returns one sentence about what the variant does and what it teaches.
    pub fn lesson(self) -> &'static str {
        match self {
            Variant::Unlocked => {
                "load, then store: between the two another thread may store, and its update is lost"
            }
            Variant::DataRace => {
                "plain memory, no synchronisation at all: not merely wrong results, but undefined behaviour"
            }
            Variant::Locked => {
                "one lock around the load and the store: no other update can come between them"
            }
            Variant::FetchAdd => {
                "one atomic read-modify-write: there is no between, and the order makes no difference"
            }
            Variant::FetchAddResult => {
                "one atomic read-modify-write that tells what was there: now every order of the updates differs"
            }
            Variant::LockedTwice => {
                "a lock around each access is not a lock around the update: between the two it is free"
            }
            Variant::WrongLock => "a lock of one's own excludes nobody: threads must share the lock",
            Variant::CompareExchange => {
                "store only if nobody else has since, or else try again: no lock, and no update lost"
            }
            Variant::Attempt => {
                "store only if nobody else has since, or else say so: whoever tries again remembers nothing"
            }
        }
    }

    /// Returns `true` if no interleaving loses an update.
    pub fn is_correct(self) -> bool {
        matches!(
            self,
            Variant::Locked
                | Variant::FetchAdd
                | Variant::FetchAddResult
                | Variant::CompareExchange
                | Variant::Attempt
        )
    }

    /// Returns `true` if the variant accesses plain memory without synchronisation.
    pub fn has_data_race(self) -> bool {
        self == Variant::DataRace
    }

    /// Creates a counter of this variant, with the primitives of `P`.
    pub fn counter<P: Primitives>(self) -> AnyCounter<P> {
        AnyCounter::new(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Std;
    use std::collections::BTreeSet;

    // A counter that never changes ends at 0 as well, where as many add as subtract.
    #[test]
    fn in_one_thread_every_variant_adds() {
        for variant in Variant::ALL {
            let counter = variant.counter::<Std>();
            let at_first = counter.get();
            counter.add(3);
            let between = counter.get();
            counter.add(-5);
            assert_eq!([at_first, between, counter.get()], [0, 3, -2], "{variant:?}");
        }
    }

    #[test]
    fn every_variant_has_a_name_and_a_lesson_of_its_own() {
        let names = Variant::ALL.map(Variant::name);
        assert_eq!(
            names.join(" "),
            "unlocked data-race locked fetch-add fetch-add-result locked-twice wrong-lock compare-exchange attempt"
        );
        let lessons = BTreeSet::from(Variant::ALL.map(Variant::lesson));
        assert_eq!(lessons.len(), Variant::ALL.len());
    }
}
