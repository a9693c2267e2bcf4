//! The cost of the GIL: the times of threads that count in sequence, free, and under the GIL.
//!
//! Every thread runs the same loop, and checks the eval breaker after every count, as Python does at a
//! backward jump:
//!
//! | run | the threads count | under |
//! |---|---|---|
//! | in sequence | one after the other, on one real thread | a GIL of its own for each |
//! | free | side by side | a GIL of its own for each |
//! | under the GIL | side by side | one [`Gil`](crate::python::gil::Gil) |
//!
//! So all run the same machine code, and a check costs the same in each; only the waiting differs. A time is
//! from the first count to the last one: it does not include the start of threads.

mod assigned;
mod worker;

use crate::engine::Interrupt;
use crate::python::gil::{History, SwitchInterval, Timeline};
use crate::scenario::Counting;
use assigned::Assigned;
use std::io;
use std::thread;
use std::time::Duration;
use worker::count_all;

/// The number to which each thread of the seed's first program counts.
pub const SEED: u64 = 1_000_000;

/// The time for which a thread alone is to count, if the user does not choose the size.
pub const TARGET: Duration = Duration::from_millis(250);

/// The plan of a measurement.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The number of threads that count.
    pub threads: usize,
    /// The number to which each of them counts. `None` means two sizes: the seed's, and then one that takes a
    /// thread alone about [`TARGET`].
    pub iterations: Option<u64>,
    /// The time for which a thread waits for the GIL before it asks for it.
    pub interval: Duration,
    /// The number of measurements of each way of counting.
    pub rounds: usize,
}

impl Default for Plan {
    /// Returns a plan with the seed's threads, and CPython's switch interval.
    fn default() -> Self {
        Plan {
            threads: 2,
            iterations: None,
            interval: Duration::from_millis(5),
            rounds: 5,
        }
    }
}

impl Plan {
    /// Returns the number of sizes to measure.
    fn sizes(&self) -> usize {
        if self.iterations.is_some() { 1 } else { 2 }
    }
}

/// The result of a measurement.
#[derive(Debug, Clone)]
pub struct Measurement {
    /// The plan of the measurement.
    pub plan: Plan,
    /// The number of processors that this program may use; `None` if it is not known.
    pub processors: Option<usize>,
    /// One entry for each size that was begun, the smallest first.
    pub sizes: Vec<Measured>,
    /// `true` if the measurement was interrupted before its end.
    pub is_interrupted: bool,
    /// `true` if this program was built with debug assertions, as it is without `--release`.
    pub is_debug_build: bool,
}

impl Measurement {
    /// Returns the line that the seed prints; `None` if some size was never counted.
    pub fn outcome(&self) -> Option<&'static str> {
        let is_done = |size: &Measured| !size.rounds.is_empty();
        (self.sizes.len() == self.plan.sizes() && self.sizes.iter().all(is_done)).then_some(Counting::DONE)
    }
}

/// The times of one size.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// The number to which each thread counted.
    pub iterations: u64,
    /// The rounds that were finished.
    pub rounds: Vec<Round>,
    /// The times at which each thread held the GIL, in the round that was the fastest under the GIL; empty if
    /// no round was finished.
    pub histories: Vec<History>,
}

/// The times of one round, which runs each way of counting once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// The time of one thread after the other.
    pub in_sequence: Duration,
    /// The time side by side, without a GIL.
    pub free: Duration,
    /// The time side by side, under the GIL.
    pub gil: Duration,
}

impl Round {
    /// Returns how many times as fast as in sequence the free threads were.
    pub fn free_ratio(&self) -> f64 {
        ratio(self.in_sequence, self.free)
    }

    /// Returns how many times as fast as in sequence the threads under the GIL were.
    pub fn gil_ratio(&self) -> f64 {
        ratio(self.in_sequence, self.gil)
    }
}

/// Returns the ratio of two times; a time that the clock cannot tell from zero counts as a nanosecond.
fn ratio(in_sequence: Duration, other: Duration) -> f64 {
    in_sequence.as_secs_f64() / other.max(Duration::from_nanos(1)).as_secs_f64()
}

