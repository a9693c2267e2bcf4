//! How the program ends: its exit codes and its errors.

use selvedge::Verdict;
use selvedge::report::Report;
use std::fmt;
use std::io;
use std::process::ExitCode;

/// How the program ends. `--help` documents the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    AsExpected = 0,
    Refuted = 1,
    BadUsage = 2,
    Inconclusive = 3,
    OutputFailed = 4,
    /// A signal has ended the program: the number is that of shells for Ctrl-C.
    Interrupted = 130,
}

impl Status {
    /// The status of a drawing: nothing is judged, but what is missing may not have been looked for.
    pub(crate) fn of_drawing(reports: &[Report]) -> Status {
        let inconclusive = |verdict: &Verdict| matches!(verdict, Verdict::Inconclusive(_));
        let mut engines = reports.iter().flat_map(|report| &report.engines);
        match engines.any(|engine| inconclusive(&engine.verdict)) {
            true => Status::Inconclusive,
            false => Status::AsExpected,
        }
    }

    /// The status of all reports together: the worst of them.
    pub(crate) fn of(reports: &[Report]) -> Status {
        let verdicts = || {
            reports
                .iter()
                .flat_map(|report| &report.engines)
                .map(|engine| &engine.verdict)
        };
        if verdicts().any(|verdict| matches!(verdict, Verdict::Refuted(_))) {
            Status::Refuted
        } else if reports.iter().all(Report::is_as_expected) && !reports.is_empty() {
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

/// Why the program could not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Error {
    /// No engine could run a scenario.
    NothingRan(String),
    /// There is nothing to draw.
    NotSeen(String),
    /// A schedule does not fit the scenario.
    Misfit(String),
    /// There is nothing to play, or nowhere.
    NotPlayable(String),
    /// Threads could not be started.
    NoThreads(io::Error),
    /// The arguments make no sense, or ask for help.
    Arguments(clap::Error),
    /// The result could not be written.
    Output(io::Error),
    /// The program could not see to Ctrl-C.
    Interrupt(ctrlc::Error),
    /// The program could not start itself again without the engines' environment variables.
    Restart(io::Error),
}

impl Error {
    /// Says what is wrong, on standard error, and how the program ends. Not a word if whoever read the output has
    /// gone; and help that was asked for is no error at all.
    pub(crate) fn report(self) -> Status {
        match self {
            Error::Arguments(error) => match error.print() {
                Err(error) => Error::Output(error).report(),
                Ok(()) if error.use_stderr() => Status::BadUsage,
                Ok(()) => Status::AsExpected,
            },
            Error::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Status::OutputFailed,
            Error::Output(_) => {
                anstream::eprintln!("error: {self}");
                Status::OutputFailed
            }
            Error::NothingRan(_)
            | Error::NotSeen(_)
            | Error::Misfit(_)
            | Error::NotPlayable(_)
            | Error::NoThreads(_)
            | Error::Interrupt(_)
            | Error::Restart(_) => {
                anstream::eprintln!("error: {self}");
                Status::BadUsage
            }
        }
    }
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
            Error::NotSeen(reason) => f.write_str(reason),
            Error::Misfit(reason) => write!(f, "the schedule does not fit: {reason}"),
            Error::NotPlayable(why) => f.write_str(why),
            Error::NoThreads(error) => write!(f, "so many threads cannot be started: {error}\ntry fewer"),
            Error::Arguments(error) => error.fmt(f),
            Error::Output(error) => write!(f, "the result could not be written: {error}"),
            Error::Interrupt(error) => write!(f, "Ctrl-C cannot be handled: {error}"),
            Error::Restart(error) => write!(
                f,
                "environment variables of loom or shuttle (LOOM_*, SHUTTLE_*) are set, and starting again without \
                 them failed: {error}\nunset them"
            ),
        }
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
