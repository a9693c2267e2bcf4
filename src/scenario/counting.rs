//! The seed's first program: threads that count, and share nothing.

use super::Scenario;
use crate::backend::{Backend, Join};
use crate::expectation::Expectations;
use std::hint::black_box;

/// Threads that each count up and down in turn, for themselves, and then say that they are done.
///
/// Nothing is shared, so no interleaving differs from another and nothing can go wrong. The interesting
/// question is how long it takes: in Python, under the Global Interpreter Lock, no less than in sequence;
/// here, on two processors, little more than half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counting {
    /// The number of threads.
    pub threads: usize,
    /// The number to which each thread counts.
    pub iterations: u64,
}

impl Counting {
    /// The least number to which each thread counts when times are measured: a million takes less time than
    /// the start of a thread. A debug build takes about as long for a twentieth.
    pub const MEASURED: u64 = if cfg!(debug_assertions) {
        2_500_000
    } else {
        50_000_000
    };

    /// The outcome: what the seed prints.
    pub const DONE: &'static str = "Counting done!";
}

impl Scenario for Counting {
    type Outcome = &'static str;

    fn name(&self) -> String {
        "counting".to_owned()
    }

    fn lesson(&self) -> String {
        "threads that share nothing cannot disturb one another".to_owned()
    }

    fn run<B: Backend>(&self) -> &'static str {
        let iterations = self.iterations;
        let threads: Vec<_> = (0..self.threads)
            .map(|index| {
                B::spawn(move || match index % 2 {
                    0 => count(0..iterations),
                    _ => count((0..iterations).rev()),
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        Self::DONE
    }

    fn expectations(&self) -> Expectations<&'static str> {
        Expectations::new().required(Self::DONE, "all threads have counted to the end")
    }

    fn threads(&self) -> Option<usize> {
        Some(self.threads)
    }

    fn parallel_work(&self) -> Option<Self> {
        Some(Counting {
            iterations: self.iterations.max(Self::MEASURED),
            ..*self
        })
    }

    fn describe(&self, outcome: &&'static str) -> String {
        (*outcome).to_owned()
    }
}

/// Counts, and keeps the compiler from seeing that the numbers are not used.
fn count(numbers: impl Iterator<Item = u64>) {
    for number in numbers {
        black_box(number);
    }
}
