//! The command line: takes the arguments, and gives reports and an exit code.

mod arguments;
mod environment;
mod file_limit;
mod gil;
mod interrupt;
mod list;
mod play;
mod progress;
mod report;
mod show;
mod status;
mod story;
mod terminal;

pub(crate) use status::{Error, Status};

use anstream::AutoStream;
use arguments::{Arguments, CheckArguments, Command, Format};
use clap::Parser;
use progress::Display;
use selvedge::check;
use selvedge::engine::{Engine, Interrupt};
use selvedge::report::Reporter;
use selvedge::report::json::Json;
use selvedge::report::text::{Fitted, Text};
use std::io::{self, StdoutLock};

/// The stream to which the program writes its result.
///
/// Text is broken into lines that fit on the terminal; documents and pictures are left as they are.
type Output = Fitted<AutoStream<StdoutLock<'static>>>;

/// Runs the command of the arguments.
pub(crate) fn run() -> Result<Status, Error> {
    environment::shed_engine_variables()?;
    file_limit::make_an_error_of_it()?;
    let arguments = Arguments::try_parse()?;
    arguments.check_format()?;
    let format = arguments.format;
    let output = || {
        let width = match format {
            Format::Text => terminal::width(),
            Format::Json | Format::Svg => usize::MAX,
        };
        Fitted::new(
            AutoStream::new(io::stdout().lock(), arguments.color.into()),
            width,
        )
    };
    match &arguments.command {
        None => story::tell(format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::List) => list::list(format, &mut output()).map(|()| Status::AsExpected),
        Some(Command::Check(check)) => run_check(check, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Show(show)) => show::show(show, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Replay(replay)) => show::replay(replay, format, output()),
        Some(Command::Gil(gil)) => gil::gil(gil, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Report(page)) => report::report(page, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Play(game)) => play::play(game, format, arguments.color.into()),
    }
}

/// Checks the scenarios on the engines.
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
        let report = check::explore(
            &sized.scenario(),
            Some(sized.size()),
            &engines,
            &check::Witnessing::Refutations,
            |engine| {
                let budget = arguments.budget(engine, interrupt);
                display.show(&format!("{scenario} on {}", engine.name()), &budget.progress);
                budget
            },
        );
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

/// Returns the reporter for a format.
fn reporter(format: Format, output: Output) -> Box<dyn Reporter> {
    match format {
        Format::Text | Format::Svg => Box::new(Text::new(output, terminal::width())),
        Format::Json => Box::new(Json(output)),
    }
}
