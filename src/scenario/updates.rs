//! Threads that add to one counter: incrementers and decrementers in turn.

use super::Repeated;
use super::sum::Sum;
use crate::backend::Primitives;
use crate::counter::{AnyCounter, Variant};
use crate::execution::Ending;
use crate::expectation::{Expectation, Expectations};
use selvedge_explorer::StepFn;

/// Threads that each update one counter a number of times: the first adds 1, the second subtracts 1, and so
/// on in turn. The outcome is the counter's final value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Updates {
    /// The variant of the counter.
    pub variant: Variant,
    /// The number of threads that update it.
    pub threads: usize,
    /// The number of updates of each thread.
    pub iterations: u64,
}

impl Updates {
    /// Returns the value at which the counter ends if no update is lost.
    pub fn expected(&self) -> i64 {
        self.sum().expected()
    }

    /// Returns the expectations of a correct counter, even if this one is broken.
    pub fn expectations_if_correct(&self) -> Expectations<i64> {
        self.sum().without_lost_updates()
    }

    fn sum(&self) -> Sum {
        Sum {
            threads: self.threads,
            iterations: self.iterations,
        }
    }
}

impl Repeated for Updates {
    type Shared<P: Primitives> = AnyCounter<P>;
    type Outcome = i64;

    fn name(&self) -> String {
        self.variant.name().to_owned()
    }

    fn lesson(&self) -> String {
        self.variant.lesson().to_owned()
    }

    fn threads(&self) -> usize {
        self.threads
    }

    fn iterations(&self) -> u64 {
        self.iterations
    }

    fn with_iterations(&self, iterations: u64) -> Self {
        Updates { iterations, ..*self }
    }

    fn shared<P: Primitives>(&self) -> AnyCounter<P> {
        self.variant.counter()
    }

    fn step<P: Primitives>(&self, thread: usize) -> StepFn<AnyCounter<P>> {
        match thread % 2 {
            0 => AnyCounter::increment(self.variant),
            _ => AnyCounter::decrement(self.variant),
        }
    }

    fn outcome<P: Primitives<Int = i64>>(&self, counter: &AnyCounter<P>) -> i64 {
        counter.get()
    }

    fn expectations(&self) -> Expectations<i64> {
        if self.variant.is_correct() {
            return self.expectations_if_correct();
        }
        let expectations = Expectations::new();
        let expectations = if self.variant.has_data_race() && self.threads > 1 && self.iterations > 0 {
            let reason = "nothing orders the accesses of two threads: undefined behaviour";
            expectations.ending(Expectation::Required, Ending::DataRace, reason)
        } else {
            expectations
        };
        self.sum().with_lost_updates(expectations)
    }
}
