//! Tests of the explorer, in one program: it is linked once.

mod distribution;
mod endings;
mod ground_truth;
mod interleaving;
mod open_races;
mod overflow;
mod ownership;
mod random;
#[cfg(feature = "drawing")]
mod readme;
mod replay;
mod shortest;
mod support;
mod surviving;
mod swap;
mod timed_waits;
mod witness;
