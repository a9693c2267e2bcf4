//! Engines: the ways to run a scenario many times, and to report how much was explored.

mod any;
mod every_n;
mod explorer;
#[cfg(feature = "loom")]
mod loom;
mod memory;
mod method;
mod playback;
#[cfg_attr(
    not(all(feature = "loom", feature = "shuttle")),
    allow(dead_code, reason = "some of it is for loom and shuttle alone")
)]
mod session;
#[cfg(feature = "shuttle")]
mod shuttle;
mod states;
mod threads;
mod weak;

pub use self::any::AnyEngine;
pub use self::every_n::EveryN;
pub use self::explorer::Explorer;
#[cfg(feature = "loom")]
pub use self::loom::Loom;
pub use self::memory::Memory;
pub(crate) use self::memory::of_explorer;
pub use self::method::{Argument, Method};
pub use self::playback::Playback;
#[cfg(feature = "shuttle")]
pub use self::shuttle::{Shuttle, Strategy};
pub use self::states::States;
pub use self::threads::Threads;
pub use self::weak::Weak;

use crate::backend::{Feature, MemoryModel};
use crate::execution::{Gap, NO_SPURIOUS_WAKEUP, NO_WEAK_FAILURE, NO_WRITER_PREFERENCE};
use crate::numbers::count_of;
use crate::outcome::{AnyOutcome, OutcomeTable};
use crate::scenario::{AnyScenario, Scenario};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// A way to run a scenario.
///
/// An engine of your own can be anything that runs scenarios by means of the engines here: it can choose
/// among them, repeat them, or keep a log.
pub trait Engine: fmt::Debug + Send + Sync {
    /// Returns the engine's name, as reports and the command line show it.
    fn name(&self) -> &'static str;

    /// Returns the memory model that the engine explores.
    fn memory_model(&self) -> MemoryModel;

    /// Returns `true` if the engine executes the explorer's interleavings, so that a witness can show its
    /// endings.
    fn has_witnesses(&self) -> bool {
        false
    }

    /// Returns `true` if the engine may show endings that no real machine shows.
    fn has_artefacts(&self) -> bool {
        false
    }

    /// Returns `true` if the engine reports data races.
    fn detects_data_races(&self) -> bool {
        false
    }

    /// Returns the seed that determines the sampled executions; `None` if the engine has none.
    fn seed(&self) -> Option<u64> {
        None
    }

    /// Returns `true` if the engine has this feature.
    fn supports(&self, feature: Feature) -> bool;

    /// Returns the greatest number of threads that the engine can run beside the main one; `None` if there is
    /// no limit.
    fn max_threads(&self) -> Option<usize> {
        None
    }

    /// Returns the reason why the engine cannot run the scenario; `None` if it can.
    fn unsuitable(&self, scenario: &AnyScenario) -> Option<String> {
        unsuitable(self, scenario)
    }

    /// Returns `true` if the engine runs only the steps of [`Repeated`](crate::Repeated) scenarios.
    fn needs_steps(&self) -> bool {
        false
    }

    /// Runs the scenario until there is nothing left to explore or the budget is spent.
    fn explore_any(&self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome>;

    /// Runs the scenario as [`explore_any`](Self::explore_any) does, with outcomes of its own type.
    fn explore<S: Scenario>(&self, scenario: &Arc<S>, budget: &Budget) -> Exploration<S::Outcome>
    where
        Self: Sized,
    {
        self.explore_any(&AnyScenario::from(Arc::clone(scenario)), budget)
            .typed()
    }
}

/// Returns the reason why an engine cannot run the scenario, by what it says of itself; `None` if it can.
fn unsuitable(engine: &(impl Engine + ?Sized), scenario: &AnyScenario) -> Option<String> {
    let name = engine.name();
    if let Some(feature) = scenario
        .needs()
        .iter()
        .find(|feature| !engine.supports(**feature))
    {
        return Some(format!("{name} models no {feature}, and this needs them"));
    }
    if engine.needs_steps() && scenario.repeated().is_none() {
        return Some(format!(
            "{name} needs a repeated scenario, with one step for each thread, and this is none"
        ));
    }
    match (scenario.threads(), engine.max_threads()) {
        (Some(threads), Some(most)) if threads > most => Some(format!(
            "{name} models at most {most} threads beside the main one, and this spawns {threads}"
        )),
        _ => None,
    }
}

/// The limits of an exploration, checked before every execution.
#[derive(Debug, Clone)]
pub struct Budget {
    /// The greatest number of executions; `None` means no limit for an exhaustive engine, and the engine's
    /// own default for one that samples.
    pub executions: Option<u64>,
    /// The longest time; `None` means no limit.
    pub time: Option<Duration>,
    /// The greatest number of steps of one execution: one that takes more ends as
    /// [`Ending::StepLimit`](crate::execution::Ending::StepLimit). The steps are branches in loom, scheduling
    /// points in shuttle, and events in the explorer. The limit does not apply to real threads.
    pub steps: u64,
    /// The number of OS threads on which the explorer runs: at least 1, the default.
    pub jobs: usize,
    /// The progress of the exploration, which can be read while it is running.
    pub progress: Progress,
    /// The interrupt by which the exploration can be ended early.
    pub interrupt: Interrupt,
}

impl Budget {
    /// The default number of steps.
    pub const STEPS: u64 = 10_000;
}

impl Default for Budget {
    /// Returns a budget of one minute, [`STEPS`](Self::STEPS) steps, and no limit on executions.
    fn default() -> Self {
        Budget {
            executions: None,
            time: Some(Duration::from_secs(60)),
            steps: Self::STEPS,
            jobs: 1,
            progress: Progress::default(),
            interrupt: Interrupt::default(),
        }
    }
}

/// The progress of a running exploration, shared with the code that shows it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    executions: AtomicU64,
    /// The expected number of executions in all, as far as the engine can estimate it; otherwise zero.
    estimate: AtomicU64,
    /// `true` while execution graphs under weak memory are explored.
    is_weak: AtomicBool,
}

