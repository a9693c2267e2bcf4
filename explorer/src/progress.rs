//! The progress of an exploration.

use std::time::Duration;

use super::summary::Summary;

/// The progress of an exploration, with an estimate of what is left.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Progress {
    /// The number of executions that have come to an ending.
    pub executions: u64,
    /// The number of executions that were begun and given up, because others cover them.
    pub given_up: u64,
    /// The time that the exploration has taken so far.
    pub elapsed: Duration,
    /// The share of the search that is done, between 0 and 1, judged by the branches known so
    /// far: race reversals add more, so it may fall.
    pub share_done: f64,
    /// The number of executions in all, estimated from that share; `None` while it is 0.
    pub estimated_executions: Option<f64>,
}

impl Progress {
    /// Creates a report of an exploration with so many executions, of which some part has this summary.
    pub(crate) fn new(executions: u64, summary: &Summary, share_done: f64, elapsed: Duration) -> Self {
        let estimate = (share_done > 0.0).then(|| executions as f64 / share_done);
        Self {
            executions,
            given_up: summary.blocked + summary.redundant,
            elapsed,
            share_done,
            estimated_executions: estimate,
        }
    }

    /// Returns the time that is left, if the rest goes on as before.
    pub fn estimated_time_left(&self) -> Option<Duration> {
        let left = self.elapsed.as_secs_f64() * (1.0 - self.share_done) / self.share_done;
        Duration::try_from_secs_f64(left).ok()
    }
}
