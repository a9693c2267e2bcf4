//! Checking a scenario on engines, and insisting that it is as expected.

mod draft;
mod explore;
#[cfg(feature = "shuttle")]
mod shuttle;
#[cfg(test)]
mod tests;
#[cfg_attr(feature = "loom", path = "check/loom.rs")]
#[cfg_attr(not(feature = "loom"), path = "check/no_loom.rs")]
mod weak_memory;

pub use explore::{Witnessing, explore};

use crate::engine::{AnyEngine, Budget, Engine, EveryN, Explorer, Memory, States, Threads};
use crate::execution::Ending;
use crate::outcome::AnyOutcome;
use crate::report::{Report, text};
use crate::scenario::{AnyScenario, Scenario};
use crate::verdict::Strength;
use crate::witness::{self, TiedSchedule, TiedScheduleError, Witness};
use std::time::Duration;

/// Checks a scenario on the explorer, which proves it, under weak memory too, and on loom (with the feature `loom`),
/// which explores weak memory in its own way.
///
/// # Panics
///
/// With the outcome table and the verdicts, unless everything that the engines explored is as expected and at
/// least one engine can run the scenario. Only the explorer explores what loom cannot (more than four
/// threads, time-outs). An engine that explores less than everything has the verdict *bounded*, which passes:
/// use [`Checker::require`] to insist on more.
#[track_caller]
pub fn check(scenario: impl Scenario) {
    weak_memory::add_to(Checker::new().optional_explorer()).check(scenario);
}

/// Runs one interleaving of a scenario again in the calling thread, for example under a debugger, and returns
/// its ending and the interleaving.
///
/// A failing [`check`](fn@check) prints the line of code that does this for each ending that it refutes.
/// After the end of the schedule, the execution runs on without preemption. A [`Repeated`](crate::Repeated)
/// scenario runs with as many iterations as the schedule says.
///
/// # Panics
///
/// If the schedule cannot be read, belongs to another scenario or version, or has a step that cannot be
/// executed: then the message names the step, the reason, and what could have run there.
///
/// # Examples
///
/// ```
/// use selvedge::Ending;
/// use selvedge::counter::Variant;
/// use selvedge::scenario::Updates;
///
/// let unlocked = Updates { variant: Variant::Unlocked, threads: 2, iterations: 1 };
/// let (ending, witness) = selvedge::replay(unlocked, "2 1 1 2");
/// assert_eq!(ending, Ending::Finished(-1));
/// assert_eq!(witness.cost.preemptions, 1);
/// ```
#[track_caller]
pub fn replay<S: Scenario>(scenario: S, schedule: &str) -> (Ending<S::Outcome>, Witness) {
    let (ending, witness) = replay_any(&scenario.into(), schedule);
    (ending.map(AnyOutcome::into_inner), witness)
}

#[track_caller]
fn replay_any(scenario: &AnyScenario, schedule: &str) -> (Ending<AnyOutcome>, Witness) {
    let replayed = schedule
        .parse()
        .map_err(|error: TiedScheduleError| error.to_string())
        .and_then(|schedule: TiedSchedule| {
            let size = schedule.header.as_ref().and_then(|header| header.size);
            match schedule.misfit(&scenario.name(), size) {
                Some(misfit) => Err(misfit),
                None => {
                    // A witness may be one with fewer iterations.
                    let sized = size.and_then(|size| scenario.with_iterations(size.iterations));
                    let scenario = sized.as_ref().unwrap_or(scenario);
                    witness::replay(scenario, size, &schedule.steps, &Budget::default())
                        .map_err(|error| error.to_string())
                }
            }
        });
    match replayed {
        Ok(replayed) => replayed,
        Err(reason) => panic!("the schedule does not fit: {reason}"),
    }
}

