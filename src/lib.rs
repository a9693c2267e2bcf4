//! A model-checked correctness suite for concurrent Rust.
//!
//! Two threads share a counter that stands at 0. One adds 1, the other subtracts 1. Where does it end?
//!
//! | counter | `add` | may end at |
//! |---|---|---|
//! | [`Unlocked`](counter::Unlocked) | load, then store | -1, 0 or 1 |
//! | [`Locked`](counter::Locked) | the same, under a lock | 0 |
//!
//! Selvedge shows the first row by running every interleaving, and proves the second in the same way. Scenarios are
//! written once, generic over their primitives (a [`Backend`]), and run on several engines: an [`explorer`] of our own
//! that runs each execution that differs exactly once, loom, shuttle, and real threads.
//!
//! # Check a type of your own
//!
//! Write a [`Scenario`], and call [`check`](fn@check) from a test: it panics with the outcome table unless everything that
//! the explorer and loom find is as expected. `examples/transfer.rs` is a whole one.
//!
//! # How does it work?
//!
//! Data flows one way: a scenario and an [`engine`] give an [`Exploration`](engine::Exploration), whose
//! [outcome table](outcome) and the scenario's [expectations](expectation) give a [`Verdict`], which a
//! [`report`] shows. A [`witness`] is the shortest
//! interleaving behind an ending, drawn and told.
//!
//! # Trade-offs
//!
//! Exhaustive exploration grows exponentially: it is for two or three threads with a few operations each. That is
//! where most concurrency bugs show, but it is no proof for larger sizes, and the verdict does not say that it is.

pub mod backend;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod catalogue;
pub mod check;
pub mod counter;
pub mod engine;
pub mod execution;
pub mod expectation;
pub mod numbers;
pub mod outcome;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod python;
pub mod report;
pub mod scenario;
pub mod verdict;
pub mod witness;

pub use backend::Backend;
pub use check::{Checker, check, replay};
pub use execution::Ending;
pub use expectation::{Expectation, Expectations};
pub use report::Report;
pub use scenario::Scenario;
pub use selvedge_explorer as explorer;
pub use verdict::Verdict;

/// The README's examples, compiled and run by the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
