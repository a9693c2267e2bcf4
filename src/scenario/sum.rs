//! Expectations of a number to which some threads add and from which others subtract.

use crate::expectation::Expectations;

/// Threads that each add or subtract 1 a number of times: the first adds, the second subtracts, and so on in
/// turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sum {
    pub(crate) threads: usize,
    pub(crate) iterations: u64,
}

impl Sum {
    /// Returns the sum if no update is lost.
    pub(crate) fn expected(self) -> i64 {
        let (up, down) = self.extremes();
        up + down
    }

    /// Returns the expectations if no update can be lost.
    pub(crate) fn without_lost_updates(self) -> Expectations<i64> {
        Expectations::new()
            .required(self.expected(), "every update counts")
            .forbidden_if(|_| true, "an update was lost")
    }

    /// Adds the expectations of a counter that may lose updates: a store may overwrite what others have
    /// stored since its load.
    pub(crate) fn with_lost_updates(self, expectations: Expectations<i64>) -> Expectations<i64> {
        let expected = self.expected();
        // Any value v between the extremes can be reached. Let the first load of a decrementer see 0, run all
        // increments but v of them, let the decrementer overwrite them with its store, run all other
        // decrements, and the v increments last. The same holds with increments and decrements swapped.
        let (most, least) = match self.threads {
            0 | 1 => (expected, expected),
            _ => self.extremes(),
        };
        expectations
            .required_range(least..=most, move |value| match value == expected {
                true => "no update lost, or as many up as down".to_owned(),
                false => "updates were lost".to_owned(),
            })
            .forbidden_if(|_| true, "more than the sum of all updates in one direction")
    }

    /// Returns the sum of all increments, and the sum of all decrements.
    fn extremes(self) -> (i64, i64) {
        let sum_over = |threads: usize| {
            i64::try_from(threads as u128 * u128::from(self.iterations)).expect("the sizes are bounded")
        };
        (sum_over(self.threads.div_ceil(2)), -sum_over(self.threads / 2))
    }
}
