//! Reports: the findings of the engines about a scenario, and the formats to show them in.

mod again;
#[cfg(feature = "cli")]
mod finding;
#[cfg(feature = "cli")]
pub mod github;
#[cfg(feature = "cli")]
pub mod json;
#[cfg(feature = "cli")]
pub mod junit;
#[cfg(feature = "cli")]
pub mod markdown;
#[cfg(feature = "cli")]
pub mod sarif;
mod shortfall;
#[cfg(feature = "cli")]
pub mod tap;
pub mod text;
#[cfg(feature = "cli")]
mod uri;

#[cfg(feature = "cli")]
pub use finding::{Finding, Level, Rule};

pub use shortfall::Shortfall;

use crate::backend::MemoryModel;
use crate::engine::{Bound, Completeness, Method, Speedup, Weak};
use crate::expectation::Expectation;
use crate::scenario::Size;
use crate::verdict::{Strength, Verdict};
use crate::witness::{TiedSchedule, Witness};
use std::io;
use std::time::Duration;

/// A format in which reports are shown, one after the other.
pub trait Reporter {
    /// Shows the report of one scenario.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    fn report(&mut self, report: &Report) -> io::Result<()>;

    /// Shows the end, after the last report: whether everything was as expected.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    fn finish(&mut self, reports: &[Report]) -> io::Result<()>;
}

/// The findings of some engines about one scenario.
#[derive(Debug, Clone)]
pub struct Report {
    /// The scenario's name.
    pub scenario: String,
    /// One sentence about what the scenario shows.
    pub lesson: String,
    /// The scenario's size, if it is one of the catalogue.
    pub size: Option<Size>,
    /// The endings that some engine saw or should have seen: outcomes first, in their order.
    pub rows: Vec<Row>,
    /// `true` if there are more missing endings than rows for them: an engine has at most 100 such rows.
    pub is_abridged: bool,
    /// The number of endings that should have a witness and have none: only the first 100 rows get one.
    pub undrawn: usize,
    /// A report of each engine that ran the scenario.
    pub engines: Vec<EngineReport>,
    /// The engines that did not run the scenario.
    pub unsuitable: Vec<Unsuitable>,
    /// The least that one of the engines must show for the report to pass; `None` if any verdict that is as
    /// expected is enough.
    pub required: Option<Strength>,
}

/// One ending, with its expectation and the number of times that each engine saw it.
#[derive(Debug, Clone)]
pub struct Row {
    /// The outcome as the scenario describes it, or the kind of ending.
    pub outcome: String,
    /// The kind of ending, as [`Ending::kind`](crate::Ending::kind) names it.
    pub kind: &'static str,
    /// The expectation of this ending.
    pub expectation: Expectation,
    /// The reason for the expectation.
    pub reason: String,
    /// An explanation of the execution with this ending, line by line; empty if no engine gives one.
    pub explanation: Vec<String>,
    /// The number of executions with this ending, for each of the report's engines.
    pub counts: Vec<u64>,
    /// `true`, for each of the report's engines, if the engine should have seen the ending and has not.
    pub missing: Vec<bool>,
    /// `true` if no machine shows this ending: only an engine with
    /// [artefacts](EngineReport::has_artefacts) does, and another one has explored
    /// [all there is](crate::engine::Exploration::is_exact). Such an ending refutes nothing.
    pub is_artefact: bool,
    /// `Some(true)` if only executions under weak memory end so, `Some(false)` if an interleaving does, too; `None` if
    /// that is not known.
    pub needs_weak_memory: Option<bool>,
    /// The shortest witness, or the reason why there is none; `None` if no witness was asked for.
    pub witness: Option<Result<Box<Witness>, String>>,
    /// A schedule of shuttle's that leads to this ending, if shuttle has seen it: `Shuttle::replay` runs it
    /// again.
    pub shuttle: Option<TiedSchedule>,
}

/// The findings of one engine.
#[derive(Debug, Clone)]
pub struct EngineReport {
    /// The engine's name.
    pub engine: &'static str,
    /// The memory model under which the verdict holds.
    pub memory_model: MemoryModel,
    /// What the exploration says about weak memory.
    pub weak: Weak,
    /// `true` if the engine executes the explorer's interleavings, as witnesses show them.
    pub has_witnesses: bool,
    /// `true` if the engine may show endings that no real machine shows.
    pub has_artefacts: bool,
    /// The seed that determined the sampled executions; `None` if the engine has none.
    pub seed: Option<u64>,
    /// The way in which the engine has come to the endings.
    pub method: Method,
    /// The number of executions that ran to an ending; 0 where none were run.
    pub executions: u64,
    /// The number of executions that were begun and given up because another covers them.
    pub blocked: u64,
    /// The completeness of the exploration.
    pub completeness: Completeness,
    /// The verdict on the scenario.
    pub verdict: Verdict,
    /// The duration of the exploration.
    pub elapsed: Duration,
    /// The times of the threads side by side and in sequence, if they were measured.
    pub speedup: Option<Speedup>,
}

