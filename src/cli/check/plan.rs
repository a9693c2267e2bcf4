//! The plan of a check: what its settings mean, with the defaults for what they leave open.

use crate::cli::arguments::{CheckSettings, Chosen, EngineName, Settings, fresh_seed};
use selvedge::backend::MemoryModel;
use selvedge::catalogue::{Catalogued, Selection};
use selvedge::engine::{AnyEngine, Budget, Engine, Interrupt, Memory, Threads};
use selvedge::report::Report;
use selvedge::scenario::Size;
use std::time::{Duration, Instant};

/// The settings that have a default which is the same for every scenario and engine.
fn defaults() -> CheckSettings {
    CheckSettings {
        scenarios: Selection::counters().map(Chosen::from).collect(),
        memory_model: Some(Memory::Auto),
        threads: Some(2),
        iterations: Some(2),
        time: Some(Duration::from_secs(60)),
        jobs: Some(1),
        steps: Some(Budget::STEPS),
        as_correct: Some(false),
        stop_at_first: Some(false),
        fail_fast: Some(false),
        quiet: Some(false),
        full: Some(false),
        ..CheckSettings::default()
    }
}

/// Returns the settings, with the defaults for what they leave open.
pub(in crate::cli) fn with_defaults(settings: CheckSettings) -> CheckSettings {
    settings.or(defaults())
}

/// The scenarios, the engines and the budgets of a check.
pub(super) struct Plan {
    pub(super) settings: CheckSettings,
    seed: u64,
    interrupt: Interrupt,
    begun_at: Instant,
}

/// A scenario to check, at its size.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) selection: Selection,
    pub(super) catalogued: Catalogued,
}

impl Plan {
    pub(super) fn new(settings: CheckSettings, interrupt: Interrupt) -> Self {
        Plan {
            seed: settings.seed.unwrap_or_else(fresh_seed),
            settings,
            interrupt,
            begun_at: Instant::now(),
        }
    }

    /// Returns the scenarios to check, without repetition.
    pub(super) fn scenarios(&self) -> Vec<Planned> {
        let others = Size {
            threads: self.settings.threads.expect("there is a default"),
            iterations: self.settings.iterations.expect("there is a default"),
        };
        let sized = self.settings.scenarios.iter().map(|chosen| {
            let sized = chosen.sized(others);
            Planned {
                selection: chosen.selection,
                catalogued: match self.settings.as_correct {
                    Some(true) => sized.claimed_correct(),
                    _ => sized,
                },
            }
        });
        without_repetition(sized)
    }

    /// Returns the names of the engines to check a scenario on, without repetition.
    pub(super) fn engine_names(&self, scenario: Selection) -> Vec<EngineName> {
        let chosen = match self.settings.engine.is_empty() {
            true => EngineName::defaults(scenario),
            false => &self.settings.engine,
        };
        without_repetition(chosen.iter().copied())
    }

    /// Returns the engines to check a scenario on.
    pub(super) fn engines(&self, scenario: Selection) -> Vec<AnyEngine> {
        let settings = Settings {
            seed: self.seed,
            preemption_bound: self.settings.preemptions.map(usize::from),
            memory: self.settings.memory_model.expect("there is a default"),
            stop_at_first_failure: self.settings.stop_at_first == Some(true),
        };
        let is_default = self.settings.engine.is_empty();
        let engine = |name: EngineName| match (name.engine(&settings), is_default) {
            (engine, true) => engine.optional(),
            (engine, false) => engine,
        };
        self.engine_names(scenario).into_iter().map(engine).collect()
    }

    /// Returns the budget of an engine for one scenario.
    pub(super) fn budget(&self, engine: &AnyEngine, size: Size) -> Budget {
        let default = match engine.memory_model() {
            // Each execution runs the scenario in real time: the longer it is, the fewer are run.
            MemoryModel::Hardware => {
                Some((Threads::EXECUTIONS * 10_000 / size.iterations.max(1)).clamp(5, 1_000))
            }
            _ => None,
        };
        let time = self.settings.time.expect("there is a default");
        Budget {
            executions: self.settings.executions.or(default),
            time: Some(self.left().map_or(time, |left| left.min(time))),
            steps: self.settings.steps.expect("there is a default"),
            jobs: self.settings.jobs.expect("there is a default"),
            interrupt: self.interrupt.clone(),
            ..Budget::default()
        }
    }

    /// Returns the time that is left for all of it, if there is a limit.
    fn left(&self) -> Option<Duration> {
        let budget = self.settings.budget?;
        Some(budget.saturating_sub(self.begun_at.elapsed()))
    }

    /// Returns the reason why nothing more is to be run after these reports; `None` if it goes on.
    pub(super) fn why_stopped(&self, reports: &[Report]) -> Option<&'static str> {
        let fails_fast = self.settings.fail_fast == Some(true);
        if fails_fast && reports.iter().any(|report| !report.passes()) {
            return Some("a scenario before it did not pass, and `--fail-fast` stops there");
        }
        if self.interrupt.is_set() {
            return Some("interrupted before it began");
        }
        let is_spent = self.left() == Some(Duration::ZERO);
        is_spent.then_some("the budget of time for all of it was spent before it began")
    }
}

fn without_repetition<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut different = Vec::new();
    for one in all {
        if !different.contains(&one) {
            different.push(one);
        }
    }
    different
}
