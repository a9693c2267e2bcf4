//! A gate that holds an execution's threads back until all have been spawned, and releases them together.
//!
//! Starting a thread takes far longer than a short thread runs: without the gate, the first would have ended
//! before the second begins, and no two would ever overlap.

use std::hint;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often to look at the gate before giving the processor away.
const SPINS: u32 = 1 << 12;

/// How long a thread waits at most: the main thread may itself wait for one in a way that the gate cannot see.
const PATIENCE: Duration = Duration::from_millis(5);

/// The gate. It opens when the main thread is about to wait, for nothing else would let it go on.
#[derive(Debug, Default)]
pub(super) struct StartGate {
    is_open: AtomicBool,
    /// Threads spawned, and threads that have reached the gate.
    expected: AtomicUsize,
    arrived: AtomicUsize,
}

impl StartGate {
    pub(super) fn expect_one_more(&self) {
        self.expected.fetch_add(1, Ordering::Relaxed);
    }

    /// One of those expected will not come.
    pub(super) fn expect_one_less(&self) {
        self.expected.fetch_sub(1, Ordering::Relaxed);
    }

    /// Opens the gate: threads pass as soon as all that have been spawned have reached it.
    pub(super) fn open(&self) {
        self.is_open.store(true, Ordering::Release);
    }

    pub(super) fn close(&self) {
        self.is_open.store(false, Ordering::Relaxed);
        self.expected.store(0, Ordering::Relaxed);
        self.arrived.store(0, Ordering::Relaxed);
    }

    /// Waits at the gate.
    pub(super) fn wait(&self) {
        self.arrived.fetch_add(1, Ordering::AcqRel);
        for _ in 0..SPINS {
            if self.may_pass() {
                return;
            }
            hint::spin_loop();
        }
        let since = Instant::now();
        while !self.may_pass() && since.elapsed() < PATIENCE {
            thread::yield_now();
        }
    }

    fn may_pass(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
            && self.arrived.load(Ordering::Acquire) >= self.expected.load(Ordering::Relaxed)
    }
}
