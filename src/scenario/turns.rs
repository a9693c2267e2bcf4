//! Threads that take turns at holding the GIL.

use super::Scenario;
use crate::backend::{Backend, Feature, Join, PlainCell};
use crate::expectation::Expectations;
use crate::gil::{Gil, Protocol, SwitchInterval};
use std::sync::Arc;

/// Threads that each take the GIL, run a bytecode, and drop it, a number of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// The protocol.
    pub protocol: Protocol,
    /// When a thread that waits asks for the GIL.
    pub interval: SwitchInterval,
    /// How many threads.
    pub threads: usize,
    /// How many turns each of them has.
    pub iterations: u64,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turned {
    /// How many turns were counted.
    pub turns: u64,
    /// How often a thread dropped the GIL because another one asked for it, and took it again before that one got it.
    pub passed_over: u64,
}

impl Scenario for Turns {
    type Outcome = Turned;

    fn name(&self) -> String {
        "gil".to_owned()
    }

    fn run<B: Backend>(&self) -> Turned {
        let gil = Arc::new(Gil::<B>::new(self.protocol, self.interval));
        let turns = Arc::new(B::Cell::new(0u64).named("turns"));
        let iterations = self.iterations;
        let threads: Vec<_> = (1..=self.threads)
            .map(|me| {
                let (gil, turns) = (Arc::clone(&gil), Arc::clone(&turns));
                B::spawn(move || {
                    let (mut asked, mut passed_over) = (false, 0);
                    for turn in 1..=iterations {
                        let switched = gil.take_gil(me);
                        passed_over += u64::from(asked && !switched);
                        turns.set(turns.get() + 1);
                        asked = gil.drop_gil(me, turn == iterations);
                    }
                    passed_over
                })
            })
            .collect();
        let passed_over = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        Turned {
            turns: turns.get(),
            passed_over,
        }
    }

    fn expectations(&self) -> Expectations<Turned> {
        Expectations::new().required(
            Turned {
                turns: self.threads as u64 * self.iterations,
                passed_over: 0,
            },
            "one at a time, and whoever asks gets the next turn",
        )
    }

    fn threads(&self) -> Option<usize> {
        Some(self.threads)
    }

    fn needs(&self) -> &[Feature] {
        match self.interval {
            SwitchInterval::Lasts(_) => &[Feature::Timeouts],
            _ => &[],
        }
    }
}
