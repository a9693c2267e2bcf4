//! The arguments of the command line.

mod check;
mod chosen;
mod completions;
mod destination;
mod engine_name;
mod gil;
mod keys;
mod named;
mod odds;
mod parse;
mod report;
mod similar;

pub(crate) use check::{CheckArguments, CheckSettings};
pub(crate) use chosen::Chosen;
pub(crate) use completions::{CompletionsArguments, ManArguments};
pub(crate) use destination::{Destination, OutputFormat, Target};
pub(crate) use engine_name::{EngineName, Settings};
pub(crate) use gil::GilArguments;
pub(crate) use odds::OddsArguments;
pub(crate) use report::ReportArguments;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use completions::COMPLETIONS_HELP;
use named::Named;
use parse::{
    check_size, parse_iterations, parse_moves, parse_players, parse_scenario, parse_schedule, parse_threads,
    parse_time,
};
use selvedge::catalogue::{Catalogued, Selection};
use selvedge::scenario::Size;
use selvedge::witness::TiedSchedule;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Shows how concurrent code goes wrong, and proves when it cannot.
///
/// Without a command, it tells the whole story, from two threads that lose an update to the lock that
/// prevents it, and checks all of it on every engine, within seconds.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, arg_required_else_help = false, max_term_width = 80)]
pub(crate) struct Arguments {
    /// The format of the result [default: text]
    #[arg(long, global = true, value_enum, display_order = LAST)]
    pub(crate) format: Option<Format>,

    /// The use of colours; `auto` also obeys NO_COLOR
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", display_order = LAST)]
    pub(crate) color: Color,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

impl Arguments {
    /// Reads the command line.
    pub(crate) fn parsed() -> Result<Self, clap::Error> {
        let arguments = Self::from_arg_matches(&Self::whole_command().try_get_matches()?)?;
        arguments.check_format()?;
        Ok(arguments)
    }

    /// Returns the command line, in which each command has the formats that it can write.
    pub(crate) fn whole_command() -> clap::Command {
        let draws = |command: clap::Command| command.arg(formats(&[Format::Text, Format::Json, Format::Svg]));
        Self::command()
            .mut_subcommand("show", draws)
            .mut_subcommand("replay", draws)
            .mut_subcommand("odds", draws)
            .mut_subcommand("report", |command| command.arg(formats(&[]).hide(true)))
            .mut_subcommand("play", |command| command.arg(formats(&[]).hide(true)))
            .mut_subcommand("completions", |command| command.arg(formats(&[]).hide(true)))
            .mut_subcommand("man", |command| command.arg(formats(&[]).hide(true)))
    }

    /// Returns the format of the result.
    pub(crate) fn format(&self) -> Format {
        self.format.unwrap_or(Format::Text)
    }

    /// Refuses the format SVG for a command that draws nothing.
    fn check_format(&self) -> Result<(), clap::Error> {
        let draws = matches!(
            self.command,
            Some(Command::Show(_) | Command::Replay(_) | Command::Odds(_))
        );
        if self.format == Some(Format::Svg) && !draws {
            let mut command = Self::command();
            return Err(command.error(
                clap::error::ErrorKind::ArgumentConflict,
                "only `show`, `replay` and `odds` draw: `--format svg` goes with these",
            ));
        }
        Ok(())
    }
}

/// Returns the option for the format of a command that writes these, in place of the option for all commands.
fn formats(formats: &'static [Format]) -> clap::Arg {
    let names = formats.iter().filter_map(ValueEnum::to_possible_value);
    let names = names.map(|name| name.hide(false));
    clap::Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .display_order(LAST)
        .help("The format of the result [default: text]")
        .value_parser(Named::listed(|text| Format::from_str(text, false), names))
}

/// The place of an option in the help after those of the command itself.
const LAST: usize = 900;

const EXIT_CODES: &str = "\
Exit codes:
  0  everything was as expected: proved, or as far as was asked for
  1  refuted: something forbidden was seen, or something required is impossible
  2  bad usage
  3  inconclusive: nothing forbidden was seen, but less was explored than was
     asked for (for want of time, memory or threads, say), an engine that was
     asked for by name could not run, or less was shown than `--require` asks
     for
  4  the result could not be written
  130  ended by Ctrl-C, or by a signal during a game";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the scenarios and the engines
    List,
    /// Checks scenarios on engines, as a gate for CI
    #[command(after_help = EXIT_CODES)]
    Check(CheckArguments),
    /// Draws the interleaving with the fewest preemptions for each outcome of a scenario
    #[command(after_help = EXIT_CODES)]
    Show(ShowArguments),
    /// Runs one interleaving again, and draws it
    #[command(after_help = REPLAY_HELP)]
    Replay(ReplayArguments),
    /// Counts the interleavings that lead to each ending, exactly, and shows the odds
    Odds(OddsArguments),
    /// Measures the cost of Python's Global Interpreter Lock on real threads that count
    Gil(GilArguments),
    /// Writes a page for a browser: scenarios to step through and to play, in one file
    Report(ReportArguments),
    /// Lets you play a scenario: you are the scheduler, and try to lose an update
    Play(PlayArguments),
    /// Prints the completions for a shell
    #[command(after_help = COMPLETIONS_HELP)]
    Completions(CompletionsArguments),
    /// Prints the manual page of the program or of a command: `selvedge man check | man -l -`
    Man(ManArguments),
}

