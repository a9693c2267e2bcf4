//! A counter of a variant that is chosen at run time.

use super::{
    Attempt, CompareExchange, Counter, DataRace, FetchAdd, FetchAddResult, Locked, LockedTwice, Unlocked,
    Variant, WrongLock,
};
use crate::backend::Primitives;
use selvedge_explorer::Flow;
use std::fmt;

/// Defines the counter, and the way to the one that it holds.
macro_rules! any_counter {
    ($($variant:ident),*) => {
        /// A counter of any variant.
        pub struct AnyCounter<P: Primitives>(Held<P>);

        enum Held<P: Primitives> {
            $($variant($variant<P>)),*
        }

        impl<P: Primitives> AnyCounter<P> {
            pub(super) fn new(variant: Variant) -> Self {
                AnyCounter(match variant {
                    $(Variant::$variant => Held::$variant(Counter::new())),*
                })
            }

            /// Adds `delta`, which may be negative.
            #[inline]
            pub fn add(&self, delta: i64) {
                match &self.0 {
                    $(Held::$variant(counter) => counter.add(delta)),*
                }
            }

            /// Adds `delta`, or fails without a change and says that it is to be done again.
            #[inline]
            pub fn step(&self, delta: i64) -> Flow {
                match &self.0 {
                    $(Held::$variant(counter) => counter.step(delta)),*
                }
            }

            /// Returns the value.
            pub fn get(&self) -> P::Int {
                match &self.0 {
                    $(Held::$variant(counter) => counter.get()),*
                }
            }
        }
    };
}

impl<P: Primitives> fmt::Debug for AnyCounter<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyCounter").finish_non_exhaustive()
    }
}

any_counter!(
    Unlocked,
    DataRace,
    Locked,
    FetchAdd,
    FetchAddResult,
    LockedTwice,
    WrongLock,
    CompareExchange,
    Attempt
);
