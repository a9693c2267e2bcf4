//! The loom engine: every execution that loom distinguishes, with its weak memory orderings.

use super::session::Session;
use super::{Bound, Budget, Completeness, Cut, Engine, Exploration, complete_within};
use crate::backend::loom::{HIDDEN_LOAD, NOTIFICATION, YIELD, fault_of_loom};
use crate::backend::{Backend, Feature, MemoryModel};
use crate::execution::{Caught, Fault, Record, catch};
use crate::numbers::count_of;
use crate::outcome::AnyOutcome;
use crate::scenario::AnyScenario;
use std::borrow::Cow;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};

/// Loom, exhaustive within the preemption bound, if one is set.
///
/// Loom cannot go on after a deadlock, a data race or an endless loop: the exploration ends there, and
/// reports it. Loom's own limits, which it reads from `LOOM_*` variables, are all overridden.
#[derive(Debug, Clone, Copy, Default)]
pub struct Loom {
    /// The greatest number of preemptions of an execution; `None` means no bound.
    pub preemption_bound: Option<usize>,
}

/// The greatest number of threads that loom can model, without the main thread.
const MAX_SPAWNED: usize = loom::MAX_THREADS - 1;

/// The greatest preemption bound that loom accepts.
const MAX_PREEMPTION_BOUND: usize = u8::MAX as usize;

/// The payload of the panic by which the model ends the exploration: loom has no other way to stop.
struct Stop;

impl Engine for Loom {
    fn name(&self) -> &'static str {
        "loom"
    }

    fn memory_model(&self) -> MemoryModel {
        crate::backend::Loom::MEMORY_MODEL
    }

    fn detects_data_races(&self) -> bool {
        true
    }

    fn supports(&self, feature: Feature) -> bool {
        !matches!(feature, Feature::Timeouts | Feature::TryLock)
    }

    fn max_threads(&self) -> Option<usize> {
        Some(MAX_SPAWNED)
    }

    fn has_artefacts(&self) -> bool {
        true
    }

    fn explore_any(&self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        let engine = *self;
        let scenario = scenario.clone();
        Session::run(
            budget,
            "loom",
            || false,
            move |session| engine.work(scenario, session),
        )
    }
}

impl Loom {
    /// The bound of a search that is known to skip executions: those in which a store comes before a load
    /// that another load hides. `docs/engines.md` has the details.
    pub const HIDDEN_LOADS: Bound = Bound::OfEngine(Cow::Borrowed(HIDDEN_LOAD.0));

    /// The bound of a search that leaves out executions after a thread has yielded.
    pub const YIELDS: Bound = Bound::OfEngine(Cow::Borrowed(YIELD.0));

    /// The bound of a search in which several threads wait for a notification: loom always wakes the one that
    /// has waited longest.
    pub const NOTIFICATIONS: Bound = Bound::OfEngine(Cow::Borrowed(NOTIFICATION.0));

    /// Returns the bound of a search with at most `most` preemptions. It leaves out executions with more, and
    /// some with fewer: those that loom finds only by way of the others.
    pub fn preemptions(most: usize) -> Bound {
        let most = count_of(most as u64, "preemption");
        Bound::OfEngine(Cow::Owned(format!("loom's search with at most {most}")))
    }

    fn work(self, scenario: AnyScenario, session: Session) -> Completeness {
        let bound = self.preemption_bound.map(|bound| bound.min(MAX_PREEMPTION_BOUND));
        let builder = match catch(|| builder(bound, session.steps())) {
            Ok(builder) => builder,
            Err(caught) => {
                let reason = format!("{}; unset that environment variable", caught.message);
                return Completeness::CutShort(Cut::EngineGaveUp(reason));
            }
        };
        let model = Arc::new(Model {
            scenario,
            session,
            record: Arc::default(),
            running: Mutex::new(None),
        });
        model.record.enter();
        let left = Arc::downgrade(&model);
        model.record.at_leave(move |caught| {
            if let Some(model) = left.upgrade() {
                model.session.leave(model.failed(caught));
            }
        });
        let in_loom = Arc::clone(&model);
        match catch(|| builder.check(move || in_loom.execute())) {
            Ok(()) => {
                model.settle();
                model.completed(bound)
            }
            Err(caught) if caught.payload.is::<Stop>() => model.session.completeness(model.completed(bound)),
            Err(caught) => model.failed(&caught),
        }
    }
}