impl Progress {
    /// Returns the number of executions that have ended so far.
    pub fn executions(&self) -> u64 {
        self.0.executions.load(Ordering::Relaxed)
    }

    /// Returns the expected number of executions in all; `None` if the engine cannot estimate it. The
    /// estimate goes up and down.
    pub fn estimate(&self) -> Option<u64> {
        Some(self.0.estimate.load(Ordering::Relaxed)).filter(|&estimate| estimate > 0)
    }

    /// Returns `true` while execution graphs under weak memory are explored, and the executions are theirs.
    pub fn is_weak(&self) -> bool {
        self.0.is_weak.load(Ordering::Relaxed)
    }

    fn set_weak(&self, is_weak: bool) {
        self.0.is_weak.store(is_weak, Ordering::Relaxed);
    }

    fn set(&self, executions: u64, estimate: Option<f64>) {
        self.0.executions.store(executions, Ordering::Relaxed);
        self.0
            .estimate
            .store(estimate.map_or(0, |estimate| estimate as u64), Ordering::Relaxed);
    }
}

/// A way to end explorations early, from another thread or a signal handler.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Ends the explorations that have this interrupt in their budget within a short time; their results so
    /// far are kept.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns `true` once the interrupt has been set.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Returns the flag behind the interrupt, for a search of the explorer crate.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

/// The result of an exploration: the endings that it found, and how far it got.
#[derive(Debug, Clone)]
pub struct Exploration<O> {
    /// The endings of the executions, with their counts.
    pub outcomes: OutcomeTable<O>,
    /// The way in which the endings were found.
    pub method: Method,
    /// The number of executions that ran to an ending; 0 where none were run.
    pub executions: u64,
    /// The number of executions that were begun and given up because another covers them: 0 in the explorer's
    /// optimal mode.
    pub blocked: u64,
    /// The completeness of the exploration.
    pub completeness: Completeness,
    /// `true` if C11 allows no ending that is not among these, load buffering aside: no data race was found, and
    /// every execution graph under C11 was explored, or everything under sequential consistency of a program whose
    /// atomic accesses are all `SeqCst`.
    pub is_exact: bool,
    /// What the exploration says about weak memory.
    pub weak: Weak,
    /// The endings under sequential consistency, if these were explored apart from those under weak memory; all of
    /// them are among the [outcomes](Self::outcomes).
    pub sequential: Option<OutcomeTable<O>>,
    /// The duration of the exploration.
    pub elapsed: Duration,
    /// The times of the threads side by side and in sequence, if the engine measures them.
    pub speedup: Option<Speedup>,
}

impl Exploration<AnyOutcome> {
    /// Returns the exploration with the type of the outcomes.
    ///
    /// # Panics
    ///
    /// If an outcome has another type than `O`.
    pub fn typed<O: Ord + 'static>(self) -> Exploration<O> {
        Exploration {
            outcomes: self.outcomes.typed(),
            method: self.method,
            executions: self.executions,
            blocked: self.blocked,
            completeness: self.completeness,
            is_exact: self.is_exact,
            weak: self.weak,
            sequential: self.sequential.map(OutcomeTable::typed),
            elapsed: self.elapsed,
            speedup: self.speedup,
        }
    }
}

