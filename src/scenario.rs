//! Scenarios: shared state, what each thread does to it, and the expected outcomes.

mod any;
mod any_repeated;
mod counting;
mod repeated;
mod size;
pub(crate) mod sum;
mod updates;

pub use any::AnyScenario;
pub use any_repeated::AnyRepeated;
pub use counting::Counting;
pub use repeated::Repeated;
pub use size::Size;
pub use updates::Updates;

use crate::backend::{Backend, Feature};
use crate::expectation::Expectations;
use std::fmt;

/// A small concurrent program, written once, that every engine can run.
///
/// # Examples
///
/// ```
/// use selvedge::backend::{Atomic, AtomicInteger, Backend, Join};
/// use selvedge::{Expectations, Scenario};
/// use std::sync::{Arc, atomic::Ordering::Relaxed};
///
/// struct TwoTickets;
///
/// impl Scenario for TwoTickets {
///     type Outcome = (i64, i64);
///
///     fn name(&self) -> String {
///         "two tickets".into()
///     }
///
///     fn run<B: Backend>(&self) -> (i64, i64) {
///         let next = Arc::new(B::AtomicI64::new(1));
///         let other = Arc::clone(&next);
///         let thread = B::spawn(move || other.fetch_add(1, Relaxed));
///         let mine = next.fetch_add(1, Relaxed);
///         (mine, thread.join().unwrap())
///     }
///
///     fn expectations(&self) -> Expectations<(i64, i64)> {
///         Expectations::new()
///             .required((1, 2), "the main thread came first")
///             .required((2, 1), "the other thread came first")
///     }
/// }
///
/// selvedge::check(TwoTickets);
/// ```
pub trait Scenario: Send + Sync + 'static {
    /// The values that can be observed when all threads have ended.
    type Outcome: Ord + Clone + fmt::Debug + Send + 'static;

    /// Returns the scenario's name, as reports show it.
    fn name(&self) -> String;

    /// Returns one sentence about what the scenario shows; empty by default.
    fn lesson(&self) -> String {
        String::new()
    }

    /// Spawns the threads, joins them, and returns what can be observed.
    ///
    /// It must do the same every time it is given the same interleaving: it uses no clock and no random
    /// number, and keeps no state from one execution to the next.
    fn run<B: Backend>(&self) -> Self::Outcome;

    /// Returns the expectations of the outcomes.
    fn expectations(&self) -> Expectations<Self::Outcome>;

    /// Returns the number of threads that the scenario spawns, if it is known: an engine that cannot run so
    /// many then refuses at once.
    fn threads(&self) -> Option<usize> {
        None
    }

    /// Returns the features that the scenario needs and that not every engine has; none by default.
    fn needs(&self) -> &[Feature] {
        &[]
    }

    /// Returns the same work at a size that takes long enough to be measured, if the threads share nothing.
    /// Only then is it useful to compare the times side by side and one after the other.
    fn parallel_work(&self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Returns the scenario as a [`Repeated`] one, if it is that.
    #[doc(hidden)]
    fn repeated(&self) -> Option<AnyRepeated> {
        None
    }

    /// Returns an outcome as reports show it: its `Debug` output by default.
    fn describe(&self, outcome: &Self::Outcome) -> String {
        format!("{outcome:?}")
    }
}
