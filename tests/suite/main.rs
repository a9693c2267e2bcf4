//! Tests of the library: results on which all engines must agree, and everything that can go wrong.

mod contract;
mod documents;
mod endings;
mod engines_agree;
mod names;
mod random_counters;
mod reported;
mod scenarios;
mod support;
