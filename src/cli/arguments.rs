//! What can be said on the command line.

mod engine_name;
mod gil;
mod parse;

pub(crate) use engine_name::{EngineName, Settings};
pub(crate) use gil::GilArguments;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use parse::{
    check_size, parse_iterations, parse_moves, parse_players, parse_scenario, parse_schedule, parse_steps,
    parse_threads, parse_time,
};
use selvedge::backend::MemoryModel;
use selvedge::catalogue::{Catalogued, Selection};
use selvedge::engine::{AnyEngine, Budget, Engine, Interrupt, Threads};
use selvedge::scenario::Size;
use selvedge::witness::TiedSchedule;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Shows how concurrent code goes wrong, and proves that it does not.
///
/// Without a command: the whole story, from two threads that lose an update to the lock that prevents it, checked
/// on every engine within seconds.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, arg_required_else_help = false)]
pub(crate) struct Arguments {
    /// How to show the result
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// When to use colours; `auto` also heeds NO_COLOR
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

impl Arguments {
    /// Refuses a picture where there is none.
    pub(crate) fn check_format(&self) -> Result<(), clap::Error> {
        let draws = matches!(self.command, Some(Command::Show(_) | Command::Replay(_)));
        if self.format == Format::Svg && !draws {
            let mut command = Self::command();
            return Err(command.error(
                clap::error::ErrorKind::ArgumentConflict,
                "only `show` and `replay` draw: `--format svg` goes with these",
            ));
        }
        Ok(())
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  everything was as expected: proved, or as far as was asked for
  1  refuted: something forbidden was seen, or something required cannot be
  2  bad usage
  3  inconclusive: nothing forbidden was seen, but less was explored than was asked for
  4  the result could not be written";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the scenarios and the engines
    List,
    /// Checks scenarios on engines: a gate for CI
    #[command(after_help = EXIT_CODES)]
    Check(CheckArguments),
    /// Draws how a scenario's outcomes come about: for each the interleaving with the fewest preemptions
    #[command(after_help = EXIT_CODES)]
    Show(ShowArguments),
    /// Runs one interleaving again, and draws it
    #[command(after_help = REPLAY_HELP)]
    Replay(ReplayArguments),
    /// Measures what Python's Global Interpreter Lock costs, on real threads that count
    Gil(GilArguments),
    /// Plays a scenario: you are the scheduler, and try to lose an update
    Play(PlayArguments),
}

const REPLAY_HELP: &str = "\
A schedule is a list of threads, each step one: `1 1 2×3 main` is two steps of thread 1, three of thread 2 (`2x3` will
do) and one of the main thread; `1:2` takes alternative 2 of a choice. Where it ends, the execution runs on without
preemption. What `show` and `check` print begins with what the schedule belongs to, and that is checked:
`selvedge replay unlocked 'unlocked 2×1 v0.1.0: 2 1 1 2 main'`. Without it, any schedule can be tried.";

/// Which scenario, and how large.
#[derive(Debug, Args)]
pub(crate) struct SizedScenario {
    /// The scenario
    #[arg(value_name = "SCENARIO", value_parser = parse_scenario)]
    pub(crate) scenario: Selection,

    /// How many threads: incrementers and decrementers in turn [default: 2]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    threads: Option<usize>,

    /// How many operations each thread performs [default: 1]
    #[arg(long, value_name = "N", value_parser = parse_iterations)]
    iterations: Option<u64>,
}

impl SizedScenario {
    /// The size that was asked for, or else this one.
    pub(crate) fn size_or(&self, size: Size) -> Size {
        Size {
            threads: self.threads.unwrap_or(size.threads),
            iterations: self.iterations.unwrap_or(size.iterations),
        }
    }

    /// The scenario at a size that may come from elsewhere than the command line.
    ///
    /// # Errors
    ///
    /// If no scenario has this size.
    pub(crate) fn sized(&self, size: Size) -> Result<Catalogued, String> {
        check_size(size)?;
        Ok(self.scenario.sized(size.threads, size.iterations))
    }
}

/// What to draw.
#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    #[command(flatten)]
    pub(crate) scenario: SizedScenario,

    /// Draws only this outcome, written as in the table: `-1`, say, or `deadlock`
    #[arg(long, value_name = "OUTCOME", allow_hyphen_values = true)]
    pub(crate) outcome: Option<String>,

    /// The most time for exploring, such as `30s` or `1m 30s`
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_time)]
    pub(crate) time: Duration,
}

/// What runs an interleaving again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReplayEngine {
    Explorer,
    Shuttle,
}

/// What to run again.
#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    pub(crate) scenario: SizedScenario,

    /// What runs it: the explorer, or shuttle, whose schedules `check` prints too
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t = ReplayEngine::Explorer)]
    pub(crate) engine: ReplayEngine,

    /// The schedule, as `show` and `check` print it
    #[arg(value_name = "SCHEDULE", value_parser = parse_schedule)]
    pub(crate) schedule: TiedSchedule,
}

