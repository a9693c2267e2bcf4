//! Reports as text for a terminal: a table of outcomes, and a verdict for each engine.

#[cfg(feature = "cli")]
mod brief;
mod drawn;
mod fitted;
mod summary;

#[cfg(feature = "cli")]
pub use brief::Brief;
#[cfg(feature = "cli")]
pub(super) use drawn::plain_drawing;
pub use drawn::write_drawing;
pub use fitted::Fitted;
#[cfg(feature = "cli")]
pub(super) use summary::plain_summary;
pub use summary::summary;

use super::{EngineReport, Report, Reporter, Row};
use crate::engine::{Completeness, Cut, Method};
use crate::expectation::Expectation;
use crate::numbers::{count_of, duration, grouped};
use crate::verdict::Verdict;
use anstyle::{AnsiColor, Style};
use drawn::write_witnesses;
use selvedge_explorer::drawing::width::{cut, printable, width};
use selvedge_explorer::drawing::with_minus;
use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

/// The greatest width of an outcome in a table: one that is wider is cut, and stands below in full.
const OUTCOME: usize = 40;

/// The greatest number of rows of a table.
const MAX_ROWS: usize = 25;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Writes reports as text, with ANSI escapes for colours; a writer that removes them gives plain text.
#[derive(Debug)]
pub struct Text<W> {
    output: W,
    width: usize,
}

impl<W: Write> Text<W> {
    /// Creates a reporter whose lines are at most `width` columns wide.
    pub fn new(output: W, width: usize) -> Self {
        Self { output, width }
    }
}

impl<W: Write> Reporter for Text<W> {
    fn report(&mut self, report: &Report) -> io::Result<()> {
        write_report(&mut self.output, report, self.width)?;
        writeln!(self.output)?;
        self.output.flush()
    }

    fn finish(&mut self, reports: &[Report]) -> io::Result<()> {
        let mut output = Fitted::new(&mut self.output, self.width);
        writeln!(output, "{}", summary(reports))?;
        output.flush()
    }
}

/// Writes a report and its witnesses in lines of at most `width` columns.
fn write_report(output: &mut impl Write, report: &Report, width: usize) -> io::Result<()> {
    let mut output = Fitted::new(output, width);
    write!(output, "{}", with_minus(&Styled(report).to_string()))?;
    write_witnesses(&mut output, report, width)?;
    output.flush()
}

/// The width of drawings in a text that may be read anywhere.
const WIDTH: usize = 80;

/// Returns the report as plain text, as a failing test shows it.
///
/// Only the drawings and their stories have a width. The verdicts stand on one line each, with negative numbers as
/// `Debug` writes them, so that `#[should_panic(expected = "…")]` can name any part of one.
pub fn plain(report: &Report) -> String {
    let mut text = format!("{}", Styled(report)).into_bytes();
    let mut drawings = Fitted::new(&mut text, WIDTH);
    // A write to memory does not fail.
    let _ = write_witnesses(&mut drawings, report, WIDTH).and_then(|()| drawings.flush());
    drop(drawings);
    anstream::adapter::strip_str(&String::from_utf8_lossy(&text)).to_string()
}

/// Returns the outcome table and the verdicts, with ANSI escapes.
pub fn findings(report: &Report) -> String {
    with_minus(&format!("{}\n{}", Table(report), Verdicts(report)))
}

/// Returns the verdict of each engine, with ANSI escapes.
pub fn verdicts(report: &Report) -> String {
    with_minus(&Verdicts(report).to_string())
}

/// Shows a report with ANSI escapes.
struct Styled<'a>(&'a Report);

impl fmt::Display for Styled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        write!(f, "{BOLD}{}{BOLD:#}", printable(&report.scenario))?;
        if let Some(size) = report.size {
            let threads = count_of(size.threads as u64, "thread");
            write!(
                f,
                "{DIM}, {threads} × {} each{DIM:#}",
                count_of(size.iterations, "operation")
            )?;
        }
        writeln!(f)?;
        if !report.lesson.is_empty() {
            writeln!(f, "  {}", printable(&report.lesson))?;
        }
        writeln!(f)?;
        if !report.rows.is_empty() {
            writeln!(f, "{}", Table(report))?;
        }
        write!(f, "{}", Verdicts(report))
    }
}

