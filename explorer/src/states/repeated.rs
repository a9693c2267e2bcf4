//! Repeated programs, as they are given to a search.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use crate::repeated::{StepFn, repeat};
use crate::thread;

/// A program whose threads each take one step again and again, on a shared state.
pub struct Repeated<S, O> {
    pub(super) shared: Arc<dyn Fn() -> S>,
    pub(super) outcome: Arc<dyn Fn(&S) -> O>,
    pub(super) steps: Vec<StepFn<S>>,
    pub(super) iterations: u64,
}

impl<S, O> Clone for Repeated<S, O> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            outcome: Arc::clone(&self.outcome),
            steps: self.steps.clone(),
            iterations: self.iterations,
        }
    }
}

impl<S, O> fmt::Debug for Repeated<S, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repeated")
            .field("threads", &self.steps.len())
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}

impl<S, O> Repeated<S, O> {
    /// Creates a program without threads: how the shared state is made, what is read of it when all threads
    /// have ended, and the number of iterations of each thread.
    pub fn new(
        shared: impl Fn() -> S + 'static,
        outcome: impl Fn(&S) -> O + 'static,
        iterations: u64,
    ) -> Self {
        Self {
            shared: Arc::new(shared),
            outcome: Arc::new(outcome),
            steps: Vec::new(),
            iterations,
        }
    }

    /// Adds a thread that takes this step.
    pub fn thread(mut self, step: StepFn<S>) -> Self {
        self.steps.push(step);
        self
    }
}

impl<S: Send + Sync + 'static, O> Repeated<S, O> {
    /// Runs the program as the body of an execution: spawns the threads, joins them, and returns what is then
    /// read.
    ///
    /// # Panics
    ///
    /// If a thread has panicked, or outside an execution.
    pub fn run(&self) -> O {
        let shared = Arc::new((self.shared)());
        let iterations = self.iterations;
        let spawn = |step: &StepFn<S>| {
            let (step, shared) = (*step, Arc::clone(&shared));
            thread::spawn(move || repeat(step, &shared, iterations))
        };
        let threads: Vec<_> = self.steps.iter().map(spawn).collect();
        for thread in threads {
            thread.join_at(joined_at()).unwrap();
        }
        (self.outcome)(&shared)
    }
}

/// Returns the place at which the main thread waits for the others.
pub(super) fn joined_at() -> &'static Location<'static> {
    Location::caller()
}
