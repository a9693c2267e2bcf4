//! The outputs of a check: each a format, and the file that it is written to.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A format, and where it goes: `junit=target/selvedge.xml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) format: OutputFormat,
    pub(crate) target: Target,
}

/// The place that an output goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    StandardOutput,
    File(PathBuf),
}

/// A format of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    Text,
    Json,
    Junit,
    Sarif,
    Github,
    Markdown,
    Tap,
}

impl OutputFormat {
    const ALL: [OutputFormat; 7] = [
        OutputFormat::Text,
        OutputFormat::Json,
        OutputFormat::Junit,
        OutputFormat::Sarif,
        OutputFormat::Github,
        OutputFormat::Markdown,
        OutputFormat::Tap,
    ];

    fn name(self) -> &'static str {
        match self {
            OutputFormat::Text => "text",
            OutputFormat::Json => "json",
            OutputFormat::Junit => "junit",
            OutputFormat::Sarif => "sarif",
            OutputFormat::Github => "github",
            OutputFormat::Markdown => "markdown",
            OutputFormat::Tap => "tap",
        }
    }
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text
            .split_once('=')
            .ok_or("a format and a file are needed, such as `junit=target/selvedge.xml`")?;
        let format = OutputFormat::ALL.into_iter().find(|format| format.name() == name);
        let format = format.ok_or_else(|| {
            let names = OutputFormat::ALL.map(OutputFormat::name).join(", ");
            format!("there is no format `{name}`; the formats are {names}")
        })?;
        let target = match file {
            "" => {
                return Err(format!(
                    "after `{name}=` comes a file, or `-` for standard output"
                ));
            }
            "-" => Target::StandardOutput,
            file => Target::File(file.into()),
        };
        Ok(Destination { format, target })
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.format.name())?;
        match &self.target {
            Target::StandardOutput => f.write_str("-"),
            Target::File(file) => file.display().fmt(f),
        }
    }
}
