//! Threads that take turns at holding the GIL.

use crate::backend::{Backend, Feature, Join, PlainCell};
use crate::catalogue::Claim;
use crate::execution::Ending;
use crate::expectation::{Expectation, Expectations};
use crate::numbers::count_of;
use crate::python::gil::{Gil, Protocol, SwitchInterval};
use crate::scenario::Scenario;
use std::sync::Arc;
use std::time::Duration;

/// Threads that each take the GIL, run a bytecode, and drop it, a number of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// The protocol.
    pub protocol: Protocol,
    /// The time after which a thread that waits asks for the GIL.
    pub interval: SwitchInterval,
    /// The number of threads.
    pub threads: usize,
    /// The number of turns of each thread.
    pub iterations: u64,
}

/// The outcome of the turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turned {
    /// The number of turns that were counted.
    pub turns: u64,
    /// The number of times that a thread dropped the GIL on request and took it again before any other.
    pub passed_over: u64,
}

impl Turns {
    /// The name of the protocol with CPython's interval.
    pub(crate) const TIMED: &'static str = "gil-timed";

    /// CPython's switch interval, unless a program calls `sys.setswitchinterval`.
    pub const SWITCH_INTERVAL: SwitchInterval = SwitchInterval::Lasts(Duration::from_millis(5));

    /// Runs one thread for each entry, with that number of turns, and returns the outcome.
    pub fn run_each<B: Backend>(&self, turns_of_each: &[u64]) -> Turned {
        let gil = Arc::new(Gil::<B>::new(self.protocol, self.interval));
        let turns = Arc::new(B::Cell::new(0u64).named("turns"));
        let threads: Vec<_> = (1..)
            .zip(turns_of_each)
            .map(|(me, &iterations)| {
                let (gil, turns) = (Arc::clone(&gil), Arc::clone(&turns));
                B::spawn(move || take_turns(&gil, &*turns, me, iterations))
            })
            .collect();
        let passed_over = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        Turned {
            turns: turns.get(),
            passed_over,
        }
    }

    /// Returns the outcome of a correct protocol.
    fn all_counted(&self) -> Turned {
        Turned {
            turns: self.threads as u64 * self.iterations,
            passed_over: 0,
        }
    }

    /// Returns what a correct protocol promises here: if no thread asks, no switch is forced.
    fn promise(&self) -> &'static str {
        match self.interval {
            SwitchInterval::Endless => "one at a time, and nobody waits for ever",
            _ => "one at a time, and a thread that is asked lets another go first",
        }
    }

    /// Returns `true` if the protocol has a mistake that cannot show with this interval and at this size.
    fn hides_mistake(&self) -> bool {
        let nobody_asks = self.interval == SwitchInterval::Endless;
        let is_timed = matches!(self.interval, SwitchInterval::Lasts(_));
        match self.protocol {
            Protocol::Faithful => false,
            Protocol::NoForcedSwitching => nobody_asks || self.iterations < 2 || self.threads < 2,
            // A time-out makes up for the missed notification.
            Protocol::EarlyNotify => is_timed || self.threads < 2,
            // A wait that returns for no reason is enough.
            Protocol::IfForWhile => self.threads < 2,
        }
    }

    /// Returns `true` if a thread that was notified can find the GIL held again.
    fn can_be_beaten_to_it(&self) -> bool {
        match self.interval {
            SwitchInterval::Endless => self.threads > 2 || (self.threads == 2 && self.iterations > 1),
            // Of two threads, the one that drops it waits until the other one, which asked, has it.
            SwitchInterval::Over => self.threads > 2,
            // A time-out wakes a waiter while the GIL is held.
            SwitchInterval::Lasts(_) => self.threads > 1,
        }
    }
}

impl Scenario for Turns {
    type Outcome = Turned;

    fn name(&self) -> String {
        match (self.protocol, self.interval) {
            (Protocol::Faithful, SwitchInterval::Lasts(_)) => Self::TIMED.to_owned(),
            (protocol, interval) if interval == protocol.interval() => protocol.name().to_owned(),
            (protocol, interval) => format!("{} ({interval:?})", protocol.name()),
        }
    }