impl Measured {
    /// Returns the shortest time of each way of counting; `None` if no round was finished.
    ///
    /// The shortest time is the one with the least disturbance: other programs can only make it longer.
    pub fn best(&self) -> Option<Round> {
        self.rounds.iter().copied().reduce(|one, other| Round {
            in_sequence: one.in_sequence.min(other.in_sequence),
            free: one.free.min(other.free),
            gil: one.gil.min(other.gil),
        })
    }

    /// Returns how many times a thread dropped the GIL because another one asked for it, in the round of
    /// [`histories`](Self::histories).
    pub fn forced(&self) -> u64 {
        self.histories.iter().map(History::forced).sum()
    }
}

/// Measures as planned, until it is interrupted. `on_run` is called with a description of each run before it.
///
/// # Errors
///
/// If the threads cannot be started.
pub fn measure(plan: &Plan, interrupt: &Interrupt, mut on_run: impl FnMut(&str)) -> io::Result<Measurement> {
    let mut measurement = Measurement {
        plan: plan.clone(),
        processors: thread::available_parallelism().ok().map(usize::from),
        sizes: Vec::new(),
        is_interrupted: false,
        is_debug_build: cfg!(debug_assertions),
    };
    let mut begin = |iterations| measure_size(plan, iterations, interrupt, &mut on_run);
    match plan.iterations {
        Some(iterations) => measurement.sizes.push(begin(iterations)?),
        None => {
            measurement.sizes.push(begin(SEED)?);
            if let Some(iterations) = calibrated(interrupt)? {
                measurement.sizes.push(begin(iterations)?);
            }
        }
    }
    let is_whole = |size: &Measured| size.rounds.len() == plan.rounds;
    measurement.is_interrupted =
        measurement.sizes.len() < plan.sizes() || !measurement.sizes.iter().all(is_whole);
    Ok(measurement)
}

/// Measures one size, round by round, so that each way of counting meets the same state of the machine.
fn measure_size(
    plan: &Plan,
    iterations: u64,
    interrupt: &Interrupt,
    on_run: &mut impl FnMut(&str),
) -> io::Result<Measured> {
    let mut size = Measured {
        iterations,
        ..Measured::default()
    };
    let interval = SwitchInterval::Lasts(plan.interval);
    let threads: Vec<usize> = (1..=plan.threads).collect();
    let side_by_side: Vec<&[usize]> = threads.chunks(1).collect();
    for round in 1..=plan.rounds {
        let mut told = |what: &str| on_run(&format!("{what}, round {round} of {}", plan.rounds));
        told("in sequence");
        let apart = || Assigned::apart(plan.threads, interval);
        let Some(in_sequence) = run(apart(), &[&threads], iterations, interrupt)? else {
            break;
        };
        told("free, side by side");
        let Some(free) = run(apart(), &side_by_side, iterations, interrupt)? else {
            break;
        };
        told("under the GIL");
        let shared = Assigned::shared(plan.threads, interval);
        let Some(gil) = run(shared, &side_by_side, iterations, interrupt)? else {
            break;
        };
        let round = Round {
            in_sequence: elapsed(&in_sequence),
            free: elapsed(&free),
            gil: elapsed(&gil),
        };
        if size.best().is_none_or(|best| round.gil < best.gil) {
            size.histories = gil;
        }
        size.rounds.push(round);
    }
    Ok(size)
}

/// The number of measurements of a thread alone that decide how far to count.
const TRIALS: usize = 3;

/// Returns the size that takes a thread alone about [`TARGET`]; `None` if it is interrupted.
fn calibrated(interrupt: &Interrupt) -> io::Result<Option<u64>> {
    let mut iterations = SEED;
    loop {
        let Some(time) = alone(iterations, interrupt)? else {
            return Ok(None);
        };
        if time >= TARGET / 10 {
            return Ok(Some(scaled(iterations, time)));
        }
        iterations *= 2;
    }
}

/// Returns the size that takes [`TARGET`] if `iterations` take `time`: a multiple of the seed's.
fn scaled(iterations: u64, time: Duration) -> u64 {
    let needed = iterations as f64 * TARGET.as_secs_f64() / time.as_secs_f64();
    (needed / SEED as f64).round().max(1.0) as u64 * SEED
}

