//! The engine for every n: an argument about one step, instead of executions.

use super::session::Session;
use super::{Argument, Budget, Completeness, Cut, Engine, Exploration, Explorer, Method};
use crate::backend::{Feature, MemoryModel};
use crate::execution::Ending;
use crate::expectation::Expectation;
use crate::invariant::{self, Failed, Judgement, Limits, Proof, Strength, Unproved};
use crate::numbers::count_of;
use crate::outcome::{AnyOutcome, OutcomeTable};
use crate::scenario::AnyScenario;
use std::time::Instant;

/// A proof for every number of iterations, by a [sum invariant](crate::invariant); if there is none, for those up to
/// the scenario's own.
///
/// A step that keeps no sum is explored with one and two iterations: if what must never be seen is seen there, the
/// scenario is refuted; otherwise nothing is known, and the verdict is *inconclusive*.
#[derive(Debug, Clone, Copy, Default)]
pub struct EveryN;

/// The numbers of iterations with which a scenario without a sum invariant is explored.
const SMALL: [u64; 2] = [1, 2];

impl Engine for EveryN {
    fn name(&self) -> &'static str {
        "every-n"
    }

    /// The steps read whatever there can be, under any of the memory models; what an argument takes for granted stands
    /// in it.
    fn memory_model(&self) -> MemoryModel {
        MemoryModel::SequentialConsistency
    }

    fn detects_data_races(&self) -> bool {
        true
    }

    fn supports(&self, _feature: Feature) -> bool {
        false
    }

    fn needs_steps(&self) -> bool {
        true
    }

    fn explore_any(&self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        let (scenario, in_worker) = (scenario.clone(), budget.clone());
        Session::run(
            budget,
            "every-n",
            || false,
            move |session| work(&scenario, &in_worker, &session),
        )
    }
}

fn work(scenario: &AnyScenario, budget: &Budget, session: &Session) -> Completeness {
    if !session.may_start() {
        return session.completeness(Completeness::Exhaustive);
    }
    match prove(scenario, budget) {
        Ok(proof) => conclude(&proof, session),
        Err(Unproved::CutShort(cut)) => Completeness::CutShort(cut),
        Err(Unproved::Failed(failed)) => refute(scenario, &failed, budget, session),
    }
}

/// Proves the scenario for every n, or else for all up to its own.
fn prove(scenario: &AnyScenario, budget: &Budget) -> Result<Proof, Unproved> {
    let Some(repeated) = scenario.repeated() else {
        let reason = "this is no repeated scenario".to_owned();
        return Err(Unproved::CutShort(Cut::Unsuitable(reason)));
    };
    let begun = Instant::now();
    let limits = || Limits {
        time: budget.time.map(|time| time.saturating_sub(begun.elapsed())),
        interrupt: budget.interrupt.clone(),
        ..Limits::default()
    };
    invariant::check(&repeated, Strength::Opaque, &limits()).or_else(|unproved| match unproved {
        // The first answer names the paths that differ; the second may be that there are too many.
        Unproved::Failed(_) => {
            invariant::check(&repeated, Strength::Concrete, &limits()).map_err(|_| unproved)
        }
        Unproved::CutShort(_) => Err(unproved),
    })
}

fn conclude(proof: &Proof, session: &Session) -> Completeness {
    let mut table = OutcomeTable::default();
    table.record(Ending::Finished(proof.outcome.clone()));
    let argument = Argument {
        scope: format!("for {}", proof.scope),
        grounds: proof.grounds(),
        assumed: proof.assumptions.clone(),
        runs: proof.runs,
    };
    session.note_found(table, Method::Argument(argument));
    match &proof.judgement {
        Judgement::Refuted {
            iterations,
            shown,
            reason,
        } if *iterations != proof.iterations => {
            let iterations = count_of(*iterations, "iteration");
            Completeness::CutShort(Cut::EngineGaveUp(format!(
                "with {iterations}, every execution ends at {shown}: {reason}"
            )))
        }
        Judgement::Refuted { .. } | Judgement::Proved => Completeness::Exhaustive,
    }
}

/// Looks with few iterations for what must never be seen, as no sum invariant was found.
fn refute(scenario: &AnyScenario, failed: &Failed, budget: &Budget, session: &Session) -> Completeness {
    let reason = failed.in_short();
    let own = scenario.repeated().map_or(0, |repeated| repeated.iterations());
    for iterations in SMALL.into_iter().filter(|&iterations| iterations <= own) {
        let Some(small) = scenario.with_iterations(iterations) else {
            break;
        };
        let explored = Explorer::SEQUENTIAL.explore_any(&small, budget);
        let expectations = small.expectations();
        let forbidden = |ending: &Ending<_>| expectations.of(ending).0 == Expectation::Forbidden;
        if let Some((ending, _)) = explored.outcomes.iter().find(|(ending, _)| forbidden(ending)) {
            let mut table = OutcomeTable::default();
            table.record(ending.clone());
            let argument = Argument {
                scope: format!("with {} each", count_of(iterations, "iteration")),
                grounds: format!(
                    "the explorer has found this among {}; {reason}",
                    count_of(explored.executions, "execution")
                ),
                assumed: Vec::new(),
                runs: explored.executions,
            };
            session.note_found(table, Method::Argument(argument));
            return Completeness::Exhaustive;
        }
    }
    let argument = Argument {
        scope: "for no n".to_owned(),
        grounds: reason.clone(),
        assumed: Vec::new(),
        runs: 0,
    };
    session.note_found(OutcomeTable::default(), Method::Argument(argument));
    Completeness::CutShort(Cut::NoInvariant(reason))
}
