//! The main job: the whole story, in chapters, checked while it is told.

use super::arguments::{EngineName, Format, fresh_seed};
use super::progress::Display;
use super::{Error, Output, Status, reporter};
use anstyle::Style;
use selvedge::counter::Variant;
use selvedge::engine::{AnyEngine, Budget, Engine};
use selvedge::numbers::grouped;
use selvedge::report::{EngineReport, Report, text};
use selvedge::scenario::Selection;
use std::io::{self, Write};
use std::time::Duration;

const HEADING: Style = Style::new().bold();

/// The size at which every interleaving is explored.
const SMALL: u64 = 2;

/// The seed's own size, on real threads.
const MILLION: u64 = 1_000_000;

/// How often real threads run at that size.
const MILLION_EXECUTIONS: u64 = 5;

const OPENING: &str = "\
A number is shared by two threads. It stands at 0. One thread adds 1 to it, twice;
the other subtracts 1, twice. As many up as down: where does it end?
";

const WITHOUT_A_LOCK: &str =
    "  Adding is two steps: load the value, and store it plus 1. Between the two steps
  the other thread may take its turn, and then this happens:

    thread 1 loads 0
                          thread 2 loads 0
    thread 1 stores 0+1
                          thread 2 stores 0-1, computed from a 0 that is long gone

  The number is -1 instead of 0: thread 2's store has overwritten thread 1's, and
  that update is lost. No run need show it; it depends on who takes which turn.
  So here is every turn that the threads can take, and where the number ends:
";

const READING_THE_TABLE: &str =
    "  `Proved` means that nothing was left out: these are all the results there are, and
  each of them can happen. Loom and shuttle are two tools that run a program in every
  order; each tells orders apart in its own way, so they count differently and agree.
  Loom is known to skip some orders where loads hide one another; when that may have
  happened, it says `bounded`.
";

const WITH_A_LOCK: &str =
    "  Now a thread takes a lock before it loads, and gives it back after it has stored.
  Only one thread can hold the lock: nobody can come between the load and the store.
  Again every turn that the threads can take:
";

const A_MILLION_TIMES: &str =
    "  So far two updates each, in every order. Now a million each, on this machine's real
  threads, in whatever order they come. That proves nothing, but it is the real thing:
";

const EVERY_COUNTER: &str =
    "  Locks can be used wrongly, and there are ways without a lock. What every counter
  of the catalogue does, with two threads and two updates each, by how many
  executions were explored:
";

const NOTHING_SHARED: &str =
    "  Threads that share nothing need no lock, and can use two processors at once. Two
  threads count to a million, one up and one down:
";

/// Tells the story, and says whether everything in it was as expected.
pub(super) fn tell(format: Format, output: Output) -> Result<Status, Error> {
    if format == Format::Json {
        return tell_to_program(output);
    }
    let mut story = Story {
        output,
        engines: exhaustive_engines(),
        reports: Vec::new(),
    };
    story.heading("Selvedge: what two threads can do to one number")?;
    writeln!(story.output, "{OPENING}")?;
    story.chapter("1. Without a lock", WITHOUT_A_LOCK, Variant::Unlocked)?;
    story.chapter("2. With a lock", WITH_A_LOCK, Variant::Locked)?;
    story.a_million_times()?;
    story.every_counter()?;
    story.nothing_shared()?;
    story.end()
}

/// The same checks, as one JSON document.
fn tell_to_program(output: Output) -> Result<Status, Error> {
    let engines = exhaustive_engines();
    let small = Selection::all().map(|selection| explore(selection, SMALL, &engines));
    let millions = Selection::all().map(|selection| explore(selection, MILLION, &real_threads()));
    let reports: Vec<_> = small.chain(millions).collect();
    reporter(Format::Json, output).finish(&reports)?;
    Ok(Status::of(&reports))
}

fn exhaustive_engines() -> Vec<AnyEngine> {
    [EngineName::Loom, EngineName::ShuttleDfs]
        .map(|name| name.engine(fresh_seed()))
        .into()
}

fn real_threads() -> Vec<AnyEngine> {
    vec![EngineName::Threads.engine(fresh_seed())]
}

fn explore(selection: Selection, iterations: u64, engines: &[AnyEngine]) -> Report {
    let display = Display::new();
    Report::of_catalogued(selection.sized(2, iterations), engines, |engine| {
        let budget = Budget {
            executions: (iterations == MILLION).then_some(MILLION_EXECUTIONS),
            time: Some(Duration::from_secs(30)),
            ..Budget::default()
        };
        display.show(&format!("{selection} on {}", engine.name()), &budget.progress);
        budget
    })
}

