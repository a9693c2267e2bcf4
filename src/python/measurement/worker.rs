//! Real threads that are released together, and count.

use crate::engine::Interrupt;
use crate::python::gil::{GlobalLock, Turn};
use std::hint::{black_box, spin_loop};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// The number of counts between two checks of the interrupt.
const BLOCK: u64 = 1 << 16;

/// Makes each worker, a real thread, count for each of its threads in turn: threads with odd numbers count
/// up, the others down. Returns `false` if they were interrupted.
///
/// # Errors
///
/// If a worker cannot be started; then no worker counts.
pub(super) fn count_all<L: GlobalLock>(
    lock: &L,
    workers: &[&[usize]],
    iterations: u64,
    interrupt: &Interrupt,
) -> io::Result<bool> {
    let start = Start::default();
    thread::scope(|scope| {
        let mut handles = Vec::new();
        for &threads in workers {
            let work = || {
                start.wait(workers.len())
                    && threads
                        .iter()
                        .all(|&thread| count(lock, thread, iterations, interrupt))
            };
            match thread::Builder::new().spawn_scoped(scope, work) {
                Ok(handle) => handles.push(handle),
                Err(error) => {
                    start.call_off();
                    return Err(error);
                }
            }
        }
        let results: Vec<_> = handles
            .into_iter()
            .map(|handle| handle.join().expect("to count does not panic"))
            .collect();
        Ok(results.into_iter().all(|is_done| is_done))
    })
}

/// Counts, and checks the eval breaker after every count. Returns `false` if it was interrupted.
fn count<L: GlobalLock>(lock: &L, thread: usize, iterations: u64, interrupt: &Interrupt) -> bool {
    // One loop counts up and down, so that neither direction is faster.
    let (mut number, step) = match thread % 2 {
        1 => (0, 1),
        _ => (iterations.saturating_sub(1), u64::MAX),
    };
    let mut turn = lock.take(thread);
    let mut left = iterations;
    while left > 0 {
        if interrupt.is_set() {
            return false;
        }
        let block = left.min(BLOCK);
        for _ in 0..block {
            // The number is not used, and the compiler must not see that.
            black_box(number);
            number = number.wrapping_add(step);
            turn.check();
        }
        left -= block;
    }
    true
}

/// A barrier at the start of all threads: to start one takes about as long as to count to a million.
#[derive(Debug, Default)]
struct Start {
    arrived: AtomicUsize,
    is_called_off: AtomicBool,
}

impl Start {
    /// Waits until `expected` threads wait here. Returns `false` if they will not come.
    fn wait(&self, expected: usize) -> bool {
        self.arrived.fetch_add(1, Ordering::AcqRel);
        while self.arrived.load(Ordering::Acquire) < expected {
            if self.is_called_off.load(Ordering::Relaxed) {
                return false;
            }
            spin_loop();
            thread::yield_now();
        }
        true
    }

    fn call_off(&self) {
        self.is_called_off.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::gil::NoGil;

    #[test]
    fn a_start_that_is_called_off_lets_nobody_count() {
        let start = Start::default();
        let went = thread::scope(|scope| {
            let waiting = scope.spawn(|| start.wait(2));
            start.call_off();
            waiting.join().expect("it does not panic")
        });
        assert!(!went);
        assert!(Start::default().wait(1), "the last one waits for nobody");
    }

    #[test]
    fn whoever_is_interrupted_does_not_count_to_the_end() {
        let interrupt = Interrupt::default();
        assert!(count_all(&NoGil, &[&[1], &[2]], 10, &interrupt).expect("threads can be started"));
        interrupt.set();
        assert!(!count_all(&NoGil, &[&[1], &[2]], u64::MAX, &interrupt).expect("threads can be started"));
    }
}