/// The part of all executions that an exploration has covered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Completeness {
    /// Every interleaving that differs from the others, within the scenario's size and the engine's memory
    /// model.
    Exhaustive,
    /// Everything within these bounds, which were asked for or which the engine cannot do without.
    Bounded(Vec<Bound>),
    /// As many executions as were asked for, chosen at random or by the machine.
    Sampled,
    /// Less than was asked for.
    CutShort(Cut),
}

/// A bound of an exploration: something that it left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bound {
    /// Executions with more preemptions than this.
    Preemptions(usize),
    /// Everything after this many steps of an execution.
    Steps(u64),
    /// Executions in which a thread's wait times out more than twice.
    Timeouts,
    /// Everything after the first execution with this kind of ending, because the engine cannot go on after
    /// it.
    StoppedAtFirst(&'static str),
    /// Executions in which a loop that polls takes a further turn before something that it reads has changed,
    /// and another thread notices that: it fails to acquire a lock that the turn holds.
    NoticedRepetition,
    /// Executions in which a thread returns from waits and parks for no reason more often than this, although
    /// it has done something since the last time.
    SpuriousWakeups(usize),
    /// Executions in which a thread's weak exchanges fail for no reason more often than this, although it has
    /// done something since the last time.
    WeakFailures(usize),
    /// Executions in which a writer that waits for readers keeps new readers out.
    NoWriterPreference,
    /// What comes after endings that no machine shows, and these endings themselves.
    Artefacts,
    /// Something that only this engine leaves out, in its own words.
    OfEngine(Cow<'static, str>),
}

impl From<Gap> for Bound {
    fn from(Gap(words): Gap) -> Self {
        Bound::OfEngine(Cow::Borrowed(words))
    }
}

/// Returns the completeness of a search that has nothing more to explore within these bounds.
fn complete_within(bounds: impl IntoIterator<Item = Bound>) -> Completeness {
    let bounds: Vec<_> = bounds.into_iter().collect();
    if bounds.is_empty() {
        Completeness::Exhaustive
    } else {
        Completeness::Bounded(bounds)
    }
}

/// The reason why an exploration ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// The budget of executions was spent.
    Executions,
    /// The time was up.
    Time,
    /// It was interrupted.
    Interrupted,
    /// Real threads were in a deadlock, which cannot be ended.
    Deadlock,
    /// The engine cannot run such a program, for the given reason: it met a limit of its own.
    Unsuitable(String),
    /// The engine cannot explore an operation under the memory model: which one, and where.
    Unsupported(String),
    /// There are more than this many execution graphs, which is too many beside the interleavings, unless they are asked
    /// for.
    Graphs(u64),
    /// The engine could not go on, for the given reason.
    EngineGaveUp(String),
    /// No sum invariant was found, for the given reason: that alone says nothing about the scenario.
    NoInvariant(String),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Preemptions(most) => write!(f, "at most {}", count_of(*most as u64, "preemption")),
            Bound::Steps(most) => write!(f, "at most {}", count_of(*most, "step")),
            Bound::Timeouts => f.write_str("at most 2 time-outs of each thread"),
            Bound::StoppedAtFirst(kind) => write!(f, "stopped at the first {kind}"),
            Bound::NoticedRepetition => f.write_str(
                "loops that poll were stopped, though other threads may have noticed further turns",
            ),
            Bound::SpuriousWakeups(0) => f.write_str(NO_SPURIOUS_WAKEUP.0),
            Bound::SpuriousWakeups(most) => {
                let most = count_of(*most as u64, "return");
                write!(f, "at most {most} for no reason of each thread")
            }
            Bound::WeakFailures(0) => f.write_str(NO_WEAK_FAILURE.0),
            Bound::WeakFailures(most) => {
                let most = count_of(*most as u64, "failure");
                write!(f, "at most {most} for no reason of each thread")
            }
            Bound::NoWriterPreference => f.write_str(NO_WRITER_PREFERENCE.0),
            Bound::Artefacts => f.write_str("artefacts set aside"),
            Bound::OfEngine(words) => f.write_str(words),
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
            Cut::Unsuitable(reason) | Cut::Unsupported(reason) => f.write_str(reason),
            Cut::Graphs(most) => write!(
                f,
                "there are more than {} under C11, which the memory model `rc11` explores",
                count_of(*most, "execution graph")
            ),
            Cut::EngineGaveUp(reason) => write!(f, "the engine gave up: {reason}"),
            Cut::NoInvariant(reason) => f.write_str(reason),
        }
    }
}

/// The times that threads which share nothing took, side by side and one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speedup {
    /// The shortest time in sequence.
    pub in_sequence: Duration,
    /// The shortest time side by side.
    pub side_by_side: Duration,
}

impl Speedup {
    /// Returns how many times as fast as in sequence the threads are side by side.
    pub fn ratio(&self) -> f64 {
        self.in_sequence.as_secs_f64() / self.side_by_side.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}