/// Returns loom's configuration, with no limit but the number of steps.
fn builder(preemption_bound: Option<usize>, steps: u64) -> loom::model::Builder {
    let mut builder = loom::model::Builder::new();
    builder.max_threads = loom::MAX_THREADS;
    builder.max_branches = usize::try_from(steps).unwrap_or(usize::MAX);
    builder.max_permutations = None;
    builder.max_duration = None;
    builder.preemption_bound = preemption_bound;
    builder.checkpoint_file = None;
    builder.checkpoint_interval = usize::MAX;
    builder.expect_explicit_explore = false;
    builder.location = false;
    builder.log = false;
    builder
}

/// The closure that loom runs, and what it shares with the engine.
struct Model {
    scenario: AnyScenario,
    session: Session,
    record: Arc<Record>,
    /// The running execution, if there is one, and the outcome of its main thread, if that has returned.
    running: Mutex<Option<Option<AnyOutcome>>>,
}

impl Model {
    /// The body of the model's main thread.
    fn execute(&self) {
        // All threads of the previous execution have ended by now, and not earlier.
        self.settle();
        if !self.session.may_start() {
            resume_unwind(Box::new(Stop));
        }
        self.set_running(Some(None));
        match catch(|| self.scenario.run_on_loom()) {
            Ok(outcome) => self.set_running(Some(Some(outcome))),
            Err(caught) => match fault_of_loom(&caught) {
                Some(fault) => {
                    self.record.fault(fault);
                    resume_unwind(caught.payload)
                }
                None => self.record.main_panicked(&caught),
            },
        }
    }

    /// Records how the running execution ended, if there is one.
    fn settle(&self) {
        let outcome = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(outcome) = outcome {
            self.session.record(self.record.settle(outcome));
        }
    }

    /// Returns the completeness when loom has nothing left to explore.
    fn completed(&self, preemption_bound: Option<usize>) -> Completeness {
        let gaps: Vec<_> = self.record.gaps().iter().copied().map(Bound::from).collect();
        complete_within(preemption_bound.map(Loom::preemptions).into_iter().chain(gaps))
    }

    /// Records that loom gave up the running execution, for a fault of the program or for one of its own.
    fn failed(&self, caught: &Caught) -> Completeness {
        if let Some(fault) = fault_of_loom(caught) {
            self.record.fault(fault);
        }
        let kind = match self.record.first_fault() {
            Some(Fault::Deadlock) => "deadlock",
            Some(Fault::DataRace) => "data race",
            Some(Fault::StepLimit) => "execution over the step limit",
            Some(Fault::Unsupported(_)) if caught.message.contains(TOO_MANY_THREADS) => {
                return Completeness::CutShort(Cut::Unsuitable(explain(&caught.message)));
            }
            Some(Fault::Unsupported(_)) | None => {
                return Completeness::CutShort(Cut::EngineGaveUp(explain(&caught.message)));
            }
        };
        self.settle();
        Completeness::Bounded(vec![Bound::StoppedAtFirst(kind)])
    }

    fn set_running(&self, running: Option<Option<AnyOutcome>>) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = running;
    }
}

/// A part of loom's assertion that there are not too many threads.
const TOO_MANY_THREADS: &str = "self.max()";

/// Returns the meaning of an assertion of loom's that a user's program can fail.
fn explain(message: &str) -> String {
    if message.contains(TOO_MANY_THREADS) {
        format!("loom models at most {MAX_SPAWNED} threads beside the main one")
    } else if message.contains("fully deterministic") {
        "the scenario did not do the same when it was given the same interleaving again".to_owned()
    } else {
        message.to_owned()
    }
}
