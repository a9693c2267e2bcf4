//! Reports of measurements of the GIL: times, a chart of which thread held it when, and the conclusions.

mod chart;
mod conclusions;
mod json;

pub use conclusions::conclusions;
pub use json::write_json;

use crate::numbers::{count_of, duration, grouped};
use crate::python::gil::History;
use crate::python::measurement::{Measured, Measurement};
use anstyle::{AnsiColor, Style};
use chart::{Chart, beginning, whole};
use selvedge_explorer::drawing::width::wrapped;
use std::io::{self, Write};
use std::ops::Range;
use std::time::Duration;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const WARNING: Style = AnsiColor::Yellow.on_default();

/// The styles of a chart's rows, in turn.
const ROWS: [Style; 2] = [AnsiColor::Cyan.on_default(), AnsiColor::Magenta.on_default()];

/// The greatest number of columns of a chart.
const COLUMNS: usize = 60;

/// The width of the text to the left of a chart's row.
const MARGIN: usize = "  thread 64  ".len();

/// The number of turns in the second chart.
const FIRST_TURNS: usize = 8;

/// The greatest width of a paragraph.
const LINE: usize = 90;

/// Writes a measurement as text in lines of at most `width` characters, with ANSI escapes for colours.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_text(output: &mut impl Write, measurement: &Measurement, width: usize) -> io::Result<()> {
    let plan = &measurement.plan;
    writeln!(
        output,
        "{BOLD}The GIL, measured{BOLD:#}{DIM}: {} for itself{DIM:#}\n",
        match plan.threads {
            1 => "1 thread that counts".to_owned(),
            threads => format!("{threads} threads that count, each"),
        }
    )?;
    write_table(output, measurement)?;
    for line in wrapped(&reading(measurement), width.min(LINE).saturating_sub(2), 0) {
        writeln!(output, "  {DIM}{line}{DIM:#}")?;
    }
    for warning in warnings(measurement) {
        for line in wrapped(&warning, width.min(LINE).saturating_sub(2), 0) {
            writeln!(output, "  {WARNING}{line}{WARNING:#}")?;
        }
    }
    writeln!(output)?;
    let finished = |size: &&Measured| !size.rounds.is_empty();
    if let Some(size) = measurement.sizes.iter().rfind(finished) {
        write_charts(output, size, width)?;
    }
    for sentence in conclusions(measurement) {
        for line in wrapped(&sentence, width.min(LINE), 0) {
            writeln!(output, "{line}")?;
        }
        writeln!(output)?;
    }
    if let Some(outcome) = measurement.outcome() {
        writeln!(output, "{outcome}")?;
    }
    output.flush()
}

/// Writes a row for each size.
fn write_table(output: &mut impl Write, measurement: &Measurement) -> io::Result<()> {
    let most = measurement.sizes.iter().map(|size| size.iterations).max();
    let first = grouped(most.unwrap_or(0)).len().max("counts each".len());
    writeln!(
        output,
        "  {DIM}{:>first$}  {:>11}  {:>18}  {:>15}  {:>15}{DIM:#}",
        "counts each", "in sequence", "free, side by side", "under the GIL", "forced switches"
    )?;
    for size in &measurement.sizes {
        let iterations = grouped(size.iterations);
        match size.best() {
            Some(best) => writeln!(
                output,
                "  {iterations:>first$}  {:>11}  {:>18}  {:>15}  {:>15}",
                duration(best.in_sequence),
                format!("{}  {:.2}×", duration(best.free), best.free_ratio()),
                format!("{}  {:.2}×", duration(best.gil), best.gil_ratio()),
                grouped(size.forced())
            )?,
            None => writeln!(output, "  {iterations:>first$}  {DIM}not finished{DIM:#}")?,
        }
    }
    writeln!(output)
}

/// Returns an explanation of the table.
fn reading(measurement: &Measurement) -> String {
    let rounds = match measurement.plan.rounds {
        1 => "One run each".to_owned(),
        rounds if measurement.is_interrupted => {
            format!("The best of at most {rounds} runs each, taken in turn")
        }
        rounds => format!("The best of {rounds} runs each, taken in turn"),
    };
    format!(
        "{rounds}; ×: times as fast as in sequence. A forced switch is the GIL dropped because another thread asked for \
         it, after a switch interval of {}.",
        duration(measurement.plan.interval)
    )
}

/// Returns the reasons why the numbers may be wrong.
fn warnings(measurement: &Measurement) -> Vec<String> {
    let mut warnings = Vec::new();
    if measurement.is_interrupted {
        let of = measurement.plan.rounds;
        let runs = measurement
            .sizes
            .iter()
            .map(|size| format!("{} of {of} at {}", size.rounds.len(), grouped(size.iterations)));
        let runs = runs.collect::<Vec<_>>().join(", ");
        warnings.push(format!("Interrupted. Runs that were finished: {runs}."));
    }
    if measurement.is_debug_build {
        let why =
            "This is a debug build: a count takes longer than it need. Build with `--release` to measure.";
        warnings.push(why.to_owned());
    }
    warnings
}

/// Charts which thread held the GIL when; if the turns are too short for that, also the first of them
/// enlarged.
fn write_charts(output: &mut impl Write, size: &Measured, width: usize) -> io::Result<()> {
    let columns = width.saturating_sub(MARGIN).clamp(10, COLUMNS);
    let turns: u64 = size.histories.iter().map(History::turns).sum();
    let title = format!(
        "Who held the GIL when: the best run with {} each",
        count_of(size.iterations, "count")
    );
    write_chart(output, &size.histories, &title, whole(&size.histories), columns)?;
    // A turn of less than four columns is hard to see.
    if turns > columns as u64 / 4 && turns > FIRST_TURNS as u64 {
        let title = format!("The first {FIRST_TURNS} of its {} turns", grouped(turns));
        let window = beginning(&size.histories, FIRST_TURNS);
        write_chart(output, &size.histories, &title, window, columns)?;
    }
    writeln!(
        output,
        "  {DIM}█ held (90% or more)  ▒ in part  · not at all{DIM:#}\n"
    )
}

