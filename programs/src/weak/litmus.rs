//! Litmus tests: small programs of which the number of executions is known.
//!
//! Most are those of GenMC (Kokologiannakis, Vafeiadis: *GenMC: A Model Checker for Weak Memory Models*, CAV
//! 2021), which counts its executions under RC11 and under SC; they are written down here in a notation of our own.
//! Plain variables on which its programs race are relaxed atomics. A thread whose assumption does not hold locks a
//! mutex twice, so that it never goes on, and its executions are not among the complete ones.
//!
//! Not here, as the instructions cannot express them: the Treiber stack, whose loops do not end by themselves, and
//! which loads from where a pointer leads; and what allocates (*malloc-dep*). *LB+addr-fun*, *LB+addr-ind-fun* and
//! *SB+assert* are *LB+addr* and *SB+4sc* to a memory model.

mod families;
mod notation;
mod published;

use crate::weak::{Ending, Execution, Program};
use std::collections::BTreeSet;

/// A program and the number of its executions.
#[derive(Clone, Debug)]
pub struct Litmus {
    /// The name by which the program is known.
    pub name: String,
    /// The program.
    pub program: Program,
    /// The executions that are counted.
    pub counted: Counted,
    /// The number of them under RC11.
    pub rc11: usize,
    /// The number of them under sequential consistency.
    pub sc: Option<usize>,
    /// Whether the oracle can tell them all, in a second or so.
    pub is_small: bool,
}

/// The executions that a litmus test counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// Those in which all threads end.
    Complete,
    /// Those and the deadlocks.
    All,
}

impl Counted {
    /// Returns the number of executions that are counted.
    pub fn count(self, executions: &BTreeSet<Execution>) -> usize {
        let is_counted = |execution: &&Execution| self == Self::All || execution.ending == Ending::Complete;
        executions.iter().filter(is_counted).count()
    }
}

/// Returns all litmus tests.
pub fn table() -> Vec<Litmus> {
    [published::table(), families::table()].concat()
}
