//! Scenarios for the tests of the game.

use selvedge::backend::{Atomic, AtomicInteger, Backend, ConditionVariable, Join, Lock};
use selvedge::{Expectations, Scenario};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// Two threads wait, and a third notifies one after the other; the outcome is the first to go on.
pub(super) struct Signals;

impl Scenario for Signals {
    type Outcome = i64;

    fn name(&self) -> String {
        "signals".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let shared = Arc::new((B::Mutex::new(0).named("first"), B::Condvar::new().named("bell")));
        let waiters = [1, 2].map(|number| {
            let shared = Arc::clone(&shared);
            B::spawn(move || {
                let mut first = shared.1.wait(shared.0.lock());
                if *first == 0 {
                    *first = number;
                }
            })
        });
        let theirs = Arc::clone(&shared);
        let notifier = B::spawn(move || {
            theirs.1.notify_one();
            theirs.1.notify_one();
        });
        waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
        notifier.join().unwrap();
        *shared.0.lock()
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().allowed_if(|_| true, "who was woken first goes on first")
    }
}

/// Two threads that take two locks, each in its own order.
pub(super) struct TwoLocks;

impl Scenario for TwoLocks {
    type Outcome = ();

    fn name(&self) -> String {
        "two locks".to_owned()
    }

    fn run<B: Backend>(&self) {
        let locks = Arc::new((B::Mutex::new(()).named("a"), B::Mutex::new(()).named("b")));
        let threads = [false, true].map(|is_turned| {
            let locks = Arc::clone(&locks);
            B::spawn(move || {
                let (first, second) = match is_turned {
                    false => (&locks.0, &locks.1),
                    true => (&locks.1, &locks.0),
                };
                let _first = first.lock();
                let _second = second.lock();
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().required((), "each thread has had both locks")
    }
}

/// A thread that panics if another has run before it.
pub(super) struct Panics;

impl Scenario for Panics {
    type Outcome = ();

    fn name(&self) -> String {
        "panics".to_owned()
    }

    fn run<B: Backend>(&self) {
        let value = Arc::new(B::AtomicI64::new(0).named("x"));
        let theirs = Arc::clone(&value);
        let asserts = B::spawn(move || assert!(theirs.load(SeqCst) == 0, "the value has changed"));
        let changes = B::spawn(move || value.store(1, SeqCst));
        asserts.join().unwrap();
        changes.join().unwrap();
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().required((), "the value was looked at in time")
    }
}

/// A thread that counts, and never ends.
pub(super) struct CountsForEver;

impl Scenario for CountsForEver {
    type Outcome = ();

    fn name(&self) -> String {
        "counts for ever".to_owned()
    }

    fn run<B: Backend>(&self) {
        let turns = B::AtomicUsize::new(0);
        while turns.fetch_add(1, SeqCst) < usize::MAX {}
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new()
    }
}

/// A thread that reads a flag, and if it is not 0 spins until it is 2. Another thread sets it to 1, and to 2
/// only after that. Without preemption, the flag is still 0 when it is read.
pub(super) struct LooksTwice;

impl Scenario for LooksTwice {
    type Outcome = ();

    fn name(&self) -> String {
        "looks twice".to_owned()
    }

    fn run<B: Backend>(&self) {
        let flag = Arc::new(B::AtomicI64::new(0).named("flag"));
        let theirs = Arc::clone(&flag);
        let sets = B::spawn(move || {
            theirs.store(1, SeqCst);
            theirs.store(2, SeqCst);
        });
        let looks = B::spawn(move || while flag.load(SeqCst) == 1 {});
        looks.join().unwrap();
        sets.join().unwrap();
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().required((), "it is 0 or 2")
    }
}

/// Two threads that add 1 and −1, with labels as an interpreter would give them.
pub(super) struct Interpreted;

impl Scenario for Interpreted {
    type Outcome = i64;

    fn name(&self) -> String {
        "interpreted".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let value = Arc::new(B::AtomicI64::new(0).named("x"));
        let threads = [1, -1].map(|delta| {
            let value = Arc::clone(&value);
            B::spawn(move || {
                B::label("LOAD_GLOBAL");
                let seen = value.load(SeqCst);
                B::label("STORE_GLOBAL");
                value.store(seen + delta, SeqCst);
            })
        });
        B::label("CALL join");
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        value.load(SeqCst)
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().allowed_if(|_| true, "updates can be lost")
    }
}
