//! Reports as one JSON document, for programs. `docs/json.md` describes it.

mod witness;

use super::{EngineReport, Report, Reporter, Row};
use crate::engine::{Completeness, Method, Weak};
use crate::verdict::Strength;
use crate::witness::Witness;
use serde::Serialize;
use std::io::{self, Write};
use std::time::Duration;
use witness::WitnessDocument;

/// The version of the document's schema; it increases when something that a reader may rely on changes.
pub const SCHEMA: u32 = 1;

/// Writes all reports as one JSON document, at the end.
#[derive(Debug)]
pub struct Json<W>(pub W);

impl<W: Write> Reporter for Json<W> {
    fn report(&mut self, _report: &Report) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, reports: &[Report]) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.0, &Document::new(reports))?;
        writeln!(self.0)?;
        self.0.flush()
    }
}

/// Writes the outcome of one interleaving, and the interleaving if it is known, as a JSON document.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_replay(output: &mut impl Write, outcome: &str, witness: Option<&Witness>) -> io::Result<()> {
    let document = ReplayDocument {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        outcome,
        witness: witness.map(WitnessDocument::new),
    };
    serde_json::to_writer_pretty(&mut *output, &document)?;
    writeln!(output)
}

#[derive(Serialize)]
struct ReplayDocument<'a> {
    schema: u32,
    version: &'static str,
    outcome: &'a str,
    witness: Option<WitnessDocument<'a>>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    version: &'static str,
    as_expected: bool,
    passed: bool,
    scenarios: Vec<ScenarioDocument<'a>>,
}

#[derive(Serialize)]
struct ScenarioDocument<'a> {
    scenario: &'a str,
    lesson: &'a str,
    threads: Option<usize>,
    iterations: Option<u64>,
    as_expected: bool,
    required: Option<&'static str>,
    passed: bool,
    outcomes: Vec<OutcomeDocument<'a>>,
    abridged: bool,
    undrawn: usize,
    engines: Vec<EngineDocument<'a>>,
    unsuitable: Vec<UnsuitableDocument<'a>>,
}

#[derive(Serialize)]
struct OutcomeDocument<'a> {
    outcome: &'a str,
    kind: &'a str,
    expectation: String,
    reason: &'a str,
    explanation: &'a [String],
    /// The counts, in the order of the scenario's engines.
    counts: &'a [u64],
    missing: &'a [bool],
    artefact: bool,
    needs_weak_memory: Option<bool>,
    witness: Option<WitnessDocument<'a>>,
    shuttle_schedule: Option<String>,
}

#[derive(Serialize)]
struct EngineDocument<'a> {
    engine: &'a str,
    memory_model: String,
    weak_memory: Option<WeakDocument<'a>>,
    seed: Option<u64>,
    verdict: &'a str,
    reason: Option<&'a str>,
    completeness: &'a str,
    method: &'static str,
    executions: u64,
    graphs: Option<u64>,
    states: Option<u64>,
    argument: Option<ArgumentDocument<'a>>,
    blocked: u64,
    seconds: f64,
    speedup: Option<SpeedupDocument>,
}

/// What is known about weak memory, of an engine that was to look at it.
#[derive(Serialize)]
struct WeakDocument<'a> {
    result: &'static str,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct ArgumentDocument<'a> {
    scope: &'a str,
    grounds: &'a str,
    assumed: &'a [String],
    runs: u64,
}

#[derive(Serialize)]
struct SpeedupDocument {
    in_sequence_seconds: f64,
    side_by_side_seconds: f64,
    ratio: f64,
}

#[derive(Serialize)]
struct UnsuitableDocument<'a> {
    engine: &'a str,
    optional: bool,
    reason: &'a str,
}

impl<'a> Document<'a> {
    fn new(reports: &'a [Report]) -> Self {
        Document {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            as_expected: reports.iter().all(Report::is_as_expected),
            passed: reports.iter().all(Report::passes),
            scenarios: reports.iter().map(ScenarioDocument::new).collect(),
        }
    }
}

impl<'a> ScenarioDocument<'a> {
    fn new(report: &'a Report) -> Self {
        ScenarioDocument {
            scenario: &report.scenario,
            lesson: &report.lesson,
            threads: report.size.map(|size| size.threads),
            iterations: report.size.map(|size| size.iterations),
            as_expected: report.is_as_expected(),
            required: report.required.map(Strength::name),
            passed: report.passes(),
            outcomes: report.rows.iter().map(OutcomeDocument::new).collect(),
            abridged: report.is_abridged,
            undrawn: report.undrawn,
            engines: report.engines.iter().map(EngineDocument::new).collect(),
            unsuitable: report
                .unsuitable
                .iter()
                .map(|engine| UnsuitableDocument {
                    engine: engine.engine,
                    optional: engine.is_optional,
                    reason: &engine.reason,
                })
                .collect(),
        }
    }
}

impl<'a> OutcomeDocument<'a> {
    fn new(row: &'a Row) -> Self {
        OutcomeDocument {
            outcome: &row.outcome,
            kind: row.kind,
            expectation: row.expectation.to_string(),
            reason: &row.reason,
            explanation: &row.explanation,
            counts: &row.counts,
            missing: &row.missing,
            artefact: row.is_artefact,
            needs_weak_memory: row.needs_weak_memory,
            witness: WitnessDocument::of(row),
            shuttle_schedule: row.shuttle.as_ref().map(ToString::to_string),
        }
    }
}

impl<'a> WeakDocument<'a> {
    fn of(weak: &'a Weak) -> Option<Self> {
        let (result, reason) = match weak {
            Weak::Unasked => return None,
            Weak::NoDifference => ("no difference", None),
            Weak::Explored(_) => ("explored", None),
            Weak::LeftOut(reason) => ("left out", Some(reason.as_str())),
        };
        Some(WeakDocument { result, reason })
    }
}

impl<'a> EngineDocument<'a> {
    fn new(report: &'a EngineReport) -> Self {
        let seconds = |duration: Duration| duration.as_secs_f64();
        EngineDocument {
            engine: report.engine,
            memory_model: report.memory_model.to_string(),
            weak_memory: WeakDocument::of(&report.weak),
            seed: report.seed,
            verdict: report.verdict.kind(),
            reason: report.verdict.reason(),
            completeness: match report.completeness {
                Completeness::Exhaustive => "exhaustive",
                Completeness::Bounded(_) => "bounded",
                Completeness::Sampled => "sampled",
                Completeness::CutShort(_) => "cut short",
            },
            method: match report.method {
                Method::Executions => "executions",
                Method::Graphs => "graphs",
                Method::States(_) => "states",
                Method::Argument(_) => "argument",
            },
            executions: report.executions,
            graphs: (report.method == Method::Graphs).then_some(report.executions),
            states: match report.method {
                Method::States(states) => Some(states),
                _ => None,
            },
            argument: match &report.method {
                Method::Argument(argument) => Some(ArgumentDocument {
                    scope: &argument.scope,
                    grounds: &argument.grounds,
                    assumed: &argument.assumed,
                    runs: argument.runs,
                }),
                _ => None,
            },
            blocked: report.blocked,
            seconds: seconds(report.elapsed),
            speedup: report.speedup.map(|speedup| SpeedupDocument {
                in_sequence_seconds: seconds(speedup.in_sequence),
                side_by_side_seconds: seconds(speedup.side_by_side),
                ratio: speedup.ratio(),
            }),
        }
    }
}
