//! A report to which engines are added one by one, while the outcomes still have their type.

use super::Witnessing;
use crate::engine::{AnyEngine, Budget, Completeness, Engine, Exploration};
use crate::execution::Ending;
use crate::expectation::{Expectation, Expectations};
use crate::outcome::AnyOutcome;
use crate::report::{EngineReport, Report, Row, Unsuitable};
use crate::scenario::{AnyScenario, Size};
use crate::verdict::{Verdict, missing};
use crate::witness::{self, TiedSchedule, Witness};
use selvedge_explorer::Schedule;
use std::collections::{BTreeMap, BTreeSet};

/// The greatest number of missing endings that a report lists for an engine.
const MAX_MISSING: usize = 100;

/// The greatest number of endings for which a witness is searched.
const MAX_WITNESSES: usize = 100;

/// A report under construction: the rows and engines so far.
pub(super) struct Draft<'a> {
    scenario: &'a AnyScenario,
    size: Option<Size>,
    expectations: Expectations<AnyOutcome>,
    rows: BTreeMap<Ending<AnyOutcome>, Vec<(usize, Seen)>>,
    explanations: BTreeMap<Ending<AnyOutcome>, Vec<String>>,
    is_abridged: bool,
    undrawn: usize,
    engines: Vec<EngineReport>,
    unsuitable: Vec<Unsuitable>,
    witnesses: BTreeMap<Ending<AnyOutcome>, Result<Box<Witness>, String>>,
    schedules: BTreeMap<Ending<AnyOutcome>, Schedule>,
}

/// The number of times that an engine saw an ending.
enum Seen {
    Times(u64),
    Missing,
}

impl<'a> Draft<'a> {
    pub(super) fn new(scenario: &'a AnyScenario, size: Option<Size>) -> Self {
        let expectations = scenario.expectations();
        Draft {
            scenario,
            size,
            expectations,
            rows: BTreeMap::new(),
            explanations: BTreeMap::new(),
            is_abridged: false,
            undrawn: 0,
            engines: Vec::new(),
            unsuitable: Vec::new(),
            witnesses: BTreeMap::new(),
            schedules: BTreeMap::new(),
        }
    }

    pub(super) fn add_unsuitable(&mut self, engine: &AnyEngine, reason: String) {
        self.unsuitable.push(Unsuitable {
            engine: engine.name(),
            is_optional: engine.is_optional(),
            reason,
        });
    }

    pub(super) fn add(&mut self, engine: &AnyEngine, exploration: &Exploration<AnyOutcome>) {
        let index = self.engines.len();
        for (ending, count) in exploration.outcomes.iter() {
            let explanation = exploration.outcomes.explanation(ending);
            if !explanation.is_empty() {
                self.explanations
                    .entry(ending.clone())
                    .or_insert_with(|| explanation.to_vec());
            }
            if let Some(schedule) = exploration.outcomes.schedule(ending) {
                let first = self.schedules.entry(ending.clone());
                first.or_insert_with(|| schedule.clone());
            }
            self.rows
                .entry(ending.clone())
                .or_default()
                .push((index, Seen::Times(count)));
        }
        // An ending cannot be missing if it was not asked for, or if the exploration was not finished.
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
            has_witnesses: engine.has_witnesses(),
            has_artefacts: engine.has_artefacts(),
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

    /// Finds the witnesses that are asked for; `budget` gives the budget of the search.
    pub(super) fn witness(&mut self, witnessing: &Witnessing, budget: impl FnOnce() -> Budget) {
        let mut all = self
            .rows
            .iter()
            .filter(|(ending, seen)| self.is_wanted(ending, seen, witnessing))
            .map(|(ending, _)| ending.clone());
        let wanted: BTreeSet<_> = all.by_ref().take(MAX_WITNESSES).collect();
        self.undrawn = all.count();
        if wanted.is_empty() {
            return;
        }
        let mut witnesses = witness::find(self.scenario, self.size, &wanted, &budget());
        for ending in wanted {
            let found = witnesses.found.remove(&ending).map(Box::new);
            let missing = || witnesses.missing.clone();
            self.witnesses.insert(ending, found.ok_or_else(missing));
        }
    }

    fn is_wanted(
        &self,
        ending: &Ending<AnyOutcome>,
        seen: &[(usize, Seen)],
        witnessing: &Witnessing,
    ) -> bool {
        let was_seen = seen.iter().any(|(_, seen)| matches!(seen, Seen::Times(_)));
        was_seen
            && match witnessing {
                Witnessing::Refutations => {
                    *ending == Ending::StepLimit || self.expectations.of(ending).0 == Expectation::Forbidden
                }
                Witnessing::Everything => true,
                Witnessing::Only(outcome) => self.describe(ending) == *outcome,
            }
    }

    /// Returns the report so far.
    pub(super) fn report(&self) -> Report {
        let rows = self
            .rows
            .iter()
            .map(|(ending, seen)| self.row(ending, seen))
            .collect();
        Report {
            scenario: self.scenario.name(),
            lesson: self.scenario.lesson(),
            size: self.size,
            rows,
            is_abridged: self.is_abridged,
            undrawn: self.undrawn,
            engines: self.engines.clone(),
            unsuitable: self.unsuitable.clone(),
            required: None,
        }
    }

    fn row(&self, ending: &Ending<AnyOutcome>, seen: &[(usize, Seen)]) -> Row {
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
            witness: self.witnesses.get(ending).cloned(),
            shuttle: self
                .schedules
                .get(ending)
                .map(|schedule| TiedSchedule::new(self.scenario.name(), self.size, schedule.clone())),
        }
    }

    fn describe(&self, ending: &Ending<AnyOutcome>) -> String {
        self.scenario.describe_ending(ending)
    }
}
