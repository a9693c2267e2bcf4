//! The witness of an ending: its drawing, its story, and the command that runs it again.

use super::{BOLD, DIM, WARNING, first_line};
#[cfg(feature = "cli")]
use super::{Fitted, WIDTH};
use crate::numbers::count_of;
use crate::report::again::again;
use crate::report::{Report, Row};
use crate::witness::{Rank, Witness};
use selvedge_explorer::drawing::{columns, with_minus};
use std::io::{self, Write};

/// Writes the witnesses that were asked for.
pub(super) fn write_witnesses(output: &mut impl Write, report: &Report, width: usize) -> io::Result<()> {
    for row in &report.rows {
        write_found(output, report, row, width)?;
        if let (Some(_), Some(schedule), Some(_)) = (&row.witness, &row.shuttle, report.size) {
            let name = &report.scenario;
            writeln!(
                output,
                "{DIM}as shuttle ran it:{DIM:#} selvedge replay {name} --engine shuttle '{schedule}'"
            )?;
        }
    }
    if report.undrawn > 0 {
        let more = count_of(report.undrawn as u64, "more outcome");
        writeln!(output, "\n{WARNING}Not drawn:{WARNING:#} {more}.")?;
    }
    Ok(())
}

fn write_found(output: &mut impl Write, report: &Report, row: &Row, width: usize) -> io::Result<()> {
    let outcome = with_minus(&first_line(&row.outcome));
    match &row.witness {
        None => Ok(()),
        Some(Err(reason)) => writeln!(output, "\n{WARNING}No drawing of {outcome}:{WARNING:#} {reason}."),
        Some(Ok(witness)) => {
            let by = if is_as_drawn(report, row) {
                ""
            } else {
                ", as the explorer shows it"
            };
            writeln!(output, "\n{BOLD}How it comes to {outcome}{by}:{BOLD:#}\n")?;
            write_drawing(output, witness, report.size.is_some(), width)
        }
    }
}

/// Returns `true` if the ending was seen by an engine whose executions are drawn.
fn is_as_drawn(report: &Report, row: &Row) -> bool {
    let seen = report.engines.iter().zip(&row.counts);
    seen.into_iter()
        .any(|(engine, &count)| count > 0 && engine.has_witnesses)
}

/// Writes a drawing, its cost, and what runs it again: a command for a scenario of the catalogue, and a line
/// of code for others.
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
    let minimal = match witness.rank {
        Rank::Least => ": no interleaving that ends so has fewer",
        Rank::BestFound => ": the best that was found",
        Rank::Given => "",
    };
    writeln!(output, "\n{DIM}{}{minimal}{DIM:#}", witness.cost)?;
    if witness.schedule.is_weak() {
        let takes =
            "It takes weak memory: a load may see an older store than the latest. No interleaving ends so.";
        writeln!(output, "{DIM}{takes}{DIM:#}")?;
    }
    writeln!(output, "{DIM}again:{DIM:#} {}", again(witness, is_catalogued))
}

/// Returns a drawing as plain text of 80 columns, with its story, its cost, and what runs it again.
#[cfg(feature = "cli")]
pub(in crate::report) fn plain_drawing(witness: &Witness, is_catalogued: bool) -> String {
    let mut text = Vec::new();
    let mut output = Fitted::new(&mut text, WIDTH);
    // A write to memory does not fail.
    let _ = write_drawing(&mut output, witness, is_catalogued, WIDTH).and_then(|()| output.flush());
    drop(output);
    anstream::adapter::strip_str(&String::from_utf8_lossy(&text)).to_string()
}
