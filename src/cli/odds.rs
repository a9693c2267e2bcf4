//! `odds`: the exact counts and the odds of each ending.

use super::arguments::{Format, OddsArguments};
use super::progress::Display;
use super::{Error, Output, Status, terminal};
use selvedge::engine::Interrupt;
use selvedge::odds::{NoOdds, Odds, Search, write_json, write_svg, write_text};

/// Counts, and shows the result.
pub(super) fn odds(
    arguments: &OddsArguments,
    format: Format,
    mut output: Output,
    interrupt: &Interrupt,
) -> Result<Status, Error> {
    let chosen = &arguments.scenario;
    let size = chosen.size_or(chosen.scenario.smallest());
    let scenario = chosen.sized(size).map_err(Error::NotSeen)?.scenario();
    let search = Search {
        traces: arguments.traces,
        time: Some(arguments.time),
        interrupt: interrupt.clone(),
    };
    let display = Display::new();
    let odds = Odds::of_telling(&scenario, &search, |what| display.say(what)).map_err(error)?;
    drop(display);
    match format {
        Format::Text => write_text(&mut output, &odds, terminal::width())?,
        Format::Json => write_json(&mut output, &odds)?,
        Format::Svg => write_svg(&mut output, &odds)?,
    }
    Ok(Status::AsExpected)
}

fn error(reason: NoOdds) -> Error {
    match reason {
        NoOdds::CutShort { .. } => Error::CutShort(reason.to_string()),
        _ => Error::NotSeen(reason.to_string()),
    }
}
