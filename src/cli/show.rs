//! `show` and `replay`: drawings of interleavings.

use super::arguments::{Format, ReplayArguments, ReplayEngine, ShowArguments};
use super::{Error, Output, Status, terminal};
use selvedge::catalogue::Selection;
use selvedge::check;
use selvedge::engine::{AnyEngine, Budget, Engine, Explorer, Interrupt, Shuttle};
use selvedge::explorer::Schedule;
use selvedge::explorer::drawing::{svg, with_minus};
use selvedge::report::json::Json;
use selvedge::report::text::{self, Text};
use selvedge::report::{Report, Reporter, json};
use selvedge::scenario::{AnyScenario, Size};
use selvedge::witness::{self, Witness};
use std::io::Write;

/// Draws the shortest witness of each outcome, or of the one that the user chose.
pub(super) fn show(
    arguments: &ShowArguments,
    format: Format,
    mut output: Output,
    interrupt: &Interrupt,
) -> Result<Status, Error> {
    let mut report = explored(arguments, interrupt)?;
    if arguments.full {
        report.unfold();
    }
    match format {
        Format::Text => Text::new(output, terminal::width()).report(&report)?,
        Format::Json => Json(output).finish(std::slice::from_ref(&report))?,
        Format::Svg => {
            svg::write(&mut output, &the_witness(&report)?.drawing)?;
            output.flush()?;
        }
    }
    Ok(Status::of_drawing(&[report]))
}

/// Explores the scenario, and finds the witnesses.
fn explored(arguments: &ShowArguments, interrupt: &Interrupt) -> Result<Report, Error> {
    let size = arguments.scenario.size_or(arguments.scenario.scenario.smallest());
    let scenario = arguments.scenario.sized(size).map_err(Error::NotSeen)?;
    let witnessing = match &arguments.outcome {
        Some(outcome) => check::Witnessing::Only(outcome.replace('−', "-")),
        None => check::Witnessing::Everything,
    };
    let engine = AnyEngine::new(Explorer::default());
    let report = check::explore(&scenario.scenario(), Some(size), &[engine], &witnessing, |_| {
        Budget {
            time: Some(arguments.time),
            interrupt: interrupt.clone(),
            ..Budget::default()
        }
    });
    let Some(engine) = report.engines.first() else {
        let reasons = report.unsuitable.iter().map(|engine| engine.reason.as_str());
        return Err(Error::NothingRan(reasons.collect::<Vec<_>>().join("; ")));
    };
    match &arguments.outcome {
        Some(outcome) if report.rows.iter().all(|row| row.witness.is_none()) => Err(Error::NotSeen(format!(
            "{} at size {size} does not end at {outcome}; the explorer has seen {} ({})",
            arguments.scenario.scenario,
            seen(&report),
            engine.verdict.kind()
        ))),
        _ => Ok(report),
    }
}

/// Returns the outcomes that were seen, separated by commas.
fn seen(report: &Report) -> String {
    let seen = report
        .rows
        .iter()
        .filter(|row| row.counts.iter().any(|&count| count > 0));
    seen.map(|row| row.outcome.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns the only witness, because a picture shows one outcome.
fn the_witness(report: &Report) -> Result<&Witness, Error> {
    let mut witnesses = report.rows.iter().filter_map(|row| row.witness.as_ref());
    match (witnesses.next(), witnesses.next()) {
        (Some(Ok(witness)), None) => Ok(witness),
        (Some(Err(reason)), None) => Err(Error::NotSeen(reason.clone())),
        _ => Err(Error::NotSeen(format!(
            "an SVG file is one drawing: choose an outcome with `--outcome`, one of {}",
            seen(report)
        ))),
    }
}

/// Runs one interleaving again, and draws it.
pub(super) fn replay(
    arguments: &ReplayArguments,
    format: Format,
    mut output: Output,
) -> Result<Status, Error> {
    let selection = arguments.scenario.scenario;
    let schedule = &arguments.schedule()?;
    let of_header = schedule.header.as_ref().and_then(|header| header.size);
    let size = arguments
        .scenario
        .size_or(of_header.unwrap_or(selection.smallest()));
    if let Some(misfit) = schedule.misfit(selection.name(), Some(size)) {
        return Err(Error::Misfit(misfit));
    }
    let scenario = arguments.scenario.sized(size).map_err(Error::Misfit)?.scenario();
    let unsuitable = match arguments.engine {
        ReplayEngine::Explorer => Explorer::default().unsuitable(&scenario),
        ReplayEngine::Shuttle => None,
    };
    if let Some(reason) = unsuitable {
        return Err(Error::NothingRan(reason));
    }
    if arguments.engine == ReplayEngine::Shuttle {
        return replay_on_shuttle(selection, &scenario, size, &schedule.steps, (format, output));
    }
    let (ending, mut witness) = witness::replay(&scenario, Some(size), &schedule.steps, &Budget::default())
        .map_err(|error| Error::Misfit(error.to_string()))?;
    if arguments.full {
        witness.unfold();
    }
    let outcome = scenario.describe_ending(&ending);
    match format {
        Format::Text => {
            writeln!(output, "{selection} {size} ends at {}:\n", with_minus(&outcome))?;
            text::write_drawing(&mut output, &witness, true, terminal::width())?;
        }
        Format::Json => json::write_replay(&mut output, &outcome, Some(&witness))?,
        Format::Svg => svg::write(&mut output, &witness.drawing)?,
    }
    output.flush()?;
    Ok(Status::AsExpected)
}

/// Runs an execution of shuttle's again, and shows its ending.
fn replay_on_shuttle(
    selection: Selection,
    scenario: &AnyScenario,
    size: Size,
    steps: &Schedule,
    (format, mut output): (Format, Output),
) -> Result<Status, Error> {
    let ending = Shuttle::replay(scenario, steps, &Budget::default()).map_err(Error::Misfit)?;
    let outcome = scenario.describe_ending(&ending);
    match format {
        Format::Text => {
            writeln!(
                output,
                "{selection} {size} ends at {}, under shuttle",
                with_minus(&outcome)
            )?;
        }
        Format::Json => json::write_replay(&mut output, &outcome, None)?,
        Format::Svg => {
            let why = "shuttle does not record the events: only the explorer's interleavings are drawn";
            return Err(Error::NotSeen(why.to_owned()));
        }
    }
    output.flush()?;
    Ok(Status::AsExpected)
}
