//! The proof: what it covers, what it rests on, and how every execution ends.

use super::Strength;
use crate::explorer::ObjectKind;
use crate::numbers::{count_of, grouped};
use crate::outcome::AnyOutcome;
use std::fmt;
use std::time::Duration;

/// A proof that every execution ends in one state.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The strength of the proof.
    pub strength: Strength,
    /// The numbers of iterations that it covers.
    pub scope: Scope,
    /// The number of iterations of each thread in the scenario.
    pub iterations: u64,
    /// The number of threads.
    pub threads: usize,
    /// The objects that the threads share, in the order of their creation.
    pub objects: Vec<ObjectSum>,
    /// The number of paths of steps that were run, each from its start to its end.
    pub runs: u64,
    /// The number of steps that differ.
    pub steps: usize,
    /// What is assumed, a sentence each.
    pub assumptions: Vec<String>,
    /// The outcome of the scenario's own number of iterations.
    pub outcome: AnyOutcome,
    /// The outcome, as reports show it.
    pub shown: String,
    /// The number of numbers of iterations for which the outcome was read and compared with the expectations.
    pub outcomes_read: u64,
    /// The comparison with the expectations.
    pub judgement: Judgement,
    /// The duration of the proof.
    pub elapsed: Duration,
}

/// The numbers of iterations that a proof covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All from 1 to this.
    UpTo(u64),
    /// Every one, as long as no sum leaves the range of 64 bits.
    Every,
}

/// An object, and the sum that it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectSum {
    /// The kind of object.
    pub kind: ObjectKind,
    /// The name that the program gave it, or its kind and number.
    pub name: String,
    /// The value at the start.
    pub initial: i64,
    /// The change by each step of each thread.
    pub changes: Vec<i64>,
    /// The least and the greatest value that reads returned; `None` for numbers that nobody knows.
    pub values: Option<(i64, i64)>,
}

/// The comparison of the one outcome with the expectations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Every execution ends as it should.
    Proved,
    /// Every execution ends, and in a way that is not expected.
    Refuted {
        /// The number of iterations.
        iterations: u64,
        /// The outcome, as reports show it.
        shown: String,
        /// The rule that it breaks, in one sentence.
        reason: String,
    },
}

impl Proof {
    /// Returns what the proof rests on, in one sentence without its full stop: how the steps were run, and what they
    /// changed.
    pub fn grounds(&self) -> String {
        let runs = count_of(self.runs, "run");
        let changed: Vec<_> = self
            .objects
            .iter()
            .filter(|object| object.changes.iter().any(|&change| change != 0))
            .map(ToString::to_string)
            .collect();
        let changes = match changed.is_empty() {
            true => "nothing".to_owned(),
            false => changed.join("; "),
        };
        format!("by a sum invariant, not by enumeration: in {runs} the steps changed {changes}")
    }

    /// Returns `true` if every execution ends as it should.
    pub fn is_proved(&self) -> bool {
        self.judgement == Judgement::Proved
    }
}

impl ObjectSum {
    /// Returns the change by one step of each thread together.
    pub fn change(&self) -> i128 {
        self.changes.iter().map(|&change| i128::from(change)).sum()
    }

    /// Returns the final value after so many iterations.
    pub fn final_value(&self, iterations: u64) -> i128 {
        i128::from(self.initial) + i128::from(iterations) * self.change()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::UpTo(most) => write!(f, "every n up to {}", grouped(*most)),
            Scope::Every => f.write_str("every n"),
        }
    }
}

impl fmt::Display for ObjectSum {
    /// Writes how the steps change the object: `x by +1 and -1 at every value from -9 to 9`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by ", self.name)?;
        for (index, change) in self.changes.iter().enumerate() {
            let last = index + 1 == self.changes.len();
            let separator = match index {
                0 => "",
                _ if last => " and ",
                _ => ", ",
            };
            write!(f, "{separator}{change:+}")?;
        }
        match self.values {
            Some((least, greatest)) => write!(
                f,
                " at every value from {} to {}",
                signed(least),
                signed(greatest)
            ),
            None => f.write_str(" at any value"),
        }
    }
}

/// Returns the sentence with a capital letter at its beginning.
fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn signed(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    sign.to_owned() + &grouped(number.unsigned_abs())
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.judgement {
            Judgement::Proved => write!(f, "Proved for {}: ", self.scope)?,
            Judgement::Refuted {
                iterations,
                shown,
                reason,
            } => write!(
                f,
                "Refuted: with {} every execution ends at {shown}, which is {reason}. ",
                count_of(*iterations, "iteration")
            )?,
        }
        write!(
            f,
            "with {}, ends at {}. ",
            count_of(self.iterations, "iteration"),
            self.shown
        )?;
        write!(f, "{}", capitalised(&self.grounds()))?;
        f.write_str(".")
    }
}
