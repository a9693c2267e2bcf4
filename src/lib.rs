//! A model-checked correctness suite for concurrent Rust.
//!
//! Two threads share a counter that stands at 0. One adds 1, the other subtracts 1. Where does it end?
//!
//! | counter | `add` | may end at |
//! |---|---|---|
//! | [`Unlocked`](counter::Unlocked) | load, then store | -1, 0 or 1 |
//! | [`Locked`](counter::Locked) | the same, under a lock | 0 |
//!
//! Selvedge shows the first row by running every interleaving, and proves the second in the same way. A
//! scenario is written once, generic over its primitives (a [`Backend`]), and runs on several engines: loom,
//! shuttle, real threads, and our own [`explorer`], which runs each execution that differs from the others
//! exactly once.
//!
//! # Check a type of your own
//!
//! Write a [`Scenario`], and call [`check`](fn@check) from a test: it panics with the outcome table unless
//! everything that the explorer and loom find is as expected. `examples/transfer.rs` is a complete example.
//!
//! # How does it work?
//!
//! Data flows one way: a scenario and an [`engine`] give an [`Exploration`](engine::Exploration), whose
//! [outcome table](outcome) and the scenario's [expectations](expectation) give a [`Verdict`], which a
//! [`report`] shows. A [`witness`] is the shortest interleaving that leads to an ending, with its drawing and
//! its story.
//!
//! # Trade-offs
//!
//! Exhaustive exploration grows exponentially: it is for two or three threads with a few operations each.
//! Most concurrency bugs show at this size. But this is no proof for larger sizes, and the verdict does not
//! claim one. Threads that repeat a step are more: a [`Repeated`] scenario is proved for a thousand iterations by
//! visiting its [states](engine::States), and for any number of them by an [argument](engine::EveryN), which says
//! what it takes for granted.

pub mod backend;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod catalogue;
pub mod check;
pub mod counter;
pub mod engine;
pub mod execution;
pub mod expectation;
#[cfg(feature = "page")]
#[doc(hidden)]
pub mod goal;
pub mod invariant;
pub mod numbers;
pub mod odds;
pub mod outcome;
#[cfg(feature = "page")]
pub mod page;
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
pub use scenario::{Repeated, Scenario};
pub use selvedge_explorer::{self as explorer, Flow, Iteration, StepFn};
pub use verdict::Verdict;

/// The examples of the README, compiled and run by the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
