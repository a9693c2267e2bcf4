//! Counts and odds as a picture: a histogram of both odds.

use super::Odds;
use super::bins::rows;
use super::shown::{count, most_frequent};
use crate::numbers::grouped;
use selvedge_explorer::drawing::{Bar, Histogram, svg};
use std::io::{self, Write};

/// The greatest number of columns: a column of fewer pixels than two would be hard to see.
const COLUMNS: usize = 301;

/// The width of counts in full.
const COUNT: usize = 40;

/// Writes the odds of all endings as an SVG file: a bar for each if all interleavings are alike, and a mark for those
/// under a scheduler that picks.
///
/// Where there are more than 301 endings, consecutive values are put together.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_svg(output: &mut impl Write, odds: &Odds) -> io::Result<()> {
    svg::write_histogram(output, &histogram(odds))?;
    output.flush()
}

fn histogram(odds: &Odds) -> Histogram {
    let binned = rows(odds, COLUMNS);
    let columns = binned.rows.iter().map(|row| Bar {
        label: row.label.clone(),
        share: row.share,
        mark: row.picked,
        follows: row.follows,
    });
    let together = binned.together.map_or(String::new(), |together| {
        format!(", up to {together} values in a column")
    });
    let bounds = odds
        .bounds
        .iter()
        .map(|bounds| format!("Exact only within bounds: {bounds}."));
    let most = odds.most_frequent().filter(|_| odds.endings.len() > 1);
    let most = most.map(most_frequent);
    let counted = format!(
        "{} interleavings, counted exactly along {} states. Neither of the two is what hardware does.",
        count(odds.interleavings, COUNT),
        grouped(odds.states)
    );
    Histogram {
        title: format!("{} {}: the odds of each ending", odds.scenario, odds.size),
        bars: "all interleavings alike: the share of those that end so".to_owned(),
        marks: "picked: before each operation, one of the threads that can go on, each alike".to_owned(),
        values: format!("where it ends{together}"),
        shares: "odds".to_owned(),
        columns: columns.collect(),
        notes: most.into_iter().chain([counted]).chain(bounds).collect(),
    }
}
