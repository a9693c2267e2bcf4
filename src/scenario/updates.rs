//! Threads that add to one counter: incrementers and decrementers in turn.

use super::Scenario;
use super::sum::Sum;
use crate::backend::{Backend, Join};
use crate::counter::{Counter, Variant, WithCounter};
use crate::execution::Ending;
use crate::expectation::{Expectation, Expectations};
use std::sync::Arc;

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

impl Scenario for Updates {
    type Outcome = i64;

    fn name(&self) -> String {
        self.variant.name().to_owned()
    }

    fn lesson(&self) -> String {
        self.variant.lesson().to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        self.variant.with::<B, _>(Update {
            threads: self.threads,
            iterations: self.iterations,
        })
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

    fn threads(&self) -> Option<usize> {
        Some(self.threads)
    }
}

/// The body of [`Updates`], on a counter of a known type.
struct Update {
    threads: usize,
    iterations: u64,
}

impl WithCounter for Update {
    type Output = i64;

    fn run<B: Backend, C: Counter>(self) -> i64 {
        let counter = Arc::new(C::new());
        let threads: Vec<_> = (0..self.threads)
            .map(|index| {
                let counter = Arc::clone(&counter);
                let delta = if index % 2 == 0 { 1 } else { -1 };
                B::spawn(move || {
                    for _ in 0..self.iterations {
                        counter.add(delta);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        counter.get()
    }
}
