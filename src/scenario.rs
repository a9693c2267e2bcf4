//! Scenarios: shared state, what each thread does to it, and what is expected of the outcome.

mod any;
mod counting;
mod size;
pub(crate) mod sum;
mod updates;

pub use any::AnyScenario;
pub use counting::Counting;
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
    /// What can be observed when all threads have ended.
    type Outcome: Ord + Clone + fmt::Debug + Send + 'static;

    /// The scenario's name, as reports show it.
    fn name(&self) -> String;

    /// What the scenario shows, in one sentence; nothing by default.
    fn lesson(&self) -> String {
        String::new()
    }

    /// Spawns the threads, joins them, and returns what can be observed.
    ///
    /// It must do the same whenever it is given the same interleaving: no clock, no random number, no state kept
    /// from one execution to the next.
    fn run<B: Backend>(&self) -> Self::Outcome;

    /// What is expected of the outcome.
    fn expectations(&self) -> Expectations<Self::Outcome>;

    /// How many threads the scenario spawns, if it is known: an engine that cannot run so many says so at once.
    fn threads(&self) -> Option<usize> {
        None
    }

    /// What the scenario needs that not every engine has; nothing by default.
    fn needs(&self) -> &[Feature] {
        &[]
    }

    /// The same work at a size that takes long enough to be measured, if the threads share nothing, so that it makes
    /// sense to ask how much faster they are side by side than one after the other.
    fn parallel_work(&self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// How reports show an outcome: as its `Debug` output by default.
    fn describe(&self, outcome: &Self::Outcome) -> String {
        format!("{outcome:?}")
    }
}