/// The story so far.
struct Story {
    output: Output,
    engines: Vec<AnyEngine>,
    reports: Vec<Report>,
}

impl Story {
    fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.output, "{HEADING}{text}{HEADING:#}\n")
    }

    /// A chapter about one counter, with its outcome table.
    fn chapter(&mut self, heading: &str, before: &str, variant: Variant) -> Result<(), Error> {
        self.heading(heading)?;
        writeln!(self.output, "{before}")?;
        self.output.flush()?;
        let report = explore(Selection::Updates(variant), SMALL, &self.engines);
        writeln!(self.output, "{}", text::findings(&report))?;
        if variant == Variant::Unlocked && report.is_as_expected() {
            writeln!(self.output, "{READING_THE_TABLE}")?;
        }
        self.reports.push(report);
        Ok(())
    }

    fn a_million_times(&mut self) -> Result<(), Error> {
        self.heading("3. A million times")?;
        writeln!(self.output, "{A_MILLION_TIMES}")?;
        for variant in [Variant::Locked, Variant::Unlocked] {
            let report = explore(Selection::Updates(variant), MILLION, &real_threads());
            let results: Vec<_> = report
                .rows
                .iter()
                .map(|row| format!("Result: {}", row.outcome))
                .collect();
            let times = report.engines.iter().map(|engine| engine.executions).sum::<u64>();
            let every = if results.len() == 1 {
                format!(", {times} times out of {times}")
            } else {
                String::new()
            };
            writeln!(
                self.output,
                "  {:10}  {}{every}",
                variant.name(),
                results.join(", ")
            )?;
            self.show_unless_as_expected(&report)?;
            self.reports.push(report);
        }
        writeln!(self.output)?;
        Ok(())
    }

    fn every_counter(&mut self) -> Result<(), Error> {
        self.heading("4. Every counter")?;
        writeln!(self.output, "{EVERY_COUNTER}")?;
        let engines = self
            .engines
            .iter()
            .map(|engine| engine.name().to_owned())
            .collect();
        self.overview_line("", "ends at", engines)?;
        for variant in Variant::ALL {
            let report = self.told(Selection::Updates(variant));
            let outcomes: Vec<_> = report.rows.iter().map(|row| row.outcome.as_str()).collect();
            let engines = report.engines.iter().map(overview).collect();
            self.overview_line(variant.name(), &outcomes.join(", "), engines)?;
            self.show_unless_as_expected(&report)?;
        }
        writeln!(self.output)?;
        for variant in &Variant::ALL[3..] {
            writeln!(self.output, "  {}: {}", variant.name(), variant.lesson())?;
        }
        writeln!(self.output)?;
        Ok(())
    }

    /// The report of a counter at the small size, made now if the story has not had it yet.
    fn told(&mut self, selection: Selection) -> Report {
        let is_told = |report: &&Report| {
            report.scenario == selection.name() && report.size.is_some_and(|size| size.iterations == SMALL)
        };
        if let Some(report) = self.reports.iter().find(is_told) {
            return report.clone();
        }
        let report = explore(selection, SMALL, &self.engines);
        self.reports.push(report.clone());
        report
    }

    fn overview_line(&mut self, counter: &str, outcomes: &str, engines: Vec<String>) -> io::Result<()> {
        let mut line = format!("  {counter:16}  {outcomes:26}");
        for engine in engines {
            line += &format!("  {engine:16}");
        }
        writeln!(self.output, "{}", line.trim_end())?;
        self.output.flush()
    }

    fn nothing_shared(&mut self) -> Result<(), Error> {
        self.heading("5. Nothing shared")?;
        writeln!(self.output, "{NOTHING_SHARED}")?;
        let report = explore(Selection::Counting, MILLION, &real_threads());
        for row in &report.rows {
            writeln!(self.output, "  {}", row.outcome)?;
        }
        writeln!(self.output)?;
        writeln!(self.output, "{}", text::verdicts(&report))?;
        self.show_unless_as_expected(&report)?;
        self.reports.push(report);
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
            "Next: `selvedge list`, and `selvedge check --help`.\n"
        )?;
        reporter(Format::Text, self.output).finish(&self.reports)?;
        Ok(Status::of(&self.reports))
    }
}

/// An engine's verdict in a few words.
fn overview(engine: &EngineReport) -> String {
    format!("{} ({})", engine.verdict.kind(), grouped(engine.executions))
}