const REPLAY_HELP: &str = "\
A schedule is a list of steps, each named by its thread: `1 1 2×3 main` is two
steps of thread 1, three of thread 2 (`2x3` works too) and one of the main
thread; `1:2` takes alternative 2 of a choice. It may come in one argument or
in several, with spaces or commas between the steps. After its end, the
execution runs on without preemption. The schedules that `show` and `check`
print begin with a header, which must fit:
`selvedge replay unlocked 'unlocked 2×1 v0.1.0: 2 1 1 2 main'`. Without a
header, any schedule can be tried.";

/// A scenario, with the size that the user chose.
#[derive(Debug, Args)]
pub(crate) struct SizedScenario {
    /// The scenario
    #[arg(value_name = "SCENARIO", value_parser = Named::scenario(parse_scenario), hide_possible_values = true)]
    pub(crate) scenario: Selection,

    /// The number of threads: incrementers and decrementers in turn [default: 2]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    threads: Option<usize>,

    /// The number of operations of each thread [default: as few as show what the scenario is about]
    #[arg(long, value_name = "N", value_parser = parse_iterations)]
    iterations: Option<u64>,
}

impl SizedScenario {
    /// Returns the size that was chosen, or `size` for what was not.
    pub(crate) fn size_or(&self, size: Size) -> Size {
        Size {
            threads: self.threads.unwrap_or(size.threads),
            iterations: self.iterations.unwrap_or(size.iterations),
        }
    }

    /// Returns the scenario at a size that may come from elsewhere than the command line.
    ///
    /// # Errors
    ///
    /// If no scenario has this size.
    pub(crate) fn sized(&self, size: Size) -> Result<Catalogued, String> {
        check_size(size)?;
        Ok(self.scenario.sized(size.threads, size.iterations))
    }
}

/// The arguments of `show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    #[command(flatten)]
    pub(crate) scenario: SizedScenario,

    /// Draws only this outcome, written as in the table, such as `-1` or `deadlock`
    #[arg(long, value_name = "OUTCOME", allow_hyphen_values = true)]
    pub(crate) outcome: Option<String>,

    /// Draws every step: without it, long drawings are folded
    #[arg(long)]
    pub(crate) full: bool,

    /// The longest time for the exploration, such as `30s` or `1m 30s`
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_time)]
    pub(crate) time: Duration,
}

/// The engine that runs an interleaving again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReplayEngine {
    Explorer,
    Shuttle,
}

/// The arguments of `replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    pub(crate) scenario: SizedScenario,

    /// The engine that runs it: the explorer, or shuttle, whose schedules `check` prints too
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t = ReplayEngine::Explorer)]
    pub(crate) engine: ReplayEngine,

    /// Draws every step: without it, a long drawing is folded
    #[arg(long)]
    pub(crate) full: bool,

    /// The schedule, as `show` and `check` print it; in one argument or in several
    #[arg(value_name = "SCHEDULE", required = true)]
    schedule: Vec<String>,
}

impl ReplayArguments {
    /// Returns the schedule. Commas between its steps count as spaces.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub(crate) fn schedule(&self) -> Result<TiedSchedule, clap::Error> {
        let schedule = self.schedule.join(" ").replace(',', " ");
        parse_schedule(&schedule).map_err(|error| {
            let error = format!("'{schedule}' is no schedule: {error}");
            let mut command = Arguments::whole_command();
            command.build();
            let replay = command
                .find_subcommand_mut("replay")
                .expect("there is such a command");
            replay.error(clap::error::ErrorKind::ValueValidation, error)
        })
    }
}

/// The arguments of `play`.
#[derive(Debug, Args)]
#[command(after_help = PLAY)]
pub(crate) struct PlayArguments {
    /// The scenario to play; `selvedge list` shows them all
    #[arg(value_name = "SCENARIO", value_parser = Named::scenario(parse_scenario), hide_possible_values = true)]
    scenario: Selection,

    /// The number of threads, at most 15: incrementers and decrementers in turn
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = parse_players)]
    threads: usize,

    /// The number of operations of each thread, at most 1000
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = parse_moves)]
    iterations: u64,
}

const PLAY: &str = "\
You see what each thread will do next, and decide which one goes: try
`selvedge play unlocked`, and then try to break `selvedge play locked`.
Press ? for the keys.";

impl PlayArguments {
    /// Returns the scenario at its size.
    pub(crate) fn scenario(&self) -> Catalogued {
        self.scenario.sized(self.threads, self.iterations)
    }
}

/// The format of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for people
    Text,
    /// One document for programs, described in docs/json.md
    Json,
    /// A picture, for slides and documents
    #[value(hide = true)]
    Svg,
}

/// The use of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}

/// Returns a seed from the standard library's source of randomness for hash maps.
pub(crate) fn fresh_seed() -> u64 {
    // It is short enough to be typed.
    RandomState::new().hash_one(()) % 1_000_000
}
