//! The command line: takes the arguments, and gives reports and an exit code.

mod arguments;
mod check;
mod config;
mod environment;
mod failure;
mod file_limit;
mod gil;
mod interrupt;
mod list;
mod manual;
mod odds;
mod play;
mod progress;
mod report;
mod show;
mod status;
mod story;
mod terminal;

pub(crate) use status::{Error, Status};

use anstream::AutoStream;
use arguments::{Arguments, Command, Format};
use check::Form;
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
    match run_command() {
        Err(error) if failure::is_json_wanted() => Ok(failure::report(error)),
        result => result,
    }
}

fn run_command() -> Result<Status, Error> {
    environment::shed_engine_variables()?;
    file_limit::make_an_error_of_it()?;
    let arguments = Arguments::parsed()?;
    let format = arguments.format();
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
        Some(Command::Check(arguments_of_check)) => {
            let form = Form {
                format: arguments.format,
                color: arguments.color.into(),
            };
            check::check(arguments_of_check, form, interrupt::on_ctrl_c)
        }
        Some(Command::Show(show)) => show::show(show, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Replay(replay)) => show::replay(replay, format, output()),
        Some(Command::Gil(gil)) => gil::gil(gil, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Odds(of)) => odds::odds(of, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Report(page)) => report::report(page, format, output(), &interrupt::on_ctrl_c()?),
        Some(Command::Completions(shell)) => manual::completions(shell),
        Some(Command::Man(page)) => manual::man(page),
        Some(Command::Play(game)) => play::play(game, format, arguments.color.into()),
    }
}

/// Returns the reporter for a format.
fn reporter(format: Format, output: Output) -> Box<dyn Reporter> {
    match format {
        Format::Text | Format::Svg => Box::new(Text::new(output, terminal::width())),
        Format::Json => Box::new(Json(output)),
    }
}
