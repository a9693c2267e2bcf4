//! A report to which engines are added one by one, while the outcomes still have their type.

#[cfg(test)]
mod tests;

use super::Witnessing;
use crate::backend::MemoryModel;
use crate::engine::{AnyEngine, Bound, Budget, Completeness, Engine, Exploration, Weak};
use crate::execution::Ending;
use crate::expectation::{Expectation, Expectations};
use crate::outcome::AnyOutcome;
use crate::report::{EngineReport, Report, Row, Unsuitable};
use crate::scenario::{AnyScenario, Size};
use crate::verdict::{Verdict, missing};
use crate::witness::{self, TiedSchedule, Witness, Witnesses};
use selvedge_explorer::Schedule;
use std::collections::{BTreeMap, BTreeSet};

/// The greatest number of missing endings that a report lists for an engine.
const MAX_MISSING: usize = 100;

/// The greatest number of iterations with which witnesses are searched of a scenario that nobody has executed.
const MOST_ITERATIONS: u64 = 3;

/// The greatest number of endings for which a witness is searched.
const MAX_WITNESSES: usize = 100;

/// A report under construction: the rows and engines so far.
pub(super) struct Draft<'a> {
    scenario: &'a AnyScenario,
    size: Option<Size>,
    expectations: Expectations<AnyOutcome>,
    /// The endings that were seen, with the number of times that each engine saw it.
    rows: BTreeMap<Ending<AnyOutcome>, Vec<(usize, u64)>>,
    explanations: BTreeMap<Ending<AnyOutcome>, Vec<String>>,
    undrawn: usize,
    explored: Vec<(AnyEngine, Exploration<AnyOutcome>)>,
    unsuitable: Vec<Unsuitable>,
    witnesses: BTreeMap<Ending<AnyOutcome>, Result<Box<Witness>, String>>,
    schedules: BTreeMap<Ending<AnyOutcome>, Schedule>,
}

/// The engines that should have seen an ending and have not, for each such ending.
#[derive(Default)]
struct Missing {
    engines: BTreeMap<Ending<AnyOutcome>, Vec<usize>>,
    /// `true` if there are more than are listed.
    is_abridged: bool,
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
            undrawn: 0,
            explored: Vec::new(),
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

