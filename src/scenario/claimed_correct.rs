//! A counter that is claimed to be correct: what it looks like when a claim is refuted.

use super::{Scenario, Updates};
use crate::backend::Backend;
use crate::expectation::Expectations;

/// Updates of a counter that are expected to end as a correct counter's do, whether the counter is correct or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedCorrect(pub Updates);

impl Scenario for ClaimedCorrect {
    type Outcome = i64;

    fn name(&self) -> String {
        self.0.name()
    }

    fn lesson(&self) -> String {
        format!("claimed to be correct; {}", self.0.lesson())
    }

    fn run<B: Backend>(&self) -> i64 {
        self.0.run::<B>()
    }

    fn expectations(&self) -> Expectations<i64> {
        self.0.expectations_if_correct()
    }

    fn threads(&self) -> Option<usize> {
        Scenario::threads(&self.0)
    }
}
