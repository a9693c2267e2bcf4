//! The exit codes and the errors of the program.

use super::terminal;
use selvedge::Verdict;
use selvedge::report::Report;
use selvedge::report::text::Fitted;
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// The exit code of the program, as `--help` documents it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    AsExpected = 0,
    Refuted = 1,
    BadUsage = 2,
    Inconclusive = 3,
    OutputFailed = 4,
    /// A signal has ended the program. This is the number that shells use for Ctrl-C.
    Interrupted = 130,
}

impl Status {
    /// Returns the status of a drawing: it has no verdict, but an exploration that was cut short may have
    /// missed an ending.
    pub(crate) fn of_drawing(reports: &[Report]) -> Status {
        let inconclusive = |verdict: &Verdict| matches!(verdict, Verdict::Inconclusive(_));
        let mut engines = reports.iter().flat_map(|report| &report.engines);
        match engines.any(|engine| inconclusive(&engine.verdict)) {
            true => Status::Inconclusive,
            false => Status::AsExpected,
        }
    }

    /// Returns the status of all reports together, which is the worst of them.
    pub(crate) fn of(reports: &[Report]) -> Status {
        let verdicts = || {
            reports
                .iter()
                .flat_map(|report| &report.engines)
                .map(|engine| &engine.verdict)
        };
        if verdicts().any(|verdict| matches!(verdict, Verdict::Refuted(_))) {
            Status::Refuted
        } else if reports.iter().all(Report::passes) && !reports.is_empty() {
            Status::AsExpected
        } else {
            Status::Inconclusive
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(status as u8)
    }
}

/// The reason why the program could not do its work.
#[derive(Debug)]
pub(crate) enum Error {
    /// No engine could run a scenario.
    NothingRan(String),
    /// There is nothing to draw.
    NotSeen(String),
    /// A count was cut short, and only all of it is of use.
    CutShort(String),
    /// A schedule does not fit the scenario.
    Misfit(String),
    /// There is nothing to play, or nowhere.
    NotPlayable(String),
    /// Threads could not be started.
    NoThreads(io::Error),
    /// The arguments are wrong, or they ask for help.
    Arguments(clap::Error),
    /// The settings are wrong, or they cannot be read.
    Config(String),
    /// The result could not be written.
    Output(io::Error),
    /// This file of the result could not be written.
    File(PathBuf, io::Error),
    /// `report` was asked for another format.
    OnlyAPage,
    /// The handler for Ctrl-C could not be installed.
    Interrupt(ctrlc::Error),
    /// The handler for too large a file could not be installed.
    Signal(io::Error),
    /// The program could not start itself again without the engines' environment variables.
    Restart(io::Error),
}

impl Error {
    /// Prints the error on standard error, and returns the program's exit code. Nothing is printed if the
    /// reader of the output has closed it. Help that was asked for is not an error.
    pub(crate) fn report(self) -> Status {
        match &self {
            Error::Arguments(error) if error.use_stderr() => print(&error.render().ansi()),
            Error::Arguments(error) => {
                if let Err(error) = error.print() {
                    return Error::Output(error).report();
                }
            }
            Error::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            _ => print(&format_args!("error: {self}\n")),
        }
        self.status()
    }

    /// Returns the program's exit code.
    pub(super) fn status(&self) -> Status {
        match self {
            Error::Arguments(error) if !error.use_stderr() => Status::AsExpected,
            Error::Output(_) | Error::File(..) => Status::OutputFailed,
            Error::Arguments(_)
            | Error::Config(_)
            | Error::NothingRan(_)
            | Error::NotSeen(_)
            | Error::Misfit(_)
            | Error::NotPlayable(_)
            | Error::OnlyAPage
            | Error::Restart(_) => Status::BadUsage,
            Error::CutShort(_) | Error::NoThreads(_) | Error::Interrupt(_) | Error::Signal(_) => {
                Status::Inconclusive
            }
        }
    }

    /// Returns the error as a program shows it that has no terminal.
    pub(super) fn message(&self) -> String {
        match self {
            Error::Arguments(error) => {
                let text = error.render().to_string();
                text.trim_end().trim_start_matches("error: ").to_owned()
            }
            other => other.to_string(),
        }
    }
}

/// Prints an error on standard error, in lines that fit. If that cannot be written, the exit code has to say it
/// all.
fn print(error: &dyn fmt::Display) {
    let mut output = Fitted::new(anstream::stderr(), terminal::error_width());
    let _ = write!(output, "{error}").and_then(|()| output.flush());
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NothingRan(reasons) => {
                write!(
                    f,
                    "no engine could run the scenario\n  {reasons}\nchoose other engines or a smaller size"
                )
            }
            Error::NotSeen(reason) | Error::CutShort(reason) => f.write_str(reason),
            Error::Misfit(reason) => write!(f, "the schedule does not fit: {reason}"),
            Error::NotPlayable(why) => f.write_str(why),
            Error::OnlyAPage => f.write_str(
                "`report` writes a page, which has no other format: leave `--format` out\n`check` and `show` have \
                 JSON",
            ),
            Error::NoThreads(error) => write!(f, "the threads could not be started: {error}\ntry fewer"),
            Error::Arguments(error) => error.fmt(f),
            Error::Config(reason) => f.write_str(reason),
            Error::File(file, error) => write!(f, "{} could not be written: {error}", file.display()),
            Error::Output(error) => write!(f, "the result could not be written: {error}"),
            Error::Interrupt(error) => write!(f, "Ctrl-C cannot be handled: {}", cause(error)),
            Error::Signal(error) => write!(f, "the signal for too large a file cannot be handled: {error}"),
            Error::Restart(error) => write!(
                f,
                "environment variables of loom or shuttle (LOOM_*, SHUTTLE_*) are set, and starting again without \
                 them failed: {error}\nunset them"
            ),
        }
    }
}

