//! A counter of a variant that is chosen at run time.

use super::{
    Attempt, CompareExchange, Counter, DataRace, FetchAdd, FetchAddResult, Locked, LockedTwice, Unlocked,
    Variant, WrongLock,
};
use crate::backend::Primitives;
use selvedge_explorer::StepFn;
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

            /// Returns the step of a thread that adds 1 to a counter of this variant in each iteration.
            ///
            /// # Panics
            ///
            /// The step panics if the counter is of another variant.
            pub fn increment(variant: Variant) -> StepFn<Self> {
                match variant {
                    $(Variant::$variant => |counter, _| match &counter.0 {
                        Held::$variant(counter) => counter.step(1),
                        _ => other_variant(),
                    }),*
                }
            }

            /// Returns the step of a thread that subtracts 1 from a counter of this variant in each iteration.
            ///
            /// # Panics
            ///
            /// The step panics if the counter is of another variant.
            pub fn decrement(variant: Variant) -> StepFn<Self> {
                match variant {
                    $(Variant::$variant => |counter, _| match &counter.0 {
                        Held::$variant(counter) => counter.step(-1),
                        _ => other_variant(),
                    }),*
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

#[cold]
fn other_variant() -> ! {
    panic!("the step is one of another counter's")
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
