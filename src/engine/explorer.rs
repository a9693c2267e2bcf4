//! The explorer engine: our own explorer runs every interleaving that differs from the others, exactly once.

use super::memory::{Memory, of_explorer};
use super::session::Session;
use super::{Bound, Budget, Completeness, Cut, Engine, Exploration, Weak, complete_within};
use crate::backend::{Feature, MemoryModel};
use crate::outcome::AnyOutcome;
use crate::scenario::AnyScenario;
use selvedge_explorer as explorer;
use selvedge_explorer::{MAX_THREADS, Mode, NondeterminismError, Summary};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The explorer: exhaustive under sequential consistency and under C11, with data races; it goes on after every
/// kind of ending.
#[derive(Debug, Clone, Copy)]
pub struct Explorer {
    /// The search mode.
    pub mode: Mode,
    /// The greatest number of preemptions of an interleaving; `None` means no bound. All interleavings within
    /// the bound are explored.
    pub preemption_bound: Option<usize>,
    /// Ends the exploration at the first deadlock, panic or data race.
    pub stop_at_first_failure: bool,
    /// The number of times that each thread can return for no reason from waits and parks; see
    /// [`spurious_wakeups`](explorer::Explorer::spurious_wakeups).
    pub spurious_wakeups: usize,
    /// The number of times that each thread's weak exchanges can fail for no reason; see
    /// [`weak_failures`](explorer::Explorer::weak_failures).
    pub weak_failures: usize,
    /// Lets writers that wait for readers keep new readers out; see
    /// [`writer_preference`](explorer::Explorer::writer_preference).
    pub writer_preference: bool,
    /// The memory model. In the modes for comparison, and with a bound on preemptions, [`Memory::Auto`] is sequential
    /// consistency.
    pub memory: Memory,
}

impl Default for Explorer {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The time between two estimates of the number of executions.
const ESTIMATE_INTERVAL: Duration = Duration::from_millis(100);

impl Engine for Explorer {
    fn name(&self) -> &'static str {
        match self.mode {
            Mode::Optimal => "explorer",
            Mode::Source => "explorer-source",
            Mode::SleepSets => "explorer-sleep-sets",
            Mode::Enumeration => "explorer-enumeration",
            Mode::Graphs => "explorer-graphs",
        }
    }

    fn memory_model(&self) -> MemoryModel {
        self.memory.first()
    }

    fn detects_data_races(&self) -> bool {
        true
    }

    fn supports(&self, feature: Feature) -> bool {
        matches!(feature, Feature::Timeouts | Feature::TryLock)
    }

    fn max_threads(&self) -> Option<usize> {
        Some(MAX_THREADS - 1)
    }

    fn has_witnesses(&self) -> bool {
        true
    }

    fn explore_any(&self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        let weak = |weak, exploration| Exploration { weak, ..exploration };
        match (self.memory.weak(), self.memory) {
            (Some(model), _) => weak(Weak::Explored(model), self.pass(model, scenario, budget)),
            (None, Memory::Auto) if self.takes_graphs() => self.explore_twice(scenario, budget),
            (None, _) => weak(
                Weak::Unasked,
                self.pass(MemoryModel::SequentialConsistency, scenario, budget),
            ),
        }
    }

    fn unsuitable(&self, scenario: &AnyScenario) -> Option<String> {
        match self.memory.weak() {
            Some(model) if !self.takes_graphs() => Some(format!(
                "{} {} only interleavings, which are sequentially consistent: it does not explore {model}",
                self.name(),
                match self.preemption_bound {
                    Some(_) => "with a bound on preemptions explores",
                    None => "explores",
                },
            )),
            _ => super::unsuitable(self, scenario),
        }
    }
}

impl Explorer {
    /// The explorer in its optimal mode, without a bound on preemptions.
    pub const DEFAULT: Self = Explorer {
        mode: Mode::Optimal,
        preemption_bound: None,
        stop_at_first_failure: false,
        spurious_wakeups: explorer::Explorer::SPURIOUS_WAKEUPS,
        weak_failures: explorer::Explorer::WEAK_FAILURES,
        writer_preference: true,
        memory: Memory::Auto,
    };

    /// The same under sequential consistency alone: its executions are interleavings.
    pub const SEQUENTIAL: Self = Explorer {
        memory: Memory::SequentialConsistency,
        ..Self::DEFAULT
    };

    /// Returns `true` if this explorer can explore execution graphs.
    fn takes_graphs(self) -> bool {
        matches!(self.mode, Mode::Optimal | Mode::Graphs) && self.preemption_bound.is_none()
    }

    /// Explores the scenario under sequential consistency, and then under C11 if that can change the verdict. Both
    /// share the budget.
    fn explore_twice(self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        let first = self.pass(MemoryModel::SequentialConsistency, scenario, budget);
        let expectations = scenario.expectations();
        if !first.needs_weak_memory(&expectations) {
            return first.with_what_is_known();
        }
        match budget.after(&first) {
            Err(cut) => first.without_graphs(cut.to_string()),
            Ok(rest) => {
                let (limited, most) = rest.for_graphs(first.executions);
                let mut graphs = self.pass(MemoryModel::C11, scenario, &limited);
                if graphs.completeness == Completeness::CutShort(Cut::Executions) && most.is_some() {
                    graphs.completeness = Completeness::CutShort(Cut::Graphs(graphs.executions));
                }
                first.with_graphs(graphs, &expectations)
            }
        }
    }

