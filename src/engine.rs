//! Engines: the ways to run a scenario, over and over, and to tell what was explored.

mod explorer;
mod loom;
mod playback;
mod session;
mod shuttle;
mod threads;

pub use self::explorer::Explorer;
pub use self::loom::Loom;
pub use self::playback::Playback;
pub use self::shuttle::{Shuttle, Strategy};
pub use self::threads::Threads;

use crate::backend::{Feature, MemoryModel};
use crate::execution::Gap;
use crate::numbers::count_of;
use crate::outcome::OutcomeTable;
use crate::scenario::Scenario;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// A way to run a scenario.
pub trait Engine: fmt::Debug {
    /// The engine's name on the command line.
    fn name(&self) -> &'static str;

    /// What the engine takes a shared access to mean.
    fn memory_model(&self) -> MemoryModel;

    /// Returns `true` if the engine reports data races, rather than running into them.
    fn detects_data_races(&self) -> bool {
        false
    }

    /// The number that determines which executions are sampled, if any does.
    fn seed(&self) -> Option<u64> {
        None
    }

    /// Returns `true` if the engine can do this.
    fn supports(&self, feature: Feature) -> bool;

    /// The most threads that the engine can run beside the main one, if there is such a number.
    fn max_threads(&self) -> Option<usize> {
        None
    }

    /// Why the engine cannot run the scenario, if it cannot.
    fn unsuitable(&self, scenario: &impl Scenario) -> Option<String> {
        let name = self.name();
        if let Some(feature) = scenario.needs().iter().find(|feature| !self.supports(**feature)) {
            return Some(format!("{name} models no {feature}, and this needs them"));
        }
        match (scenario.threads(), self.max_threads()) {
            (Some(threads), Some(most)) if threads > most => Some(format!(
                "{name} models at most {most} threads beside the main one, and this spawns {threads}"
            )),
            _ => None,
        }
    }

    /// Runs the scenario until there is nothing left to explore or the budget is spent.
    fn explore<S: Scenario>(&self, scenario: &Arc<S>, budget: &Budget) -> Exploration<S::Outcome>;
}

/// How much an exploration may cost. It is checked before every execution.
#[derive(Debug, Clone)]
pub struct Budget {
    /// The number of executions; `None`: no limit for an exhaustive engine, its own default for one that samples.
    pub executions: Option<u64>,
    /// The time; `None`: no limit.
    pub time: Option<Duration>,
    /// The number of steps of one execution; one that takes more ends as
    /// [`Ending::StepLimit`](crate::execution::Ending::StepLimit). Loom's steps are its branches, shuttle's its
    /// scheduling points, the explorer's its events; real threads have none.
    pub steps: u64,
    /// Where the number of executions so far can be seen while the exploration is running.
    pub progress: Progress,
    /// How the exploration can be ended before its time.
    pub interrupt: Interrupt,
}

impl Budget {
    /// The default number of steps.
    pub const STEPS: u64 = 10_000;
}

impl Default for Budget {
    /// One minute.
    fn default() -> Self {
        Budget {
            executions: None,
            time: Some(Duration::from_secs(60)),
            steps: Self::STEPS,
            progress: Progress::default(),
            interrupt: Interrupt::default(),
        }
    }
}

/// How far a running exploration is, shared with whoever wants to show it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    executions: AtomicU64,
    /// How many there will be, as far as an engine can estimate that; otherwise zero.
    estimate: AtomicU64,
}

impl Progress {
    /// How many executions have ended so far.
    pub fn executions(&self) -> u64 {
        self.0.executions.load(Ordering::Relaxed)
    }

    /// How many executions there will be in all, if the engine can estimate that. The estimate goes up and down.
    pub fn estimate(&self) -> Option<u64> {
        Some(self.0.estimate.load(Ordering::Relaxed)).filter(|&estimate| estimate > 0)
    }

    fn set(&self, executions: u64, estimate: Option<f64>) {
        self.0.executions.store(executions, Ordering::Relaxed);
        self.0
            .estimate
            .store(estimate.map_or(0, |estimate| estimate as u64), Ordering::Relaxed);
    }
}

/// A way to end explorations before their time, from another thread or a signal handler.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Ends the explorations that have this interrupt in their budget, soon: what they have found so far is kept.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns `true` once it has been set.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

/// What an exploration has found, and how far it got.
#[derive(Debug, Clone)]
pub struct Exploration<O> {
    /// How the executions ended.
    pub outcomes: OutcomeTable<O>,
    /// How many executions there were.
    pub executions: u64,
    /// How many more were begun, and given up because another covers them: none in the explorer's optimal mode.
    pub blocked: u64,
    /// How much of what there is to explore these were.
    pub completeness: Completeness,
    /// How long it took.
    pub elapsed: Duration,
    /// How long the threads took side by side and in sequence, where the engine measures that.
    pub speedup: Option<Speedup>,
}

/// How much of what there is to explore has been explored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Completeness {
    /// Every interleaving that differs, within the scenario's size and the engine's memory model.
    Exhaustive,
    /// Everything within bounds that were asked for or that the engine cannot do without.
    Bounded(Vec<Bound>),
    /// As many executions as were asked for, chosen by chance or by the machine.
    Sampled,
    /// Less than was asked for.
    CutShort(Cut),
}

