//! Tests of the library: results on which all engines must agree, and everything that can go wrong.

mod contract;
mod endings;
mod engines_agree;
mod for_no_reason;
mod names;
mod random_counters;
mod scenarios;
mod support;
