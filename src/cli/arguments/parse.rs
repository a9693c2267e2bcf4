//! Parsers for the values of arguments, with the messages for wrong values.

use super::engine_name::EngineName;
use super::similar::no_such;
use selvedge::catalogue::Selection;
use selvedge::engine::Memory;
use selvedge::scenario::Size;
use selvedge::verdict::Strength;
use selvedge::witness::{TiedSchedule, TiedScheduleError};
use std::time::Duration;

pub(super) fn parse_schedule(text: &str) -> Result<TiedSchedule, String> {
    text.parse().map_err(|error: TiedScheduleError| error.to_string())
}

pub(super) fn parse_scenario(text: &str) -> Result<Selection, String> {
    Selection::named(text).ok_or_else(|| no_such("scenario", text, Selection::all().map(Selection::name)))
}

pub(super) fn parse_engine(text: &str) -> Result<EngineName, String> {
    let mut engines = EngineName::ALL.into_iter();
    let all = EngineName::ALL.into_iter().map(EngineName::name);
    engines
        .find(|engine| engine.name() == text)
        .ok_or_else(|| no_such("engine", text, all))
}

pub(super) fn parse_required(text: &str) -> Result<Strength, String> {
    let mut strengths = Strength::ALL.into_iter();
    strengths
        .find(|strength| strength.name() == text)
        .ok_or_else(|| "`proved`, `bounded` or `sampled` is needed".to_owned())
}

pub(super) fn parse_memory(text: &str) -> Result<Memory, String> {
    let mut models = Memory::ALL.into_iter();
    models
        .find(|model| model.name() == text)
        .ok_or_else(|| "`auto`, `sc`, `ra` or `rc11` is needed".to_owned())
}

/// The greatest number of threads of a scenario: no engine explores so many, and real threads have a cost.
const MAX_THREADS: usize = 64;

/// The greatest number of operations: the sum of all of them is far within an `i64`.
const MAX_ITERATIONS: u64 = 1_000_000_000_000;

/// The greatest number of steps: loom reserves memory for each of them.
const MAX_STEPS: u64 = 1_000_000;

pub(super) fn parse_threads(text: &str) -> Result<usize, String> {
    parse_within(text, 1, MAX_THREADS as u64).map(|threads| threads as usize)
}

/// The greatest number of OS threads for the explorer: more than machines have cores.
const MAX_JOBS: usize = 1024;

pub(super) fn parse_jobs(text: &str) -> Result<usize, String> {
    parse_within(text, 1, MAX_JOBS as u64).map(|jobs| jobs as usize)
}

pub(super) fn parse_iterations(text: &str) -> Result<u64, String> {
    parse_within(text, 1, MAX_ITERATIONS)
}

/// The greatest number of threads that the explorer runs beside the main one.
const MAX_PLAYERS: usize = selvedge::explorer::MAX_THREADS - 1;

/// The greatest number of operations of each thread in a game: more than a player would play.
const MAX_MOVES: u64 = 1000;

pub(super) fn parse_players(text: &str) -> Result<usize, String> {
    parse_within(text, 1, MAX_PLAYERS as u64).map(|threads| threads as usize)
}

pub(super) fn parse_moves(text: &str) -> Result<u64, String> {
    parse_within(text, 1, MAX_MOVES)
}

pub(super) fn parse_steps(text: &str) -> Result<u64, String> {
    parse_within(text, 1, MAX_STEPS)
}

/// The greatest number of executions, and the greatest seed: the greatest number that TOML has.
const MAX_NUMBER: u64 = i64::MAX as u64;

pub(super) fn parse_executions(text: &str) -> Result<u64, String> {
    parse_within(text, 0, MAX_NUMBER)
}

pub(super) fn parse_seed(text: &str) -> Result<u64, String> {
    parse_within(text, 0, MAX_NUMBER)
}

pub(super) fn parse_preemptions(text: &str) -> Result<u8, String> {
    parse_within(text, 0, u8::MAX.into()).map(|preemptions| preemptions as u8)
}

/// Refuses a size that no argument can have.
pub(super) fn check_size(size: Size) -> Result<(), String> {
    let Size { threads, iterations } = size;
    match (1..=MAX_THREADS).contains(&threads) && (1..=MAX_ITERATIONS).contains(&iterations) {
        true => Ok(()),
        false => Err(format!(
            "there is no scenario of size {size}: from 1 to {MAX_THREADS} threads with 1 to {MAX_ITERATIONS} operations \
             each are possible"
        )),
    }
}

fn parse_within(text: &str, least: u64, most: u64) -> Result<u64, String> {
    match text.replace('_', "").parse::<u64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("a whole number from {least} to {most} is needed")),
    }
}

/// The greatest number of runs of a measurement: more than a user would wait for.
const MAX_RUNS: u64 = 1000;

pub(super) fn parse_runs(text: &str) -> Result<usize, String> {
    parse_within(text, 1, MAX_RUNS).map(|runs| runs as usize)
}

/// The shortest switch interval, as in CPython, which counts it in whole microseconds.
const LEAST_INTERVAL: Duration = Duration::from_micros(1);

pub(super) fn parse_interval(text: &str) -> Result<Duration, String> {
    match parse_time(text)? {
        interval if interval < LEAST_INTERVAL => Err(
            "a thread has to wait before it asks for the GIL: at least 1us is needed, as in CPython"
                .to_owned(),
        ),
        interval => Ok(interval),
    }
}

pub(super) fn parse_time(text: &str) -> Result<Duration, String> {
    match text.parse::<u32>() {
        Ok(seconds) => Ok(Duration::from_secs(seconds.into())),
        Err(_) => humantime::parse_duration(text)
            .map_err(|error| format!("{error}; write it like `30s`, `500ms` or `1m 30s`")),
    }
}
