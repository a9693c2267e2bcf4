//! JUnit's XML, which most CI systems show: a suite for each scenario, a case for each engine.

use super::text::plain_drawing;
use super::{EngineReport, Finding, Level, Report, Reporter};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io::{self, Write};
use std::time::Duration;

/// Writes all suites as one document, at the end.
#[derive(Debug)]
pub struct Junit<W>(pub W);

/// A case: a check of one scenario on one engine.
struct Case<'a> {
    name: &'static str,
    time: Duration,
    outcome: CaseOutcome<'a>,
    /// The text that a reader may want to see of a check that has passed, too.
    output: String,
}

/// The outcome of a case.
enum CaseOutcome<'a> {
    Passed,
    Skipped(&'a str),
    /// It did not pass, for the first of these reasons; the others are told in the text.
    Failed(Vec<Finding<'a>>),
}

impl<W: Write> Reporter for Junit<W> {
    fn report(&mut self, _report: &Report) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, reports: &[Report]) -> io::Result<()> {
        let suites: Vec<(String, Vec<Case<'_>>)> = reports
            .iter()
            .map(|report| (report.title(), cases(report)))
            .collect();
        let all = suites.iter().flat_map(|(_, cases)| cases);
        let counts = counts(all);
        let mut writer = Writer::new_with_indent(&mut self.0, b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let element = writer
            .create_element("testsuites")
            .with_attribute(("name", "selvedge"));
        let element = element.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
        element.write_inner_content(|writer| {
            suites
                .iter()
                .try_for_each(|(title, cases)| write_suite(writer, title, cases))
        })?;
        writeln!(self.0)?;
        self.0.flush()
    }
}

fn cases(report: &Report) -> Vec<Case<'_>> {
    let findings = report.findings();
    let of_engine = |engine: &str| -> CaseOutcome<'_> {
        let findings = findings
            .iter()
            .filter(|finding| finding.engines.contains(&engine));
        let findings: Vec<Finding<'_>> = findings.cloned().collect();
        match findings.is_empty() {
            true => CaseOutcome::Passed,
            false => CaseOutcome::Failed(findings),
        }
    };
    let ran = report.engines.iter().map(|engine| Case {
        name: engine.engine,
        time: engine.elapsed,
        outcome: of_engine(engine.engine),
        output: told(engine),
    });
    let others = report.unsuitable.iter().map(|unsuitable| Case {
        name: unsuitable.engine,
        time: Duration::ZERO,
        outcome: match of_engine(unsuitable.engine) {
            CaseOutcome::Passed => CaseOutcome::Skipped(&unsuitable.reason),
            unmet => unmet,
        },
        output: String::new(),
    });
    ran.chain(others).collect()
}

/// Returns an engine's verdict, and how much it explored.
fn told(engine: &EngineReport) -> String {
    let reason = engine
        .verdict
        .reason()
        .map_or_else(String::new, |reason| format!(" ({reason})"));
    let seed = engine
        .seed
        .map_or_else(String::new, |seed| format!(", seed {seed}"));
    format!(
        "{}{reason}: {}, memory model: {}{seed}",
        engine.verdict.kind(),
        engine.amount(),
        engine.under()
    )
}

/// Returns the attributes that count cases: a refutation is a failure, what is not known is an error.
fn counts<'a>(cases: impl Iterator<Item = &'a Case<'a>> + Clone) -> [(&'static str, String); 5] {
    let count = |wanted: &dyn Fn(&CaseOutcome<'_>) -> bool| {
        let cases = cases.clone().filter(|case| wanted(&case.outcome));
        cases.count().to_string()
    };
    let time: Duration = cases.clone().map(|case| case.time).sum();
    [
        ("tests", count(&|_| true)),
        ("failures", count(&|outcome| tag(outcome) == Some("failure"))),
        ("errors", count(&|outcome| tag(outcome) == Some("error"))),
        ("skipped", count(&|outcome| tag(outcome) == Some("skipped"))),
        ("time", seconds(time)),
    ]
}

/// Returns the name of the element that a case has for its outcome.
fn tag(outcome: &CaseOutcome<'_>) -> Option<&'static str> {
    match outcome {
        CaseOutcome::Passed => None,
        CaseOutcome::Skipped(_) => Some("skipped"),
        CaseOutcome::Failed(findings) => match findings
            .iter()
            .any(|finding| finding.rule.level() == Level::Error)
        {
            true => Some("failure"),
            false => Some("error"),
        },
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

fn write_suite<W: Write>(writer: &mut Writer<W>, title: &str, cases: &[Case<'_>]) -> io::Result<()> {
    let title = allowed(title);
    let counts = counts(cases.iter());
    let element = writer
        .create_element("testsuite")
        .with_attribute(("name", title.as_str()));
    let element = element.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
    element
        .write_inner_content(|writer| cases.iter().try_for_each(|case| write_case(writer, &title, case)))?;
    Ok(())
}

fn write_case<W: Write>(writer: &mut Writer<W>, title: &str, case: &Case<'_>) -> io::Result<()> {
    let time = seconds(case.time);
    let attributes = [("name", case.name), ("classname", title), ("time", time.as_str())];
    let element = writer.create_element("testcase").with_attributes(attributes);
    element.write_inner_content(|writer| {
        match (&case.outcome, tag(&case.outcome)) {
            (CaseOutcome::Skipped(reason), Some(tag)) => {
                let reason = allowed(reason);
                writer
                    .create_element(tag)
                    .with_attribute(("message", reason.as_str()))
                    .write_empty()?;
            }
            (CaseOutcome::Failed(findings), Some(tag)) => write_failed(writer, tag, findings)?,
            _ => {}
        }
        if !case.output.is_empty() {
            let output = allowed(&case.output);
            writer
                .create_element("system-out")
                .write_text_content(BytesText::new(&output))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn write_failed<W: Write>(writer: &mut Writer<W>, tag: &str, findings: &[Finding<'_>]) -> io::Result<()> {
    let message = allowed(&findings[0].summary);
    let text: Vec<String> = findings.iter().map(in_full).collect();
    let text = allowed(&text.join("\n\n"));
    let attributes = [("message", message.as_str()), ("type", findings[0].rule.id())];
    let element = writer.create_element(tag).with_attributes(attributes);
    element.write_text_content(BytesText::new(&text))?;
    Ok(())
}

/// Returns a finding with its drawing and its story.
fn in_full(finding: &Finding<'_>) -> String {
    let drawing = finding
        .witness
        .map(|witness| plain_drawing(witness, finding.report.size.is_some()));
    let drawing = drawing.map_or_else(String::new, |drawing| format!("\n\n{drawing}"));
    format!("{}.{drawing}", finding.summary)
}

/// Replaces the characters that no XML document may have, escaped or not.
fn allowed(text: &str) -> String {
    let is_allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}');
    let replaced = |c| if is_allowed(c) { c } else { '\u{fffd}' };
    text.chars().map(replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_does_not_allow_is_replaced() {
        assert_eq!(
            allowed("a\0\u{1b}[1m\u{ffff}\t\n😀"),
            "a\u{fffd}\u{fffd}[1m\u{fffd}\t\n😀"
        );
    }
}
