//! Reports: what the engines found out about a scenario, and the formats to show it in.

pub mod columns;
pub mod json;
pub mod svg;
pub mod text;
mod width;

use crate::backend::MemoryModel;
use crate::engine::{AnyEngine, Budget, Completeness, Engine, Exploration, Speedup};
use crate::execution::Ending;
use crate::expectation::{Expectation, Expectations};
use crate::scenario::{Catalogued, Scenario};
use crate::verdict::{Verdict, missing};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
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
    /// What each engine did.
    pub engines: Vec<EngineReport>,
    /// The engines that cannot run the scenario.
    pub unsuitable: Vec<Unsuitable>,
}

/// The size of a scenario of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many threads.
    pub threads: usize,
    /// How many operations each of them performs.
    pub iterations: u64,
}

/// One ending, what was expected of it, and how often each engine saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The outcome as the scenario describes it, or what kind of ending it was.
    pub outcome: String,
    /// The kind of ending, as [`Ending::kind`] names it.
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
}

/// What one engine did.
#[derive(Debug, Clone)]
pub struct EngineReport {
    /// The engine's name.
    pub engine: &'static str,
    /// What the engine takes a shared access to mean.
    pub memory_model: MemoryModel,
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

/// The most missing endings that a report names for an engine.
const MAX_MISSING: usize = 100;

impl Report {
    /// Explores a scenario on each engine that can run it, and judges what was seen.
    pub fn new<S: Scenario>(
        scenario: &Arc<S>,
        engines: &[AnyEngine],
        mut budget: impl FnMut(&AnyEngine) -> Budget,
    ) -> Report {
        let mut draft = Draft::new(&**scenario);
        let mut unsuitable = Vec::new();
        for engine in engines {
            match engine.unsuitable(&**scenario) {
                Some(reason) => unsuitable.push(Unsuitable {
                    engine: engine.name(),
                    reason,
                }),
                None => draft.add(engine, &engine.explore(scenario, &budget(engine))),
            }
        }
        Report {
            unsuitable,
            ..draft.finish()
        }
    }

    /// Explores a scenario of the catalogue on each engine that can run it, and judges what was seen.
    pub fn of_catalogued(
        scenario: Catalogued,
        engines: &[AnyEngine],
        budget: impl FnMut(&AnyEngine) -> Budget,
    ) -> Report {
        let size = Size {
            threads: scenario.threads(),
            iterations: scenario.iterations(),
        };
        let report = match scenario {
            Catalogued::Updates(scenario) => Report::new(&Arc::new(scenario), engines, budget),
            Catalogued::ClaimedCorrect(scenario) => Report::new(&Arc::new(scenario), engines, budget),
            Catalogued::Counting(scenario) => Report::new(&Arc::new(scenario), engines, budget),
        };
        Report {
            size: Some(size),
            ..report
        }
    }

    /// Returns `true` if the scenario is as expected on every engine that ran it, and at least one did.
    pub fn is_as_expected(&self) -> bool {
        !self.engines.is_empty() && self.engines.iter().all(|engine| engine.verdict.is_as_expected())
    }

    /// The outcomes that only loom shows although another engine has explored everything: a weak memory ordering, or an
    /// artefact, since loom may break the
    /// atomicity of a read-modify-write that meets a plain store.
    pub fn only_on_loom(&self) -> Vec<&Row> {
        let Some(loom) = self.engines.iter().position(|engine| engine.engine == "loom") else {
            return Vec::new();
        };
        let is_exhausted = |engine: &EngineReport| {
            engine.engine != "loom" && engine.completeness == Completeness::Exhaustive
        };
        if !self.engines.iter().any(is_exhausted) {
            return Vec::new();
        }
        self.rows
            .iter()
            .filter(|row| row.kind == "finished" && row.counts[loom] > 0)
            .filter(|row| {
                row.counts
                    .iter()
                    .enumerate()
                    .all(|(engine, &count)| engine == loom || count == 0)
            })
            .collect()
    }
}

/// A report that engines are being added to, while the outcomes still have their type.
struct Draft<'a, S: Scenario> {
    scenario: &'a S,
    expectations: Expectations<S::Outcome>,
    rows: BTreeMap<Ending<S::Outcome>, Vec<(usize, Seen)>>,
    explanations: BTreeMap<Ending<S::Outcome>, Vec<String>>,
    is_abridged: bool,
    engines: Vec<EngineReport>,
}

/// What an engine saw of an ending.
enum Seen {
    Times(u64),
    Missing,
}

impl<'a, S: Scenario> Draft<'a, S> {
    fn new(scenario: &'a S) -> Self {
        let expectations = scenario.expectations();
        Draft {
            scenario,
            expectations,
            rows: BTreeMap::new(),
            explanations: BTreeMap::new(),
            is_abridged: false,
            engines: Vec::new(),
        }
    }

    fn add(&mut self, engine: &AnyEngine, exploration: &Exploration<S::Outcome>) {
        let index = self.engines.len();
        for (ending, count) in exploration.outcomes.iter() {
            let explanation = exploration.outcomes.explanation(ending);
            if !explanation.is_empty() {
                self.explanations
                    .entry(ending.clone())
                    .or_insert_with(|| explanation.to_vec());
            }
            self.rows
                .entry(ending.clone())
                .or_default()
                .push((index, Seen::Times(count)));
        }
        // What was not asked for, or not explored to the end, cannot be missed.
        if !matches!(
            exploration.completeness,
            Completeness::Sampled | Completeness::CutShort(_)
        ) {
            let mut missing = missing(exploration, &self.expectations, engine);
            for (ending, _) in missing.by_ref().take(MAX_MISSING) {
                self.rows.entry(ending).or_default().push((index, Seen::Missing));
            }
            self.is_abridged |= missing.next().is_some();
        }
        self.engines.push(EngineReport {
            engine: engine.name(),
            memory_model: engine.memory_model(),
            seed: engine.seed(),
            executions: exploration.executions,
            blocked: exploration.blocked,
            completeness: exploration.completeness.clone(),
            verdict: Verdict::of(exploration, &self.expectations, engine, |ending| {
                self.describe(ending)
            }),
            elapsed: exploration.elapsed,
            speedup: exploration.speedup,
        });
    }

    fn finish(self) -> Report {
        let rows = self
            .rows
            .iter()
            .map(|(ending, seen)| self.row(ending, seen))
            .collect();
        Report {
            scenario: self.scenario.name(),
            lesson: self.scenario.lesson(),
            size: None,
            rows,
            is_abridged: self.is_abridged,
            engines: self.engines,
            unsuitable: Vec::new(),
        }
    }

    fn row(&self, ending: &Ending<S::Outcome>, seen: &[(usize, Seen)]) -> Row {
        let (expectation, reason) = self.expectations.of(ending);
        let mut counts = vec![0; self.engines.len()];
        let mut missing = vec![false; self.engines.len()];
        for (engine, seen) in seen {
            match seen {
                Seen::Times(count) => counts[*engine] = *count,
                Seen::Missing => missing[*engine] = true,
            }
        }
        Row {
            outcome: self.describe(ending),
            kind: ending.kind(),
            expectation,
            reason,
            explanation: self.explanations.get(ending).cloned().unwrap_or_default(),
            counts,
            missing,
        }
    }

    fn describe(&self, ending: &Ending<S::Outcome>) -> String {
        ending
            .clone()
            .map(|outcome| self.scenario.describe(&outcome))
            .to_string()
    }
}
