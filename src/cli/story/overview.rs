//! The chapter about every counter: one line for each, with what every engine says of it.

use super::part::Part;
use super::words::EVERY_COUNTER;
use super::{Ended, Story};
use selvedge::catalogue::Selection;
use selvedge::counter::Variant;
use selvedge::engine::Engine;
use selvedge::explorer::drawing::with_minus;
use selvedge::numbers::grouped;
use selvedge::report::{EngineReport, Report};
use selvedge::verdict::Verdict;
use std::io::Write;

impl Story<'_> {
    pub(super) fn every_counter(&mut self) -> Result<(), Ended> {
        self.heading("4. Every counter")?;
        writeln!(self.output, "{EVERY_COUNTER}")?;
        let engines = Part::Everything.engines();
        let names = engines.iter().map(|engine| engine.name().to_owned());
        self.overview_line("", "ends at", names.chain(["every n".to_owned()]))?;
        for variant in Variant::ALL {
            let selection = Selection::Updates(variant);
            let report = self.told(selection)?;
            // A counter that keeps no sum is no failure here: nothing is claimed of it.
            let argued = self.explore(Part::EveryN, selection)?;
            let outcomes: Vec<_> = report.rows.iter().map(|row| row.outcome.as_str()).collect();
            let executions = report.engines.iter().map(overview);
            let engines = executions.chain([for_every_n(&argued)]);
            self.overview_line(variant.name(), &with_minus(&in_short(&outcomes)), engines)?;
            self.show_unless_as_expected(&report)?;
        }
        writeln!(self.output)?;
        for variant in Variant::ALL {
            writeln!(self.output, "  {}: {}", variant.name(), variant.lesson())?;
        }
        writeln!(self.output)?;
        Ok(())
    }

    fn overview_line(
        &mut self,
        counter: &str,
        outcomes: &str,
        engines: impl Iterator<Item = String>,
    ) -> Result<(), Ended> {
        let mut line = format!("  {counter:16}  {outcomes:18}");
        for (engine, width) in engines.zip([8, 6, 11, 7]) {
            line += &format!("  {engine:>width$}");
        }
        writeln!(self.output, "{}", line.trim_end())?;
        Ok(self.output.flush()?)
    }
}

/// Returns the number of executions of an engine, with a mark if they were not all that there are.
fn overview(engine: &EngineReport) -> String {
    let mark = match engine.verdict {
        Verdict::Proved => "",
        _ => "*",
    };
    format!("{}{mark}", grouped(engine.executions))
}

/// Returns what an argument says of a counter, in one word.
fn for_every_n(report: &Report) -> String {
    let is_proved = |engine: &EngineReport| engine.verdict == Verdict::Proved;
    match report.engines.iter().any(is_proved) {
        true => "proved".to_owned(),
        false => "\u{2013}".to_owned(),
    }
}

/// Returns the endings in few words: consecutive numbers as their least and their greatest.
fn in_short(endings: &[&str]) -> String {
    let numbers: Vec<i64> = endings.iter().map_while(|ending| ending.parse().ok()).collect();
    let are_consecutive = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
    match &numbers[..] {
        [least, .., greatest] if are_consecutive => {
            let others = endings[numbers.len()..].iter().map(|&ending| ending.to_owned());
            let all: Vec<String> = std::iter::once(format!("{least} to {greatest}"))
                .chain(others)
                .collect();
            all.join(", ")
        }
        _ => endings.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_endings_are_a_range() {
        assert_eq!(in_short(&["-2", "-1", "0", "1", "2"]), "-2 to 2");
        assert_eq!(in_short(&["-1", "0", "data race"]), "-1 to 0, data race");
        assert_eq!(in_short(&["0", "2"]), "0, 2");
        assert_eq!(in_short(&["0"]), "0");
    }
}
