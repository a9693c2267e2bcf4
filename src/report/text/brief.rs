//! Reports in brief: one line for each check, and the last line of a text.

use super::{BOLD, DIM, Fitted, WARNING, printable, style_of, summary, with_minus};
use crate::engine::{Method, Weak};
use crate::report::{EngineReport, Report, Reporter};
use crate::verdict::Verdict;
use selvedge_explorer::drawing::width::{cut, width};
use std::io::{self, Write};

/// The least width of the column with the scenario's name.
const TITLE: usize = 20;

/// Writes one line for each check, with ANSI escapes for colours.
#[derive(Debug)]
pub struct Brief<W> {
    output: W,
    width: usize,
}

impl<W: Write> Brief<W> {
    /// Creates a reporter whose lines are at most `width` columns wide: what does not fit is cut.
    pub fn new(output: W, width: usize) -> Self {
        Self { output, width }
    }

    /// Writes a line whose verdict is in this style; `room` is the width of the engines' names.
    fn line(
        &mut self,
        [title, engine, verdict, more]: [&str; 4],
        style: anstyle::Style,
        room: usize,
    ) -> io::Result<()> {
        let title = printable(title);
        let padding = " ".repeat(TITLE.saturating_sub(width(&title)));
        let before = width(&title) + padding.len() + 2 + room + 2 + 12 + 2;
        let more = cut(&with_minus(&printable(more)), self.width.saturating_sub(before));
        let verdict = match more.is_empty() {
            true => format!("{style}{verdict}{style:#}"),
            false => format!("{style}{verdict:12}{style:#}  {DIM}{more}{DIM:#}"),
        };
        writeln!(
            self.output,
            "{BOLD}{title}{BOLD:#}{padding}  {engine:room$}  {verdict}"
        )
    }
}

/// Returns what stands behind a verdict: the reason, or else the number of executions.
fn briefly(engine: &EngineReport) -> String {
    let amount = engine.amount();
    match &engine.verdict {
        Verdict::Proved => match &engine.method {
            Method::Argument(argument) => argument.scope.clone(),
            _ if matches!(engine.weak, Weak::LeftOut(_)) => {
                format!("all {amount}, under {} only", engine.memory_model)
            }
            _ => format!("all {amount}"),
        },
        Verdict::Sampled => amount,
        Verdict::Bounded(reason) | Verdict::Inconclusive(reason) | Verdict::Refuted(reason) => reason.clone(),
    }
}

impl<W: Write> Reporter for Brief<W> {
    fn report(&mut self, report: &Report) -> io::Result<()> {
        let title = report.title();
        let shortfalls = report.shortfalls();
        let others = report.unsuitable.iter().map(|engine| engine.engine);
        let names = report.engines.iter().map(|engine| engine.engine).chain(others);
        let room = names.map(str::len).max().unwrap_or(0);
        for engine in &report.engines {
            let is_short = shortfalls
                .iter()
                .any(|short| short.engine.engine == engine.engine);
            let style = if is_short {
                WARNING
            } else {
                style_of(&engine.verdict)
            };
            let more = match report.required {
                Some(required) if is_short => format!("{required} is required"),
                _ => briefly(engine),
            };
            self.line([&title, engine.engine, engine.verdict.kind(), &more], style, room)?;
        }
        for engine in &report.unsuitable {
            let is_unmet = report.unmet().any(|unmet| unmet == engine);
            let style = if is_unmet { WARNING } else { DIM };
            self.line([&title, engine.engine, "not run", &engine.reason], style, room)?;
        }
        self.output.flush()
    }

    fn finish(&mut self, reports: &[Report]) -> io::Result<()> {
        let mut output = Fitted::new(&mut self.output, self.width);
        writeln!(output, "{}", summary(reports))?;
        output.flush()
    }
}
