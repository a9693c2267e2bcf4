//! What can be said on the command line.

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use selvedge::engine::{AnyEngine, Budget, Engine, Explorer, Interrupt, Loom, Shuttle, Strategy, Threads};
use selvedge::explorer::Mode;
use selvedge::scenario::{Catalogued, Selection};
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
    /// Plays a scenario: you are the scheduler, and try to lose an update
    Play(PlayArguments),
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

/// The most threads that the explorer runs beside the main one.
const MAX_PLAYERS: usize = selvedge::explorer::MAX_THREADS - 1;

/// The most operations of each thread in a game: more than anybody plays.
const MAX_MOVES: u64 = 1000;

fn parse_players(text: &str) -> Result<usize, String> {
    parse_within(text, 1, MAX_PLAYERS as u64).map(|threads| threads as usize)
}

fn parse_moves(text: &str) -> Result<u64, String> {
    parse_within(text, 1, MAX_MOVES)
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
