//! Findings: everything that keeps a report from passing, one by one, as the tools of a team take them.

use super::again::again;
use super::{Report, Row};
use crate::engine::Completeness;
use crate::expectation::Expectation;
use crate::verdict::Verdict;
use crate::witness::Witness;
use selvedge_explorer::drawing::width::printable;

/// Something that keeps a report from passing.
#[derive(Debug, Clone)]
pub struct Finding<'a> {
    /// The report that it is from.
    pub report: &'a Report,
    /// The rule that is broken.
    pub rule: Rule,
    /// The engines that have found it.
    pub engines: Vec<&'static str>,
    /// What was found, in one sentence without a full stop.
    pub summary: String,
    /// The ending that was seen or is missing; empty if it is not about one.
    pub outcome: &'a str,
    /// The shortest interleaving that shows it, if one was found.
    pub witness: Option<&'a Witness>,
}

/// A rule that a finding breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The threads end with an outcome that is forbidden.
    ForbiddenOutcome,
    /// Threads wait for each other for ever.
    Deadlock,
    /// A thread panics.
    Panic,
    /// Plain memory is accessed by two threads that nothing orders.
    DataRace,
    /// An execution has no end.
    Endless,
    /// An outcome that is required is impossible.
    MissingOutcome,
    /// Less was explored than was asked for.
    Inconclusive,
    /// An engine that was asked for did not run.
    NotRun,
    /// Less was shown than is required.
    NotEnough,
}

/// The weight of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The scenario is refuted.
    Error,
    /// It is not known whether the scenario is as expected.
    Warning,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 9] = [
        Rule::ForbiddenOutcome,
        Rule::Deadlock,
        Rule::Panic,
        Rule::DataRace,
        Rule::Endless,
        Rule::MissingOutcome,
        Rule::Inconclusive,
        Rule::NotRun,
        Rule::NotEnough,
    ];

    /// Returns the rule's name, which never changes.
    pub fn id(self) -> &'static str {
        match self {
            Rule::ForbiddenOutcome => "forbidden-outcome",
            Rule::Deadlock => "deadlock",
            Rule::Panic => "panic",
            Rule::DataRace => "data-race",
            Rule::Endless => "endless",
            Rule::MissingOutcome => "missing-outcome",
            Rule::Inconclusive => "inconclusive",
            Rule::NotRun => "not-run",
            Rule::NotEnough => "not-enough",
        }
    }

    /// Returns what breaks the rule, in one sentence.
    pub fn about(self) -> &'static str {
        match self {
            Rule::ForbiddenOutcome => "The threads end with an outcome that must never be seen.",
            Rule::Deadlock => "Threads wait for each other, and none of them can ever go on.",
            Rule::Panic => "A thread panics.",
            Rule::DataRace => "Two threads access plain memory, one of them writes, and nothing orders them.",
            Rule::Endless => "An execution goes on without end.",
            Rule::MissingOutcome => "Everything was explored, and an outcome that must be possible is not.",
            Rule::Inconclusive => "Less was explored than was asked for: this is no pass.",
            Rule::NotRun => "An engine that was asked for did not run.",
            Rule::NotEnough => "Everything was as expected, but less was shown than is required.",
        }
    }

    /// Returns the weight of a finding by this rule.
    pub fn level(self) -> Level {
        match self {
            Rule::Inconclusive | Rule::NotRun | Rule::NotEnough => Level::Warning,
            _ => Level::Error,
        }
    }

    /// Returns the rule that an ending of this kind breaks if it is forbidden.
    fn of_kind(kind: &str) -> Rule {
        match kind {
            "deadlock" => Rule::Deadlock,
            "panic" => Rule::Panic,
            "data race" => Rule::DataRace,
            "step limit" | "time limit" => Rule::Endless,
            _ => Rule::ForbiddenOutcome,
        }
    }
}

impl<'a> Finding<'a> {
    /// Returns the story of the witness: plain sentences, without a drawing.
    pub fn story(&self) -> Option<String> {
        self.witness.map(|witness| witness.drawing.story.join(" "))
    }

    /// Returns the command or the line of code that shows it again; `None` if it has no witness.
    pub fn again(&self) -> Option<String> {
        let is_catalogued = self.report.size.is_some();
        self.witness.map(|witness| again(witness, is_catalogued))
    }

    fn new(report: &'a Report, rule: Rule, engines: Vec<&'static str>, summary: String) -> Self {
        Finding {
            report,
            rule,
            engines,
            summary: printable(&summary).into_owned(),
            outcome: "",
            witness: None,
        }
    }

    fn of_row(report: &'a Report, row: &'a Row) -> Option<Self> {
        let engines = |wanted: &dyn Fn(usize) -> bool| -> Vec<&'static str> {
            let indices = (0..report.engines.len()).filter(|&index| wanted(index));
            indices.map(|index| report.engines[index].engine).collect()
        };
        let title = report.title();
        let Row { outcome, reason, .. } = row;
        let seen = engines(&|index| row.counts[index] > 0);
        let missing = engines(&|index| {
            row.missing[index] && report.engines[index].completeness == Completeness::Exhaustive
        });
        let (rule, engines, summary) = match row.expectation {
            Expectation::Forbidden if !seen.is_empty() => {
                let how = match row.needs_weak_memory {
                    Some(true) => "; it takes weak memory, as no interleaving ends so",
                    _ => "",
                };
                let summary = format!("{title} can end {}, which is forbidden: {reason}{how}", so(row));
                (Rule::of_kind(row.kind), seen, summary)
            }
            Expectation::Required if !missing.is_empty() => {
                let summary = format!("{title} must be able to end {}, and cannot: {reason}", so(row));
                (Rule::MissingOutcome, missing, summary)
            }
            _ => return None,
        };
        Some(Finding {
            outcome,
            witness: row.witness.as_ref().and_then(|found| found.as_deref().ok()),
            ..Finding::new(report, rule, engines, summary)
        })
    }
}

/// Returns how an execution ends: at an outcome, or in a deadlock.
fn so(row: &Row) -> String {
    let first = row.outcome.trim().lines().next().unwrap_or("");
    match row.kind {
        "finished" => format!("at {first}"),
        "step limit" | "time limit" => format!("at the {}", row.kind),
        _ => format!("in a {first}"),
    }
}

impl Report {
    /// Returns everything that keeps the report from passing; empty if, and only if, it [passes](Self::passes).
    pub fn findings(&self) -> Vec<Finding<'_>> {
        let title = self.title();
        let rows = self.rows.iter().filter_map(|row| Finding::of_row(self, row));
        let cut_short = self.engines.iter().filter_map(|engine| match &engine.verdict {
            Verdict::Inconclusive(reason) => {
                let summary = format!("{title} is inconclusive on {}: {reason}", engine.engine);
                Some(Finding::new(
                    self,
                    Rule::Inconclusive,
                    vec![engine.engine],
                    summary,
                ))
            }
            _ => None,
        });
        let unmet = self.unmet().map(|unmet| {
            let summary = format!("{title} was not run on {}: {}", unmet.engine, unmet.reason);
            Finding::new(self, Rule::NotRun, vec![unmet.engine], summary)
        });
        let shortfalls = self.shortfalls().into_iter().map(|short| {
            let summary = format!("{title}: {short}");
            Finding::new(self, Rule::NotEnough, vec![short.engine.engine], summary)
        });
        rows.chain(cut_short).chain(unmet).chain(shortfalls).collect()
    }
}
