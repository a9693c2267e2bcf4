//! A scenario whose type is known only at run time.

use super::{AnyRepeated, Scenario};
use crate::backend::{self, Feature};
use crate::execution::Ending;
use crate::expectation::Expectations;
use crate::outcome::{AnyOutcome, Batch, OutcomeTable};
use selvedge_explorer::{Explorer, NondeterminismError, Summary};
use std::fmt;
use std::sync::Arc;

/// A scenario whose type is forgotten, to be run on an engine that is chosen at run time.
///
/// It is cheap to clone. Everything else that concerns scenarios (engines, verdicts, reports, witnesses)
/// works on this type, and so is compiled once. For each scenario the compiler compiles only its body, once
/// for each backend.
#[derive(Clone)]
pub struct AnyScenario {
    erased: Arc<dyn Erased>,
    /// Makes the expectations of a correct scenario, if this one is claimed to be correct.
    claim: Option<Arc<Claim>>,
    /// Makes the same scenario, with the same claim, with another number of iterations.
    resize: Option<Arc<Resize>>,
}

/// Makes a scenario with this number of iterations, if it exists in several sizes.
type Resize = dyn Fn(u64) -> Option<AnyScenario> + Send + Sync;

/// Makes the expectations that take the place of a scenario's own.
type Claim = dyn Fn() -> Expectations<AnyOutcome> + Send + Sync;

/// The number of executions that are merged into the table together.
const BATCH: u64 = 512;

/// Takes the executions of an exploration, some at a time.
type Merge<'a> = dyn FnMut(OutcomeTable<AnyOutcome>) + 'a;

/// The result of an exploration by the explorer.
type Explored = Result<Summary, NondeterminismError>;

/// The methods of [`Scenario`], with outcomes of any type.
trait Erased: Send + Sync {
    fn name(&self) -> String;
    fn lesson(&self) -> String;
    fn expectations(&self) -> Expectations<AnyOutcome>;
    fn threads(&self) -> Option<usize>;
    fn needs(&self) -> &[Feature];
    fn parallel_work(&self) -> Option<AnyScenario>;
    fn describe(&self, outcome: &AnyOutcome) -> String;
    fn repeated(&self) -> Option<AnyRepeated>;
    fn explore(self: Arc<Self>, explorer: &Explorer, jobs: usize, merge: &mut Merge<'_>) -> Explored;
    fn run_on_explorer(&self) -> AnyOutcome;
    fn run_on_std(&self) -> AnyOutcome;
    #[cfg(feature = "loom")]
    fn run_on_loom(&self) -> AnyOutcome;
    #[cfg(feature = "shuttle")]
    fn run_on_shuttle(&self) -> AnyOutcome;
}

/// Explores a body, which is boxed so that this is compiled once for all scenarios with outcomes of one type.
fn explore<O: Ord + Clone + fmt::Debug + Send + 'static>(
    body: Box<dyn Fn() -> O + Send + Sync>,
    explorer: &Explorer,
    jobs: usize,
    merge: &mut Merge<'_>,
) -> Explored {
    if jobs > 1 {
        return explorer.clone().jobs(jobs).explore_on_jobs(
            body,
            Batch::new,
            |batch, execution| batch.count(execution.ending()),
            |mut batch| merge(batch.take()),
        );
    }
    let mut batch = Batch::new();
    let explored = explorer.explore(body, |execution| {
        batch.count(execution.ending());
        if execution.number().is_multiple_of(BATCH) {
            merge(batch.take());
        }
    });
    merge(batch.take());
    explored
}

impl<S: Scenario> Erased for S {
    fn name(&self) -> String {
        Scenario::name(self)
    }

    fn lesson(&self) -> String {
        Scenario::lesson(self)
    }

    fn expectations(&self) -> Expectations<AnyOutcome> {
        Scenario::expectations(self).into_any()
    }

    fn threads(&self) -> Option<usize> {
        Scenario::threads(self)
    }

    fn needs(&self) -> &[Feature] {
        Scenario::needs(self)
    }

    fn parallel_work(&self) -> Option<AnyScenario> {
        Scenario::parallel_work(self).map(AnyScenario::from)
    }

    fn describe(&self, outcome: &AnyOutcome) -> String {
        Scenario::describe(self, outcome.get())
    }

    fn repeated(&self) -> Option<AnyRepeated> {
        Scenario::repeated(self)
    }

    fn explore(self: Arc<Self>, explorer: &Explorer, jobs: usize, merge: &mut Merge<'_>) -> Explored {
        let body = Box::new(move || self.run::<backend::Explorer>());
        explore(body, explorer, jobs, merge)
    }

    fn run_on_explorer(&self) -> AnyOutcome {
        AnyOutcome::new(self.run::<backend::Explorer>())
    }

    fn run_on_std(&self) -> AnyOutcome {
        AnyOutcome::new(self.run::<backend::Std>())
    }

    #[cfg(feature = "loom")]
    fn run_on_loom(&self) -> AnyOutcome {
        AnyOutcome::new(self.run::<backend::Loom>())
    }

