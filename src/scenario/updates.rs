//! Threads that add to one counter: incrementers and decrementers in turn.

use super::Scenario;
use crate::backend::{Backend, Join};
use crate::counter::{Counter, Variant, WithCounter};
use crate::execution::Ending;
use crate::expectation::{Expectation, Expectations};
use std::sync::Arc;

/// Threads that each update one counter a number of times: the first adds 1, the second subtracts 1, and so on in
/// turn. The outcome is the counter's final value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Updates {
    /// The counter.
    pub variant: Variant,
    /// How many threads update it.
    pub threads: usize,
    /// How many updates each of them makes.
    pub iterations: u64,
}

impl Updates {
    /// The value at which the counter ends if no update is lost.
    pub fn expected(&self) -> i64 {
        let (up, down) = self.extremes();
        up + down
    }

    /// What is expected of a correct counter.
    pub(super) fn expectations_if_correct(&self) -> Expectations<i64> {
        Expectations::new()
            .required(self.expected(), "every update counts")
            .forbidden_if(|_| true, "an update was lost")
    }

    /// The sum of all increments, and the sum of all decrements.
    fn extremes(&self) -> (i64, i64) {
        let sum_over = |threads: usize| {
            i64::try_from(threads as u128 * u128::from(self.iterations)).expect("the sizes are bounded")
        };
        (sum_over(self.threads.div_ceil(2)), -sum_over(self.threads / 2))
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
        let expected = self.expected();
        let expectations = Expectations::new();
        if self.variant.is_correct() {
            return self.expectations_if_correct();
        }
        let expectations = if self.variant.has_data_race() && self.threads > 1 && self.iterations > 0 {
            let reason = "nothing orders the accesses of two threads: undefined behaviour";
            expectations.ending(Expectation::Required, Ending::DataRace, reason)
        } else {
            expectations
        };
        // Any value between the extremes can be reached: let the first load of a decrementer see 0, run all
        // increments but v of them, let the decrementer overwrite them with its store, run all other decrements,
        // and the v increments last; and the same with increments and decrements swapped.
        let (most, least) = if self.threads > 1 {
            self.extremes()
        } else {
            (expected, expected)
        };
        expectations
            .required_range(least..=most, move |value| match value == expected {
                true => "no update lost, or as many up as down".to_owned(),
                false => "updates were lost".to_owned(),
            })
            .forbidden_if(|_| true, "more than the sum of all updates in one direction")
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
