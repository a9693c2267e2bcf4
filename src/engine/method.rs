//! Methods: the ways in which explorations come to their endings.

use crate::numbers::count_of;
use std::fmt;

/// The way in which an exploration has come to its endings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Method {
    /// It has run [executions](super::Exploration::executions), one after the other.
    #[default]
    Executions,
    /// It has visited execution graphs, each of them once, by an [execution](super::Exploration::executions) of each.
    Graphs,
    /// It has visited so many states, each of them once. It counts each ending once.
    States(u64),
    /// It has made an argument, and enumerated nothing. It counts each ending once.
    Argument(Argument),
}

/// An argument that holds for more executions than anybody could run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// The sizes for which it holds, such as `for every n`.
    pub scope: String,
    /// What it rests on, in one sentence without a full stop.
    pub grounds: String,
    /// What it takes for granted, a sentence each.
    pub assumed: Vec<String>,
    /// The number of times that a step was run for it.
    pub runs: u64,
}

impl Method {
    /// Returns `true` if each ending is counted as often as it has been executed.
    pub fn counts_executions(&self) -> bool {
        matches!(self, Method::Executions | Method::Graphs)
    }

    /// Returns the amount of what was explored, where so many executions were run: `34 executions`.
    pub fn amount(&self, executions: u64) -> String {
        match self {
            Method::Executions => count_of(executions, "execution"),
            Method::Graphs => count_of(executions, "execution graph"),
            Method::States(states) => count_of(*states, "state"),
            Method::Argument(argument) => format!("{} of a step", count_of(argument.runs, "run")),
        }
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.scope, self.grounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_counts_what_it_has_done() {
        let argument = Argument {
            scope: "for every n".to_owned(),
            grounds: "each step keeps the sum".to_owned(),
            assumed: vec!["The lock excludes.".to_owned()],
            runs: 1,
        };
        assert_eq!(Method::Executions.amount(34), "34 executions");
        assert_eq!(Method::Graphs.amount(1), "1 execution graph");
        assert_eq!(Method::States(3_004_001).amount(0), "3,004,001 states");
        assert_eq!(argument.to_string(), "for every n: each step keeps the sum");
        assert_eq!(Method::Argument(argument).amount(0), "1 run of a step");
    }
}
