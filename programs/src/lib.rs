//! Random small programs, on which tests compare one search or engine with another.
//!
//! A [`Program`] is data: the [instructions](Instruction) of its threads. A [strategy](strategies) chooses
//! one by chance, [`run`] runs it on any family of [`Primitives`], and [`Trials`] tries a property on many of
//! them. A program that fails is shrunk, and the message shows the smallest one that still fails:
//!
//! ```text
//! main {
//!     spawn 1
//!     spawn 2
//! }
//! thread 1 {
//!     a.load(Relaxed)
//! }
//! thread 2 {
//!     a.store(1, SeqCst)
//! }
//! ```
//!
//! Beside them stand [programs for weak memory](weak), with an oracle that tells all their executions, and [tests
//! that run in a process of their own](process).

mod instruction;
mod interpreter;
pub mod process;
pub mod strategies;
mod tell;
mod trials;
pub mod weak;

pub use instruction::{Instruction, Program};
pub use interpreter::{Log, NEXT_THREAD, Primitives, Thread, run};
pub use trials::{Failure, Trials, is_trying, max_interleavings};