/// A choice of engines with a budget for each of them, to check scenarios with.
///
/// ```
/// use selvedge::counter::Variant;
/// use selvedge::scenario::Updates;
/// use selvedge::Checker;
///
/// let locked = Updates { variant: Variant::Locked, threads: 2, iterations: 2 };
/// Checker::new().shuttle_dfs().threads().executions(10_000).check(locked);
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a checker checks nothing until its `check` is called"]
pub struct Checker {
    engines: Vec<Chosen>,
    memory: Memory,
    budget: Budget,
    required: Option<Strength>,
}

/// An engine of a checker.
#[derive(Debug, Clone)]
enum Chosen {
    /// The explorer, under the checker's memory model.
    Explorer {
        is_optional: bool,
    },
    Engine(AnyEngine),
}

impl Chosen {
    fn engine(&self, memory: Memory) -> AnyEngine {
        let explorer = AnyEngine::new(Explorer {
            memory,
            ..Explorer::DEFAULT
        });
        match self {
            Chosen::Explorer { is_optional: false } => explorer,
            Chosen::Explorer { is_optional: true } => explorer.optional(),
            Chosen::Engine(engine) => engine.clone(),
        }
    }
}

impl Checker {
    /// Creates a checker without engines, with the default budget: one minute for each engine.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an engine: one of [`engine`](crate::engine), or one of your own.
    pub fn engine(mut self, engine: impl Engine + 'static) -> Self {
        self.engines.push(Chosen::Engine(AnyEngine::new(engine)));
        self
    }

    /// Adds an engine that need not run: one that cannot run the scenario is only reported.
    pub fn optional(mut self, engine: impl Engine + 'static) -> Self {
        self.engines
            .push(Chosen::Engine(AnyEngine::new(engine).optional()));
        self
    }

    /// Adds the explorer.
    pub fn explorer(mut self) -> Self {
        self.engines.push(Chosen::Explorer { is_optional: false });
        self
    }

    /// Adds the explorer as an engine that need not run.
    fn optional_explorer(mut self) -> Self {
        self.engines.push(Chosen::Explorer { is_optional: true });
        self
    }

    /// Sets the memory model of the [explorer](Self::explorer): by default sequential consistency first, and then C11
    /// unless that makes no difference.
    ///
    /// ```should_panic
    /// use selvedge::backend::{Atomic, Backend, Join};
    /// use selvedge::engine::Memory;
    /// use selvedge::{Checker, Expectations, Scenario};
    /// use std::sync::Arc;
    /// use std::sync::atomic::Ordering::{Acquire, Release};
    ///
    /// /// Each of two threads stores, and then looks for the store of the other one.
    /// struct StoreBuffering;
    ///
    /// impl Scenario for StoreBuffering {
    ///     type Outcome = (bool, bool);
    ///
    ///     fn name(&self) -> String {
    ///         "store buffering".to_owned()
    ///     }
    ///
    ///     fn run<B: Backend>(&self) -> (bool, bool) {
    ///         let flags = Arc::new([B::AtomicBool::new(false), B::AtomicBool::new(false)]);
    ///         let theirs = Arc::clone(&flags);
    ///         let thread = B::spawn(move || {
    ///             theirs[0].store(true, Release);
    ///             theirs[1].load(Acquire)
    ///         });
    ///         flags[1].store(true, Release);
    ///         (flags[0].load(Acquire), thread.join().unwrap())
    ///     }
    ///
    ///     fn expectations(&self) -> Expectations<(bool, bool)> {
    ///         Expectations::new()
    ///             .forbidden_if(|seen| *seen == (false, false), "neither sees the other")
    ///             .allowed_if(|_| true, "one sees the other")
    ///     }
    /// }
    ///
    /// Checker::new().explorer().memory_model(Memory::SequentialConsistency).check(StoreBuffering);
    /// Checker::new().explorer().check(StoreBuffering); // panics: it takes weak memory
    /// ```
    pub fn memory_model(mut self, memory: Memory) -> Self {
        self.memory = memory;
        self
    }

