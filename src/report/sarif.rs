//! SARIF 2.1.0, which GitHub's code scanning and editors read: a result for each finding.
//!
//! Each witness is a code flow of one thread flow, in which the events stand in the order in which they happened
//! and each says whose it is. Viewers show the steps of one thread flow in order, and thread flows one by one: a
//! thread flow for each thread would tear the interleaving apart.

mod document;

use super::uri::uri;
use super::{Finding, Level, Report, Reporter, Rule};
use crate::witness::Witness;
use document::{
    ArtifactLocation, CodeFlow, Driver, Fingerprints, Invocation, Location, Log, Message, PhysicalLocation,
    Region, Run, RunDetails, SarifResult, SarifRule, ThreadFlow, ThreadFlowLocation, Tool,
};
use selvedge_explorer::drawing::actions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file that a result points to if no event is known: code scanning refuses results without a place.
const NOWHERE: &str = "Cargo.toml";

/// Writes all findings as one document, at the end.
#[derive(Debug)]
pub struct Sarif<W> {
    output: W,
    root: PathBuf,
}

impl<W: Write> Sarif<W> {
    /// Creates a reporter of findings in files below `root`, the root of the repository.
    pub fn new(output: W, root: PathBuf) -> Self {
        Self { output, root }
    }
}

impl<W: Write> Reporter for Sarif<W> {
    fn report(&mut self, _report: &Report) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, reports: &[Report]) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.output, &log(reports, &self.root))?;
        writeln!(self.output)?;
        self.output.flush()
    }
}

fn log(reports: &[Report], root: &Path) -> Log {
    let findings = reports.iter().flat_map(Report::findings);
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: driver() },
            automation_details: RunDetails { id: "selvedge/" },
            invocations: [Invocation {
                execution_successful: true,
            }],
            column_kind: "unicodeCodePoints",
            results: findings.map(|finding| result(&finding, root)).collect(),
        }],
    }
}

fn driver() -> Driver {
    Driver {
        name: "selvedge",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: Rule::ALL.into_iter().map(rule).collect(),
    }
}

fn rule(rule: Rule) -> SarifRule {
    SarifRule {
        id: rule.id(),
        short_description: Message::new(rule.about()),
        default_configuration: document::Configuration { level: level(rule) },
    }
}

fn level(rule: Rule) -> &'static str {
    match rule.level() {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}

fn result(finding: &Finding<'_>, root: &Path) -> SarifResult {
    let index = Rule::ALL.iter().position(|&rule| rule == finding.rule);
    let place = finding.witness.and_then(Witness::place);
    let place = place.map(|place| physical(&place.file, place.line, root));
    SarifResult {
        rule_id: finding.rule.id(),
        rule_index: index.expect("every rule is among all of them"),
        level: level(finding.rule),
        message: Message::new(told(finding)),
        locations: [Location {
            physical_location: place.unwrap_or_else(|| physical(NOWHERE, 1, root)),
            message: None,
        }],
        code_flows: finding
            .witness
            .map(|witness| code_flow(finding, witness, root))
            .into_iter()
            .collect(),
        partial_fingerprints: Fingerprints {
            finding: fingerprint(finding),
        },
    }
}

/// Returns what was found, the story behind it, and what shows it again.
fn told(finding: &Finding<'_>) -> String {
    let engines = finding.engines.join(", ");
    let mut text = format!("{} ({engines}).", finding.summary);
    if let Some(story) = finding.story() {
        text += &format!(" {story}");
    }
    if let Some(again) = finding.again() {
        text += &format!("\n\nRun it again: {again}");
    }
    text
}

/// Returns what stays the same when lines move: the scenario, the rule, and the outcome or the engine.
fn fingerprint(finding: &Finding<'_>) -> String {
    let what = match finding.outcome {
        "" => finding.engines.join(","),
        outcome => outcome.to_owned(),
    };
    format!("{}/{}/{what}", finding.report.title(), finding.rule.id())
}

fn code_flow(finding: &Finding<'_>, witness: &Witness, root: &Path) -> CodeFlow {
    let steps = witness
        .interleaving
        .steps
        .iter()
        .zip(actions(&witness.interleaving));
    let locations = steps.enumerate().map(|(index, (step, action))| {
        let thread = match step.event.thread.to_string() {
            main if main == "main" => main,
            number => format!("thread {number}"),
        };
        let place = step.event.location;
        ThreadFlowLocation {
            location: Location {
                physical_location: physical(place.file(), place.line(), root),
                message: Some(Message::new(format!("{}. {thread}: {action}", index + 1))),
            },
            execution_order: index + 1,
            importance: match step.preempted {
                Some(_) => "essential",
                None => "important",
            },
        }
    });
    CodeFlow {
        message: Message::new(format!("How it comes to {}", finding.outcome)),
        thread_flows: [ThreadFlow {
            locations: locations.collect(),
        }],
    }
}

fn physical(file: &str, line: u32, root: &Path) -> PhysicalLocation {
    PhysicalLocation {
        artifact_location: ArtifactLocation { uri: uri(file, root) },
        region: Region {
            start_line: line.max(1),
        },
    }
}
