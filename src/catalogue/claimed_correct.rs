//! A scenario that is claimed to be correct, so that a broken one is refuted.

use crate::backend::{Backend, Feature};
use crate::expectation::Expectations;
use crate::scenario::{AnyScenario, Scenario, Updates};

/// A scenario for which it is known how it would end if it were correct.
pub trait Claim: Scenario {
    /// Returns the expectations of a correct scenario of this kind.
    fn expectations_if_correct(&self) -> Expectations<Self::Outcome>;

    /// Returns the same scenario with another number of iterations, if it exists in several sizes.
    fn resized(&self, iterations: u64) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = iterations;
        None
    }
}

/// A scenario with the expectations of a correct one, even if it is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedCorrect<S>(pub S);

impl<S: Claim> Scenario for ClaimedCorrect<S> {
    type Outcome = S::Outcome;

    fn name(&self) -> String {
        self.0.name()
    }

    fn lesson(&self) -> String {
        format!("claimed to be correct; {}", self.0.lesson())
    }

    fn run<B: Backend>(&self) -> S::Outcome {
        self.0.run::<B>()
    }

    fn expectations(&self) -> Expectations<S::Outcome> {
        self.0.expectations_if_correct()
    }

    fn threads(&self) -> Option<usize> {
        self.0.threads()
    }

    fn needs(&self) -> &[Feature] {
        self.0.needs()
    }

    fn describe(&self, outcome: &S::Outcome) -> String {
        self.0.describe(outcome)
    }
}

impl<S: Claim + Clone> ClaimedCorrect<S> {
    /// Returns the scenario with its type forgotten.
    ///
    /// This is no other scenario than `S` then, but for its expectations: its body is not compiled once more.
    pub fn into_any(self) -> AnyScenario {
        let expectations = {
            let scenario = self.0.clone();
            move || scenario.expectations_if_correct().into_any()
        };
        let resize = {
            let scenario = self.0.clone();
            move |iterations| Some(ClaimedCorrect(scenario.resized(iterations)?).into_any())
        };
        AnyScenario::from(self.0)
            .claimed_correct(expectations)
            .resized_by(resize)
    }
}

impl Claim for Updates {
    fn expectations_if_correct(&self) -> Expectations<i64> {
        Updates::expectations_if_correct(self)
    }

    fn resized(&self, iterations: u64) -> Option<Self> {
        Some(Updates { iterations, ..*self })
    }
}
