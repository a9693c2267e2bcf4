//! The states engine: every state of a repeated scenario, instead of every execution.

use super::session::Session;
use super::{Bound, Budget, Completeness, Cut, Engine, Exploration, Explorer, Method, complete_within};
use crate::backend::{Backend, Feature, MemoryModel};
use crate::execution::Ending;
use crate::outcome::{AnyOutcome, OutcomeTable};
use crate::scenario::{AnyRepeated, AnyScenario};
use selvedge_explorer::states::{self, Coverage, Swept};
use selvedge_explorer::{self as explorer, MAX_THREADS};
use std::time::Duration;

/// Every reachable state of a [`Repeated`](crate::Repeated) scenario, each of them once, under sequential
/// consistency.
///
/// There are far fewer states than executions: two threads with a thousand updates each under a lock have three
/// million states, and more executions than atoms are in the universe. It tells which endings there are, and not how
/// they come about: a witness is searched by the explorer, with as few iterations as show the ending.
///
/// The [budget](Budget)'s executions limit the states.
#[derive(Debug, Clone, Copy, Default)]
pub struct States;

/// The time between two reports of the progress.
const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// The limits on what happens for no reason, which are the explorer's, for each step of a thread.
const OPTIONS: Explorer = Explorer::DEFAULT;

impl Engine for States {
    fn name(&self) -> &'static str {
        "states"
    }

    fn memory_model(&self) -> MemoryModel {
        crate::backend::Explorer::MEMORY_MODEL
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

    fn needs_steps(&self) -> bool {
        true
    }

    fn explore_any(&self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        let repeated = scenario.repeated();
        let in_worker = budget.clone();
        Session::run(
            budget,
            "states",
            || false,
            move |session| match repeated {
                Some(repeated) => work(&repeated, &in_worker, &session),
                None => Completeness::CutShort(Cut::Unsuitable("this is no repeated scenario".to_owned())),
            },
        )
    }
}

fn work(scenario: &AnyRepeated, budget: &Budget, session: &Session) -> Completeness {
    if !session.may_start() {
        return session.completeness(Completeness::Exhaustive);
    }
    match scenario.sweep(&search(budget)) {
        Err(refused) => Completeness::CutShort(Cut::Unsuitable(refused.to_string())),
        Ok(swept) => {
            session.note_found(table(&swept), Method::States(swept.states));
            completeness(swept.coverage, budget)
        }
    }
}

fn search(budget: &Budget) -> states::States {
    let progress = budget.progress.clone();
    states::States::new()
        .states(budget.executions)
        .time(budget.time)
        .steps(usize::try_from(budget.steps).unwrap_or(usize::MAX))
        .spurious_wakeups(OPTIONS.spurious_wakeups)
        .weak_failures(OPTIONS.weak_failures)
        .writer_preference(OPTIONS.writer_preference)
        .interrupt(Some(budget.interrupt.flag()))
        .progress(REPORT_INTERVAL, move |now| {
            let share = now.iterations as f64 / now.of_iterations.max(1) as f64;
            progress.set(now.states, (share > 0.0).then(|| now.states as f64 / share));
        })
}

/// Returns the table of the endings, each counted once.
fn table(swept: &Swept<AnyOutcome>) -> OutcomeTable<AnyOutcome> {
    let mut table = OutcomeTable::default();
    for ending in swept.endings.keys() {
        let told = match ending {
            explorer::Ending::Deadlock(threads) => threads.iter().map(ToString::to_string).collect(),
            explorer::Ending::DataRace(race) => vec![race.first.to_string(), race.second.to_string()],
            _ => Vec::new(),
        };
        record(&mut table, Ending::from(ending), told);
    }
    if swept.livelocks > 0 {
        let told = "threads start over again and again, and nothing that another could do lets them leave";
        record(&mut table, Ending::Deadlock, vec![told.to_owned()]);
    }
    table
}

/// Records an ending, unless the table has it already.
fn record(table: &mut OutcomeTable<AnyOutcome>, ending: Ending<AnyOutcome>, told: Vec<String>) {
    if table.count(&ending) > 0 {
        return;
    }
    match told.is_empty() {
        true => table.record(ending),
        false => table.explain(ending, || told),
    }
}

fn completeness(coverage: Coverage, budget: &Budget) -> Completeness {
    match coverage {
        Coverage::Exhaustive => Completeness::Exhaustive,
        Coverage::Bounded(bounds) => {
            let each_step = |bound| match bound {
                Bound::Steps(_) => bound,
                other => Bound::OfEngine(format!("{other}, in each step").into()),
            };
            complete_within(OPTIONS.bounds(bounds, budget.steps).map(each_step))
        }
        Coverage::CutShort(cut) => Completeness::CutShort(match cut {
            states::Cut::States => Cut::Executions,
            states::Cut::Time => Cut::Time,
            states::Cut::Interrupted => Cut::Interrupted,
            other => Cut::EngineGaveUp(Coverage::CutShort(other).to_string()),
        }),
    }
}
