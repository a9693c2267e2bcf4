//! The program without a command: it tells the whole story, in chapters, and checks everything in it.

mod million;
mod overview;
mod part;
mod words;

use super::arguments::{EngineName, Format, Settings};
use super::{Error, Output, Status, reporter, terminal};
use anstyle::Style;
use part::{Part, SMALL};
use selvedge::catalogue::Selection;
use selvedge::check;
use selvedge::counter::Variant;
use selvedge::engine::{Budget, Engine, Interrupt};
use selvedge::explorer::drawing::columns;
use selvedge::numbers::count_of;
use selvedge::report::{Report, text};
use std::io::Write;
use std::time::Duration;
use words::{
    DISTURBED, EVERY_TURN, NOTHING_SHARED, OPENING, READING_THE_TABLE, SAMPLES, WITH_A_LOCK, WITHOUT_A_LOCK,
};

const HEADING: Style = Style::new().bold();

/// The time in which the unlocked counter is to lose an update on real threads; it is tried again until then.
const PATIENCE: Duration = Duration::from_secs(5);

/// The least ratio of times at which two processors are taken to have been at hand.
const SIDE_BY_SIDE: f64 = 1.4;

/// The greatest width of the drawing, without its margin.
const WIDTH: usize = 78;

/// Tells the story, and returns the exit code: whether everything in it was as expected.
pub(super) fn tell(format: Format, output: Output, interrupt: &Interrupt) -> Result<Status, Error> {
    if format == Format::Json {
        return tell_to_program(output, interrupt);
    }
    let mut story = Story {
        output,
        interrupt,
        reports: Vec::new(),
    };
    match story.chapters() {
        Ok(()) => story.end(),
        Err(Ended::Interrupted) => story.break_off(),
        Err(Ended::Failed(error)) => Err(error),
    }
}

/// The reason why the story is not told to its end.
enum Ended {
    /// The user has pressed Ctrl-C.
    Interrupted,
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Ended {
    fn from(error: E) -> Self {
        Ended::Failed(error.into())
    }
}

/// Runs the same checks, and writes them as one JSON document.
fn tell_to_program(output: Output, interrupt: &Interrupt) -> Result<Status, Error> {
    let explore = |part: Part| {
        let selections = part.selections().into_iter();
        selections.map(move |selection| part.explore(selection, interrupt))
    };
    let reports: Vec<_> = Part::ALL.into_iter().flat_map(explore).collect();
    reporter(Format::Json, output).finish(&reports)?;
    Ok(Status::of(&reports))
}

/// The story, with the reports so far.
struct Story<'a> {
    output: Output,
    interrupt: &'a Interrupt,
    reports: Vec<Report>,
}

