//! Reports: what the engines found out about a scenario, and the formats to show it in.

#[cfg(feature = "cli")]
pub mod json;
pub mod text;

use crate::backend::MemoryModel;
use crate::engine::{Completeness, Speedup};
use crate::expectation::Expectation;
use crate::scenario::Size;
use crate::verdict::Verdict;
use crate::witness::{TiedSchedule, Witness};
use std::io;
use std::time::Duration;

/// A format in which reports are shown, one after the other.
pub trait Reporter {
    /// Shows what was found out about one scenario.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    fn report(&mut self, report: &Report) -> io::Result<()>;

    /// Shows what comes after the last report: whether everything was as expected.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    fn finish(&mut self, reports: &[Report]) -> io::Result<()>;
}

/// What some engines found out about one scenario.
#[derive(Debug, Clone)]
pub struct Report {
    /// The scenario's name.
    pub scenario: String,
    /// What the scenario shows, in one sentence.
    pub lesson: String,
    /// The scenario's size, where it is one of the catalogue.
    pub size: Option<Size>,
    /// The endings that were seen on some engine, or that should have been; outcomes first, in their order.
    pub rows: Vec<Row>,
    /// Whether there are more missing endings than rows for them: an engine has at most 100 of these.
    pub is_abridged: bool,
    /// How many endings were to be shown by a witness, and are not: at most 100 are, those of the first rows.
    pub undrawn: usize,
    /// What each engine did.
    pub engines: Vec<EngineReport>,
    /// The engines that cannot run the scenario.
    pub unsuitable: Vec<Unsuitable>,
}

/// One ending, what was expected of it, and how often each engine saw it.
#[derive(Debug, Clone)]
pub struct Row {
    /// The outcome as the scenario describes it, or what kind of ending it was.
    pub outcome: String,
    /// The kind of ending, as [`Ending::kind`](crate::Ending::kind) names it.
    pub kind: &'static str,
    /// What was expected of it.
    pub expectation: Expectation,
    /// Why.
    pub reason: String,
    /// How an execution came to end so, line by line, if an engine can say that.
    pub explanation: Vec<String>,
    /// How many executions ended so, for each of the report's engines.
    pub counts: Vec<u64>,
    /// Whether it should have been seen and was not, for each of the report's engines.
    pub missing: Vec<bool>,
    /// How it comes about, if that was asked for: the shortest witness, or why there is none.
    pub witness: Option<Result<Box<Witness>, String>>,
    /// A schedule of shuttle's that ends so, if shuttle has seen it: `Shuttle::replay` runs it again.
    pub shuttle: Option<TiedSchedule>,
}

/// What one engine did.
#[derive(Debug, Clone)]
pub struct EngineReport {
    /// The engine's name.
    pub engine: &'static str,
    /// The memory model that the engine explores.
    pub memory_model: MemoryModel,
    /// Whether the engine executes the explorer's interleavings, as witnesses show them.
    pub has_witnesses: bool,
    /// Whether the engine may show endings that no real machine has.
    pub has_artefacts: bool,
    /// The number that determines which executions were sampled, if any does.
    pub seed: Option<u64>,
    /// How many executions there were.
    pub executions: u64,
    /// How many more were begun, and given up because another covers them.
    pub blocked: u64,
    /// How much of what there is to explore these were.
    pub completeness: Completeness,
    /// What this shows.
    pub verdict: Verdict,
    /// How long it took.
    pub elapsed: Duration,
    /// How long the threads took side by side and in sequence, where that was measured.
    pub speedup: Option<Speedup>,
}

/// An engine that cannot run the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsuitable {
    /// The engine's name.
    pub engine: &'static str,
    /// Why not.
    pub reason: String,
}

impl Report {
    /// Returns `true` if the scenario is as expected on every engine that ran it, and at least one did.
    pub fn is_as_expected(&self) -> bool {
        !self.engines.is_empty() && self.engines.iter().all(|engine| engine.verdict.is_as_expected())
    }

    /// Returns the outcomes that only an engine with [artefacts](EngineReport::has_artefacts) shows, although another
    /// engine has explored everything, each with that engine's name.
    ///
    /// Such an outcome comes from a weak memory ordering that the other engine does not explore, or it is an artefact.
    pub fn doubtful(&self) -> Vec<(&Row, &'static str)> {
        let is_exhausted =
            |engine: &EngineReport| !engine.has_artefacts && engine.completeness == Completeness::Exhaustive;
        if !self.engines.iter().any(is_exhausted) {
            return Vec::new();
        }
        let finished = self.rows.iter().filter(|row| row.kind == "finished");
        let only_seen_by = |row: &Row| {
            let mut seen = self
                .engines
                .iter()
                .zip(&row.counts)
                .filter(|(_, count)| **count > 0);
            match (seen.next(), seen.next()) {
                (Some((engine, _)), None) if engine.has_artefacts => Some(engine.engine),
                _ => None,
            }
        };
        finished
            .filter_map(|row| Some((row, only_seen_by(row)?)))
            .collect()
    }
}
