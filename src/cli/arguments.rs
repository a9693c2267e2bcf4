//! What can be said on the command line.

use clap::builder::PossibleValue;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use selvedge::engine::{AnyEngine, Budget, Engine, Explorer, Interrupt, Loom, Shuttle, Strategy, Threads};
use selvedge::explorer::Mode;
use selvedge::scenario::{Selection, Size};
use selvedge::witness::{TiedSchedule, TiedScheduleError};
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

/// What to run again.
#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    pub(crate) scenario: SizedScenario,

    /// The schedule, as `show` and `check` print it
    #[arg(value_name = "SCHEDULE", value_parser = parse_schedule)]
    pub(crate) schedule: TiedSchedule,
}

/// What to check, on what, and for how long.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The scenarios to check; all of them by default
    #[arg(value_name = "SCENARIO", value_parser = parse_scenario)]
    scenarios: Vec<Selection>,

    /// The engines to check on, separated by commas
    #[arg(
        long = "engine",
        value_name = "ENGINE",
        value_enum,
        value_delimiter = ',',
        default_values_t = EngineName::DEFAULT,
    )]
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

    /// Expects every counter to be correct, so that a broken one is refuted
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
            return Selection::all().collect();
        }
        let mut scenarios = Vec::new();
        for &scenario in &self.scenarios {
            if !scenarios.contains(&scenario) {
                scenarios.push(scenario);
            }
        }
        scenarios
    }

    /// The engines to check on, without repetition.
    pub(crate) fn engines(&self, seed: u64) -> Vec<AnyEngine> {
        let mut names = Vec::new();
        for &name in &self.engines {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let preemption_bound = self.preemptions.map(usize::from);
        names
            .into_iter()
            .map(|name| match name.engine(seed) {
                AnyEngine::Explorer(engine) => AnyEngine::Explorer(Explorer {
                    preemption_bound,
                    stop_at_first_failure: self.stop_at_first,
                    ..engine
                }),
                AnyEngine::Loom(_) => AnyEngine::Loom(Loom { preemption_bound }),
                engine => engine,
            })
            .collect()
    }

    /// The budget of an engine for one scenario.
    pub(crate) fn budget(&self, engine: &AnyEngine, interrupt: &Interrupt) -> Budget {
        let default = match engine.name() {
            // Each execution repeats the scenario as a whole: fewer of them, the longer it is.
            "threads" => Some((Threads::EXECUTIONS * 10_000 / self.iterations.max(1)).clamp(5, 1_000)),
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

/// An engine, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EngineName {
    Explorer,
    ExplorerSource,
    ExplorerSleepSets,
    ExplorerEnumeration,
    Loom,
    ShuttleDfs,
    ShuttleRandom,
    ShuttlePct,
    ShuttleUrw,
    Threads,
}

impl EngineName {
    pub(crate) const ALL: [EngineName; 10] = [
        EngineName::Explorer,
        EngineName::ExplorerSource,
        EngineName::ExplorerSleepSets,
        EngineName::ExplorerEnumeration,
        EngineName::Loom,
        EngineName::ShuttleDfs,
        EngineName::ShuttleRandom,
        EngineName::ShuttlePct,
        EngineName::ShuttleUrw,
        EngineName::Threads,
    ];

    /// What `check` uses if it is not told otherwise: the explorer to prove, loom and shuttle to confirm it, and the
    /// real thing.
    const DEFAULT: [EngineName; 4] = [
        EngineName::Explorer,
        EngineName::Loom,
        EngineName::ShuttleDfs,
        EngineName::Threads,
    ];

    pub(crate) fn engine(self, seed: u64) -> AnyEngine {
        let shuttle = |strategy| AnyEngine::Shuttle(Shuttle { strategy });
        let explorer = |mode| {
            AnyEngine::Explorer(Explorer {
                mode,
                ..Explorer::default()
            })
        };
        match self {
            EngineName::Explorer => explorer(Mode::Optimal),
            EngineName::ExplorerSource => explorer(Mode::Source),
            EngineName::ExplorerSleepSets => explorer(Mode::SleepSets),
            EngineName::ExplorerEnumeration => explorer(Mode::Enumeration),
            EngineName::Loom => AnyEngine::Loom(Loom::default()),
            EngineName::ShuttleDfs => shuttle(Strategy::Dfs),
            EngineName::ShuttleRandom => shuttle(Strategy::Random { seed }),
            EngineName::ShuttlePct => shuttle(Strategy::Pct {
                seed,
                depth: Shuttle::PCT_DEPTH,
            }),
            EngineName::ShuttleUrw => shuttle(Strategy::Urw { seed }),
            EngineName::Threads => AnyEngine::Threads(Threads),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            EngineName::Explorer => "explorer",
            EngineName::ExplorerSource => "explorer-source",
            EngineName::ExplorerSleepSets => "explorer-sleep-sets",
            EngineName::ExplorerEnumeration => "explorer-enumeration",
            EngineName::Loom => "loom",
            EngineName::ShuttleDfs => "shuttle-dfs",
            EngineName::ShuttleRandom => "shuttle-random",
            EngineName::ShuttlePct => "shuttle-pct",
            EngineName::ShuttleUrw => "shuttle-urw",
            EngineName::Threads => "threads",
        }
    }

    pub(crate) fn help(self) -> &'static str {
        match self {
            EngineName::Explorer => "our own: every execution that differs, exactly once, and data races",
            EngineName::ExplorerSource => "the same by source sets: begins some executions in vain",
            EngineName::ExplorerSleepSets => "the same by sleep sets: begins many executions in vain",
            EngineName::ExplorerEnumeration => "the same without reduction: every interleaving",
            EngineName::Loom => "loom: exhaustive, with weak memory orderings and data races",
            EngineName::ShuttleDfs => "shuttle, depth first: every interleaving",
            EngineName::ShuttleRandom => "shuttle, at random: samples schedules",
            EngineName::ShuttlePct => "shuttle, by random priorities: samples schedules with few preemptions",
            EngineName::ShuttleUrw => "shuttle, by uniform random walk: samples all schedules alike",
            EngineName::Threads => "real threads on this machine: samples what the operating system does",
        }
    }
}

impl ValueEnum for EngineName {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.help()))
    }
}

