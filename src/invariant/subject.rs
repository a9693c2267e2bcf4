//! A repeated scenario as the proof sees it: on two families of primitives, with its type forgotten.

use super::checker::ask_number;
use super::family::{Concrete, Symbolic};
use super::image::Image;
use crate::backend::Primitives;
use crate::expectation::Expectations;
use crate::explorer::{Flow, Iteration, StepFn};
use crate::outcome::AnyOutcome;
use crate::scenario::Repeated;
use std::ptr;
use std::sync::Arc;

/// A repeated scenario, on the families of this module.
pub(crate) trait Subject: Send + Sync {
    fn threads(&self) -> usize;
    fn iterations(&self) -> u64;
    fn resized(&self, iterations: u64) -> Arc<dyn Subject>;
    fn expectations(&self) -> Expectations<AnyOutcome>;
    fn describe(&self, outcome: &AnyOutcome) -> String;
    /// Creates the shared state with numbers.
    fn concrete(&self) -> Box<dyn Instance>;
    /// Creates the shared state with numbers that nobody knows.
    fn symbolic(&self) -> Box<dyn Instance>;
    /// Creates the shared state, changes its objects' values, and returns what can be observed then.
    fn outcome(&self, change: &dyn Fn()) -> AnyOutcome;
}

/// The shared state, and the steps.
pub(crate) trait Instance {
    /// Takes the step of a thread.
    fn take(&self, thread: usize) -> Flow;
    /// Returns `true` if two threads have the same step.
    fn same_step(&self, one: usize, other: usize) -> bool;
    /// Returns `true` if the bytes of the shared state are what they were at first.
    fn is_unchanged(&self) -> bool;
}

struct Running<S> {
    // Boxed, as the image is that of a value which is not moved.
    shared: Box<S>,
    image: Image,
    steps: Vec<StepFn<S>>,
}

impl<S: 'static> Instance for Running<S> {
    #[inline]
    fn take(&self, thread: usize) -> Flow {
        self.steps[thread](&self.shared, &Iteration::asking(ask_number))
    }

    fn same_step(&self, one: usize, other: usize) -> bool {
        // Functions at one address do the same; those at different ones may, too, and then run once more.
        ptr::fn_addr_eq(self.steps[one], self.steps[other])
    }

    #[inline]
    fn is_unchanged(&self) -> bool {
        self.image.is_of(&*self.shared)
    }
}

fn running<P: Primitives, R: Repeated>(scenario: &R) -> Box<dyn Instance> {
    let shared = Box::new(scenario.shared::<P>());
    Box::new(Running {
        image: Image::of(&*shared),
        shared,
        steps: (0..Repeated::threads(scenario))
            .map(|thread| scenario.step::<P>(thread))
            .collect(),
    })
}

impl<R: Repeated> Subject for R {
    fn threads(&self) -> usize {
        Repeated::threads(self)
    }

    fn iterations(&self) -> u64 {
        Repeated::iterations(self)
    }

    fn resized(&self, iterations: u64) -> Arc<dyn Subject> {
        Arc::new(self.with_iterations(iterations))
    }

    fn expectations(&self) -> Expectations<AnyOutcome> {
        Repeated::expectations(self).into_any()
    }

    fn describe(&self, outcome: &AnyOutcome) -> String {
        Repeated::describe(self, outcome.get())
    }

    fn concrete(&self) -> Box<dyn Instance> {
        running::<Concrete, R>(self)
    }

    fn symbolic(&self) -> Box<dyn Instance> {
        running::<Symbolic, R>(self)
    }

    fn outcome(&self, change: &dyn Fn()) -> AnyOutcome {
        let shared = self.shared::<Concrete>();
        change();
        AnyOutcome::new(Repeated::outcome::<Concrete>(self, &shared))
    }
}
