//! Markdown, for the summary that GitHub and others show of a run.

use super::text::{plain_drawing, plain_summary};
use super::{Finding, Report, Reporter};
use crate::numbers::duration;
use std::fmt::Write as _;
use std::io::{self, Write};

/// The room for drawings: GitHub takes summaries of at most 1 MiB.
const ROOM: usize = 512 * 1024;

/// Writes all reports as one document, at the end.
#[derive(Debug)]
pub struct Markdown<W>(pub W);

impl<W: Write> Reporter for Markdown<W> {
    fn report(&mut self, _report: &Report) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, reports: &[Report]) -> io::Result<()> {
        let findings: Vec<Finding<'_>> = reports.iter().flat_map(Report::findings).collect();
        let mark = if findings.is_empty() { "✅" } else { "❌" };
        writeln!(
            self.0,
            "## {mark} Selvedge\n\n{}\n",
            escaped(&plain_summary(reports))
        )?;
        let mut left = ROOM;
        for finding in &findings {
            let details = details(finding);
            if details.len() <= left {
                left -= details.len();
                write!(self.0, "{details}")?;
            } else {
                writeln!(self.0, "### {}\n", escaped(&finding.summary))?;
            }
        }
        write!(self.0, "{}", table(reports))?;
        self.0.flush()
    }
}

/// Returns a finding with its story, its drawing, and what runs it again.
fn details(finding: &Finding<'_>) -> String {
    let mut text = format!("### {}\n\n", escaped(&finding.summary));
    if let (Some(witness), Some(story)) = (finding.witness, finding.story()) {
        let drawing = plain_drawing(witness, finding.report.size.is_some());
        let fence = fence(&drawing);
        let _ = writeln!(
            text,
            "{}\n\n<details open><summary>How it comes about</summary>\n\n{fence}text\n{}\n{fence}\n\n</details>\n",
            escaped(&story),
            drawing.trim_end()
        );
    }
    text
}

/// Returns a table with a row for each check.
fn table(reports: &[Report]) -> String {
    let mut text = "| scenario | engine | verdict | explored | time |\n|---|---|---|---|---|\n".to_owned();
    for report in reports {
        let title = escaped(&report.title());
        for engine in &report.engines {
            let reason = engine.verdict.reason();
            let reason = reason.map_or_else(String::new, |reason| format!(": {}", escaped(reason)));
            let _ = writeln!(
                text,
                "| {title} | {} | **{}**{reason} | {} | {} |",
                engine.engine,
                engine.verdict.kind(),
                escaped(&format!("{}, under {}", engine.amount(), engine.under())),
                duration(engine.elapsed)
            );
        }
        for unsuitable in &report.unsuitable {
            let reason = escaped(&unsuitable.reason);
            let _ = writeln!(
                text,
                "| {title} | {} | not run: {reason} | | |",
                unsuitable.engine
            );
        }
    }
    text
}

/// Returns a fence that no line of the text can end.
fn fence(text: &str) -> String {
    let runs = text.split(|c| c != '`').map(str::len);
    "`".repeat(runs.max().unwrap_or(0).max(2) + 1)
}

/// Escapes what has a meaning of its own, and keeps to one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' => {
                escaped.extend(['\\', c])
            }
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped("a|b\n<i>*1*"), "a\\|b \\<i\\>\\*1\\*");
        assert_eq!(fence("no ticks"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }
}