/// A line for each engine.
struct Verdicts<'a>(&'a Report);

impl fmt::Display for Verdicts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_verdicts(f, self.0)?;
        for (row, engine) in self.0.doubtful() {
            let origin = match row.is_artefact {
                true if self.0.explores_graphs() => "an artefact, for no execution graph under C11 ends so",
                true => "an artefact: accesses that race are all SeqCst, and no interleaving ends so",
                false => "a weak memory ordering, or an artefact",
            };
            writeln!(
                f,
                "  {WARNING}Only {engine} shows {}:{WARNING:#} {origin}; see docs/engines.md.",
                cell(&row.outcome)
            )?;
        }
        for (row, engine) in self.0.overlooked() {
            let outcome = cell(&row.outcome);
            writeln!(
                f,
                "  {WARNING}Not shown by {engine}: {outcome}.{WARNING:#} C11 allows it; see docs/engines.md."
            )?;
        }
        for shortfall in self.0.shortfalls() {
            writeln!(
                f,
                "  {WARNING}Not enough:{WARNING:#} {}.",
                printable(&shortfall.to_string())
            )?;
        }
        Ok(())
    }
}

fn write_verdicts(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let names = report.engines.iter().map(|engine| engine.engine);
    let width = names
        .chain(report.unsuitable.iter().map(|engine| engine.engine))
        .map(str::len)
        .max();
    let width = width.unwrap_or(0);
    for engine in &report.engines {
        let style = style_of(&engine.verdict);
        writeln!(
            f,
            "  {:width$}  {style}{:12}{style:#}  {}",
            engine.engine,
            engine.verdict.kind(),
            printable(&extent(engine))
        )?;
        if let Method::Argument(argument) = &engine.method
            && !argument.assumed.is_empty()
        {
            let assumed = printable(&argument.assumed.join(" ")).into_owned();
            writeln!(f, "  {:width$}  {:12}  {assumed}", "", "assumed")?;
        }
        if let Some(speedup) = engine.speedup {
            writeln!(
                f,
                "  {:width$}  {:12}  over a longer run: side by side {}, in sequence {}: {:.2} times as fast",
                "",
                "measured",
                duration(speedup.side_by_side),
                duration(speedup.in_sequence),
                speedup.ratio()
            )?;
        }
    }
    for engine in &report.unsuitable {
        writeln!(
            f,
            "  {:width$}  {DIM}not run       {}{DIM:#}",
            engine.engine, engine.reason
        )?;
    }
    Ok(())
}

/// Returns how much the engine explored, with the reason for its verdict, and the time that it took.
fn extent(engine: &EngineReport) -> String {
    // A no-break space: a line is not broken within the duration.
    let elapsed = duration(engine.elapsed).replace(' ', "\u{a0}");
    format!("{} ({elapsed})", explored(engine))
}

/// Returns how much the engine explored, with the reason for its verdict.
pub(crate) fn explored(engine: &EngineReport) -> String {
    let amount = engine.amount();
    let mut extent = match (&engine.verdict, &engine.method) {
        (Verdict::Proved, Method::Argument(argument)) => argument.to_string(),
        (Verdict::Refuted(reason), Method::Argument(argument)) => format!("{reason}; {argument}"),
        (Verdict::Proved, _) => format!("all {amount}, under {}", engine.under()),
        (Verdict::Bounded(bound), _) => format!("{amount}, {bound}, under {}", engine.under()),
        (Verdict::Sampled, _) => format!("{amount} on {}: no proof", sampled_on(engine)),
        (Verdict::Inconclusive(reason), _) => match &engine.completeness {
            Completeness::CutShort(Cut::NoInvariant(_)) => reason.clone(),
            _ => format!("{reason}, after {amount}"),
        },
        (Verdict::Refuted(reason), _) => format!("{reason}; {amount}, under {}", engine.memory_model),
    };
    if engine.blocked > 0 {
        let _ = write!(extent, ", and {} started and given up", grouped(engine.blocked));
    }
    if let Some(seed) = engine.seed {
        let _ = write!(extent, ", seed {seed}");
    }
    extent
}

