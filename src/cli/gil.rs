//! `gil`: measures the cost of the Global Interpreter Lock.

use super::arguments::{Format, GilArguments};
use super::progress::Display;
use super::{Error, Output, Status, terminal};
use selvedge::engine::Interrupt;
use selvedge::python::measurement::measure;
use selvedge::python::report as gil;

/// Measures, and shows the result.
pub(super) fn gil(
    arguments: &GilArguments,
    format: Format,
    mut output: Output,
    interrupt: &Interrupt,
) -> Result<Status, Error> {
    let display = Display::new();
    let measurement =
        measure(&arguments.plan(), interrupt, |what| display.say(what)).map_err(Error::NoThreads)?;
    drop(display);
    match format {
        Format::Json => gil::write_json(&mut output, &measurement)?,
        Format::Text | Format::Svg => gil::write_text(&mut output, &measurement, terminal::width())?,
    }
    Ok(match measurement.is_interrupted {
        true => Status::Inconclusive,
        false => Status::AsExpected,
    })
}
