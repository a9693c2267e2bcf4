//! The program without a command: it tells the whole story, in chapters, and checks everything in it.

use super::arguments::{EngineName, Format, Settings, fresh_seed};
use super::progress::Display;
use super::{Error, Output, Status, reporter, terminal};
use anstyle::Style;
use selvedge::catalogue::Selection;
use selvedge::check;
use selvedge::counter::Variant;
use selvedge::engine::{AnyEngine, Budget, Engine, Interrupt};
use selvedge::explorer::drawing::columns;
use selvedge::numbers::{count_of, grouped};
use selvedge::report::{EngineReport, Report, text};
use std::io::{self, Write};
use std::time::Duration;

const HEADING: Style = Style::new().bold();

/// The size at which every interleaving is explored.
const SMALL: u64 = 2;

/// The size of the seed's program, on real threads.
const MILLION: u64 = 1_000_000;

/// The number of executions on real threads at that size.
const MILLION_EXECUTIONS: u64 = 5;

/// The greatest width of the drawing, without its margin.
const WIDTH: usize = 78;

const OPENING: &str = "\
A number is shared by two threads. It stands at 0. One thread adds 1 to it,
twice; the other subtracts 1, twice. As many up as down: where does it end?
";

const WITHOUT_A_LOCK: &str = "  Adding is two steps: load the value, and store it plus 1. Between the two
  steps the other thread may take its turn. With one update each, this can
  happen; time goes down, and the line at the left joins what belongs
  together:
";

const EVERY_TURN: &str = "  No run need show it; it depends on who takes which turn. So here is every
  turn that the threads can take with two updates each, and where the number
  ends:
";

const READING_THE_TABLE: &str = "  `Proved` means that nothing was left out: these are all the results there
  are, and each of them can happen. The explorer, loom and shuttle each run a
  program in every order; each tells orders apart in its own way, so they
  count differently and agree. (The explorer runs only orders that differ,
  each of them once.) Loom is known to skip some orders where loads hide one
  another; when that may have happened, it says `bounded`.
";

const WITH_A_LOCK: &str = "  Now a thread takes a lock before it loads, and gives it back after it has
  stored. Only one thread can hold the lock: nobody can come between the load
  and the store. Again every turn that the threads can take:
";

const A_MILLION_TIMES: &str = "  So far two updates each, in every order. Now a million each, on this
  machine's real threads, in whatever order they come. That proves nothing,
  but it is the real thing:
";

const WITHOUT_PROOF: &str = "  Without the lock the result is whatever it happens to be: even 0, on a busy
  machine on which the threads hardly meet. That updates can be lost is what
  exploring has shown.
";

const EVERY_COUNTER: &str = "  Locks can be used wrongly, and there are ways without a lock. Here is what
  every counter of the catalogue does, with two threads and two updates each.
  `Proved` is said of the whole set of endings: of a broken counter it means
  that it loses updates in just these ways. Beside each verdict stands how many
  executions were explored:
";

const NOTHING_SHARED: &str = "  Threads that share nothing need no lock, and can use two processors at once.
  Two threads count to a million, one up and one down:
";

const SAMPLES: &str = "  What is too large to be explored can still be sampled: by schedules at
  random, or by the real thing again and again. Of what they do not see,
  samples say nothing:
";

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
    story.heading("Selvedge: what two threads can do to one number")?;
    writeln!(story.output, "{OPENING}")?;
    story.heading("1. Without a lock")?;
    writeln!(story.output, "{WITHOUT_A_LOCK}")?;
    story.a_lost_update()?;
    story.every_turn(EVERY_TURN, Variant::Unlocked)?;
    writeln!(story.output, "{READING_THE_TABLE}")?;
    story.heading("2. With a lock")?;
    story.every_turn(WITH_A_LOCK, Variant::Locked)?;
    story.a_million_times()?;
    story.every_counter()?;
    story.nothing_shared()?;
    story.samples()?;
    story.end()
}

/// Runs the same checks, and writes them as one JSON document.
fn tell_to_program(output: Output, interrupt: &Interrupt) -> Result<Status, Error> {
    let reports: Vec<_> = Part::ALL
        .into_iter()
        .flat_map(|part| Selection::counters().map(move |selection| part.explore(selection, interrupt)))
        .collect();
    reporter(Format::Json, output).finish(&reports)?;
    Ok(Status::of(&reports))
}

/// A part of the story's checks: every scenario at one size on some engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// At a size at which everything can be explored, on the exhaustive engines.
    Everything,
    /// At the same size, on the engines that sample.
    Samples,
    /// At the seed's size, on real threads.
    Million,
}

impl Part {
    const ALL: [Part; 3] = [Part::Everything, Part::Samples, Part::Million];

    fn engines(self) -> Vec<AnyEngine> {
        let names: &[EngineName] = match self {
            Part::Everything => &[EngineName::Explorer, EngineName::Loom, EngineName::ShuttleDfs],
            Part::Samples => &[
                EngineName::ShuttleRandom,
                EngineName::ShuttlePct,
                EngineName::ShuttleUrw,
                EngineName::Threads,
            ],
            Part::Million => &[EngineName::Threads],
        };
        let settings = Settings {
            seed: fresh_seed(),
            ..Settings::default()
        };
        names.iter().map(|name| name.engine(&settings)).collect()
    }

    fn iterations(self) -> u64 {
        if self == Part::Million { MILLION } else { SMALL }
    }

    fn explore(self, selection: Selection, interrupt: &Interrupt) -> Report {
        let display = Display::new();
        let sized = selection.sized(2, self.iterations());
        check::explore(
            &sized.scenario(),
            Some(sized.size()),
            &self.engines(),
            &check::Witnessing::Refutations,
            |engine| {
                let budget = Budget {
                    executions: (self == Part::Million).then_some(MILLION_EXECUTIONS),
                    time: Some(Duration::from_secs(30)),
                    interrupt: interrupt.clone(),
                    ..Budget::default()
                };
                display.show(&format!("{selection} on {}", engine.name()), &budget.progress);
                budget
            },
        )
    }
}