/// Returns the shortest time in which a thread alone counts to `iterations`; `None` if it is interrupted.
fn alone(iterations: u64, interrupt: &Interrupt) -> io::Result<Option<Duration>> {
    let mut best = Duration::MAX;
    for _ in 0..TRIALS {
        let Some(histories) = run(
            Assigned::apart(1, SwitchInterval::Endless),
            &[&[1]],
            iterations,
            interrupt,
        )?
        else {
            return Ok(None);
        };
        best = best.min(elapsed(&histories));
    }
    Ok(Some(best))
}

/// Runs threads that count under a lock, and returns the times of their turns; `None` if they are
/// interrupted.
fn run(
    lock: Assigned,
    workers: &[&[usize]],
    iterations: u64,
    interrupt: &Interrupt,
) -> io::Result<Option<Vec<History>>> {
    let threads = workers.iter().map(|worker| worker.len()).sum();
    let timeline = Timeline::new(lock, threads);
    let is_done = count_all(&timeline, workers, iterations, interrupt)?;
    Ok(is_done.then(|| timeline.into_histories()))
}

/// Returns the time from the first thread's start to the last thread's end.
fn elapsed(histories: &[History]) -> Duration {
    let stretches = || histories.iter().flat_map(History::stretches);
    let first = stretches().map(|stretch| stretch.from).min();
    let last = stretches().map(|stretch| stretch.to).max();
    last.unwrap_or_default().saturating_sub(first.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn the_best_of_each_way_may_come_from_different_rounds() {
        let round = |in_sequence, free, gil| Round {
            in_sequence: millis(in_sequence),
            free: millis(free),
            gil: millis(gil),
        };
        let size = Measured {
            iterations: 1,
            rounds: vec![round(400, 250, 500), round(420, 200, 480), round(900, 300, 490)],
            histories: Vec::new(),
        };
        let best = size.best().expect("there are rounds");
        assert_eq!(best, round(400, 200, 480));
        assert_eq!((best.free_ratio(), best.gil_ratio()), (2.0, 400.0 / 480.0));
    }

    #[test]
    fn a_run_lasts_from_the_first_count_to_the_last() {
        let mut histories = vec![History::default(); 3];
        histories[0].push(millis(3), millis(5));
        histories[0].push(millis(7), millis(8));
        histories[1].push(millis(2), millis(3));
        assert_eq!(
            elapsed(&histories),
            millis(6),
            "a thread without a turn changes nothing"
        );
        assert_eq!(elapsed(&[]), Duration::ZERO);
    }

    #[test]
    fn the_size_is_scaled_to_the_target_in_millions() {
        assert_eq!(scaled(64_000_000, millis(32)), 500_000_000);
        assert_eq!(scaled(3_000_000, millis(50)), 15_000_000);
        assert_eq!(scaled(SEED, millis(10_000)), SEED, "never less than the seed's");
    }

    #[test]
    fn every_size_is_measured_in_as_many_rounds_as_planned() {
        let plan = Plan {
            iterations: Some(1_000),
            threads: 3,
            rounds: 2,
            ..Plan::default()
        };
        let mut told = Vec::new();
        let measurement = measure(&plan, &Interrupt::default(), |what| told.push(what.to_owned()))
            .expect("three threads can be started");
        let [size] = &measurement.sizes[..] else {
            panic!("one size was planned")
        };
        assert_eq!(
            (size.iterations, size.rounds.len(), size.histories.len()),
            (1_000, 2, 3)
        );
        assert!(size.histories.iter().all(|history| history.turns() > 0));
        assert_eq!(measurement.outcome(), Some("Counting done!"));
        assert_eq!(told.len(), 2 * 3);
        assert_eq!(told[5], "under the GIL, round 2 of 2");
    }

    #[test]
    fn what_is_interrupted_at_once_has_measured_nothing() {
        let interrupt = Interrupt::default();
        interrupt.set();
        let measurement = measure(&Plan::default(), &interrupt, |_| ()).expect("threads can be started");
        assert!(measurement.is_interrupted);
        assert!(measurement.sizes.iter().all(|size| size.rounds.is_empty()));
        assert_eq!(measurement.outcome(), None);
    }
}
