//! Tests of the library: what every engine must agree on, and everything that can go wrong.

mod contract;
mod endings;
mod engines_agree;
mod names;
mod random_counters;
mod scenarios;
mod support;
