//! Shortfalls: verdicts that are as expected, and show less than is required.

use super::{EngineReport, Report};
use crate::verdict::{Strength, Verdict};
use std::fmt;

/// An engine that has shown less than is required.
#[derive(Debug, Clone, Copy)]
pub struct Shortfall<'a> {
    /// The least that is required.
    pub required: Strength,
    /// The engine, with its verdict.
    pub engine: &'a EngineReport,
}

/// Returns the shortfalls of a report: none if some engine has shown enough.
pub(super) fn of(report: &Report) -> Vec<Shortfall<'_>> {
    let Some(required) = report
        .required
        .filter(|&required| report.strength() < Some(required))
    else {
        return Vec::new();
    };
    let as_expected = report
        .engines
        .iter()
        .filter(|engine| engine.verdict.is_as_expected());
    as_expected.map(|engine| Shortfall { required, engine }).collect()
}

impl Shortfall<'_> {
    /// Returns what can be done about it.
    fn remedy(&self) -> &'static str {
        match self.engine.verdict {
            Verdict::Bounded(_) => {
                "lift the bound, add an engine that does not need it, choose a smaller size, or require `bounded`"
            }
            _ => "add an engine that explores everything, such as the explorer, or require `sampled`",
        }
    }
}

impl fmt::Display for Shortfall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EngineReport { engine, verdict, .. } = self.engine;
        write!(f, "`{}` is required, and {engine} has ", self.required)?;
        match verdict {
            Verdict::Bounded(bound) => write!(f, "a bound ({bound})")?,
            _ => f.write_str("only sampled")?,
        }
        write!(f, ": {}", self.remedy())
    }
}