/// A seed that nobody has chosen: the standard library's source of randomness for hash maps.
pub(crate) fn fresh_seed() -> u64 {
    // Short enough to be typed.
    RandomState::new().hash_one(()) % 1_000_000
}

fn parse_schedule(text: &str) -> Result<TiedSchedule, String> {
    text.parse().map_err(|error: TiedScheduleError| error.to_string())
}

fn parse_scenario(text: &str) -> Result<Selection, String> {
    Selection::named(text).ok_or_else(|| {
        let names: Vec<_> = Selection::all().map(Selection::name).collect();
        format!("there is no such scenario; there are {}", names.join(", "))
    })
}

/// The most threads that a scenario may have: no engine explores so many, and real ones are not free.
const MAX_THREADS: usize = 64;

/// The most operations: the sum of all of them stays within an `i64` by far.
const MAX_ITERATIONS: u64 = 1_000_000_000_000;

/// The most steps: loom reserves memory for each of them.
const MAX_STEPS: u64 = 1_000_000;

fn parse_threads(text: &str) -> Result<usize, String> {
    parse_within(text, 1, MAX_THREADS as u64).map(|threads| threads as usize)
}

fn parse_iterations(text: &str) -> Result<u64, String> {
    parse_within(text, 1, MAX_ITERATIONS)
}

fn parse_steps(text: &str) -> Result<u64, String> {
    parse_within(text, 1, MAX_STEPS)
}

fn parse_within(text: &str, least: u64, most: u64) -> Result<u64, String> {
    match text.replace('_', "").parse::<u64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("a whole number from {least} to {most} is needed")),
    }
}

fn parse_time(text: &str) -> Result<Duration, String> {
    match text.parse::<u32>() {
        Ok(seconds) => Ok(Duration::from_secs(seconds.into())),
        Err(_) => humantime::parse_duration(text)
            .map_err(|error| format!("{error}; write it like `30s`, `500ms` or `1m 30s`")),
    }
}
