//! The Test Anything Protocol, version 14: a line for each check.

use super::{Report, Reporter};
use crate::verdict::Verdict;
use std::io::{self, Write};

/// Writes all checks at the end, when their number is known.
#[derive(Debug)]
pub struct Tap<W>(pub W);

/// A line of the protocol.
struct Line {
    passes: bool,
    description: String,
    /// The reason why it was skipped; an optional engine that cannot run the scenario is.
    skipped: Option<String>,
    message: String,
}

impl<W: Write> Reporter for Tap<W> {
    fn report(&mut self, _report: &Report) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, reports: &[Report]) -> io::Result<()> {
        let lines: Vec<Line> = reports.iter().flat_map(lines).collect();
        writeln!(self.0, "TAP version 14\n1..{}", lines.len())?;
        for (index, line) in lines.iter().enumerate() {
            let ok = if line.passes { "ok" } else { "not ok" };
            write!(self.0, "{ok} {} - {}", index + 1, escaped(&line.description))?;
            match &line.skipped {
                Some(reason) => writeln!(self.0, " # SKIP {}", escaped(reason))?,
                None => writeln!(self.0)?,
            }
            if !line.message.is_empty() {
                // JSON's strings are strings of YAML's, too.
                let message = serde_json::to_string(&line.message)?;
                writeln!(self.0, "  ---\n  message: {message}\n  ...")?;
            }
        }
        self.0.flush()
    }
}

fn lines(report: &Report) -> Vec<Line> {
    let title = report.title();
    let findings = report.findings();
    let ran = report.engines.iter().map(|engine| {
        let of_engine = findings
            .iter()
            .filter(|finding| finding.engines.contains(&engine.engine));
        let told = of_engine.map(|finding| match finding.story() {
            Some(story) => format!("{}. {story}", finding.summary),
            None => format!("{}.", finding.summary),
        });
        let told: Vec<String> = told.collect();
        Line {
            passes: told.is_empty(),
            description: format!("{title} on {}: {}", engine.engine, engine.verdict.kind()),
            skipped: None,
            message: match (&engine.verdict, told.is_empty()) {
                (Verdict::Bounded(bound), true) => format!("{bound}, under {}", engine.under()),
                (Verdict::Proved, true) => format!("under {}", engine.under()),
                _ => told.join("\n"),
            },
        }
    });
    let others = report.unsuitable.iter().map(|unsuitable| {
        let is_unmet = report.unmet().any(|unmet| unmet == unsuitable);
        Line {
            passes: !is_unmet,
            description: format!("{title} on {}: not run", unsuitable.engine),
            skipped: (!is_unmet).then(|| unsuitable.reason.clone()),
            message: if is_unmet {
                unsuitable.reason.clone()
            } else {
                String::new()
            },
        }
    });
    ran.chain(others).collect()
}

/// Escapes what has a meaning of its own in a description.
fn escaped(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    text.replace('\\', "\\\\").replace('#', "\\#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_one_line_without_directives() {
        assert_eq!(escaped("a # TODO\nb\\c"), "a \\# TODO b\\\\c");
    }
}
