//! The shuttle engine: one of shuttle's schedulers, under sequential consistency.

mod replaying;
mod watched;

use self::watched::{THREAD_STACK_SIZE, Watched};
use super::session::Session;
use super::{Bound, Budget, Completeness, Cut, Engine, Exploration, complete_within};
use crate::backend::shuttle::{DATA_RACES, fault_of_shuttle};
use crate::backend::{Backend, Feature, MemoryModel};
use crate::execution::{Fault, Record, catch};
use crate::outcome::AnyOutcome;
use crate::scenario::AnyScenario;
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler, UrwRandomScheduler};
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Shuttle, with one of its schedulers.
#[derive(Debug, Clone, Copy)]
pub struct Shuttle {
    /// The strategy by which the next thread is chosen.
    pub strategy: Strategy,
}

/// The strategy by which shuttle chooses the next thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// Any thread that can run, with equal probability.
    Random {
        /// The seed of the random choices.
        seed: u64,
    },
    /// Probabilistic concurrency testing: random priorities, which change at `depth - 1` random points.
    ///
    /// Source: Burckhardt et al., *A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs*,
    /// ASPLOS 2010.
    Pct {
        /// The seed of the random choices.
        seed: u64,
        /// The number of ordering constraints that a bug may need; at least 1.
        depth: usize,
    },
    /// Uniform random walk: every interleaving has about the same probability.
    ///
    /// Source: Zhao et al., *Selectively Uniform Concurrency Testing*, ASPLOS 2025.
    Urw {
        /// The seed of the random choices.
        seed: u64,
    },
    /// Depth-first search: every interleaving, one after the other.
    Dfs,
}

impl Shuttle {
    /// The number of executions of a strategy that samples, unless the budget sets one.
    pub const EXECUTIONS: u64 = 1_000;

    /// The bound of a program with plain memory: shuttle does not look for data races.
    pub const DATA_RACES: Bound = Bound::OfEngine(Cow::Borrowed(DATA_RACES.0));

    /// The default depth of PCT.
    pub const PCT_DEPTH: usize = 3;
}

impl Engine for Shuttle {
    fn name(&self) -> &'static str {
        match self.strategy {
            Strategy::Random { .. } => "shuttle-random",
            Strategy::Pct { .. } => "shuttle-pct",
            Strategy::Urw { .. } => "shuttle-urw",
            Strategy::Dfs => "shuttle-dfs",
        }
    }

    fn memory_model(&self) -> MemoryModel {
        crate::backend::Shuttle::MEMORY_MODEL
    }

    fn seed(&self) -> Option<u64> {
        match self.strategy {
            Strategy::Random { seed } | Strategy::Pct { seed, .. } | Strategy::Urw { seed } => Some(seed),
            Strategy::Dfs => None,
        }
    }

    fn supports(&self, feature: Feature) -> bool {
        !matches!(feature, Feature::Timeouts)
    }

    fn explore_any(&self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        let mut budget = budget.clone();
        if self.seed().is_some() {
            budget.executions = budget.executions.or(Some(Self::EXECUTIONS));
        }
        let engine = *self;
        let scenario = scenario.clone();
        Session::run(
            &budget,
            "shuttle",
            || false,
            move |session| match engine.overridden() {
                Some(reason) => Completeness::CutShort(Cut::EngineGaveUp(reason)),
                None => engine.work(scenario, session, engine.scheduler()),
            },
        )
    }
}