/// What to play.
#[derive(Debug, Args)]
#[command(after_help = PLAY)]
pub(crate) struct PlayArguments {
    /// The scenario to play; `selvedge list` shows them all
    #[arg(value_name = "SCENARIO", value_parser = parse_scenario)]
    scenario: Selection,

    /// How many threads, at most 15: incrementers and decrementers in turn
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = parse_players)]
    threads: usize,

    /// How many operations each thread performs, at most 1000
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = parse_moves)]
    iterations: u64,
}

const PLAY: &str = "\
You see what each thread will do next, and decide who goes: try `selvedge play unlocked`, and then whether you can
break `selvedge play locked`. Press ? for the keys.";

impl PlayArguments {
    /// The scenario at its size.
    pub(crate) fn scenario(&self) -> Catalogued {
        self.scenario.sized(self.threads, self.iterations)
    }
}

/// What to check, on what, and for how long.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The scenarios to check; by default the counters and the counting threads
    #[arg(value_name = "SCENARIO", value_parser = parse_scenario)]
    scenarios: Vec<Selection>,

    /// The engines to check on, separated by commas; by default explorer, loom, shuttle-dfs and threads, but for
    /// Python and the GIL without shuttle-dfs, which would take too long, and for a broken GIL without threads, which
    /// would wait for ever
    #[arg(long = "engine", value_name = "ENGINE", value_enum, value_delimiter = ',')]
    engines: Vec<EngineName>,

    /// How many threads: incrementers and decrementers in turn
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = parse_threads)]
    pub(crate) threads: usize,

    /// How many operations each thread performs
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = parse_iterations)]
    pub(crate) iterations: u64,

    /// The most executions for each engine and scenario; for engines that sample, how many to sample (by default 1000
    /// of shuttle's, and 5 to 1000 of real threads, the fewer the longer they are)
    #[arg(long, value_name = "N")]
    executions: Option<u64>,

    /// The most time for each engine and scenario, such as `30s` or `1m 30s`
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_time)]
    time: Duration,

    /// The most steps of one execution
    #[arg(long, value_name = "N", default_value_t = Budget::STEPS, value_parser = parse_steps)]
    steps: u64,

    /// The seed of engines that choose at random; a fresh one by default
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Expects every scenario to end as a correct one does, so that a broken one is refuted
    #[arg(long)]
    pub(crate) as_correct: bool,

    /// Has the explorer and loom explore only executions with at most N preemptions
    #[arg(long, value_name = "N")]
    preemptions: Option<u8>,

    /// Has the explorer stop at the first deadlock, panic or data race
    #[arg(long)]
    stop_at_first: bool,
}

impl CheckArguments {
    /// The scenarios to check, without repetition.
    pub(crate) fn scenarios(&self) -> Vec<Selection> {
        if self.scenarios.is_empty() {
            return Selection::counters().collect();
        }
        let mut scenarios = Vec::new();
        for &scenario in &self.scenarios {
            if !scenarios.contains(&scenario) {
                scenarios.push(scenario);
            }
        }
        scenarios
    }

    /// The engines to check a scenario on, without repetition.
    pub(crate) fn engines(&self, scenario: Selection, seed: u64) -> Vec<AnyEngine> {
        let chosen = match self.engines.is_empty() {
            true => EngineName::defaults(scenario),
            false => &self.engines,
        };
        let mut names = Vec::new();
        for &name in chosen {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let settings = Settings {
            seed,
            preemption_bound: self.preemptions.map(usize::from),
            stop_at_first_failure: self.stop_at_first,
        };
        names.into_iter().map(|name| name.engine(&settings)).collect()
    }

    /// The budget of an engine for one scenario.
    pub(crate) fn budget(&self, engine: &AnyEngine, interrupt: &Interrupt) -> Budget {
        let default = match engine.memory_model() {
            // Each execution runs the scenario in real time: fewer of them, the longer it is.
            MemoryModel::Hardware => {
                Some((Threads::EXECUTIONS * 10_000 / self.iterations.max(1)).clamp(5, 1_000))
            }
            _ => None,
        };
        Budget {
            executions: self.executions.or(default),
            time: Some(self.time),
            steps: self.steps,
            interrupt: interrupt.clone(),
            ..Budget::default()
        }
    }
}

/// How the result is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs: one document, described in docs/json.md
    Json,
    /// A picture, for slides and documents: of one outcome, by `show` and `replay`
    Svg,
}

/// When colours are used.
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

/// A seed that nobody has chosen: the standard library's source of randomness for hash maps.
pub(crate) fn fresh_seed() -> u64 {
    // Short enough to be typed.
    RandomState::new().hash_one(()) % 1_000_000
}
