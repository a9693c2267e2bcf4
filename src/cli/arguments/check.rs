//! The arguments of `check`, and what they have in common with the file `selvedge.toml`.

use super::named::Named;
use super::parse::{
    parse_executions, parse_iterations, parse_jobs, parse_memory, parse_preemptions, parse_required,
    parse_seed, parse_steps, parse_threads, parse_time,
};
use super::{Chosen, Destination, EngineName, keys};
use clap::Args;
use selvedge::engine::Memory;
use selvedge::verdict::Strength;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// The arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) settings: CheckSettings,

    /// The file with the settings that are not given here; by default `selvedge.toml` in this directory or
    /// in the nearest one above it that has one
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub(crate) config: Option<PathBuf>,

    /// Reads no file with settings
    #[arg(long, conflicts_with = "config", help_heading = "Settings")]
    pub(crate) no_config: bool,

    /// Prints the settings that are in force, as a file that `--config` can read, and checks nothing
    #[arg(long, help_heading = "Settings")]
    pub(crate) print_config: bool,
}

/// The settings of a check, each an option of the command line and a key of `selvedge.toml` by the same name.
///
/// What is not set is left to the file, and else to the defaults.
#[derive(Debug, Clone, Default, PartialEq, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct CheckSettings {
    /// The scenarios to check, each with its size if it has one of its own: `locked` or `locked:2x3`, which
    /// is 2 threads with 3 operations each; by default the counters and the counting threads
    #[arg(value_name = "SCENARIO", value_parser = Named::scenario(str::parse::<Chosen>), hide_possible_values = true)]
    #[serde(with = "keys::list", skip_serializing_if = "Vec::is_empty")]
    pub(crate) scenarios: Vec<Chosen>,

    /// The engines to check on, separated by commas; by default explorer, loom, shuttle-dfs and threads.
    /// Python and the GIL are checked without shuttle-dfs, which would take too long, and a broken GIL
    /// without threads, which would wait for ever
    #[arg(long, value_name = "ENGINE", value_enum, value_delimiter = ',')]
    #[serde(with = "keys::list", skip_serializing_if = "Vec::is_empty")]
    pub(crate) engine: Vec<EngineName>,

    /// The memory model of the explorer: `sc` (sequential consistency), `ra` (every access acquires or releases), or
    /// `rc11` (what C11 allows). `auto` explores under sequential consistency, and then under C11 if that can make a
    /// difference [default: auto]
    #[arg(long, value_name = "MODEL", value_parser = Named::new(parse_memory, &["auto", "sc", "ra", "rc11"]), hide_possible_values = true)]
    #[serde(with = "keys::memory", skip_serializing_if = "Option::is_none")]
    pub(crate) memory_model: Option<Memory>,

    /// The number of threads: incrementers and decrementers in turn [default: 2]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    #[serde(
        deserialize_with = "keys::parse_threads::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) threads: Option<usize>,

    /// The number of operations of each thread [default: 2]
    #[arg(long, value_name = "N", value_parser = parse_iterations)]
    #[serde(
        deserialize_with = "keys::parse_iterations::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) iterations: Option<u64>,

    /// The least verdict that passes: `proved`, `bounded` or `sampled`. Each scenario needs one engine that
    /// shows so much, and none that refutes it or cannot finish
    #[arg(long, value_name = "VERDICT", value_parser = Named::new(parse_required, &["proved", "bounded", "sampled"]), hide_possible_values = true)]
    #[serde(with = "keys::required", skip_serializing_if = "Option::is_none")]
    pub(crate) require: Option<Strength>,

    /// The greatest number of executions for each engine and scenario; for engines that sample, the number of
    /// samples (by default 1000 for shuttle, and 5 to 1000 for real threads: fewer for larger scenarios)
    #[arg(long, value_name = "N", value_parser = parse_executions)]
    #[serde(
        deserialize_with = "keys::parse_executions::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) executions: Option<u64>,

    /// The longest time for each engine and scenario, such as `30s` or `1m 30s` [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    #[serde(with = "keys::time", skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<Duration>,

    /// The longest time for all of it; what is left to check then is inconclusive
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    #[serde(with = "keys::time", skip_serializing_if = "Option::is_none")]
    pub(crate) budget: Option<Duration>,

    /// The number of OS threads for the explorer, which share the executions of a scenario [default: 1]
    #[arg(long, value_name = "N", value_parser = parse_jobs)]
    #[serde(
        deserialize_with = "keys::parse_jobs::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) jobs: Option<usize>,

    /// The greatest number of steps of one execution [default: 10000]
    #[arg(long, value_name = "N", value_parser = parse_steps)]
    #[serde(
        deserialize_with = "keys::parse_steps::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) steps: Option<u64>,

    /// The seed of engines that choose at random; a new one by default
    #[arg(long, value_name = "N", value_parser = parse_seed)]
    #[serde(
        deserialize_with = "keys::parse_seed::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) seed: Option<u64>,

    /// Makes the explorer and loom explore only executions with at most N preemptions
    #[arg(long, value_name = "N", value_parser = parse_preemptions)]
    #[serde(
        deserialize_with = "keys::parse_preemptions::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) preemptions: Option<u8>,

    /// Expects every scenario to end as a correct one does, so that a broken one is refuted
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) as_correct: Option<bool>,

    /// Makes the explorer stop at the first deadlock, panic or data race
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stop_at_first: Option<bool>,

    /// Stops after the first scenario that does not pass; those after it are not run
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fail_fast: Option<bool>,

    /// Writes one line for each scenario and engine, without tables and drawings, where standard output gets text
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) quiet: Option<bool>,

    /// Draws every step: without it, long drawings are folded
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) full: Option<bool>,

    /// Writes the result to a file, in one of the formats text, json, junit, sarif, github, markdown and tap,
    /// such as `junit=target/selvedge.xml`; `-` is standard output, in place of what `--format` chooses. Can
    /// be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = str::parse::<Destination>)]
    #[serde(with = "keys::list", skip_serializing_if = "Vec::is_empty")]
    pub(crate) output: Vec<Destination>,
}

