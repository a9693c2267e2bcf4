//! Tests of the explorer, in one program: it is linked once.

mod choices;
mod distribution;
mod endings;
mod exclusive;
mod ground_truth;
mod interleaving;
mod names;
mod nondeterminism;
mod open_races;
mod overflow;
mod ownership;
mod pointers;
mod random;
#[cfg(feature = "drawing")]
mod readme;
mod replay;
mod shortest;
mod source_names;
mod support;
mod surviving;
mod swap;
mod timed_waits;
mod values;
mod witness;