    /// Explores the scenario under one memory model; again from the start, with lock words, if an operation needs them.
    fn pass(self, model: MemoryModel, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        let needs_lock_words = Arc::new(AtomicBool::new(false));
        let first = self.attempt(model, scenario, budget, &needs_lock_words);
        match (needs_lock_words.load(Ordering::Relaxed), budget.after(&first)) {
            (true, Ok(rest)) => {
                let second = self.attempt(model, scenario, &rest, &needs_lock_words);
                Exploration {
                    elapsed: first.elapsed + second.elapsed,
                    ..second
                }
            }
            _ => first,
        }
    }

    /// Explores the scenario, with lock words if the flag is set; sets it if an operation needs them.
    fn attempt(
        self,
        model: MemoryModel,
        scenario: &AnyScenario,
        budget: &Budget,
        lock_words: &Arc<AtomicBool>,
    ) -> Exploration<AnyOutcome> {
        let scenario = scenario.clone();
        let in_worker = budget.clone();
        let lock_words = Arc::clone(lock_words);
        budget
            .progress
            .set_weak(model != MemoryModel::SequentialConsistency);
        Session::run(
            budget,
            "explorer",
            || false,
            move |session| self.work(model, &scenario, &in_worker, &session, &lock_words),
        )
    }

    fn work(
        self,
        model: MemoryModel,
        scenario: &AnyScenario,
        budget: &Budget,
        session: &Session,
        lock_words: &AtomicBool,
    ) -> Completeness {
        if !session.may_start() {
            return session.completeness(Completeness::Exhaustive);
        }
        if model != MemoryModel::SequentialConsistency || self.mode == Mode::Graphs {
            session.note_graphs();
        }
        let words = lock_words.load(Ordering::Relaxed);
        let result = self.search((model, words), scenario, budget, session);
        let needs = matches!(&result, Ok(summary) if summary.needs_lock_words());
        lock_words.store(needs && !words, Ordering::Relaxed);
        self.finish(result, budget, session)
    }

    /// Runs the search, and records the endings that it finds.
    fn search(
        self,
        (model, lock_words): (MemoryModel, bool),
        scenario: &AnyScenario,
        budget: &Budget,
        session: &Session,
    ) -> Result<Summary, NondeterminismError> {
        let looks = model == MemoryModel::SequentialConsistency && self.takes_graphs();
        let explorer = self
            .explorer(budget)
            .memory_model(of_explorer(model))
            .lock_words(lock_words)
            .look_for_weak_races(looks);
        let result = scenario.explore(&explorer, budget.jobs, &mut |batch| session.merge(batch));
        let raceless = matches!(&result, Ok(summary) if !summary.weak_races);
        session.note_all_of_c11(model == MemoryModel::C11 || looks && raceless);
        result
    }

    fn finish(
        self,
        result: Result<Summary, NondeterminismError>,
        budget: &Budget,
        session: &Session,
    ) -> Completeness {
        match result {
            Err(error) => Completeness::CutShort(Cut::EngineGaveUp(error.to_string())),
            Ok(summary) => {
                session.note_blocked(summary.blocked);
                self.completeness(summary.completeness, budget)
            }
        }
    }

    fn explorer(self, budget: &Budget) -> explorer::Explorer {
        let progress = budget.progress.clone();
        explorer::Explorer::new()
            .mode(self.mode)
            .executions(budget.executions)
            .time(budget.time)
            .steps(usize::try_from(budget.steps).unwrap_or(usize::MAX))
            .preemption_bound(self.preemption_bound)
            .stop_at_first_failure(self.stop_at_first_failure)
            .spurious_wakeups(self.spurious_wakeups)
            .weak_failures(self.weak_failures)
            .writer_preference(self.writer_preference)
            .interrupt(Some(budget.interrupt.flag()))
            .progress(ESTIMATE_INTERVAL, move |now| {
                progress.set(now.executions, now.estimated_executions)
            })
    }

    fn completeness(self, completeness: explorer::Completeness, budget: &Budget) -> Completeness {
        match completeness {
            explorer::Completeness::Exhaustive => Completeness::Exhaustive,
            explorer::Completeness::Bounded(bounds) => complete_within(self.bounds(bounds, budget.steps)),
            explorer::Completeness::CutShort(cut) => match cut {
                explorer::Cut::Executions => Completeness::CutShort(Cut::Executions),
                explorer::Cut::Time => Completeness::CutShort(Cut::Time),
                explorer::Cut::Interrupted => Completeness::CutShort(Cut::Interrupted),
                explorer::Cut::FirstFailure => Completeness::Bounded(vec![Bound::StoppedAtFirst("failure")]),
                explorer::Cut::Unsupported(unsupported) => {
                    Completeness::CutShort(Cut::Unsupported(unsupported.to_string()))
                }
                explorer::Cut::Limit(limit) => Completeness::CutShort(Cut::EngineGaveUp(limit.to_string())),
            },
        }
    }

    /// Returns the bounds of an exploration whose executions have at most so many steps.
    pub(super) fn bounds(self, bounds: explorer::Bounds, steps: u64) -> impl Iterator<Item = Bound> {
        [
            (
                bounds.preemptions,
                Bound::Preemptions(self.preemption_bound.unwrap_or(usize::MAX)),
            ),
            (bounds.steps, Bound::Steps(steps)),
            (bounds.timeouts, Bound::Timeouts),
            (bounds.repetition, Bound::NoticedRepetition),
            (
                bounds.spurious_wakeups,
                Bound::SpuriousWakeups(self.spurious_wakeups),
            ),
            (bounds.weak_failures, Bound::WeakFailures(self.weak_failures)),
            (bounds.writer_preference, Bound::NoWriterPreference),
        ]
        .into_iter()
        .filter_map(|(is_bounded, bound)| is_bounded.then_some(bound))
    }
}
