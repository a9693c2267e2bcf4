//! A gate that holds back the threads of an execution until all have been spawned, and then releases them
//! together.
//!
//! It takes far longer to start a thread than a short thread runs: without the gate, the first thread would
//! end before the second begins, and no two would ever overlap.

use std::hint;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The number of times that a thread looks at the gate before it yields the processor.
const SPINS: u32 = 1 << 12;

/// The longest time that a thread waits: the main thread may itself wait for one in a way that the gate
/// cannot see.
const PATIENCE: Duration = Duration::from_millis(5);

/// The gate. It opens when the main thread is about to wait, because nothing else would let the main thread
/// go on.
#[derive(Debug, Default)]
pub(super) struct StartGate {
    is_open: AtomicBool,
    /// The number of threads that were spawned; the next field counts those that have reached the gate.
    expected: AtomicUsize,
    arrived: AtomicUsize,
}

impl StartGate {
    pub(super) fn expect_one_more(&self) {
        self.expected.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that one of the expected threads will not come.
    pub(super) fn expect_one_less(&self) {
        self.expected.fetch_sub(1, Ordering::Relaxed);
    }

    /// Opens the gate: threads pass as soon as all spawned threads have reached it.
    pub(super) fn open(&self) {
        self.is_open.store(true, Ordering::Release);
    }

    pub(super) fn close(&self) {
        self.is_open.store(false, Ordering::Relaxed);
        self.expected.store(0, Ordering::Relaxed);
        self.arrived.store(0, Ordering::Relaxed);
    }

    /// Waits until the gate is open, or for [`PATIENCE`] at most.
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
