//! Tests of the library: results on which all engines must agree, and everything that can go wrong.

mod artefacts;
mod atomics;
mod attempts;
mod contract;
mod documents;
mod endings;
mod engines_agree;
mod for_no_reason;
#[cfg(target_os = "linux")]
mod last_words;
mod names;
mod parks;
mod proofs;
mod random_counters;
mod reported;
mod scenarios;
mod spans;
mod support;
mod weak;