/// Returns the reason why Ctrl-C cannot be handled; the crate's own text leaves out what the system says.
fn cause(error: &ctrlc::Error) -> String {
    match error {
        ctrlc::Error::System(cause) => cause.to_string(),
        error => error.to_string(),
    }
}

impl From<clap::Error> for Error {
    fn from(error: clap::Error) -> Self {
        Error::Arguments(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Output(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use selvedge::Checker;
    use selvedge::counter::Variant;
    use selvedge::scenario::{AnyScenario, Updates};
    use selvedge::verdict::Strength;

    #[test]
    fn what_the_system_says_is_part_of_the_error() {
        let error = Error::Interrupt(ctrlc::Error::System(io::Error::other("no thread can be started")));
        assert_eq!(
            error.to_string(),
            "Ctrl-C cannot be handled: no thread can be started"
        );
        let error = Error::Interrupt(ctrlc::Error::MultipleHandlers);
        assert!(error.to_string().contains("already registered"), "{error}");
    }

    /// Returns a report on a counter that loses updates, in which every execution ends as expected.
    fn proved() -> Report {
        Checker::new().explorer().report(UNLOCKED)
    }

    /// Returns a report on a counter that is said to be correct, and is not.
    fn refuted() -> Report {
        let claim = || UNLOCKED.expectations_if_correct().into_any();
        let unlocked = AnyScenario::from(UNLOCKED).claimed_correct(claim);
        Checker::new().explorer().report(unlocked)
    }

    /// Returns a report that was cut short after one execution.
    fn cut_short() -> Report {
        Checker::new().explorer().executions(1).report(UNLOCKED)
    }

    /// Returns a report that is as expected, of which more is required.
    fn too_weak() -> Report {
        let sampled = Checker::new().threads().executions(1);
        sampled.require(Strength::Proved).report(UNLOCKED)
    }

    const UNLOCKED: Updates = Updates {
        variant: Variant::Unlocked,
        threads: 2,
        iterations: 1,
    };

    #[test]
    fn the_worst_report_decides() {
        for (reports, status) in [
            (vec![proved()], Status::AsExpected),
            (vec![proved(), cut_short()], Status::Inconclusive),
            (vec![too_weak(), proved()], Status::Inconclusive),
            (vec![cut_short(), refuted(), proved()], Status::Refuted),
            (vec![], Status::Inconclusive),
        ] {
            assert_eq!(Status::of(&reports), status, "{reports:?}");
        }
    }

    #[test]
    fn a_drawing_is_inconclusive_if_an_ending_may_have_been_missed() {
        for (reports, status) in [
            (vec![proved(), refuted()], Status::AsExpected),
            (vec![proved(), cut_short()], Status::Inconclusive),
        ] {
            assert_eq!(Status::of_drawing(&reports), status, "{reports:?}");
        }
    }

    /// Returns an error of the system.
    fn failure() -> io::Error {
        io::Error::other("the disk is gone")
    }

    /// Returns an error of the arguments: help that was asked for, or a mistake.
    fn arguments(kind: clap::error::ErrorKind) -> Error {
        clap::Error::raw(kind, "what about it\n").into()
    }

    #[test]
    fn each_error_has_its_exit_code_and_says_what_is_wrong() {
        let words = || "no such thing".to_owned();
        for (error, status, message) in [
            (
                arguments(clap::error::ErrorKind::InvalidValue),
                Status::BadUsage,
                "what about it",
            ),
            (Error::Config(words()), Status::BadUsage, "no such thing"),
            (
                Error::NothingRan(words()),
                Status::BadUsage,
                "no engine could run the scenario\n  no such thing\nchoose other engines or a smaller size",
            ),
            (Error::NotSeen(words()), Status::BadUsage, "no such thing"),
            (Error::CutShort(words()), Status::Inconclusive, "no such thing"),
            (
                Error::Misfit(words()),
                Status::BadUsage,
                "the schedule does not fit: no such thing",
            ),
            (Error::NotPlayable(words()), Status::BadUsage, "no such thing"),
            (
                Error::NoThreads(failure()),
                Status::Inconclusive,
                "the threads could not be started: the disk is gone\ntry fewer",
            ),
            (
                Error::Signal(failure()),
                Status::Inconclusive,
                "the signal for too large a file cannot be handled: the disk is gone",
            ),
            (
                Error::from(failure()),
                Status::OutputFailed,
                "the result could not be written: the disk is gone",
            ),
            (
                Error::File(PathBuf::from("page.html"), failure()),
                Status::OutputFailed,
                "page.html could not be written: the disk is gone",
            ),
        ] {
            assert_eq!((error.status(), &*error.message()), (status, message));
        }
    }

    #[test]
    fn help_that_was_asked_for_is_no_error() {
        let help = arguments(clap::error::ErrorKind::DisplayHelp);
        assert_eq!(help.status(), Status::AsExpected);
    }
}
