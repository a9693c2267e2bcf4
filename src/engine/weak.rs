//! Weak memory after sequential consistency: what the one exploration adds to the other.
//!
//! A program without data races whose atomic accesses are all `SeqCst`, as far as they race in an interleaving, has no
//! executions under C11 but the sequentially consistent ones (Lahav, Vafeiadis, Kang, Hur, Dreyer: *Repairing Sequential Consistency in C/C++11*, PLDI 2017,
//! theorem 4). Any other program is explored twice. The first exploration, under sequential consistency, takes every
//! operation and has the simplest witnesses; the second visits the execution graphs under C11, among which are those of
//! the first.

use super::{Budget, Completeness, Cut, Exploration, Method};
use crate::backend::MemoryModel;
use crate::execution::Ending;
use crate::expectation::{Expectation, Expectations};
use crate::outcome::{AnyOutcome, OutcomeTable};
use std::collections::BTreeSet;

/// What an exploration says about weak memory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Weak {
    /// Nothing: the engine has explored its own memory model, and no other was asked for.
    Unasked,
    /// That C11 allows nothing more: accesses that race are all `SeqCst`, and there is no data race.
    NoDifference,
    /// That the execution graphs under this model were explored.
    Explored(MemoryModel),
    /// Nothing, for this reason, although it was asked for: the results are those under sequential consistency.
    LeftOut(String),
}

impl Exploration<AnyOutcome> {
    /// Returns `true` if a second exploration, under weak memory, can change the verdict.
    pub(super) fn needs_weak_memory(&self, expectations: &Expectations<AnyOutcome>) -> bool {
        let is_whole = match &self.completeness {
            Completeness::Exhaustive => true,
            Completeness::Bounded(bounds) => !bounds
                .iter()
                .any(|bound| matches!(bound, super::Bound::StoppedAtFirst(_))),
            Completeness::Sampled | Completeness::CutShort(_) => false,
        };
        let is_decided = |ending: &Ending<AnyOutcome>| {
            let expectation = expectations.of(ending).0;
            matches!(expectation, Expectation::Forbidden | Expectation::Unclear)
                || *ending == Ending::DataRace
        };
        self.weak == Weak::Unasked && is_whole && !self.outcomes.iter().any(|(ending, _)| is_decided(ending))
    }

    /// Returns the exploration with no more said about weak memory than is known: nothing if it has a bound. That locks
    /// and parks make no difference, for example, rests on waits that may end for no reason.
    pub(super) fn with_what_is_known(self) -> Self {
        let weak = match self.completeness {
            Completeness::Exhaustive => self.weak,
            _ => Weak::Unasked,
        };
        Exploration { weak, ..self }
    }

    /// Adds to an exploration under sequential consistency that of the execution graphs under C11.
    pub(super) fn with_graphs(self, graphs: Self, expectations: &Expectations<AnyOutcome>) -> Self {
        let is_refuted = graphs
            .outcomes
            .iter()
            .any(|(ending, _)| expectations.of(ending).0 == Expectation::Forbidden);
        let both = Exploration {
            outcomes: united_tables(&self.outcomes, &graphs.outcomes),
            elapsed: self.elapsed + graphs.elapsed,
            sequential: Some(self.outcomes.clone()),
            ..self.clone()
        };
        match graphs.completeness {
            Completeness::CutShort(Cut::Interrupted) => Exploration {
                completeness: Completeness::CutShort(Cut::Interrupted),
                ..both
            },
            Completeness::CutShort(cut) if !is_refuted => Exploration {
                weak: Weak::LeftOut(cut.to_string()),
                is_exact: false,
                ..both
            },
            completeness => Exploration {
                outcomes: united_tables(&graphs.outcomes, &self.outcomes),
                method: Method::Graphs,
                executions: graphs.executions,
                blocked: graphs.blocked,
                completeness: united(self.completeness, completeness),
                is_exact: graphs.is_exact,
                weak: Weak::Explored(MemoryModel::C11),
                ..both
            },
        }
    }

    /// Notes that the execution graphs were not explored, for this reason.
    pub(super) fn without_graphs(self, reason: String) -> Self {
        Exploration {
            weak: Weak::LeftOut(reason),
            ..self
        }
    }
}

impl<O: Ord + Clone> Exploration<O> {
    /// Returns the endings that only weak memory shows: none if they are not known.
    pub fn only_weak(&self) -> BTreeSet<Ending<O>> {
        let Some(sequential) = &self.sequential else {
            return BTreeSet::new();
        };
        let endings = self.outcomes.iter().map(|(ending, _)| ending);
        endings
            .filter(|ending| sequential.count(ending) == 0)
            .cloned()
            .collect()
    }
}

/// Returns the endings of both tables, those of the first with its counts.
fn united_tables(
    first: &OutcomeTable<AnyOutcome>,
    second: &OutcomeTable<AnyOutcome>,
) -> OutcomeTable<AnyOutcome> {
    let mut both = first.clone();
    both.add_missing(second);
    both
}

/// Returns the bounds of both explorations.
fn united(first: Completeness, second: Completeness) -> Completeness {
    match (first, second) {
        (Completeness::Bounded(mut bounds), Completeness::Bounded(others)) => {
            for bound in others {
                if !bounds.contains(&bound) {
                    bounds.push(bound);
                }
            }
            Completeness::Bounded(bounds)
        }
        (bounded @ Completeness::Bounded(_), Completeness::Exhaustive) => bounded,
        (_, second) => second,
    }
}

impl Budget {
    /// Returns what is left of the budget after an exploration; or the reason why nothing is.
    pub(super) fn after<O>(&self, exploration: &Exploration<O>) -> Result<Budget, Cut> {
        let executions = self
            .executions
            .map(|most| most.saturating_sub(exploration.executions));
        let time = self.time.map(|most| most.saturating_sub(exploration.elapsed));
        match (executions, time) {
            (Some(0), _) => Err(Cut::Executions),
            (_, Some(left)) if left.is_zero() => Err(Cut::Time),
            _ => Ok(Budget {
                executions,
                time,
                ..self.clone()
            }),
        }
    }

    /// Returns the budget for execution graphs after so many interleavings, and their greatest number if it is not the
    /// budget's own.
    pub(super) fn for_graphs(self, interleavings: u64) -> (Budget, Option<u64>) {
        let most = selvedge_explorer::Explorer::graphs_in_proportion(interleavings);
        match self.executions {
            Some(executions) if executions <= most => (self, None),
            _ => {
                let executions = Some(most);
                (Budget { executions, ..self }, executions)
            }
        }
    }
}