impl CheckSettings {
    /// Returns these settings, and the others for what is not set here.
    ///
    /// A number of threads or operations that is set here also takes the place of those that the other
    /// settings' scenarios have for themselves.
    pub(crate) fn or(self, others: CheckSettings) -> CheckSettings {
        let mut theirs = others.scenarios;
        for chosen in &mut theirs {
            if let Some(size) = &mut chosen.size {
                size.threads = self.threads.unwrap_or(size.threads);
                size.iterations = self.iterations.unwrap_or(size.iterations);
            }
        }
        CheckSettings {
            scenarios: self.scenarios.or(theirs),
            engine: self.engine.or(others.engine),
            memory_model: self.memory_model.or(others.memory_model),
            threads: self.threads.or(others.threads),
            iterations: self.iterations.or(others.iterations),
            require: self.require.or(others.require),
            executions: self.executions.or(others.executions),
            time: self.time.or(others.time),
            budget: self.budget.or(others.budget),
            jobs: self.jobs.or(others.jobs),
            steps: self.steps.or(others.steps),
            seed: self.seed.or(others.seed),
            preemptions: self.preemptions.or(others.preemptions),
            as_correct: self.as_correct.or(others.as_correct),
            stop_at_first: self.stop_at_first.or(others.stop_at_first),
            fail_fast: self.fail_fast.or(others.fail_fast),
            quiet: self.quiet.or(others.quiet),
            full: self.full.or(others.full),
            output: self.output.or(others.output),
        }
    }
}

/// A list that is taken as a whole.
trait ListOr {
    /// Returns this list, or the other one if it is empty.
    fn or(self, other: Self) -> Self;
}

impl<T> ListOr for Vec<T> {
    fn or(self, other: Self) -> Self {
        if self.is_empty() { other } else { self }
    }
}
