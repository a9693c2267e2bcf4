//! The command line: arguments in, reports and an exit code out.

mod arguments;
mod environment;
mod gil;
mod interrupt;
mod play;
mod progress;
mod show;
mod status;
mod story;
mod terminal;

pub(crate) use status::{Error, Status};

use anstream::AutoStream;
use arguments::{Arguments, CheckArguments, Command, EngineName, Format};
use clap::Parser;
use progress::Display;
use selvedge::check;
use selvedge::engine::{Engine, Interrupt};
use selvedge::report::Reporter;
use selvedge::report::json::Json;
use selvedge::report::text::Text;
use selvedge::scenario::Selection;
use std::io::{self, StdoutLock, Write};

/// Where the program's result goes.
type Output = AutoStream<StdoutLock<'static>>;

/// Runs the command that the arguments ask for.
pub(crate) fn run() -> Result<Status, Error> {
    environment::shed_engine_variables()?;
    let arguments = Arguments::try_parse()?;
    arguments.check_format()?;
    let output = || AutoStream::new(io::stdout().lock(), arguments.color.into());
    let format = arguments.format;
    match &arguments.command {
        None => story::tell(format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::List) => list(format, &mut output()).map(|()| Status::AsExpected),
        Some(Command::Check(check)) => run_check(check, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Show(show)) => show::show(show, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Replay(replay)) => show::replay(replay, format, output()),
        Some(Command::Gil(gil)) => gil::gil(gil, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Play(game)) => play::play(game, format, arguments.color.into()),
    }
}

/// Shows what there is to check, and what to check it on.
fn list(format: Format, output: &mut Output) -> Result<(), Error> {
    let scenarios = || Selection::all().map(|scenario| (scenario.name(), scenario.lesson()));
    let engines = || {
        EngineName::ALL
            .into_iter()
            .map(|engine| (engine.name(), engine.help().to_owned()))
    };
    match format {
        Format::Json | Format::Svg => {
            let entries = |list: Vec<(&str, String)>| -> Vec<serde_json::Value> {
                list.into_iter()
                    .map(|(name, about)| serde_json::json!({ "name": name, "about": about }))
                    .collect()
            };
            let document = serde_json::json!({
                "schema": selvedge::report::json::SCHEMA,
                "scenarios": entries(scenarios().collect()),
                "engines": entries(engines().collect()),
            });
            writeln!(output, "{document:#}")?;
        }
        Format::Text => {
            let described =
                |group: &[Selection]| group.iter().map(|one| (one.name(), one.lesson())).collect();
            let [counters, python] = [
                Selection::counters().collect(),
                Selection::python().collect::<Vec<_>>(),
            ]
            .map(|group: Vec<_>| described(&group));
            let groups: [(&str, Vec<(&str, String)>); 3] = [
                ("Scenarios, each for `selvedge check SCENARIO`:", counters),
                (
                    "\nPython's threads, bytecode by bytecode, and the GIL that they run under:",
                    python,
                ),
                ("\nEngines, each for `--engine ENGINE`:", engines().collect()),
            ];
            for (title, entries) in groups {
                writeln!(output, "{title}")?;
                for (name, about) in entries {
                    writeln!(output, "  {name:22}  {about}")?;
                }
            }
        }
    }
    output.flush()?;
    Ok(())
}

/// Checks scenarios on engines.
fn run_check(
    arguments: &CheckArguments,
    format: Format,
    output: Output,
    interrupt: &Interrupt,
) -> Result<Status, Error> {
    let seed = arguments.seed.unwrap_or_else(arguments::fresh_seed);
    let mut reporter = reporter(format, output);
    let mut reports = Vec::new();
    for scenario in arguments.scenarios() {
        let mut sized = scenario.sized(arguments.threads, arguments.iterations);
        if arguments.as_correct {
            sized = sized.claimed_correct();
        }
        let engines = arguments.engines(scenario, seed);
        let display = Display::new();
        let report = check::explore_catalogued(sized, &engines, &check::Witnessing::Refutations, |engine| {
            let budget = arguments.budget(engine, interrupt);
            display.show(&format!("{scenario} on {}", engine.name()), &budget.progress);
            budget
        });
        drop(display);
        if report.engines.is_empty() {
            let reasons = report.unsuitable.iter().map(|engine| engine.reason.as_str());
            return Err(Error::NothingRan(format!(
                "{scenario}: {}",
                reasons.collect::<Vec<_>>().join("; ")
            )));
        }
        reporter.report(&report)?;
        reports.push(report);
    }
    reporter.finish(&reports)?;
    Ok(Status::of(&reports))
}

/// The reporter for a format.
fn reporter(format: Format, output: Output) -> Box<dyn Reporter> {
    match format {
        Format::Text | Format::Svg => Box::new(Text::new(output, terminal::width())),
        Format::Json => Box::new(Json(output)),
    }
}