fn write_chart(
    output: &mut impl Write,
    histories: &[History],
    title: &str,
    window: Range<Duration>,
    columns: usize,
) -> io::Result<()> {
    let chart = Chart::new(histories, window, columns);
    let column = match chart.column {
        column if column < Duration::from_micros(10) => format!("{} ns", column.as_nanos()),
        column => duration(column),
    };
    writeln!(
        output,
        "  {BOLD}{title}{BOLD:#}{DIM} (a column is {column}){DIM:#}\n"
    )?;
    for (index, row) in chart.rows.iter().enumerate() {
        let cells: String = row.iter().map(|cell| cell.symbol()).collect();
        let style = ROWS[index % ROWS.len()];
        let name = format!("thread {}", index + 1);
        let margin = MARGIN - 2;
        writeln!(output, "  {name:margin$}{style}{cells}{style:#}")?;
    }
    writeln!(output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::measurement::{Plan, Round};

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn history(turns: impl IntoIterator<Item = (u64, u64)>) -> History {
        let mut history = History::default();
        for (from, to) in turns {
            history.push(ms(from), ms(to));
        }
        history
    }

    /// Returns a measurement of two threads that held the GIL in turn, for 5 ms each.
    fn measurement(turns: u64) -> Measurement {
        let of = |first: u64| history((first..turns).step_by(2).map(|turn| (5 * turn, 5 * turn + 5)));
        let round = Round {
            in_sequence: ms(60),
            free: ms(30),
            gil: ms(5 * turns),
        };
        Measurement {
            plan: Plan::default(),
            processors: Some(2),
            sizes: vec![Measured {
                iterations: 90_000_000,
                rounds: vec![round; 5],
                histories: vec![of(0), of(1)],
            }],
            is_interrupted: false,
            is_debug_build: false,
        }
    }

    fn plain(measurement: &Measurement, width: usize) -> String {
        let mut text = Vec::new();
        write_text(&mut text, measurement, width).expect("writing to memory does not fail");
        anstream::adapter::strip_str(&String::from_utf8(text).expect("it is UTF-8")).to_string()
    }

    #[test]
    fn few_turns_are_one_chart() {
        let mut one_size = measurement(12);
        one_size.plan.iterations = Some(90_000_000);
        let expected = "\
The GIL, measured: 2 threads that count, each for itself

  counts each  in sequence  free, side by side    under the GIL  forced switches
   90,000,000      60.0 ms      30.0 ms  2.00×   60.0 ms  1.00×                0

  The best of 5 runs each, taken in turn; ×: times as fast as in sequence. A
  forced switch is the GIL dropped because another thread asked for it, after a
  switch interval of 5.0 ms.

  Who held the GIL when: the best run with 90,000,000 counts each (a column is 1.0 ms)

  thread 1   █████·····█████·····█████·····█████·····█████·····█████·····
  thread 2   ·····█████·····█████·····█████·····█████·····█████·····█████

  █ held (90% or more)  ▒ in part  · not at all

The GIL is a mutex: whoever does not hold it waits, however many processors are
idle. Under it the threads took 60.0 ms, about as long as the 60.0 ms that they
take one after the other.

Free of the GIL the threads counted at the same time: they took 30.0 ms, 2.00
times as fast as in sequence.

No thread had to drop the GIL on request: each held it from its first count to
its last.

Counting done!
";
        assert_eq!(plain(&one_size, 80), expected);
    }

    #[test]
    fn many_turns_have_a_second_chart_of_the_first() {
        let text = plain(&measurement(120), 80);
        let first = "\
  The first 8 of its 120 turns (a column is 667 µs)

  thread 1   ███████▒·······▒███████▒·······▒███████▒·······▒███████▒·······
";
        assert!(text.contains("  thread 1   ▒▒▒▒▒▒▒▒"), "{text}");
        assert!(text.contains(&first[..60]), "{text}");
        assert!(!plain(&measurement(8), 80).contains("The first 8"));
    }

    #[test]
    fn a_narrow_terminal_has_narrow_charts_and_paragraphs() {
        let text = plain(&measurement(12), 50);
        let is_table = |line: &&str| {
            line.contains("  in sequence  ") || line.contains('×') || line.contains("GIL, measured")
        };
        let title = |line: &&str| line.contains("(a column is ");
        for line in text.lines().filter(|line| !is_table(line) && !title(line)) {
            assert!(line.chars().count() <= 50, "{line}");
        }
    }

    #[test]
    fn what_was_interrupted_and_how_it_was_built_is_said() {
        let mut cut = measurement(12);
        cut.sizes[0].rounds.truncate(2);
        cut.is_interrupted = true;
        cut.is_debug_build = true;
        let text = plain(&cut, 100);
        assert!(
            text.contains("Interrupted. Runs that were finished: 2 of 5 at 90,000,000."),
            "{text}"
        );
        assert!(text.contains("The best of at most 5 runs each"), "{text}");
        assert!(text.contains("This is a debug build"), "{text}");
        assert!(
            !text.contains("Counting done!"),
            "the second size is missing: {text}"
        );
    }
}