/// An engine that did not run the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsuitable {
    /// The engine's name.
    pub engine: &'static str,
    /// `true` if a check passes without it: nobody asked for this engine by name.
    pub is_optional: bool,
    /// The reason why it did not.
    pub reason: String,
}

impl EngineReport {
    /// Returns the amount of what the engine explored: `34 executions`.
    pub fn amount(&self) -> String {
        self.method.amount(self.executions)
    }

    /// Returns the memory model under which the verdict holds, with what is known about weak memory.
    pub fn under(&self) -> String {
        match &self.weak {
            Weak::Unasked | Weak::Explored(_) => self.memory_model.to_string(),
            Weak::NoDifference => "C11: accesses that race are all SeqCst".to_owned(),
            Weak::LeftOut(reason) => format!("{} only: {reason}", self.memory_model),
        }
    }

    /// Returns `true` if the engine has come to its end by itself.
    fn has_finished(&self) -> bool {
        match &self.completeness {
            Completeness::Exhaustive => true,
            Completeness::Bounded(bounds) => {
                let mut bounds = bounds.iter();
                !bounds.any(|bound| matches!(bound, Bound::StoppedAtFirst(_)))
            }
            Completeness::Sampled | Completeness::CutShort(_) => false,
        }
    }
}

impl Report {
    /// Returns `true` if at least one engine ran the scenario, every one that was asked for did, and each that
    /// ran found it as expected.
    pub fn is_as_expected(&self) -> bool {
        !self.engines.is_empty()
            && self.engines.iter().all(|engine| engine.verdict.is_as_expected())
            && self.unmet().next().is_none()
    }

    /// Returns the engines without which the report does not pass: those that were asked for by name and did
    /// not run, or all that did not if none has run.
    pub fn unmet(&self) -> impl Iterator<Item = &Unsuitable> {
        let has_run = !self.engines.is_empty();
        self.unsuitable
            .iter()
            .filter(move |engine| !(engine.is_optional && has_run))
    }

    /// Returns the greatest strength among the verdicts of the engines; `None` if no verdict is as expected.
    pub fn strength(&self) -> Option<Strength> {
        let engines = self.engines.iter();
        engines.filter_map(|engine| engine.verdict.strength()).max()
    }

    /// Returns `true` if the report is [as expected](Self::is_as_expected), and the best of its verdicts is
    /// what is [required](Self::required), or more.
    pub fn passes(&self) -> bool {
        self.is_as_expected()
            && self
                .required
                .is_none_or(|required| self.strength() >= Some(required))
    }

    /// Returns the engines whose verdicts are as expected and still show less than is required, if no engine
    /// shows enough.
    pub fn shortfalls(&self) -> Vec<Shortfall<'_>> {
        shortfall::of(self)
    }

    /// Returns the scenario's name, with its size if it has one: `locked 2×2`.
    pub fn title(&self) -> String {
        match self.size {
            Some(size) => format!("{} {size}", self.scenario),
            None => self.scenario.clone(),
        }
    }

    /// Replaces each drawing by one with every step.
    pub fn unfold(&mut self) {
        let witnesses = self.rows.iter_mut().filter_map(|row| row.witness.as_mut());
        witnesses.flatten().for_each(|witness| witness.unfold());
    }

    /// Returns the endings that only an engine with [artefacts](EngineReport::has_artefacts) shows, although
    /// another engine has explored everything; each with the name of the first engine.
    ///
    /// Such an ending comes from a weak memory ordering that the other engine does not explore, or it is an
    /// artefact: surely so if the row [says it](Row::is_artefact).
    pub fn doubtful(&self) -> Vec<(&Row, &'static str)> {
        let is_exhausted =
            |engine: &EngineReport| !engine.has_artefacts && engine.completeness == Completeness::Exhaustive;
        if !self.engines.iter().any(is_exhausted) {
            return Vec::new();
        }
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
        self.rows
            .iter()
            .filter_map(|row| Some((row, only_seen_by(row)?)))
            .collect()
    }

    /// Returns `true` if an engine has explored the execution graphs under C11.
    fn explores_graphs(&self) -> bool {
        let mut engines = self.engines.iter();
        engines.any(|engine| engine.weak == Weak::Explored(MemoryModel::C11))
    }

    /// Returns the endings that only weak memory shows, each with the engine that explores weak memory to its end and
    /// has not seen it, although another one has.
    pub fn overlooked(&self) -> Vec<(&Row, &'static str)> {
        let overlooks = |row: &Row| {
            let mut engines = self.engines.iter().zip(&row.counts);
            let found = engines.find(|(engine, count)| {
                **count == 0 && engine.memory_model == MemoryModel::C11Subset && engine.has_finished()
            });
            found.map(|(engine, _)| engine.engine)
        };
        let rows = self.rows.iter().filter(|row| row.needs_weak_memory == Some(true));
        rows.filter_map(|row| Some((row, overlooks(row)?))).collect()
    }
}
