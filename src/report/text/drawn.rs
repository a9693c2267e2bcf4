//! How an ending comes about: its witness, drawn, with the story and what runs it again.

use super::{BOLD, DIM, WARNING, first_line};
use crate::explorer::Cost;
use crate::numbers::{count_of, grouped};
use crate::report::{Report, Row, columns};
use crate::witness::{Rank, Witness};
use std::io::{self, Write};

/// Writes how an ending comes about, if its witness was asked for.
pub(super) fn write_witness(
    output: &mut impl Write,
    report: &Report,
    row: &Row,
    width: usize,
) -> io::Result<()> {
    let outcome = first_line(&row.outcome);
    write_found(output, report, row, outcome, width)?;
    match (&row.shuttle, report.size) {
        (Some(schedule), Some(_)) if row.witness.is_some() => {
            let name = &report.scenario;
            writeln!(
                output,
                "{DIM}as shuttle ran it:{DIM:#} selvedge replay {name} --engine shuttle '{schedule}'"
            )
        }
        _ => Ok(()),
    }
}

fn write_found(
    output: &mut impl Write,
    report: &Report,
    row: &Row,
    outcome: &str,
    width: usize,
) -> io::Result<()> {
    match &row.witness {
        None => Ok(()),
        Some(Err(reason)) => writeln!(output, "\n{WARNING}No drawing of {outcome}:{WARNING:#} {reason}."),
        Some(Ok(witness)) => {
            let by = if is_of_explorer(report, row) {
                ""
            } else {
                ", as the explorer shows it"
            };
            writeln!(output, "\n{BOLD}How it comes to {outcome}{by}:{BOLD:#}\n")?;
            write_drawing(output, witness, report.size.is_some(), width)
        }
    }
}

/// Returns `true` if it was the explorer that has seen the ending.
fn is_of_explorer(report: &Report, row: &Row) -> bool {
    let seen = report.engines.iter().zip(&row.counts);
    seen.into_iter()
        .any(|(engine, &count)| count > 0 && engine.engine.starts_with("explorer"))
}

/// Writes a drawing, what it costs, and how to run it again: for a scenario of the catalogue by a command, for others
/// by a line of code.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_drawing(
    output: &mut impl Write,
    witness: &Witness,
    is_catalogued: bool,
    width: usize,
) -> io::Result<()> {
    columns::write(output, &witness.drawing, width)?;
    let Cost {
        preemptions,
        switches,
        events,
    } = witness.cost;
    let [preemptions, events] =
        [(preemptions, "preemption"), (events, "event")].map(|(count, what)| count_of(count as u64, what));
    let switches = match switches {
        1 => "1 switch".to_owned(),
        count => format!("{} switches", grouped(count as u64)),
    };
    let minimal = match witness.rank {
        Rank::Least => ": no interleaving that ends so has fewer",
        Rank::BestFound => ": the best found in the time that there was",
        Rank::Given => "",
    };
    writeln!(
        output,
        "\n{DIM}{preemptions}, {switches}, {events}{minimal}{DIM:#}"
    )?;
    let schedule = &witness.schedule;
    match &schedule.header {
        Some(header) if is_catalogued => {
            writeln!(
                output,
                "{DIM}again:{DIM:#} selvedge replay {} '{schedule}'",
                header.scenario
            )
        }
        _ => writeln!(
            output,
            "{DIM}again:{DIM:#} selvedge::replay(scenario, {:?})",
            schedule.to_string()
        ),
    }
}
