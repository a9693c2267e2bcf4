//! The threads engine: real threads on this machine, again and again.

use super::session::Session;
use super::{Budget, Completeness, Cut, Engine, Exploration, Speedup};
use crate::backend::{Backend, Feature, MemoryModel, Mode, RealThreads, Std};
use crate::execution::{Fault, Record, catch};
use crate::outcome::AnyOutcome;
use crate::scenario::AnyScenario;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Real threads, released together and left to the operating system.
///
/// Nothing is controlled, so nothing is promised: an ending that is seen is possible, and one that is not
/// seen may be possible too. An execution in a deadlock or an endless loop cannot be ended from outside
/// either: its threads are left behind, and the exploration ends there.
/// threads are left behind, and the exploration ends there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Threads;

impl Threads {
    /// The number of executions, unless the budget sets one.
    pub const EXECUTIONS: u64 = 100;
}

/// The number of measurements side by side, and of those in sequence; the shortest time counts.
const MEASUREMENTS: usize = 5;

impl Engine for Threads {
    fn name(&self) -> &'static str {
        "threads"
    }

    fn memory_model(&self) -> MemoryModel {
        Std::MEMORY_MODEL
    }

    fn supports(&self, feature: Feature) -> bool {
        matches!(feature, Feature::Timeouts | Feature::TryLock)
    }

    fn explore_any(&self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        let budget = Budget {
            executions: budget.executions.or(Some(Self::EXECUTIONS)),
            ..budget.clone()
        };
        let threads = RealThreads::new(Mode::SideBySide);
        let for_worker = Arc::clone(&threads);
        let in_worker = scenario.clone();
        let is_deadlocked = || threads.has_deadlock();
        let mut exploration = Session::run(&budget, "threads", is_deadlocked, move |session| {
            work(&in_worker, &for_worker, &session)
        });
        if exploration.completeness == Completeness::Sampled
            && let Some(work) = scenario.parallel_work()
        {
            let started = Instant::now();
            let time = budget.time.map(|time| time.saturating_sub(exploration.elapsed));
            exploration.speedup = measure(&work, time);
            exploration.elapsed += started.elapsed();
        }
        exploration
    }
}

fn work(scenario: &AnyScenario, threads: &Arc<RealThreads>, session: &Session) -> Completeness {
    let record: Arc<Record> = Arc::default();
    record.enter();
    threads.enter_main();
    while session.may_start() {
        threads.reset();
        let result = catch(|| scenario.run_on_std());
        threads.release();
        if let Err(caught) = &result {
            record.main_panicked(caught);
        }
        record.wait_for_threads();
        if let Some(Fault::Unsupported(reason)) = record.first_fault() {
            return Completeness::CutShort(Cut::EngineGaveUp(reason.to_owned()));
        }
        session.record(record.settle(result.ok()));
    }
    match session.completeness(Completeness::Sampled) {
        // The budget is the number of executions to sample, not a limit; but no execution at all is no
        // sample.
        Completeness::CutShort(Cut::Executions) if session.executions() > 0 => Completeness::Sampled,
        completeness => completeness,
    }
}

/// Measures the time of the scenario side by side and in sequence, alternately, so that both meet the same
/// machine.
///
/// Returns `None` if an execution does not finish, or if there is not enough time.
fn measure(scenario: &AnyScenario, time: Option<Duration>) -> Option<Speedup> {
    let started = Instant::now();
    let mut best = Speedup {
        in_sequence: Duration::MAX,
        side_by_side: Duration::MAX,
    };
    for _ in 0..MEASUREMENTS {
        let time_left = || time.map(|time| time.saturating_sub(started.elapsed()));
        best.in_sequence = best
            .in_sequence
            .min(measure_once(scenario, Mode::InSequence, time_left())?);
        best.side_by_side = best
            .side_by_side
            .min(measure_once(scenario, Mode::SideBySide, time_left())?);
    }
    Some(best)
}

fn measure_once(scenario: &AnyScenario, mode: Mode, time: Option<Duration>) -> Option<Duration> {
    let budget = Budget {
        executions: Some(1),
        time,
        ..Budget::default()
    };
    let (threads, scenario) = (RealThreads::new(mode), scenario.clone());
    let exploration = Session::run(
        &budget,
        "threads",
        || false,
        move |session| {
            timed(&scenario, &threads, &session);
            session.completeness(Completeness::Sampled)
        },
    );
    let shortest = exploration.outcomes.outcomes().into_iter().next()?;
    Some(shortest.into_inner())
}

/// Runs the scenario once, and records its duration as the outcome.
fn timed(scenario: &AnyScenario, threads: &Arc<RealThreads>, session: &Session) {
    let record: Arc<Record> = Arc::default();
    record.enter();
    threads.enter_main();
    if session.may_start() {
        let started = Instant::now();
        let result = catch(|| scenario.run_on_std());
        let elapsed = started.elapsed();
        if let Err(caught) = &result {
            record.main_panicked(caught);
        }
        session.record(record.settle(result.is_ok().then(|| AnyOutcome::new(elapsed))));
    }
}
