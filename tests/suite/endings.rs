//! Everything that can go wrong in an execution is a row and a verdict: no hang, no abort, and nothing on
//! standard error.
//!
//! One panic still aborts: one in a destructor while another panic of the program unwinds, as in all Rust.

use crate::support::explore_within;
use selvedge::backend::{Atomic, AtomicInteger, Backend, Join, Lock, ReadWriteLock};
use selvedge::engine::{AnyEngine, Budget, Cut, Engine, Explorer, Loom, Shuttle, Strategy, Threads};
use selvedge::engine::{Bound, Completeness, Exploration};
use selvedge::{Checker, Ending, Expectation, Expectations, Scenario, Verdict};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Duration;

/// A scenario made of a name and expectations; the macro below adds the body.
macro_rules! scenario {
    ($name:ident, $outcome:ty, $expectations:expr, $backend:ident => $body:block) => {
        #[derive(Debug, Clone, Copy)]
        struct $name;

        impl Scenario for $name {
            type Outcome = $outcome;

            fn name(&self) -> String {
                stringify!($name).to_owned()
            }

            fn run<$backend: Backend>(&self) -> $outcome $body

            fn expectations(&self) -> Expectations<$outcome> {
                $expectations
            }
        }
    };
}

// After the macro, so that they can use it.
mod budgets;
mod checks;
mod deadlocks;
mod limits;
mod panics;

const SEED: u64 = 5;

fn controlled() -> [AnyEngine; 6] {
    let shuttle = |strategy| AnyEngine::new(Shuttle { strategy });
    [
        AnyEngine::new(Loom::default()),
        shuttle(Strategy::Dfs),
        AnyEngine::new(Explorer::default()),
        shuttle(Strategy::Random { seed: SEED }),
        shuttle(Strategy::Pct { seed: SEED, depth: 3 }),
        shuttle(Strategy::Urw { seed: SEED }),
    ]
}

fn all() -> Vec<AnyEngine> {
    controlled()
        .into_iter()
        .chain([AnyEngine::new(Threads)])
        .collect()
}

fn explore<S: Scenario>(
    scenario: S,
    engine: &AnyEngine,
    budget: Budget,
) -> (Exploration<S::Outcome>, Verdict) {
    explore_within(scenario, engine, &budget)
}

fn kinds<O>(exploration: &Exploration<O>) -> Vec<&'static str>
where
    O: Ord + Clone,
{
    exploration
        .outcomes
        .iter()
        .map(|(ending, _)| ending.kind())
        .collect()
}

/// Two threads take two locks in opposite order.
fn opposite_order<B: Backend>(first: impl Fn() + Send + Sync + 'static) {
    let locks = Arc::new((B::Mutex::new(0), B::Mutex::new(0)));
    let other = Arc::clone(&locks);
    let first = Arc::new(first);
    let in_thread = Arc::clone(&first);
    let thread = B::spawn(move || {
        let _one = other.0.lock();
        in_thread();
        let _two = other.1.lock();
    });
    let two = locks.1.lock();
    first();
    let one = locks.0.lock();
    drop((one, two));
    thread.join().unwrap();
}

scenario!(OppositeOrder, (), Expectations::new().required((), "both have had both locks"), B => {
    opposite_order::<B>(|| ());
});

scenario!(TwoLoads, (), Expectations::new().required((), "nothing else can be"), B => {
    let number = Arc::new(B::AtomicI64::new(0));
    let other = Arc::clone(&number);
    let thread = B::spawn(move || other.store(1, SeqCst));
    number.store(2, SeqCst);
    thread.join().unwrap();
});

scenario!(MustDeadlock, (), Expectations::new()
    .allowed((), "the main thread was faster")
    .ending(Expectation::Required, Ending::Deadlock, "each holds what the other needs"), B => {
    opposite_order::<B>(|| ());
});
