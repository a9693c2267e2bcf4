//! The outcome table and the verdict of a level, as data.

use super::graph::Graph;
use super::model::{EndingData, VerdictData};
use crate::execution::Ending;
use crate::expectation::Expectation;
use crate::goal::{Goal, says, with_minus};
use crate::outcome::AnyOutcome;
use crate::report::{Report, Row, text};
use crate::scenario::AnyScenario;

/// The endings of a scenario: the rows of the report, and those that only the graph has, because the
/// exploration was cut short.
#[derive(Debug)]
pub(super) struct Endings {
    pub(super) rows: Vec<EndingData>,
    /// For each state of the graph, the index of its ending, if it is one.
    pub(super) of_states: Vec<Option<usize>>,
}

impl Endings {
    /// Collects the endings; those that reach the goal are marked.
    pub(super) fn of(scenario: &AnyScenario, report: &Report, graph: &Graph, goal: Option<&Goal>) -> Self {
        let mut names: Vec<String> = report.rows.iter().map(|row| row.outcome.clone()).collect();
        let mut rows: Vec<EndingData> = report.rows.iter().map(row).collect();
        let mut of_states = Vec::new();
        for state in &graph.states {
            of_states.push(state.ending.as_ref().map(|ending| {
                let name = scenario.describe_ending(ending);
                let known = names.iter().position(|known| *known == name);
                let index = known.unwrap_or_else(|| {
                    rows.push(unseen(scenario, ending));
                    names.push(name);
                    rows.len() - 1
                });
                rows[index].is_goal = goal.is_some_and(|goal| goal.is_reached(ending));
                index
            }));
        }
        Endings { rows, of_states }
    }
}

fn row(row: &Row) -> EndingData {
    EndingData {
        text: with_minus(&row.outcome),
        expectation: row.expectation.to_string(),
        reason: row.reason.clone(),
        says: says(row.expectation),
        executions: row.counts.iter().sum(),
        is_missing: row.missing.contains(&true),
        is_goal: false,
        is_failure: is_failure(row.kind),
        is_forbidden: row.expectation == Expectation::Forbidden,
        no_witness: match &row.witness {
            Some(Err(reason)) => Some(reason.clone()),
            _ => None,
        },
    }
}

/// Returns the row of an ending that no engine has seen.
fn unseen(scenario: &AnyScenario, ending: &Ending<AnyOutcome>) -> EndingData {
    let (expectation, reason) = scenario.expectations().of(ending);
    EndingData {
        text: with_minus(&scenario.describe_ending(ending)),
        expectation: expectation.to_string(),
        reason,
        says: says(expectation),
        executions: 0,
        is_missing: false,
        is_goal: false,
        is_failure: is_failure(ending.kind()),
        is_forbidden: expectation == Expectation::Forbidden,
        no_witness: None,
    }
}

fn is_failure(kind: &str) -> bool {
    matches!(kind, "deadlock" | "panic" | "data race")
}

/// Returns the verdicts of a report, without the times, so that the page is the same every time.
pub(super) fn verdicts(report: &Report) -> Vec<VerdictData> {
    let engines = report.engines.iter();
    engines
        .map(|engine| VerdictData {
            engine: engine.engine,
            kind: engine.verdict.kind(),
            extent: text::explored(engine),
            is_as_expected: engine.verdict.is_as_expected(),
        })
        .collect()
}
