//! `report`: scenarios to step through and to play, as one page.

use super::arguments::{Format, ReportArguments};
use super::progress::Display;
use super::{Error, Output, Status};
use selvedge::engine::{Budget, Interrupt};
use selvedge::numbers::{count_of, grouped};
use selvedge::page::{Page, WholeFile, course};
use selvedge::report::Report;
use std::io::{self, Write};
use std::path::Path;

/// Explores the scenarios, and writes the page.
pub(super) fn report(
    arguments: &ReportArguments,
    format: Format,
    mut output: Output,
    interrupt: &Interrupt,
) -> Result<Status, Error> {
    if format != Format::Text {
        return Err(Error::OnlyAPage);
    }
    let path = arguments.html.as_path();
    let is_output = path == Path::new("-");
    let failed = |error| Error::File(path.to_owned(), error);
    // What cannot be written need not be explored.
    let file = match is_output {
        true => None,
        false => Some(WholeFile::create(path).map_err(failed)?),
    };
    let page = explored(arguments, interrupt);
    if interrupt.is_set() {
        return Ok(Status::Interrupted);
    }
    page.reports().iter().try_for_each(has_run)?;
    let html = page.html().map_err(failed)?;
    match file {
        Some(file) => {
            let size = html.len().div_ceil(1000) as u64;
            file.finish(&html).map_err(failed)?;
            let levels = count_of(page.reports().len() as u64, "scenario");
            writeln!(
                output,
                "{}: {levels}, {} kB. Open it in a browser.",
                path.display(),
                grouped(size)
            )?;
            output.flush()?;
        }
        None => {
            let mut stdout = io::stdout().lock();
            stdout.write_all(html.as_bytes())?;
            stdout.flush()?;
        }
    }
    Ok(Status::of_drawing(page.reports()))
}

fn explored(arguments: &ReportArguments, interrupt: &Interrupt) -> Page {
    let display = Display::new();
    Page::explore(arguments.scenarios().map(course::level), |level| {
        let budget = Budget {
            time: Some(arguments.time),
            interrupt: interrupt.clone(),
            ..Budget::default()
        };
        display.show(&level.name(), &budget.progress);
        budget
    })
}

/// Returns an error if the explorer could not run the scenario.
fn has_run(report: &Report) -> Result<(), Error> {
    if !report.engines.is_empty() {
        return Ok(());
    }
    let reasons = report.unsuitable.iter().map(|engine| engine.reason.as_str());
    let reasons = reasons.collect::<Vec<_>>().join("; ");
    Err(Error::NothingRan(format!("{}: {reasons}", report.scenario)))
}