fn sampled_on(engine: &EngineReport) -> String {
    match engine.seed {
        Some(_) => format!("a random schedule each, under {}", engine.memory_model),
        None => engine.memory_model.to_string(),
    }
}

fn style_of(verdict: &Verdict) -> Style {
    match verdict {
        Verdict::Proved | Verdict::Bounded(_) | Verdict::Sampled => GOOD,
        Verdict::Inconclusive(_) => WARNING,
        Verdict::Refuted(_) => BAD,
    }
}

/// The outcome table: a row for each ending, a column for each engine.
struct Table<'a>(&'a Report);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        let rows = &report.rows[..report.rows.len().min(MAX_ROWS)];
        let outcomes = rows.iter().map(|row| width(&cell(&row.outcome)));
        let first = outcomes.chain(["ends at".len()]).max().unwrap_or(0);
        let expectations = rows.iter().map(|row| row.expectation.to_string().len());
        let second = expectations.chain(["expected".len()]).max().unwrap_or(0);
        write!(f, "  {DIM}{:>first$}  {:second$}", "ends at", "expected")?;
        for engine in &report.engines {
            write!(f, "  {:>width$}", engine.engine, width = column(engine))?;
        }
        writeln!(f, "  why{DIM:#}")?;
        for row in rows {
            let style = style_of_row(row);
            let outcome = cell(&row.outcome);
            write!(
                f,
                "  {style}{}{outcome}{style:#}  {:second$}",
                " ".repeat(first - width(&outcome)),
                row.expectation.to_string()
            )?;
            for (index, engine) in report.engines.iter().enumerate() {
                let cell = match (row.missing[index], &engine.method, row.counts[index]) {
                    (true, ..) => "missing".to_owned(),
                    (false, method, count) if method.counts_executions() => grouped(count),
                    (false, _, 0) => "no".to_owned(),
                    (false, ..) => "yes".to_owned(),
                };
                write!(f, "  {cell:>width$}", width = column(engine))?;
            }
            writeln!(f, "  {}", printable(&row.reason))?;
        }
        for row in rows.iter().filter(|row| cell(&row.outcome) != row.outcome.trim()) {
            writeln!(f, "\n  {}, in full:", row.kind)?;
            for line in row.outcome.trim().lines() {
                writeln!(f, "    {}", printable(line))?;
            }
        }
        for row in rows.iter().filter(|row| !row.explanation.is_empty()) {
            writeln!(f, "\n  {}, for example:", row.kind)?;
            for line in &row.explanation {
                writeln!(f, "    {}", printable(line))?;
            }
        }
        let left = report.rows.len() - rows.len();
        if left > 0 {
            let or_more = if report.is_abridged { " or more" } else { "" };
            writeln!(f, "  {DIM}and {left}{or_more} others{DIM:#}")?;
        }
        Ok(())
    }
}

/// Returns the width of an engine's column.
fn column(engine: &EngineReport) -> usize {
    engine.engine.len().max(grouped(engine.executions).len())
}

fn style_of_row(row: &Row) -> Style {
    let is_missing = row.missing.contains(&true);
    match row.expectation {
        Expectation::Forbidden => BAD,
        Expectation::Required if is_missing => BAD,
        Expectation::Interesting | Expectation::Unclear => WARNING,
        Expectation::Required | Expectation::Allowed => BOLD,
    }
}

/// Returns the first line of an outcome, because the message of a panic may have many.
fn first_line(outcome: &str) -> Cow<'_, str> {
    printable(outcome.trim().lines().next().unwrap_or(""))
}

/// Returns an outcome as the table has it: its first line, cut to the width of its column.
fn cell(outcome: &str) -> String {
    cut(&first_line(outcome), OUTCOME)
}
