//! Repeated programs: threads that each take one step again and again.
//!
//! The loop belongs to the harness, and the code under test is one step. A step is a plain function: it carries
//! nothing over from one iteration to the next but what lies in the shared state. So what a thread does is known
//! from the results of its operations since its step began, and an execution of a million iterations is made of
//! few parts.

use std::fmt;

/// The answer of a step: whether the iteration is done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Flow {
    /// The iteration is done.
    Done,
    /// The step has changed nothing, and is to be taken again in the same iteration: a failed attempt.
    Again,
}

/// What one thread does in each iteration.
pub type StepFn<S> = fn(&S, &Iteration) -> Flow;

/// The iteration in which a step is taken.
pub struct Iteration {
    number: Number,
}

#[derive(Clone, Copy)]
enum Number {
    Known(u64),
    Asked(fn() -> u64),
}

impl Iteration {
    /// Returns the iteration with this number.
    pub fn new(number: u64) -> Self {
        Self {
            number: Number::Known(number),
        }
    }

    /// Returns an iteration whose number is asked for where a step wants to know it.
    #[doc(hidden)]
    pub fn asking(ask: fn() -> u64) -> Self {
        Self {
            number: Number::Asked(ask),
        }
    }

    /// Returns the number of the iteration, from 0.
    ///
    /// A step that never calls this does the same in every iteration.
    pub fn number(&self) -> u64 {
        match self.number {
            Number::Known(number) => number,
            Number::Asked(ask) => ask(),
        }
    }
}

impl fmt::Debug for Iteration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iteration").finish_non_exhaustive()
    }
}

/// Takes the step in so many iterations, one after the other: the loop of a thread.
pub fn repeat<S>(step: StepFn<S>, shared: &S, iterations: u64) {
    for number in 0..iterations {
        let iteration = Iteration::new(number);
        while step(shared, &iteration) == Flow::Again {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_step_that_says_again_is_taken_again_in_the_same_iteration() {
        let seen = Cell::new(Vec::new());
        let step: StepFn<Cell<Vec<u64>>> = |seen, iteration| {
            let mut numbers = seen.take();
            let first = !numbers.contains(&iteration.number());
            numbers.push(iteration.number());
            seen.set(numbers);
            if first { Flow::Again } else { Flow::Done }
        };
        repeat(step, &seen, 3);
        assert_eq!(seen.take(), [0, 0, 1, 1, 2, 2]);
    }
}
