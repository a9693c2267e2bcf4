//! A short beginning after which an execution goes on without end.
//!
//! The search for shortest witnesses goes through interleavings in the order of their cost, and would have to
//! go through all that are shorter than the step limit. But an execution that reaches it is a short beginning
//! and a loop. So beginnings are tried in the order of their length, and each is run on without preemption.

use super::{Witness, found::replay};
use crate::engine::{Budget, Playback};
use crate::execution::Ending;
use crate::scenario::{AnyScenario, Size};
use selvedge_explorer::{Choice, Schedule, Then, ThreadStatus};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The longest time that is spent.
const MOST_TIME: Duration = Duration::from_secs(2);

/// Returns an execution that ends at the step limit, if a short beginning leads to one.
pub(super) fn find(scenario: &AnyScenario, size: Option<Size>, budget: &Budget) -> Option<Witness> {
    let playback = Playback::of(scenario.clone(), budget);
    let begun_at = Instant::now();
    let mut beginnings = VecDeque::from([Vec::<Choice>::new()]);
    while let Some(beginning) = beginnings.pop_front() {
        if begun_at.elapsed() > MOST_TIME {
            return None;
        }
        let (ending, witness) = replay(scenario, size, &Schedule(beginning.clone()), budget).ok()?;
        if ending == Ending::StepLimit {
            return Some(witness);
        }
        let begun = playback.follow(&beginning, Then::Stop).ok()?.interleaving;
        for thread in &begun.threads {
            let ThreadStatus::Pending(pending) = &thread.status else {
                continue;
            };
            let steps = (0..pending.alternatives).filter(|_| pending.enabled);
            beginnings.extend(
                steps.map(|alternative| [&beginning[..], &[Choice::new(thread.id, alternative)]].concat()),
            );
        }
    }
    None
}
