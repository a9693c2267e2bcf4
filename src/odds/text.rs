//! Counts and odds as text: a table with a bar for each row.

mod bar;

use super::bins::{Row, Rows, rows};
use super::shown::{count, most_frequent, percent};
use super::{Count, Odds};
use crate::numbers::{count_of, duration};
use anstyle::{AnsiColor, Style};
use selvedge_explorer::drawing::width::{cut, width as columns_of, wrapped};
use std::io::{self, Write};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const WARNING: Style = AnsiColor::Yellow.on_default();

/// The greatest number of rows.
const ROWS: usize = 25;

/// The greatest width of a paragraph, and of the name of an ending.
const LINE: usize = 90;
const ENDING: usize = 18;

/// The least and the greatest width of a column of counts: for `1.2×10^45`, and for counts in full.
const LEAST_COUNT: usize = 10;
const MOST_COUNT: usize = 26;

/// The greatest width of a total in full.
const TOTAL: usize = 40;

/// The width that the bars should have before counts are written in full, and the least that is worth drawing.
const GOOD_BAR: usize = 14;
const LEAST_BAR: usize = 6;
const MOST_BAR: usize = 50;

const ALIKE: &str = "all alike";
const PICKED: &str = "picked";

/// Writes counts and odds as text in lines of at most `width` characters, with ANSI escapes for colours; at most 25
/// rows, for which consecutive values are put together where there are more.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_text(output: &mut impl Write, odds: &Odds, width: usize) -> io::Result<()> {
    write_erased(output, odds, width)
}

fn write_erased(output: &mut dyn Write, odds: &Odds, width: usize) -> io::Result<()> {
    let Odds { scenario, size, .. } = odds;
    writeln!(
        output,
        "{BOLD}{scenario} {size}{BOLD:#}{DIM}: the odds of each ending{DIM:#}\n"
    )?;
    for (name, meaning) in SCHEDULERS {
        let lines = wrapped(meaning, width.min(LINE).saturating_sub(2 + ALIKE.len() + 2), 0);
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            writeln!(output, "  {BOLD}{name:9}{BOLD:#}  {line}")?;
        }
    }
    write_paragraph(output, NEITHER, width, Style::new())?;
    writeln!(output)?;
    let binned = rows(odds, ROWS);
    let table = Table::new(odds, &binned.rows, width);
    table.write(output, &binned.rows)?;
    writeln!(output)?;
    if table.bar > 0 {
        write_paragraph(output, bar::LEGEND, width, DIM)?;
    }
    for (sentence, style) in remarks(odds, &binned) {
        write_paragraph(output, &sentence, width, style)?;
    }
    writeln!(output, "  {DIM}({}){DIM:#}", duration(odds.elapsed))?;
    output.flush()
}

/// The two meanings of *at random*.
const SCHEDULERS: [(&str, &str); 2] = [
    (
        ALIKE,
        "Every interleaving is as likely as any other: the odds of an ending are its share of them.",
    ),
    (
        PICKED,
        "Before each operation a scheduler picks one of the threads that can go on, each as likely as any other.",
    ),
];

const NEITHER: &str = "Neither is what hardware does.";

fn write_paragraph(output: &mut dyn Write, text: &str, width: usize, style: Style) -> io::Result<()> {
    for line in wrapped(text, width.min(LINE).saturating_sub(2), 0) {
        writeln!(output, "  {style}{line}{style:#}")?;
    }
    Ok(())
}

/// Returns the sentences below the table.
fn remarks(odds: &Odds, rows: &Rows) -> Vec<(String, Style)> {
    let mut remarks = Vec::new();
    if let Some(together) = rows.together {
        let exact = format!(
            "A row has up to {together} values: each value by itself is in JSON (`--format json`). {}",
            odds.most_frequent().map_or(String::new(), most_frequent)
        );
        remarks.push((exact, Style::new()));
    }
    remarks.push((totals(odds), Style::new()));
    if let Some(bounds) = &odds.bounds {
        let bounded = format!("Exact only within bounds: {bounds}.");
        remarks.push((bounded, WARNING));
    }
    remarks
}

