//! The limits of a search over states.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::fronts::Progress;
use super::stop::Interruption;
use super::swept::{Cut, StatesProgress};

/// A callback, and the interval at which it is called.
pub(super) type Callback = (Duration, Arc<dyn Fn(&StatesProgress) + Send + Sync>);

/// The limits, and the progress callback.
pub(super) struct Limits<'a> {
    pub(super) states: Option<u64>,
    pub(super) memory: Option<usize>,
    pub(super) time: Option<Duration>,
    pub(super) interrupt: Option<&'a AtomicBool>,
    pub(super) callback: Option<&'a Callback>,
    pub(super) begun: Instant,
    pub(super) last_report: Instant,
    pub(super) of_iterations: u64,
}

impl Limits<'_> {
    /// Stops the search if a limit is met, and reports its progress if it is time to.
    pub(super) fn check(
        &mut self,
        states: u64,
        kept: usize,
        bytes: usize,
        progress: Progress,
    ) -> Result<(), Interruption> {
        let elapsed = self.begun.elapsed();
        let cut = if self.memory.is_some_and(|limit| bytes > limit) {
            Cut::Memory
        } else if self.time.is_some_and(|limit| elapsed >= limit) {
            Cut::Time
        } else if self.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            Cut::Interrupted
        } else {
            self.report(states, kept, progress, elapsed);
            return Ok(());
        };
        Err(Interruption::Cut(cut))
    }

    fn report(&mut self, states: u64, kept: usize, progress: Progress, elapsed: Duration) {
        if let Some((interval, callback)) = self.callback
            && self.last_report.elapsed() >= *interval
        {
            callback(&StatesProgress {
                states,
                kept: kept as u64,
                iterations: progress.iterations,
                of_iterations: self.of_iterations,
                elapsed,
            });
            self.last_report = Instant::now();
        }
    }
}