    fn lesson(&self) -> String {
        let lesson = match (self.protocol, self.interval) {
            (Protocol::Faithful, SwitchInterval::Lasts(_)) => {
                "the GIL with CPython's time-out: a thread that has waited for an interval asks, and the holder lets it go first"
            }
            (Protocol::Faithful, _) => {
                "CPython's GIL: one at a time, nobody waits for ever, and a thread that is asked lets another go first"
            }
            (Protocol::NoForcedSwitching, _) => {
                "the holder may take the GIL back at once, and pass over the thread that asked for it"
            }
            (Protocol::EarlyNotify, _) => {
                "a waiter notified before the GIL is free waits again, and nobody notifies it any more"
            }
            (Protocol::IfForWhile, _) => {
                "a waiter that does not look again takes what somebody else has taken before it"
            }
        };
        match self.hides_mistake() {
            true => format!("{lesson} (which cannot show here: it takes more threads or turns)"),
            false => lesson.to_owned(),
        }
    }

    fn run<B: Backend>(&self) -> Turned {
        self.run_each::<B>(&vec![self.iterations; self.threads])
    }

    fn expectations(&self) -> Expectations<Turned> {
        let all = self.all_counted();
        let expectations = Expectations::new().required(all, self.promise());
        match self.protocol {
            Protocol::Faithful => self.expectations_if_correct(),
            _ if self.hides_mistake() => expectations,
            Protocol::NoForcedSwitching => expectations
                .required(
                    Turned {
                        passed_over: 1,
                        ..all
                    },
                    "asked to drop it, a thread took it again at once",
                )
                .allowed_if(move |seen| seen.turns == all.turns, "it did so again and again"),
            Protocol::EarlyNotify => expectations.ending(
                Expectation::Required,
                Ending::Deadlock,
                "notified too early, a waiter waits again: a lost wakeup",
            ),
            Protocol::IfForWhile => expectations
                .ending(
                    match self.can_be_beaten_to_it() {
                        true => Expectation::Required,
                        // Only if a wait returns for no reason, which not all engines explore.
                        false => Expectation::Allowed,
                    },
                    Ending::DataRace,
                    "two threads ran bytecode at once",
                )
                .allowed_if(|_| true, "two threads ran bytecode at once, and a turn was lost")
                .ending(
                    Expectation::Allowed,
                    Ending::Deadlock,
                    "two threads held it at once, and one of them waits for a switch that has been",
                ),
        }
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

    fn describe(&self, outcome: &Turned) -> String {
        let turns = count_of(outcome.turns, "turn");
        match outcome.passed_over {
            0 => turns,
            passed_over => format!("{turns}, {passed_over} passed over"),
        }
    }
}

impl Claim for Turns {
    fn expectations_if_correct(&self) -> Expectations<Turned> {
        Expectations::new()
            .required(self.all_counted(), self.promise())
            .forbidden_if(
                |seen| seen.passed_over > 0,
                "a thread that had asked was passed over",
            )
            .forbidden_if(|_| true, "two threads ran bytecode at once, and a turn was lost")
    }
}

/// Takes the turns of one thread; returns how often it took the GIL again although another thread had asked.
fn take_turns<B: Backend>(gil: &Gil<B>, turns: &impl PlainCell<u64>, me: usize, iterations: u64) -> u64 {
    let (mut is_asked, mut passed_over) = (false, 0);
    for turn in 1..=iterations {
        let is_other = gil.take_gil(me);
        let passes_over = is_asked && !is_other;
        passed_over += u64::from(passes_over);
        // The bytecode accesses plain memory: two at once would be a data race.
        B::label(if passes_over { "out of turn" } else { "bytecode" });
        turns.set(turns.get() + 1);
        is_asked = gil.drop_gil(me, turn == iterations);
    }
    passed_over
}
