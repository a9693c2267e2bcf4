//! Tests of the explorer, in one program: it is linked once.
//!
//! Nothing in it depends on `--cfg loom`, so there is nothing to test again with that.

#![cfg(not(loom))]

mod adds;
mod choices;
mod contract;
mod distribution;
mod endings;
mod exclusive;
mod ground_truth;
mod interleaving;
mod jobs;
mod names;
mod nondeterminism;
mod open_races;
mod overflow;
mod ownership;
mod pointers;
mod polling;
#[cfg(feature = "drawing")]
mod published;
mod random;
mod random_polling;
mod random_states;
#[cfg(feature = "drawing")]
mod readme;
mod replay;
mod shortest;
mod source_names;
mod states;
#[cfg(feature = "drawing")]
mod stories;
mod support;
mod surviving;
mod swap;
mod timed_waits;
#[cfg(feature = "drawing")]
mod told;
mod values;
mod weak;
mod weak_oracle;
mod weak_random;
mod weak_replay;
mod witness;