    pub(super) fn add(&mut self, engine: &AnyEngine, exploration: Exploration<AnyOutcome>) {
        let index = self.explored.len();
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
            self.rows.entry(ending.clone()).or_default().push((index, count));
        }
        self.explored.push((engine.clone(), exploration));
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
        let mut witnesses = self.find_witnesses(&wanted, &budget());
        for ending in wanted {
            let found = witnesses.found.remove(&ending).map(Box::new);
            let missing = || witnesses.missing.clone();
            self.witnesses.insert(ending, found.ok_or_else(missing));
        }
    }

    /// Finds witnesses: among interleavings, and among execution graphs for those endings that have no interleaving.
    fn find_witnesses(&self, wanted: &BTreeSet<Ending<AnyOutcome>>, budget: &Budget) -> Witnesses {
        let is_weak = |ending: &Ending<_>| self.needs_weak_memory(ending) == Some(true);
        let (weak, others): (BTreeSet<_>, _) = wanted.iter().cloned().partition(is_weak);
        let mut witnesses = match others.is_empty() && !weak.is_empty() {
            true => Witnesses {
                found: BTreeMap::new(),
                missing: "none was found among the execution graphs in the time that there was".to_owned(),
            },
            false => self.find_interleavings(&others, budget),
        };
        for (model, seen) in self.seen_in_graphs() {
            let is_left =
                |ending: &&Ending<_>| seen.contains(ending) && !witnesses.found.contains_key(ending);
            let left: BTreeSet<_> = wanted.iter().filter(is_left).cloned().collect();
            if !left.is_empty() {
                let found = witness::find_weak(self.scenario, self.size, &left, (model, budget));
                witnesses.found.extend(found);
            }
        }
        witnesses
    }

    /// Returns the endings that were seen under weak memory, for each exploration of it.
    fn seen_in_graphs(&self) -> Vec<(MemoryModel, BTreeSet<&Ending<AnyOutcome>>)> {
        let explored = self.explored.iter();
        explored
            .filter_map(|(_, exploration)| {
                let model = match exploration.weak {
                    Weak::Explored(model) => model,
                    Weak::LeftOut(_) => MemoryModel::C11,
                    _ => return None,
                };
                Some((
                    model,
                    exploration.outcomes.iter().map(|(ending, _)| ending).collect(),
                ))
            })
            .collect()
    }

    /// Returns `Some(true)` if only executions under weak memory end so, `Some(false)` if an interleaving does, too;
    /// `None` if that is not known.
    fn needs_weak_memory(&self, ending: &Ending<AnyOutcome>) -> Option<bool> {
        let is_sequential =
            |(engine, exploration): &(AnyEngine, Exploration<AnyOutcome>)| match &exploration.sequential {
                Some(sequential) => sequential.count(ending) > 0,
                None => {
                    engine.memory_model() == MemoryModel::SequentialConsistency
                        && exploration.outcomes.count(ending) > 0
                }
            };
        if self.explored.iter().any(is_sequential) {
            return Some(false);
        }
        let is_weak = |(_, exploration): &(AnyEngine, Exploration<AnyOutcome>)| {
            exploration.sequential.is_some() && exploration.outcomes.count(ending) > 0
        };
        self.explored.iter().any(is_weak).then_some(true)
    }

    /// Finds witnesses among interleavings: at the scenario's own size if an engine has executed that many, and
    /// otherwise with as few iterations as show the ending.
    fn find_interleavings(&self, wanted: &BTreeSet<Ending<AnyOutcome>>, budget: &Budget) -> Witnesses {
        let mut left = wanted.clone();
        let mut found = BTreeMap::new();
        for (smaller, size) in self.smaller() {
            let witnesses = witness::find(&smaller, Some(size), &left, budget);
            left.retain(|ending| !witnesses.found.contains_key(ending));
            found.extend(witnesses.found);
            if left.is_empty() {
                break;
            }
        }
        let missing = String::new();
        if left.is_empty() {
            return Witnesses { found, missing };
        }
        let mut witnesses = witness::find(self.scenario, self.size, &left, budget);
        witnesses.found.extend(found);
        witnesses
    }

    /// Returns the same scenario with few iterations, if nobody has executed it at its own size.
    fn smaller(&self) -> Vec<(AnyScenario, Size)> {
        let mut explored = self.explored.iter();
        let is_executed = explored.any(|(_, exploration)| exploration.method.counts_executions());
        let Some(repeated) = self.scenario.repeated().filter(|_| !is_executed) else {
            return Vec::new();
        };
        let size = |iterations| Size {
            threads: repeated.threads(),
            iterations,
        };
        (1..=MOST_ITERATIONS)
            .filter(|&iterations| iterations < repeated.iterations())
            .filter_map(|iterations| Some((self.scenario.with_iterations(iterations)?, size(iterations))))
            .collect()
    }

    fn is_wanted(&self, ending: &Ending<AnyOutcome>, seen: &[(usize, u64)], witnessing: &Witnessing) -> bool {
        match witnessing {
            Witnessing::Refutations => {
                let is_forbidden = self.expectations.of(ending).0 == Expectation::Forbidden;
                *ending == Ending::StepLimit || (is_forbidden && !self.is_artefact(ending, seen))
            }
            Witnessing::Everything => true,
            Witnessing::Only(outcome) => self.describe(ending) == *outcome,
        }
    }

    /// Returns `true` if no machine shows the ending: only engines with artefacts have seen it, and another one
    /// has explored all there is.
    ///
    /// The words of a panic differ between engines. So one panic is as good as another here.
    fn is_artefact(&self, ending: &Ending<AnyOutcome>, seen: &[(usize, u64)]) -> bool {
        let is_panic = |ending: &Ending<_>| matches!(ending, Ending::Panic(_));
        let rules_out = |(_, exploration): &(AnyEngine, Exploration<AnyOutcome>)| {
            let mut endings = exploration.outcomes.iter().map(|(ending, _)| ending);
            exploration.is_exact && !(is_panic(ending) && endings.any(is_panic))
        };
        let is_ending_of_program = !matches!(ending, Ending::StepLimit | Ending::TimeLimit);
        is_ending_of_program
            && seen
                .iter()
                .all(|(engine, _)| self.explored[*engine].0.has_artefacts())
            && self.explored.iter().any(rules_out)
    }

    /// Returns what an engine has explored without the artefacts, which refute nothing.
    fn without_artefacts(&self, exploration: &Exploration<AnyOutcome>) -> Exploration<AnyOutcome> {
        let mut rest = exploration.clone();
        let is_artefact = |ending: &Ending<AnyOutcome>| {
            self.rows
                .get(ending)
                .is_some_and(|seen| self.is_artefact(ending, seen))
        };
        rest.outcomes.retain(|ending| !is_artefact(ending));
        if rest.outcomes.total() < exploration.outcomes.total() {
            match &mut rest.completeness {
                Completeness::Bounded(bounds) => bounds.push(Bound::Artefacts),
                exhaustive @ Completeness::Exhaustive => {
                    *exhaustive = Completeness::Bounded(vec![Bound::Artefacts]);
                }
                Completeness::Sampled | Completeness::CutShort(_) => {}
            }
        }
        rest
    }

    /// Returns the report so far.
    pub(super) fn report(&self) -> Report {
        let judged: Vec<_> = self
            .explored
            .iter()
            .map(|(engine, exploration)| (engine, self.without_artefacts(exploration)))
            .collect();
        let missing = self.missing(&judged);
        let endings: BTreeSet<_> = self.rows.keys().chain(missing.engines.keys()).collect();
        Report {
            scenario: self.scenario.name(),
            lesson: self.scenario.lesson(),
            size: self.size,
            rows: endings
                .into_iter()
                .map(|ending| self.row(ending, &missing))
                .collect(),
            is_abridged: missing.is_abridged,
            undrawn: self.undrawn,
            engines: judged
                .iter()
                .map(|(engine, exploration)| self.engine_report(engine, exploration))
                .collect(),
            unsuitable: self.unsuitable.clone(),
            required: None,
        }
    }

    /// Returns the endings that each engine should have seen and has not.
    fn missing(&self, judged: &[(&AnyEngine, Exploration<AnyOutcome>)]) -> Missing {
        let mut all = Missing::default();
        for (index, (engine, exploration)) in judged.iter().enumerate() {
            // An ending cannot be missing if it was not asked for, or if the exploration was not finished.
            if matches!(
                exploration.completeness,
                Completeness::Sampled | Completeness::CutShort(_)
            ) {
                continue;
            }
            let mut missing = missing(exploration, &self.expectations, *engine);
            for (ending, _) in missing.by_ref().take(MAX_MISSING) {
                all.engines.entry(ending).or_default().push(index);
            }
            all.is_abridged |= missing.next().is_some();
        }
        all
    }

    fn engine_report(&self, engine: &AnyEngine, exploration: &Exploration<AnyOutcome>) -> EngineReport {
        EngineReport {
            engine: engine.name(),
            memory_model: match exploration.weak {
                Weak::Explored(model) => model,
                Weak::NoDifference => MemoryModel::C11,
                _ => engine.memory_model(),
            },
            weak: exploration.weak.clone(),
            has_witnesses: engine.has_witnesses(),
            has_artefacts: engine.has_artefacts(),
            seed: engine.seed(),
            method: exploration.method.clone(),
            executions: exploration.executions,
            blocked: exploration.blocked,
            completeness: exploration.completeness.clone(),
            verdict: Verdict::of(exploration, &self.expectations, engine, |ending| {
                self.describe(ending)
            }),
            elapsed: exploration.elapsed,
            speedup: exploration.speedup,
        }
    }

    fn row(&self, ending: &Ending<AnyOutcome>, missing: &Missing) -> Row {
        let (expectation, reason) = self.expectations.of(ending);
        let seen = self.rows.get(ending).map_or(&[][..], Vec::as_slice);
        let mut counts = vec![0; self.explored.len()];
        for (engine, count) in seen {
            counts[*engine] = *count;
        }
        let mut is_missing = vec![false; self.explored.len()];
        for engine in missing.engines.get(ending).into_iter().flatten() {
            is_missing[*engine] = true;
        }
        Row {
            outcome: self.describe(ending),
            kind: ending.kind(),
            expectation,
            reason,
            explanation: self.explanations.get(ending).cloned().unwrap_or_default(),
            counts,
            missing: is_missing,
            is_artefact: !seen.is_empty() && self.is_artefact(ending, seen),
            needs_weak_memory: self.needs_weak_memory(ending),
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