    /// Adds the search over [states](States): of a [`Repeated`](crate::Repeated) scenario, it proves sizes that have
    /// too many executions.
    ///
    /// ```
    /// use selvedge::counter::Variant;
    /// use selvedge::scenario::Updates;
    /// use selvedge::Checker;
    ///
    /// // Two threads with 100 updates each: more than 10^58 executions, and 30,401 states.
    /// let locked = Updates { variant: Variant::Locked, threads: 2, iterations: 100 };
    /// Checker::new().states().check(locked);
    /// ```
    pub fn states(self) -> Self {
        self.engine(States)
    }

    /// Adds the [proof for every n](EveryN): of a [`Repeated`](crate::Repeated) scenario, it proves what no exploration
    /// can, where each step changes a number by the same amount whatever the others do.
    ///
    /// ```
    /// use selvedge::counter::Variant;
    /// use selvedge::scenario::Updates;
    /// use selvedge::Checker;
    ///
    /// let locked = Updates { variant: Variant::Locked, threads: 2, iterations: 1_000_000 };
    /// Checker::new().every_n().check(locked);
    /// ```
    pub fn every_n(self) -> Self {
        self.engine(EveryN)
    }

    /// Adds real threads.
    pub fn threads(self) -> Self {
        self.engine(Threads)
    }

    /// Sets the greatest number of executions for each engine; for an engine that samples, the number of
    /// samples.
    pub fn executions(mut self, executions: u64) -> Self {
        self.budget.executions = Some(executions);
        self
    }

    /// Sets the longest time for each engine.
    pub fn time(mut self, time: Duration) -> Self {
        self.budget.time = Some(time);
        self
    }

    /// Sets the number of OS threads on which the explorer runs, at least 1: by default one.
    ///
    /// What it finds is the same, but a few executions may be begun in vain. It pays from some thousand executions on.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.budget.jobs = jobs.max(1);
        self
    }

    /// Sets the greatest number of steps of an execution.
    pub fn steps(mut self, steps: u64) -> Self {
        self.budget.steps = steps;
        self
    }

    /// Requires that at least one engine shows this much: a sample is not enough where a proof is required.
    ///
    /// ```should_panic
    /// use selvedge::counter::Variant;
    /// use selvedge::scenario::Updates;
    /// use selvedge::verdict::Strength;
    /// use selvedge::Checker;
    ///
    /// let locked = Updates { variant: Variant::Locked, threads: 2, iterations: 2 };
    /// let sampled = Checker::new().threads().executions(5);
    /// sampled.clone().check(locked);
    /// sampled.require(Strength::Proved).check(locked); // panics: five executions are no proof
    /// ```
    pub fn require(mut self, least: Strength) -> Self {
        self.required = Some(least);
        self
    }

    /// Explores the scenario on each engine, and returns everything that was seen: more than
    /// [`check`](Self::check) tells.
    #[must_use = "the report says whether the scenario passes; `check` insists on it"]
    pub fn report(&self, scenario: impl Into<AnyScenario>) -> Report {
        let engines = self.engines.iter().map(|chosen| chosen.engine(self.memory));
        let report = explore(
            &scenario.into(),
            None,
            &engines.collect::<Vec<_>>(),
            &Witnessing::Refutations,
            |_| self.budget.clone(),
        );
        Report {
            required: self.required,
            ..report
        }
    }

    /// Checks the scenario on each engine.
    ///
    /// # Panics
    ///
    /// With the outcome table and the verdicts, unless everything is as expected on every engine; if no engine
    /// can run the scenario, or one cannot that is not [optional](Self::optional); and if no engine shows as
    /// much as is [required](Self::require).
    #[track_caller]
    pub fn check(&self, scenario: impl Into<AnyScenario>) {
        let report = self.report(scenario);
        assert!(
            !report.engines.is_empty(),
            "no engine has run the scenario\n\n{}",
            text::plain(&report)
        );
        assert!(
            report.is_as_expected(),
            "not as expected\n\n{}",
            text::plain(&report)
        );
        assert!(
            report.passes(),
            "less was shown than is required\n\n{}",
            text::plain(&report)
        );
    }
}
