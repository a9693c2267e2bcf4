//! Annotations for GitHub: a line for each finding, which GitHub shows beside the line of the source.
//!
//! The form is that of GitHub's workflow commands: `::error file=…,line=…,title=…::message`.

use super::{Finding, Level, Report, Reporter};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes annotations, as soon as a report is there.
#[derive(Debug)]
pub struct Github<W> {
    output: W,
    root: PathBuf,
}

impl<W: Write> Github<W> {
    /// Creates a reporter of annotations in files below `root`, the root of the repository.
    pub fn new(output: W, root: PathBuf) -> Self {
        Self { output, root }
    }
}

impl<W: Write> Reporter for Github<W> {
    fn report(&mut self, report: &Report) -> io::Result<()> {
        for finding in report.findings() {
            writeln!(self.output, "{}", annotation(&finding, &self.root))?;
        }
        self.output.flush()
    }

    fn finish(&mut self, _reports: &[Report]) -> io::Result<()> {
        self.output.flush()
    }
}

fn annotation(finding: &Finding<'_>, root: &Path) -> String {
    let command = match finding.rule.level() {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let place = finding.witness.and_then(|witness| witness.place());
    let place = place.map_or_else(String::new, |place| {
        let file = Path::new(&place.file);
        let file = file
            .strip_prefix(root)
            .unwrap_or(file)
            .to_string_lossy()
            .replace('\\', "/");
        format!("file={},line={},", property(&file), place.line)
    });
    let title = format!("selvedge: {}", finding.rule.id());
    let mut message = format!("{} ({}).", finding.summary, finding.engines.join(", "));
    if let Some(story) = finding.story() {
        message += &format!("\n{story}");
    }
    if let Some(again) = finding.again() {
        message += &format!("\nagain: {again}");
    }
    format!(
        "::{command} {place}title={}::{}",
        property(&title),
        data(&message)
    )
}

/// Escapes a message: a workflow command is one line.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    text.replace(char::is_control, " ")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_message_or_a_property_is_escaped() {
        assert_eq!(data("50 %\r\n::error::"), "50 %25%0D%0A::error::");
        assert_eq!(property("a,b:c\nd"), "a%2Cb%3Ac%0Ad");
    }
}
