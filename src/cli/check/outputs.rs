//! The outputs of a check: standard output, files, and what GitHub shows.

use super::Form;
use crate::cli::arguments::{Destination, Format, OutputFormat, Target};
use crate::cli::config::InForce;
use crate::cli::{Error, terminal};
use anstream::{AutoStream, StripStream};
use selvedge::report::github::Github;
use selvedge::report::json::Json;
use selvedge::report::junit::Junit;
use selvedge::report::markdown::Markdown;
use selvedge::report::sarif::Sarif;
use selvedge::report::tap::Tap;
use selvedge::report::text::{Brief, Text};
use selvedge::report::{Report, Reporter};
use std::env;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The width of text in a file.
const WIDTH: usize = 80;

/// The outputs, each with its format.
pub(super) struct Outputs(Vec<Sink>);

struct Sink {
    /// The file; `None` for a standard stream.
    file: Option<PathBuf>,
    reporter: Box<dyn Reporter>,
}

impl Outputs {
    /// Opens all outputs, so that one that cannot be written is known before hours of exploring.
    pub(super) fn open(in_force: &InForce, form: Form) -> Result<Self, Error> {
        let destinations = destinations(&in_force.settings.output, form.format)?;
        let is_brief = in_force.settings.quiet == Some(true);
        let mut sinks = Vec::new();
        for destination in &destinations {
            sinks.push(match &destination.target {
                Target::StandardOutput => Sink::standard(destination.format, form, is_brief),
                Target::File(path) => Sink::file(destination.format, path)?,
            });
        }
        if env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
            sinks.extend(for_github(&destinations)?);
        }
        Ok(Outputs(sinks))
    }

    /// Shows the report of one scenario.
    pub(super) fn report(&mut self, report: &Report) -> Result<(), Error> {
        self.each(|reporter| reporter.report(report))
    }

    /// Shows the end.
    pub(super) fn finish(&mut self, reports: &[Report]) -> Result<(), Error> {
        self.each(|reporter| reporter.finish(reports))
    }

    /// Writes to every output, also after one that fails: the first error is returned.
    fn each(&mut self, mut write: impl FnMut(&mut dyn Reporter) -> io::Result<()>) -> Result<(), Error> {
        let written = self.0.iter_mut().map(|sink| {
            write(&mut *sink.reporter).map_err(|error| match &sink.file {
                Some(file) => Error::File(file.clone(), error),
                None => Error::Output(error),
            })
        });
        let written: Vec<Result<(), Error>> = written.collect();
        written.into_iter().collect()
    }
}

/// Returns the outputs that were asked for, with one on standard output if none is.
fn destinations(chosen: &[Destination], format: Option<Format>) -> Result<Vec<Destination>, Error> {
    let mut all = chosen.to_vec();
    // Annotations are lines that may stand among others.
    let on_standard_output = |destination: &&Destination| {
        destination.target == Target::StandardOutput && destination.format != OutputFormat::Github
    };
    let named: Vec<String> = all
        .iter()
        .filter(on_standard_output)
        .map(ToString::to_string)
        .collect();
    refuse_repetition(&all)?;
    match (&named[..], format) {
        ([], _) => all.push(Destination {
            format: match format {
                Some(Format::Json) => OutputFormat::Json,
                Some(Format::Text | Format::Svg) | None => OutputFormat::Text,
            },
            target: Target::StandardOutput,
        }),
        ([one], Some(_)) => {
            let both = format!("`--output {one}` and `--format` both choose what standard output gets");
            return Err(Error::Config(format!("{both}: leave one of them out")));
        }
        ([_], None) => {}
        _ => {
            let named = named.join("`, `");
            return Err(Error::Config(format!(
                "standard output can have one format, not `{named}`"
            )));
        }
    }
    Ok(all)
}

/// Refuses two outputs to one file: each would overwrite the other.
fn refuse_repetition(all: &[Destination]) -> Result<(), Error> {
    for (index, one) in all.iter().enumerate() {
        let is_same =
            |other: &&Destination| other.target == one.target && one.target != Target::StandardOutput;
        if let Some(other) = all[..index].iter().find(is_same) {
            return Err(Error::Config(format!(
                "`{other}` and `{one}` would overwrite each other: choose different files"
            )));
        }
    }
    Ok(())
}

/// Returns what GitHub shows of a run, unless it was asked for already: annotations, on standard error, and a
/// summary.
fn for_github(chosen: &[Destination]) -> Result<Vec<Sink>, Error> {
    let is_chosen = |format| chosen.iter().any(|destination| destination.format == format);
    let mut sinks = Vec::new();
    if !is_chosen(OutputFormat::Github) {
        sinks.push(Sink {
            file: None,
            reporter: Box::new(Github::new(io::stderr(), root())),
        });
    }
    if let Some(summary) = env::var_os("GITHUB_STEP_SUMMARY").filter(|_| !is_chosen(OutputFormat::Markdown)) {
        let path = PathBuf::from(summary);
        let file = File::options().create(true).append(true).open(&path);
        let file = file.map_err(|error| Error::File(path.clone(), error))?;
        sinks.push(Sink {
            file: Some(path),
            reporter: Box::new(Markdown(BufWriter::new(file))),
        });
    }
    Ok(sinks)
}

impl Sink {
    fn standard(format: OutputFormat, form: Form, is_brief: bool) -> Self {
        let output = AutoStream::new(io::stdout(), form.color);
        let width = terminal::width();
        Sink {
            file: None,
            reporter: match format {
                OutputFormat::Text if is_brief => Box::new(Brief::new(output, width)),
                format => reporter(format, output, width),
            },
        }
    }

    fn file(format: OutputFormat, path: &Path) -> Result<Self, Error> {
        let file = create(path).map_err(|error| Error::File(path.to_owned(), error))?;
        let output: Box<dyn Write> = Box::new(BufWriter::new(file));
        Ok(Sink {
            file: Some(path.to_owned()),
            reporter: match format {
                OutputFormat::Text => reporter(format, StripStream::new(output), WIDTH),
                format => reporter(format, output, WIDTH),
            },
        })
    }
}

/// Creates a file, and the directories above it.
fn create(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    File::create(path)
}

/// Returns the reporter for a format.
fn reporter(format: OutputFormat, output: impl Write + 'static, width: usize) -> Box<dyn Reporter> {
    match format {
        OutputFormat::Text => Box::new(Text::new(output, width)),
        OutputFormat::Json => Box::new(Json(output)),
        OutputFormat::Junit => Box::new(Junit(output)),
        OutputFormat::Sarif => Box::new(Sarif::new(output, root())),
        OutputFormat::Github => Box::new(Github::new(output, root())),
        OutputFormat::Markdown => Box::new(Markdown(output)),
        OutputFormat::Tap => Box::new(Tap(output)),
    }
}

/// Returns the root of the repository: where GitHub has checked it out, or else the current directory.
fn root() -> PathBuf {
    let workspace = env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
    workspace.or_else(|| env::current_dir().ok()).unwrap_or_default()
}
