//! Small programs under weak memory, and an oracle that tells all their executions.
//!
//! A [`Program`] is data: the [instructions](Instruction) of its threads, each access with its ordering. An
//! [`Execution`] is one execution graph of it, in a form of which there is exactly one for each graph, so that
//! sets of them can be compared. The [oracle](executions) finds them by brute force: a search under test shares
//! no code with it. [Litmus tests](litmus) are programs of which others have published the number of executions.

mod execution;
pub mod litmus;
mod oracle;
mod program;
mod relation;
pub mod strategies;
mod tell;

pub use execution::{Ending, Event, Execution, Place};
pub use oracle::{Model, TooLarge, executions, executions_within};
pub use program::{Condition, Expression, Instruction, Program, Update};