/// The story, with the reports so far.
struct Story<'a> {
    output: Output,
    interrupt: &'a Interrupt,
    reports: Vec<Report>,
}

impl Story<'_> {
    fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.output, "{HEADING}{text}{HEADING:#}\n")
    }

    /// Draws the shortest interleaving in which the unlocked counter loses an update.
    fn a_lost_update(&mut self) -> Result<(), Error> {
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
    fn every_turn(&mut self, before: &str, variant: Variant) -> Result<(), Error> {
        writeln!(self.output, "{before}")?;
        self.output.flush()?;
        let report = Part::Everything.explore(Selection::Updates(variant), self.interrupt);
        writeln!(self.output, "{}", text::findings(&report))?;
        self.reports.push(report);
        Ok(())
    }

    fn a_million_times(&mut self) -> Result<(), Error> {
        self.heading("3. A million times")?;
        writeln!(self.output, "{A_MILLION_TIMES}")?;
        for variant in Variant::ALL {
            let report = Part::Million.explore(Selection::Updates(variant), self.interrupt);
            if matches!(variant, Variant::Locked | Variant::Unlocked) {
                let results: Vec<_> = report.rows.iter().map(|row| row.outcome.as_str()).collect();
                let times = report.engines.iter().map(|engine| engine.executions).sum::<u64>();
                let every = if results.len() == 1 {
                    format!(", {times} times out of {times}")
                } else {
                    String::new()
                };
                writeln!(
                    self.output,
                    "  {:10}  Result: {}{every}",
                    variant.name(),
                    results.join(", ")
                )?;
                self.output.flush()?;
            }
            self.show_unless_as_expected(&report)?;
            self.reports.push(report);
        }
        writeln!(self.output, "\n{WITHOUT_PROOF}")?;
        Ok(())
    }

    fn every_counter(&mut self) -> Result<(), Error> {
        self.heading("4. Every counter")?;
        writeln!(self.output, "{EVERY_COUNTER}")?;
        let engines = Part::Everything
            .engines()
            .iter()
            .map(|engine| engine.name().to_owned())
            .collect();
        self.overview_line("", "ends at", engines)?;
        for variant in Variant::ALL {
            let report = self.told(Selection::Updates(variant));
            let outcomes: Vec<_> = report.rows.iter().map(|row| row.outcome.as_str()).collect();
            let engines = report.engines.iter().map(overview).collect();
            self.overview_line(variant.name(), &in_short(&outcomes), engines)?;
            self.show_unless_as_expected(&report)?;
        }
        writeln!(self.output)?;
        for variant in Variant::ALL {
            writeln!(self.output, "  {}: {}", variant.name(), variant.lesson())?;
        }
        writeln!(self.output)?;
        Ok(())
    }

    /// Returns the report of a counter at the small size; explores it if the story has not done so yet.
    fn told(&mut self, selection: Selection) -> Report {
        let is_told = |report: &&Report| {
            report.scenario == selection.name() && report.size.is_some_and(|size| size.iterations == SMALL)
        };
        if let Some(report) = self.reports.iter().find(is_told) {
            return report.clone();
        }
        let report = Part::Everything.explore(selection, self.interrupt);
        self.reports.push(report.clone());
        report
    }

    fn overview_line(&mut self, counter: &str, outcomes: &str, engines: Vec<String>) -> io::Result<()> {
        let mut line = format!("  {counter:16}  {outcomes:18}");
        for (engine, width) in engines.into_iter().zip([9, 11, 14]) {
            line += &format!("  {engine:width$}");
        }
        writeln!(self.output, "{}", line.trim_end())?;
        self.output.flush()
    }

    fn nothing_shared(&mut self) -> Result<(), Error> {
        self.heading("5. Nothing shared")?;
        writeln!(self.output, "{NOTHING_SHARED}")?;
        let everything = Part::Everything.explore(Selection::Counting, self.interrupt);
        let million = Part::Million.explore(Selection::Counting, self.interrupt);
        for row in &million.rows {
            writeln!(self.output, "  {}", row.outcome)?;
        }
        writeln!(self.output, "\n{}", text::verdicts(&million))?;
        for report in [everything, million] {
            self.show_unless_as_expected(&report)?;
            self.reports.push(report);
        }
        Ok(())
    }

    fn samples(&mut self) -> Result<(), Error> {
        self.heading("6. Samples")?;
        writeln!(self.output, "{SAMPLES}")?;
        let reports: Vec<_> = Selection::counters()
            .map(|selection| Part::Samples.explore(selection, self.interrupt))
            .collect();
        let engines = || reports.iter().flat_map(|report| &report.engines);
        let executions: u64 = engines().map(|engine| engine.executions).sum();
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

    fn show_unless_as_expected(&mut self, report: &Report) -> io::Result<()> {
        if report.is_as_expected() {
            return Ok(());
        }
        writeln!(self.output, "\n{}", text::findings(report))
    }

    fn end(mut self) -> Result<Status, Error> {
        writeln!(
            self.output,
            "Next: `selvedge play unlocked`, `selvedge gil`, `selvedge list`, and `selvedge check --help`.\n"
        )?;
        reporter(Format::Text, self.output).finish(&self.reports)?;
        Ok(Status::of(&self.reports))
    }
}

/// Returns an engine's verdict in a few words.
fn overview(engine: &EngineReport) -> String {
    format!("{} {}", engine.verdict.kind(), grouped(engine.executions))
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
