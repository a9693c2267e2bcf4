//! A repeated scenario whose type is known only at run time.

use super::{AnyScenario, Repeated};
use crate::backend;
use crate::invariant::Subject;
use crate::outcome::AnyOutcome;
use selvedge_explorer::states::{self, Refused, States, Swept};
use std::fmt;
use std::sync::Arc;

/// A repeated scenario whose type is forgotten.
#[derive(Clone)]
pub struct AnyRepeated(Arc<dyn Erased>);

/// What the engines for repeated scenarios ask of one, with outcomes of any type.
trait Erased: Subject + Send + Sync {
    fn name(&self) -> String;
    fn threads(&self) -> usize;
    fn iterations(&self) -> u64;
    fn with_iterations(&self, iterations: u64) -> AnyRepeated;
    fn sweep(self: Arc<Self>, search: &States, rest: u64) -> Result<Swept<AnyOutcome>, Refused>;
    fn scenario(self: Arc<Self>) -> AnyScenario;
}

impl<R: Repeated> Erased for R {
    fn name(&self) -> String {
        Repeated::name(self)
    }

    fn threads(&self) -> usize {
        Repeated::threads(self)
    }

    fn iterations(&self) -> u64 {
        Repeated::iterations(self)
    }

    fn with_iterations(&self, iterations: u64) -> AnyRepeated {
        AnyRepeated::new(Repeated::with_iterations(self, iterations))
    }

    fn sweep(self: Arc<Self>, search: &States, rest: u64) -> Result<Swept<AnyOutcome>, Refused> {
        let (maker, reader) = (Arc::clone(&self), Arc::clone(&self));
        let program = states::Repeated::new(
            move || maker.shared::<backend::Explorer>(),
            move |shared| AnyOutcome::new(reader.outcome::<backend::Explorer>(shared)),
            Repeated::iterations(&*self),
        );
        let threads = 0..Repeated::threads(&*self);
        let program = threads.fold(program, |program, thread| {
            program.thread(self.step::<backend::Explorer>(thread))
        });
        search.explore(&program.then_in_sequence(rest))
    }

    fn scenario(self: Arc<Self>) -> AnyScenario {
        AnyScenario::from(self)
    }
}

impl AnyRepeated {
    /// Forgets the type of the scenario.
    pub fn new(scenario: impl Repeated) -> Self {
        AnyRepeated(Arc::new(scenario))
    }

    /// Returns the number of threads.
    pub fn threads(&self) -> usize {
        Erased::threads(&*self.0)
    }

    /// Returns the number of iterations of each thread.
    pub fn iterations(&self) -> u64 {
        Erased::iterations(&*self.0)
    }

    /// Explores all states of the scenario.
    ///
    /// # Errors
    ///
    /// If that cannot be done exactly.
    pub fn sweep(&self, search: &States) -> Result<Swept<AnyOutcome>, Refused> {
        self.sweep_and_go_on(search, 0)
    }

    /// Explores all states of the scenario, and lets each thread take so many more iterations at the end, one thread
    /// after the other: every ending that is found is one of the scenario with all these iterations.
    ///
    /// # Errors
    ///
    /// If the states cannot be explored exactly.
    pub fn sweep_and_go_on(&self, search: &States, iterations: u64) -> Result<Swept<AnyOutcome>, Refused> {
        Arc::clone(&self.0).sweep(search, iterations)
    }

    /// Returns the same scenario with another number of iterations.
    pub fn with_iterations(&self, iterations: u64) -> Self {
        self.0.with_iterations(iterations)
    }

    /// Returns the same scenario as any other.
    pub fn scenario(&self) -> AnyScenario {
        Arc::clone(&self.0).scenario()
    }

    /// Returns the scenario as the search for a sum invariant sees it.
    pub(crate) fn subject(&self) -> &dyn Subject {
        &*self.0
    }
}

impl fmt::Debug for AnyRepeated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyRepeated").field(&self.0.name()).finish()
    }
}