impl Shuttle {
    fn work(
        self,
        scenario: AnyScenario,
        session: Session,
        scheduler: Box<dyn Scheduler + Send>,
    ) -> Completeness {
        let model = Arc::new(Model {
            scenario,
            record: Arc::default(),
            outcome: Mutex::new(None),
            has_main_ended: AtomicBool::new(false),
        });
        model.record.enter();
        let record = Arc::clone(&model.record);
        let is_complete = Arc::new(AtomicBool::new(false));
        let scheduler = Watched::new(
            scheduler,
            Arc::clone(&model),
            session.clone(),
            Arc::clone(&is_complete),
        );
        let result = catch(|| shuttle::Runner::new(scheduler, config()).run(move || model.execute()));
        match (result, record.first_fault()) {
            (Err(caught), _) => Completeness::CutShort(Cut::EngineGaveUp(caught.message)),
            (Ok(_), Some(Fault::Unsupported(reason))) => {
                Completeness::CutShort(Cut::EngineGaveUp(reason.to_owned()))
            }
            (Ok(_), _) if is_complete.load(Ordering::Relaxed) => match self.strategy {
                Strategy::Dfs => complete_within(record.gaps().iter().copied().map(Bound::from)),
                // There is only one interleaving; but a sample is still only a sample.
                _ => Completeness::Sampled,
            },
            (Ok(_), _) => match session.completeness(Completeness::Sampled) {
                // The budget is the number of executions to sample, not a limit; but no execution at all is
                // no sample.
                Completeness::CutShort(Cut::Executions)
                    if self.seed().is_some() && session.executions() > 0 =>
                {
                    Completeness::Sampled
                }
                completeness => completeness,
            },
        }
    }

    fn scheduler(self) -> Box<dyn Scheduler + Send> {
        // The session decides how many executions there are.
        match self.strategy {
            Strategy::Random { seed } => Box::new(RandomScheduler::new_from_seed(seed, usize::MAX)),
            Strategy::Pct { seed, depth } => {
                Box::new(PctScheduler::new_from_seed(seed, depth.max(1), usize::MAX))
            }
            Strategy::Urw { seed } => Box::new(UrwRandomScheduler::new_from_seed(seed, usize::MAX)),
            Strategy::Dfs => Box::new(DfsScheduler::new(None, false)),
        }
    }

    /// Returns the reason why shuttle would not use the seed: it prefers that of its environment variable.
    fn overridden(self) -> Option<String> {
        let seed = self.seed()?;
        ["SHUTTLE_RANDOM_SEED", "SHUTTLE_ALWAYS_PERSIST_SEED"]
            .into_iter()
            .find(|name| std::env::var_os(name).is_some())
            .map(|name| {
                format!("shuttle would follow {name} rather than the seed {seed}; unset that variable")
            })
    }
}

/// Returns shuttle's configuration: silent, and with our limits instead of its own.
fn config() -> shuttle::Config {
    let mut config = shuttle::Config::new();
    config.stack_size = THREAD_STACK_SIZE;
    config.failure_persistence = shuttle::FailurePersistence::None;
    config.max_steps = shuttle::MaxSteps::None;
    config.max_time = None;
    config.silence_warnings = true;
    config
}

/// The closure that shuttle runs, and what it shares with the scheduler.
#[derive(Debug)]
struct Model {
    scenario: AnyScenario,
    record: Arc<Record>,
    outcome: Mutex<Option<AnyOutcome>>,
    has_main_ended: AtomicBool,
}

impl Model {
    /// Runs as shuttle's first thread: starts the scenario and stays until every thread has ended.
    ///
    /// Because this thread can always go on, shuttle never sees a deadlock, at which it would print, give up
    /// and leave. The scheduler sees it instead, as the moment when this thread is the only one that can go
    /// on.
    fn execute(self: &Arc<Self>) {
        let model = Arc::clone(self);
        let main = shuttle::thread::spawn(move || {
            match model.record.catch(|| model.scenario.run_on_shuttle()) {
                Ok(outcome) => *model.outcome() = Some(outcome),
                Err(caught) => match fault_of_shuttle(&caught) {
                    Some(fault) => model.record.fault(fault),
                    None => model.record.main_panicked(&caught),
                },
            }
            model.has_main_ended.store(true, Ordering::Relaxed);
        });
        while !self.has_ended() {
            shuttle::thread::yield_now();
        }
        drop(main);
    }

    fn has_ended(&self) -> bool {
        self.has_main_ended.load(Ordering::Relaxed) && !self.record.has_running_threads()
    }

    fn outcome(&self) -> std::sync::MutexGuard<'_, Option<AnyOutcome>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
