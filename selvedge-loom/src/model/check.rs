//! A check: which explorations there are, and in which order.

use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use selvedge_explorer::{
    Choice, Completeness, Cut, Ending, Explorer, MAX_STEPS, MemoryModel, NondeterminismError, Schedule,
    Summary,
};

use super::environment::{parsed, say, test_name};
use super::report::{Failure, replayed};
use super::verdict::{Part, Verdict, Weak};
use super::{Builder, Memory, hook};
use crate::execution::{Execution, Shared};

/// A check of one model.
pub(super) struct Check<F> {
    model: Rc<F>,
    pub(super) shared: Rc<Shared>,
    /// Has the limits of each execution, and none of the whole.
    explorer: Explorer,
    executions: Option<u64>,
    deadline: Option<Instant>,
    preemptions: Option<usize>,
    log: bool,
    /// The place of the call.
    pub(super) place: &'static Location<'static>,
}

/// The reason for which a check has ended early.
enum Stopped {
    Failed(Box<Failure>),
    NotDeterministic(NondeterminismError),
}

/// What an exploration has come to.
struct Explored {
    summary: Summary,
    failure: Option<(Ending<()>, Vec<Choice>)>,
}

impl<F: Fn() + 'static> Check<F> {
    pub(super) fn new(builder: &Builder, model: F, place: &'static Location<'static>) -> Self {
        let shared = Rc::new(Shared::default());
        let steps = builder.max_branches.saturating_mul(60).clamp(1, MAX_STEPS);
        let explorer = Explorer::new()
            .steps(steps)
            .received_panics_fail(true)
            .interrupt(Some(Arc::clone(&shared.stop)));
        Self {
            model: Rc::new(model),
            shared,
            explorer,
            executions: builder.max_permutations.map(|most| most as u64),
            deadline: builder
                .max_duration
                .and_then(|most| Instant::now().checked_add(most)),
            preemptions: builder.preemption_bound,
            log: builder.log,
            place,
        }
    }

    /// Makes the check.
    ///
    /// # Panics
    ///
    /// At the place of the caller, if an execution fails.
    #[track_caller]
    pub(super) fn run(&self) {
        hook::install();
        if let Some(schedule) = self.schedule_to_replay() {
            return self.replay(&schedule);
        }
        let memory = parsed("SELVEDGE_MEMORY").unwrap_or(Memory::Auto);
        match self.explore(memory) {
            Ok(verdict) if !verdict.is_whole() || self.log => {
                let name = test_name().unwrap_or_else(|| self.place.to_string());
                say(format_args!("{name}: {verdict}"));
            }
            Ok(_) => {}
            Err(Stopped::Failed(failure)) => panic!("{failure}"),
            Err(Stopped::NotDeterministic(error)) => {
                panic!("the model at {} is not deterministic: {error}", self.place)
            }
        }
    }

    /// Makes the explorations.
    fn explore(&self, memory: Memory) -> Result<Verdict, Stopped> {
        let (model, is_auto) = match memory {
            Memory::Auto => (MemoryModel::SequentiallyConsistent, true),
            Memory::One(model) => (model, false),
        };
        let whole = self.preemptions.map(|_| Builder::WHOLE);
        let explorer = self.explorer.clone().look_for_weak_races(is_auto);
        let mut first = self.part(&explorer, model, whole)?;
        let is_too_much = matches!(
            first.summary.completeness,
            Completeness::CutShort(Cut::Executions)
        ) && self.executions.is_none_or(|most| first.summary.executions < most);
        let preemptions = self.preemptions.filter(|_| is_too_much);
        if preemptions.is_some() && model == MemoryModel::SequentiallyConsistent {
            let bounded = explorer.preemption_bound(preemptions);
            first = self.part(&bounded, model, None)?;
        }
        let is_cut = matches!(first.summary.completeness, Completeness::CutShort(_));
        let is_exhaustive = first.summary.completeness == Completeness::Exhaustive;
        let weak = match is_auto && !is_cut {
            false => Weak::NotAsked,
            true if is_exhaustive && !first.summary.weak_races => Weak::NoDifference,
            true => {
                let most = Explorer::graphs_in_proportion(first.summary.executions);
                match self.part(&self.explorer, MemoryModel::Rc11, Some(most)) {
                    Ok(part) => Weak::Explored(part),
                    Err(Stopped::NotDeterministic(error)) => Weak::LeftOut(error.to_string()),
                    Err(stopped) => return Err(stopped),
                }
            }
        };
        Ok(Verdict {
            first,
            weak,
            preemptions,
        })
    }

    /// Makes one exploration, with at most so many executions.
    fn part(&self, explorer: &Explorer, model: MemoryModel, most: Option<u64>) -> Result<Part, Stopped> {
        let executions = [self.executions, most].into_iter().flatten().min();
        let explorer = explorer
            .clone()
            .memory_model(model)
            .executions(executions)
            .time(self.time_left());
        let explored = self.explore_once(&explorer)?;
        let explored = match explored.summary.needs_lock_words() && explored.failure.is_none() {
            // A later execution has come to a `try_lock`, or to a poison test.
            true => {
                let rest = explorer.clone().time(self.time_left());
                self.explore_once(&rest.lock_words(true))?
            }
            false => explored,
        };
        let summary = explored.summary;
        match explored.failure {
            None => Ok(Part { model, summary }),
            Some((ending, schedule)) => {
                let failure = self.failure(&explorer, (model, summary.executions), ending, schedule);
                Err(Stopped::Failed(Box::new(failure)))
            }
        }
    }

    fn time_left(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Explores until there is nothing left, or until the first failure.
    fn explore_once(&self, explorer: &Explorer) -> Result<Explored, Stopped> {
        loop {
            self.shared.begin();
            let mut failure = None;
            let summary = explorer.explore(self.body(), |execution| {
                let ending = execution.ending();
                if self.is_failure(ending) && failure.is_none() {
                    failure = Some((ending.clone(), execution.schedule()));
                    self.shared.stop.store(true, Ordering::Relaxed);
                }
            });
            if self.shared.begins_again.get() {
                continue;
            }
            let summary = summary.map_err(Stopped::NotDeterministic)?;
            return Ok(Explored { summary, failure });
        }
    }

    /// Returns `true` if an execution that ends so has failed.
    pub(super) fn is_failure(&self, ending: &Ending<()>) -> bool {
        let is_none = self.shared.skipped.get() || self.shared.waiting_in_time.get() > 0;
        let is_none = is_none && matches!(ending, Ending::Deadlock(_));
        ending.is_failure() && !is_none && !self.shared.begins_again.get()
    }

    /// Returns the body of an execution.
    pub(super) fn body(&self) -> impl Fn() + use<F> + 'static {
        let (model, shared) = (Rc::clone(&self.model), Rc::clone(&self.shared));
        move || Execution::run(&shared, || model())
    }

    /// Returns the schedule that the environment asks to replay, if it is one of this model.
    fn schedule_to_replay(&self) -> Option<Schedule> {
        let text = parsed::<String>("SELVEDGE_REPLAY")?;
        let (place, schedule) = text.rsplit_once('=')?;
        if place != self.place.to_string() {
            return None;
        }
        match schedule.parse() {
            Ok(schedule) => Some(schedule),
            Err(error) => panic!("`SELVEDGE_REPLAY` has no schedule that can be read: {error}"),
        }
    }

    /// Replays one execution, and tells of it.
    ///
    /// # Panics
    ///
    /// At the place of the caller, if the execution fails, or if the schedule does not fit.
    #[track_caller]
    fn replay(&self, schedule: &Schedule) {
        let model = match schedule.is_weak() {
            true => MemoryModel::Rc11,
            false => parsed("SELVEDGE_MEMORY")
                .and_then(|memory| match memory {
                    Memory::Auto => None,
                    Memory::One(model) => Some(model),
                })
                .unwrap_or(MemoryModel::SequentiallyConsistent),
        };
        let explorer = self.explorer.clone().memory_model(model);
        match replayed(self, &explorer, &schedule.0) {
            Err(error) => panic!("the schedule does not fit the model at {}: {error}", self.place),
            Ok((ending, shown)) if self.is_failure(&ending) => panic!("{ending}\n\n{shown}"),
            Ok((ending, shown)) => say(format_args!("replayed: {ending}\n\n{shown}")),
        }
    }
}