/// Returns the totals, and by which means they were found.
fn totals(odds: &Odds) -> String {
    let traces = odds
        .traces
        .map_or(String::new(), |traces| format!(" and {}", many(traces, "trace")));
    format!(
        "{}{traces}, counted exactly along {}, without running them.",
        many(odds.interleavings, "interleaving"),
        count_of(odds.states, "state"),
    )
}

/// Returns a count with its noun, in the singular for 1.
fn many(number: Count, what: &str) -> String {
    let plural = if number == Count::from(1_u64) { "" } else { "s" };
    format!("{} {what}{plural}", count(number, TOTAL))
}

/// The widths of the table's columns.
struct Table {
    ending: usize,
    count: usize,
    has_traces: bool,
    /// The width of the longest bar; 0 if there is no room for bars.
    bar: usize,
    /// The greatest of all odds, which has the longest bar.
    most: f64,
}

impl Table {
    fn new(odds: &Odds, rows: &[Row], width: usize) -> Self {
        let labels = rows.iter().map(|row| columns_of(&row.label));
        let ending = labels.max().unwrap_or(0).clamp("ending".len(), ENDING);
        let has_traces = odds.traces.is_some();
        let counts = 1 + usize::from(has_traces);
        let fixed = 2 + ending + 2 * counts + 2 + ALIKE.len() + 2 + PERCENT + 2;
        let room = width.saturating_sub(fixed);
        let longest = grouped_width(rows).clamp("interleavings".len(), MOST_COUNT);
        // Where there is room, the counts are in full and the bars are long; else both give way.
        let count = (room.saturating_sub(GOOD_BAR) / counts).clamp(LEAST_COUNT, longest);
        let bar = room.saturating_sub(counts * count).min(MOST_BAR);
        Table {
            ending,
            count,
            has_traces,
            bar: if bar < LEAST_BAR { 0 } else { bar },
            most: rows
                .iter()
                .map(|row| row.share.max(row.picked))
                .fold(0.0, f64::max),
        }
    }

    fn write(&self, output: &mut dyn Write, rows: &[Row]) -> io::Result<()> {
        let counts = self.counts(self.heading(), "traces".to_owned());
        writeln!(
            output,
            "  {DIM}{:>2$}{counts}  {ALIKE}  {PICKED:>PERCENT$}{DIM:#}{:3$}",
            "ending", "", self.ending, 0
        )?;
        for row in rows {
            let label = cut(&row.label, self.ending);
            let traces = row
                .traces
                .map_or(String::new(), |traces| count(traces, self.count));
            let counts = self.counts(count(row.interleavings, self.count), traces);
            let pad = " ".repeat(self.ending - columns_of(&label));
            let (share, picked) = (percent(row.share), percent(row.picked));
            let bar = bar::bar(row.share / self.most, row.picked / self.most, self.bar);
            let line = format!("  {pad}{label}{counts}  {share:>9}  {picked:>PERCENT$}  {bar}");
            writeln!(output, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Returns the cells of the counts.
    fn counts(&self, interleavings: String, traces: String) -> String {
        let column = self.count;
        match self.has_traces {
            true => format!("  {interleavings:>column$}  {traces:>column$}"),
            false => format!("  {interleavings:>column$}"),
        }
    }

    /// Returns the heading of the interleavings, cut where the column is narrow.
    fn heading(&self) -> String {
        match self.count < "interleavings".len() {
            true => "interleav.".to_owned(),
            false => "interleavings".to_owned(),
        }
    }
}

/// The width of odds in percent: `>99.99%`.
const PERCENT: usize = 7;

/// Returns the width of the widest count in full.
fn grouped_width(rows: &[Row]) -> usize {
    let counts = rows.iter().flat_map(|row| [Some(row.interleavings), row.traces]);
    let widths = counts.flatten().map(|number| count(number, usize::MAX).len());
    widths.max().unwrap_or(0)
}