/// What an exploration left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bound {
    /// Executions with more preemptions than this.
    Preemptions(usize),
    /// The same in loom's search, and those with fewer that it does not find without them.
    LoomPreemptions(usize),
    /// What comes after this many steps of an execution.
    Steps(u64),
    /// Executions in which a thread's wait times out more than twice.
    Timeouts,
    /// Everything after the first execution that ended so: the engine cannot go on after it.
    StoppedAtFirst(&'static str),
    /// Executions that loom's search is known to skip: those in which a store comes before a load that another
    /// load hides. `docs/engines.md` has the details.
    HiddenLoads,
    /// Executions that loom leaves out after a thread has yielded.
    Yields,
    /// Executions in which a notification wakes another thread than the one that has waited longest, under loom.
    Notifications,
    /// Executions in which a loop that yields takes yet another turn before something that it looks at has changed:
    /// the explorer takes such a loop to wait, which is right unless the loop counts its turns.
    WaitingYields,
    /// The data races of a program with plain memory, on an engine that does not look for them.
    DataRaces,
}

impl From<Gap> for Bound {
    fn from(gap: Gap) -> Self {
        match gap {
            Gap::HiddenLoad => Bound::HiddenLoads,
            Gap::Yield => Bound::Yields,
            Gap::Notification => Bound::Notifications,
            Gap::PlainMemory => Bound::DataRaces,
        }
    }
}

/// The completeness of a search that found nothing more to explore, within these bounds.
fn complete_within(bounds: impl IntoIterator<Item = Bound>) -> Completeness {
    let bounds: Vec<_> = bounds.into_iter().collect();
    if bounds.is_empty() {
        Completeness::Exhaustive
    } else {
        Completeness::Bounded(bounds)
    }
}

/// Why an exploration ended before its time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// The budget of executions was spent.
    Executions,
    /// The time was up.
    Time,
    /// It was interrupted.
    Interrupted,
    /// Real threads were in a deadlock, which nothing can end.
    Deadlock,
    /// The engine could not go on, for this reason.
    EngineGaveUp(String),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Preemptions(most) => write!(f, "at most {}", count_of(*most as u64, "preemption")),
            Bound::LoomPreemptions(most) => {
                write!(
                    f,
                    "loom's search with at most {}",
                    count_of(*most as u64, "preemption")
                )
            }
            Bound::Steps(most) => write!(f, "at most {}", count_of(*most, "step")),
            Bound::Timeouts => f.write_str("at most 2 time-outs of each thread"),
            Bound::StoppedAtFirst(kind) => write!(f, "stopped at the first {kind}"),
            Bound::HiddenLoads => f.write_str("less what loom's search skips"),
            Bound::Yields => f.write_str("less what loom leaves out after a yield"),
            Bound::Notifications => f.write_str("whoever has waited longest is notified"),
            Bound::WaitingYields => f.write_str("loops that yield are taken to wait"),
            Bound::DataRaces => f.write_str("data races are not looked for"),
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cut::Executions => f.write_str("the budget of executions was spent"),
            Cut::Time => f.write_str("the time was up"),
            Cut::Interrupted => f.write_str("interrupted"),
            Cut::Deadlock => f.write_str("real threads in a deadlock cannot be ended"),
            Cut::EngineGaveUp(reason) => write!(f, "the engine gave up: {reason}"),
        }
    }
}

/// How long threads that share nothing took, side by side and one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speedup {
    /// The shortest time in sequence.
    pub in_sequence: Duration,
    /// The shortest time side by side.
    pub side_by_side: Duration,
}

impl Speedup {
    /// How many times as fast the threads are side by side.
    pub fn ratio(&self) -> f64 {
        self.in_sequence.as_secs_f64() / self.side_by_side.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// Any of the engines, as a value that can be chosen at run time.
#[derive(Debug, Clone)]
pub enum AnyEngine {
    /// The explorer.
    Explorer(Explorer),
    /// Real threads.
    Threads(Threads),
    /// Loom.
    Loom(Loom),
    /// Shuttle.
    Shuttle(Shuttle),
}

/// Evaluates an expression with `$engine` bound to the engine inside.
macro_rules! with_engine {
    ($any:expr, $engine:ident => $body:expr) => {
        match $any {
            AnyEngine::Explorer($engine) => $body,
            AnyEngine::Threads($engine) => $body,
            AnyEngine::Loom($engine) => $body,
            AnyEngine::Shuttle($engine) => $body,
        }
    };
}

impl Engine for AnyEngine {
    fn name(&self) -> &'static str {
        with_engine!(self, engine => engine.name())
    }

    fn memory_model(&self) -> MemoryModel {
        with_engine!(self, engine => engine.memory_model())
    }

    fn detects_data_races(&self) -> bool {
        with_engine!(self, engine => engine.detects_data_races())
    }

    fn seed(&self) -> Option<u64> {
        with_engine!(self, engine => engine.seed())
    }

    fn supports(&self, feature: Feature) -> bool {
        with_engine!(self, engine => engine.supports(feature))
    }

    fn max_threads(&self) -> Option<usize> {
        with_engine!(self, engine => engine.max_threads())
    }

    fn explore<S: Scenario>(&self, scenario: &Arc<S>, budget: &Budget) -> Exploration<S::Outcome> {
        with_engine!(self, engine => engine.explore(scenario, budget))
    }
}
