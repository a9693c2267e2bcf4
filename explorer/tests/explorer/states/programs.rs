//! The repeated programs of which exact figures are known.

use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::states::Repeated;
use selvedge_explorer::sync::Mutex;
use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::{Flow, Iteration, StepFn};

fn load_and_store<const DELTA: i64>(number: &AtomicI64, _: &Iteration) -> Flow {
    number.store(number.load(SeqCst) + DELTA, SeqCst);
    Flow::Done
}

fn on_atomic(steps: &[StepFn<AtomicI64>], n: u64) -> Repeated<AtomicI64, i64> {
    let empty = Repeated::new(|| AtomicI64::new(0), |number| number.load(SeqCst), n);
    steps.iter().fold(empty, |program, step| program.thread(*step))
}

/// Threads that add 1 or −1 by a load and a store.
pub(super) fn unlocked(deltas: &[i64], n: u64) -> Repeated<AtomicI64, i64> {
    let step = |delta: &i64| -> StepFn<AtomicI64> {
        match delta {
            1 => load_and_store::<1>,
            _ => load_and_store::<-1>,
        }
    };
    on_atomic(&deltas.iter().map(step).collect::<Vec<_>>(), n)
}

fn update_locked<const DELTA: i64>(number: &Mutex<i64>, _: &Iteration) -> Flow {
    *number.lock().unwrap() += DELTA;
    Flow::Done
}

/// Threads that add 1 and −1 by turns, under a lock.
pub(super) fn locked(threads: usize, n: u64) -> Repeated<Mutex<i64>, i64> {
    let empty = Repeated::new(|| Mutex::new(0), |number: &Mutex<i64>| *number.lock().unwrap(), n);
    let steps: [StepFn<Mutex<i64>>; 2] = [update_locked::<1>, update_locked::<-1>];
    (0..threads).fold(empty, |program, thread| program.thread(steps[thread % 2]))
}

/// Two threads that add 1 and −1 by one operation.
pub(super) fn fetch_add(n: u64) -> Repeated<AtomicI64, i64> {
    let add: StepFn<AtomicI64> = |number, _| {
        number.fetch_add(1, SeqCst);
        Flow::Done
    };
    let sub: StepFn<AtomicI64> = |number, _| {
        number.fetch_sub(1, SeqCst);
        Flow::Done
    };
    on_atomic(&[add, sub], n)
}

fn try_once<const DELTA: i64>(number: &AtomicI64, _: &Iteration) -> Flow {
    let seen = number.load(SeqCst);
    match number.compare_exchange(seen, seen + DELTA, SeqCst, SeqCst) {
        Ok(_) => Flow::Done,
        Err(_) => Flow::Again,
    }
}

/// Two threads that add 1 and −1 by a compare-exchange, and start over if it fails.
pub(super) fn attempt(n: u64) -> Repeated<AtomicI64, i64> {
    on_atomic(&[try_once::<1>, try_once::<-1>], n)
}

fn try_until_done<const DELTA: i64>(number: &AtomicI64, _: &Iteration) -> Flow {
    let mut seen = number.load(SeqCst);
    while let Err(other) = number.compare_exchange(seen, seen + DELTA, SeqCst, SeqCst) {
        seen = other;
    }
    Flow::Done
}

/// The same, with the loop within the step.
pub(super) fn exchange_loop(n: u64) -> Repeated<AtomicI64, i64> {
    on_atomic(&[try_until_done::<1>, try_until_done::<-1>], n)
}

fn under_own_lock<const DELTA: i64>(number: &AtomicI64, _: &Iteration) -> Flow {
    let own = Mutex::new(());
    let _guard = own.lock().unwrap();
    number.store(number.load(SeqCst) + DELTA, SeqCst);
    Flow::Done
}

/// Two threads that add 1 and −1 by a load and a store, each under a lock of its own.
pub(super) fn wrong_lock(n: u64) -> Repeated<AtomicI64, i64> {
    on_atomic(&[under_own_lock::<1>, under_own_lock::<-1>], n)
}