impl Story<'_> {
    fn chapters(&mut self) -> Result<(), Ended> {
        self.heading("Selvedge: what two threads can do to one number")?;
        writeln!(self.output, "{OPENING}")?;
        self.heading("1. Without a lock")?;
        writeln!(self.output, "{WITHOUT_A_LOCK}")?;
        self.a_lost_update()?;
        self.every_turn(EVERY_TURN, Variant::Unlocked)?;
        writeln!(self.output, "{READING_THE_TABLE}")?;
        self.heading("2. With a lock")?;
        self.every_turn(WITH_A_LOCK, Variant::Locked)?;
        self.a_million_times()?;
        self.every_counter()?;
        self.nothing_shared()?;
        self.samples()
    }

    /// Explores a scenario, unless the user has had enough.
    fn explore(&self, part: Part, selection: Selection) -> Result<Report, Ended> {
        let report = part.explore(selection, self.interrupt);
        match self.interrupt.is_set() {
            true => Err(Ended::Interrupted),
            false => Ok(report),
        }
    }

    fn heading(&mut self, text: &str) -> Result<(), Ended> {
        Ok(writeln!(self.output, "{HEADING}{text}{HEADING:#}\n")?)
    }

    /// Draws the shortest interleaving in which the unlocked counter loses an update.
    fn a_lost_update(&mut self) -> Result<(), Ended> {
        let scenario = Selection::Updates(Variant::Unlocked).sized(2, 1);
        let engine = [EngineName::Explorer.engine(&Settings::default())];
        let report = check::explore(
            &scenario.scenario(),
            Some(scenario.size()),
            &engine,
            &check::Witnessing::Only("-1".to_owned()),
            |_| Budget {
                interrupt: self.interrupt.clone(),
                ..Budget::default()
            },
        );
        let mut drawing = Vec::new();
        match report.rows.iter().find_map(|row| row.witness.as_ref()) {
            Some(Ok(witness)) => {
                let width = terminal::width().saturating_sub(2).min(WIDTH);
                columns::write(&mut drawing, &witness.drawing, width)?;
            }
            Some(Err(reason)) => writeln!(drawing, "(not drawn: {reason})")?,
            None => writeln!(drawing, "(not drawn: it was not seen)")?,
        }
        for line in String::from_utf8_lossy(&drawing).lines() {
            let indent = if line.is_empty() { "" } else { "  " };
            writeln!(self.output, "{indent}{line}")?;
        }
        writeln!(self.output)?;
        Ok(())
    }

    /// Explores one counter in every order, and shows its outcome table.
    fn every_turn(&mut self, before: &str, variant: Variant) -> Result<(), Ended> {
        writeln!(self.output, "{before}")?;
        self.output.flush()?;
        let report = self.explore(Part::Everything, Selection::Updates(variant))?;
        writeln!(self.output, "{}", text::findings(&report))?;
        self.reports.push(report);
        Ok(())
    }

    /// Returns the report of a counter at the small size; explores it if the story has not done so yet.
    fn told(&mut self, selection: Selection) -> Result<Report, Ended> {
        let is_told = |report: &&Report| {
            report.scenario == selection.name() && report.size.is_some_and(|size| size.iterations == SMALL)
        };
        if let Some(report) = self.reports.iter().find(is_told) {
            return Ok(report.clone());
        }
        let report = self.explore(Part::Everything, selection)?;
        self.reports.push(report.clone());
        Ok(report)
    }

    fn nothing_shared(&mut self) -> Result<(), Ended> {
        self.heading("5. Nothing shared")?;
        writeln!(self.output, "{NOTHING_SHARED}")?;
        let everything = self.explore(Part::Everything, Selection::Counting)?;
        let million = self.explore(Part::Million, Selection::Counting)?;
        for row in &million.rows {
            writeln!(self.output, "  {}", row.outcome)?;
        }
        writeln!(self.output, "\n{}", text::verdicts(&million))?;
        let mut speedups = million.engines.iter().filter_map(|engine| engine.speedup);
        if speedups.any(|speedup| speedup.ratio() < SIDE_BY_SIDE) {
            writeln!(self.output, "{DISTURBED}")?;
        }
        for report in [everything, million] {
            self.show_unless_as_expected(&report)?;
            self.reports.push(report);
        }
        Ok(())
    }

    fn samples(&mut self) -> Result<(), Ended> {
        self.heading("6. Samples")?;
        writeln!(self.output, "{SAMPLES}")?;
        let reports = Part::Samples
            .selections()
            .into_iter()
            .map(|selection| self.explore(Part::Samples, selection))
            .collect::<Result<Vec<_>, _>>()?;
        let engines = || reports.iter().flat_map(|report| &report.engines);
        let executions: u64 = reports.iter().map(executions).sum();
        let names: Vec<_> = Part::Samples
            .engines()
            .iter()
            .map(|engine| engine.name())
            .collect();
        let as_expected = engines().filter(|engine| engine.verdict.is_as_expected()).count();
        writeln!(
            self.output,
            "  {} of {} samples as expected: {} scenarios on {}, {} in all\n",
            as_expected,
            engines().count(),
            reports.len(),
            names.join(", "),
            count_of(executions, "execution")
        )?;
        for report in reports {
            self.show_unless_as_expected(&report)?;
            self.reports.push(report);
        }
        Ok(())
    }

    fn show_unless_as_expected(&mut self, report: &Report) -> Result<(), Ended> {
        if report.is_as_expected() {
            return Ok(());
        }
        Ok(writeln!(self.output, "\n{}", text::findings(report))?)
    }

    fn end(mut self) -> Result<Status, Error> {
        writeln!(
            self.output,
            "Next: `selvedge play unlocked`, `selvedge gil`, `selvedge list`, and `selvedge check --help`.\n"
        )?;
        reporter(Format::Text, self.output).finish(&self.reports)?;
        Ok(Status::of(&self.reports))
    }

    /// Ends the story where the user has pressed Ctrl-C.
    fn break_off(mut self) -> Result<Status, Error> {
        let checks = self
            .reports
            .iter()
            .map(|report| report.engines.len() as u64)
            .sum();
        let so_far = match self.reports.iter().all(Report::is_as_expected) {
            true => "all as expected",
            false => "not all as expected",
        };
        let checks = count_of(checks, "check");
        writeln!(
            self.output,
            "\nInterrupted: {checks} so far, {so_far}; the rest was not run."
        )?;
        self.output.flush()?;
        match Status::of(&self.reports) {
            Status::Refuted => Ok(Status::Refuted),
            _ => Ok(Status::Inconclusive),
        }
    }
}

/// Returns the number of executions in a report.
fn executions(report: &Report) -> u64 {
    report.engines.iter().map(|engine| engine.executions).sum()
}
