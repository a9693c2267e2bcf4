//! Checking a scenario on engines, and insisting that it is as expected.

use crate::engine::{AnyEngine, Budget, Explorer, Loom, Shuttle, Strategy, Threads};
use crate::report::{Report, text};
use crate::scenario::Scenario;
use std::sync::Arc;
use std::time::Duration;

/// Checks a scenario on the explorer, which proves, and on loom, which adds weak memory orderings.
///
/// # Panics
///
/// With the outcome table and the verdicts, unless what the engines explored is as expected, and at least one of them
/// can run the scenario. What loom cannot explore (more than four threads, time-outs) is left to the explorer; where an
/// engine explores less than everything, its verdict is *bounded* and still passes: use [`Checker::report`] to insist
/// on more.
#[track_caller]
pub fn check<S: Scenario>(scenario: S) {
    Checker::new().explorer().loom().check(scenario);
}

/// A choice of engines and a budget for each of them, with which to check scenarios.
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
    engines: Vec<AnyEngine>,
    budget: Budget,
}

impl Checker {
    /// Creates a checker without an engine, and with the default budget: one minute for each.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an engine.
    pub fn engine(mut self, engine: AnyEngine) -> Self {
        self.engines.push(engine);
        self
    }

    /// Adds the explorer.
    pub fn explorer(self) -> Self {
        self.engine(AnyEngine::Explorer(Explorer::default()))
    }

    /// Adds loom, without a bound on preemptions.
    pub fn loom(self) -> Self {
        self.engine(AnyEngine::Loom(Loom::default()))
    }

    /// Adds shuttle's depth-first search.
    pub fn shuttle_dfs(self) -> Self {
        self.engine(AnyEngine::Shuttle(Shuttle {
            strategy: Strategy::Dfs,
        }))
    }

    /// Adds shuttle's random scheduler.
    pub fn shuttle_random(self, seed: u64) -> Self {
        self.engine(AnyEngine::Shuttle(Shuttle {
            strategy: Strategy::Random { seed },
        }))
    }

    /// Adds real threads.
    pub fn threads(self) -> Self {
        self.engine(AnyEngine::Threads(Threads))
    }

    /// Sets the most executions for each engine; for an engine that samples, how many it shall sample.
    pub fn executions(mut self, executions: u64) -> Self {
        self.budget.executions = Some(executions);
        self
    }

    /// Sets the most time for each engine.
    pub fn time(mut self, time: Duration) -> Self {
        self.budget.time = Some(time);
        self
    }

    /// Sets the most steps for each execution.
    pub fn steps(mut self, steps: u64) -> Self {
        self.budget.steps = steps;
        self
    }

    /// Explores the scenario on each engine, and returns what was seen, for a closer look than [`check`](Self::check)
    /// takes.
    #[must_use = "the report says whether the scenario is as expected; `check` insists on it"]
    pub fn report<S: Scenario>(&self, scenario: S) -> Report {
        Report::new(&Arc::new(scenario), &self.engines, |_| self.budget.clone())
    }

    /// Checks the scenario on each engine that can run it.
    ///
    /// # Panics
    ///
    /// With the outcome table and the verdicts, unless it is as expected on every engine; and if no engine can run it.
    #[track_caller]
    pub fn check<S: Scenario>(&self, scenario: S) {
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
    }
}
