//! Repeated scenarios: each thread takes one step again and again.

use super::{AnyRepeated, Scenario};
use crate::backend::{Backend, Join, Primitives};
use crate::expectation::Expectations;
use selvedge_explorer::{StepFn, repeat};
use std::fmt;
use std::sync::Arc;

/// A scenario whose threads each take one step again and again, and share all that they remember.
///
/// The harness owns the rest: it spawns the threads, takes the steps, joins the threads, and then looks at the
/// outcome. Every [`Repeated`] is a [`Scenario`], which all engines run. But as a step is a plain `fn`, with
/// nothing of its own to carry over, more can be said of it: every *state* can be visited where there are too many
/// interleavings, and a sum that every step keeps is kept by any number of them.
///
/// # Examples
///
/// ```
/// use selvedge::backend::{Lock, Primitives};
/// use selvedge::{Checker, Expectations, Flow, Repeated, StepFn};
///
/// /// Two clerks move money between two tills, one each way.
/// #[derive(Clone)]
/// struct Tills(u64);
///
/// type Shared<P> = [<P as Primitives>::Mutex<<P as Primitives>::Int>; 2];
///
/// impl Repeated for Tills {
///     type Shared<P: Primitives> = Shared<P>;
///     type Outcome = i64;
///
///     fn name(&self) -> String {
///         "tills".into()
///     }
///
///     fn threads(&self) -> usize {
///         2
///     }
///
///     fn iterations(&self) -> u64 {
///         self.0
///     }
///
///     fn with_iterations(&self, iterations: u64) -> Self {
///         Tills(iterations)
///     }
///
///     fn shared<P: Primitives>(&self) -> Shared<P> {
///         [100, 100].map(|money: i64| P::Mutex::new(money.into()))
///     }
///
///     fn step<P: Primitives>(&self, thread: usize) -> StepFn<Shared<P>> {
///         match thread {
///             0 => |[left, right], _| {
///                 *left.lock() -= 1;
///                 *right.lock() += 1;
///                 Flow::Done
///             },
///             _ => |[left, right], _| {
///                 *right.lock() -= 1;
///                 *left.lock() += 1;
///                 Flow::Done
///             },
///         }
///     }
///
///     fn outcome<P: Primitives<Int = i64>>(&self, [left, right]: &Shared<P>) -> i64 {
///         *left.lock() + *right.lock()
///     }
///
///     fn expectations(&self) -> Expectations<i64> {
///         Expectations::new().required(200, "money is moved, not made")
///     }
/// }
///
/// selvedge::check(Tills(2)); // every execution
/// Checker::new().states().check(Tills(20)); // every state
/// Checker::new().every_n().check(Tills(1_000_000)); // an argument
/// ```
pub trait Repeated: Clone + Send + Sync + 'static {
    /// The state that the threads share. All that changes in it is in the primitives of `P`.
    type Shared<P: Primitives>: Send + Sync + 'static;
    /// The values that can be observed when all threads have ended.
    type Outcome: Ord + Clone + fmt::Debug + Send + 'static;

    /// Returns the scenario's name, as reports show it.
    fn name(&self) -> String;

    /// Returns one sentence about what the scenario shows; empty by default.
    fn lesson(&self) -> String {
        String::new()
    }

    /// Returns the number of threads.
    fn threads(&self) -> usize;

    /// Returns the number of iterations of each thread.
    fn iterations(&self) -> u64;

    /// Returns the same scenario with another number of iterations.
    fn with_iterations(&self, iterations: u64) -> Self;

    /// Creates the state that the threads share.
    fn shared<P: Primitives>(&self) -> Self::Shared<P>;

    /// Returns what a thread does in each iteration; threads are numbered from 0.
    ///
    /// A step depends on nothing but the shared state and the number of the iteration: not on a clock, a static or
    /// a thread-local.
    fn step<P: Primitives>(&self, thread: usize) -> StepFn<Self::Shared<P>>;

    /// Returns what can be observed when all threads have been joined.
    fn outcome<P: Primitives<Int = i64>>(&self, shared: &Self::Shared<P>) -> Self::Outcome;

    /// Returns the expectations of the outcomes.
    fn expectations(&self) -> Expectations<Self::Outcome>;

    /// Returns an outcome as reports show it: its `Debug` output by default.
    fn describe(&self, outcome: &Self::Outcome) -> String {
        format!("{outcome:?}")
    }
}

impl<R: Repeated> Scenario for R {
    type Outcome = R::Outcome;

    fn name(&self) -> String {
        Repeated::name(self)
    }

    fn lesson(&self) -> String {
        Repeated::lesson(self)
    }

    fn run<B: Backend>(&self) -> R::Outcome {
        let shared = Arc::new(self.shared::<B>());
        let iterations = self.iterations();
        let threads: Vec<_> = (0..Repeated::threads(self))
            .map(|thread| {
                let shared = Arc::clone(&shared);
                let step = self.step::<B>(thread);
                B::spawn(move || repeat(step, &*shared, iterations))
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        self.outcome::<B>(&shared)
    }

    fn expectations(&self) -> Expectations<R::Outcome> {
        Repeated::expectations(self)
    }

    fn threads(&self) -> Option<usize> {
        Some(Repeated::threads(self))
    }

    fn describe(&self, outcome: &R::Outcome) -> String {
        Repeated::describe(self, outcome)
    }

    fn repeated(&self) -> Option<AnyRepeated> {
        Some(AnyRepeated::new(self.clone()))
    }
}