    #[cfg(feature = "shuttle")]
    fn run_on_shuttle(&self) -> AnyOutcome {
        AnyOutcome::new(self.run::<backend::Shuttle>())
    }
}

impl<S: Scenario> From<S> for AnyScenario {
    fn from(scenario: S) -> Self {
        AnyScenario::from(Arc::new(scenario))
    }
}

impl<S: Scenario> From<Arc<S>> for AnyScenario {
    fn from(scenario: Arc<S>) -> Self {
        AnyScenario {
            erased: scenario,
            claim: None,
            resize: None,
        }
    }
}

impl AnyScenario {
    /// Returns the same scenario, claimed to be correct: with the expectations that this function makes.
    pub fn claimed_correct(
        self,
        expectations: impl Fn() -> Expectations<AnyOutcome> + Send + Sync + 'static,
    ) -> Self {
        AnyScenario {
            claim: Some(Arc::new(expectations)),
            ..self
        }
    }

    /// Returns the same scenario, which this function makes with another number of iterations.
    pub fn resized_by(self, resize: impl Fn(u64) -> Option<AnyScenario> + Send + Sync + 'static) -> Self {
        AnyScenario {
            resize: Some(Arc::new(resize)),
            ..self
        }
    }

    /// Returns the same scenario with another number of iterations, if it is a
    /// [`Repeated`](super::Repeated) one and its expectations are known there.
    pub fn with_iterations(&self, iterations: u64) -> Option<AnyScenario> {
        match (&self.resize, &self.claim) {
            (Some(resize), _) => resize(iterations),
            (None, Some(_)) => None,
            (None, None) => Some(self.repeated()?.with_iterations(iterations).scenario()),
        }
    }

    /// Returns the scenario's name, as reports show it.
    pub fn name(&self) -> String {
        self.erased.name()
    }

    /// Returns one sentence about what the scenario shows.
    pub fn lesson(&self) -> String {
        let lesson = self.erased.lesson();
        match self.claim {
            Some(_) => format!("claimed to be correct; {lesson}"),
            None => lesson,
        }
    }

    /// Returns the expectations of the outcomes.
    pub fn expectations(&self) -> Expectations<AnyOutcome> {
        match &self.claim {
            Some(claim) => claim(),
            None => self.erased.expectations(),
        }
    }

    /// Returns the number of threads that the scenario spawns, if it is known.
    pub fn threads(&self) -> Option<usize> {
        self.erased.threads()
    }

    /// Returns the features that the scenario needs and that not every engine has.
    pub fn needs(&self) -> &[Feature] {
        self.erased.needs()
    }

    /// Returns the same work at a size that takes long enough to be measured, if the threads share nothing.
    pub fn parallel_work(&self) -> Option<AnyScenario> {
        self.erased.parallel_work()
    }

    /// Returns the scenario as a [`Repeated`](super::Repeated) one, if it is that.
    pub fn repeated(&self) -> Option<AnyRepeated> {
        self.erased.repeated()
    }

    /// Returns an outcome as reports show it.
    ///
    /// # Panics
    ///
    /// If the outcome has the type of another scenario's.
    pub fn describe(&self, outcome: &AnyOutcome) -> String {
        self.erased.describe(outcome)
    }

    /// Returns an ending as reports show it.
    ///
    /// # Panics
    ///
    /// If the outcome has the type of another scenario's.
    pub fn describe_ending(&self, ending: &Ending<AnyOutcome>) -> String {
        ending.as_ref().map(|outcome| self.describe(outcome)).to_string()
    }

    /// Explores the scenario on so many OS threads, and passes on how its executions ended, some at a time.
    ///
    /// # Errors
    ///
    /// If the scenario does not do the same after the same history.
    pub(crate) fn explore(&self, explorer: &Explorer, jobs: usize, merge: &mut Merge<'_>) -> Explored {
        Arc::clone(&self.erased).explore(explorer, jobs, merge)
    }

    /// Runs the scenario once on the explorer's primitives: the body of an exploration.
    ///
    /// # Panics
    ///
    /// Outside an exploration, like the primitives; and if the scenario panics.
    pub fn run_on_explorer(&self) -> AnyOutcome {
        self.erased.run_on_explorer()
    }

    /// Runs the scenario once on real threads.
    pub(crate) fn run_on_std(&self) -> AnyOutcome {
        self.erased.run_on_std()
    }

    /// Runs the scenario once on loom's primitives, within an exploration.
    #[cfg(feature = "loom")]
    pub(crate) fn run_on_loom(&self) -> AnyOutcome {
        self.erased.run_on_loom()
    }

    /// Runs the scenario once on shuttle's primitives, within an exploration.
    #[cfg(feature = "shuttle")]
    pub(crate) fn run_on_shuttle(&self) -> AnyOutcome {
        self.erased.run_on_shuttle()
    }
}

impl fmt::Debug for AnyScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyScenario").field(&self.name()).finish()
    }
}
