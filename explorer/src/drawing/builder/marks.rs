//! The marks of a row: everything remarkable about its event.

use crate::drawing::findings::Findings;
use crate::drawing::findings::lost_update::LostUpdate;
use crate::drawing::findings::wakeups::too_early;
use crate::drawing::model::{Column, Mark};
use crate::drawing::names::thread;
use crate::{Interleaving, ThreadId};
use std::collections::BTreeSet;

/// Returns the marks of the event at this position.
pub(super) fn marks(
    interleaving: &Interleaving,
    position: usize,
    columns: &[Column],
    findings: &Findings,
) -> Vec<Mark> {
    let mut marks = Vec::new();
    if let Some(id) = interleaving.steps[position].preempted {
        marks.push(Mark::Preempts {
            thread: thread(id),
            column: columns.iter().position(|column| column.thread == id),
        });
    }
    let all = || findings.lost.iter().chain(&findings.possibly_lost);
    if all().any(|lost| lost.read == position) {
        marks.push(Mark::Stale);
    }
    let misses = |lost: &LostUpdate| lost.missed.contains(&position);
    if findings.lost.iter().any(misses) {
        marks.push(Mark::Missed);
    }
    if findings.possibly_lost.iter().any(misses) {
        marks.push(Mark::MayBeMissed);
    }
    let owners = |lost: &LostUpdate| owners(interleaving, lost);
    let ends = |lost: &&LostUpdate| lost.store == position;
    let overwritten = findings.lost.iter().filter(ends).map(owners);
    marks.extend(overwritten.map(|threads| Mark::Overwrites { threads }));
    let possibly = findings.possibly_lost.iter().filter(ends).map(owners);
    marks.extend(possibly.map(|threads| Mark::MayOverwrite { threads }));
    if findings
        .race
        .is_some_and(|(first, second)| position == first || position == second)
    {
        marks.push(Mark::Races);
    }
    let missed_by = findings.stuck().into_iter();
    let missed_by = missed_by.filter(|stuck| too_early(interleaving, stuck) == Some(position));
    let threads: Vec<String> = missed_by.map(|stuck| thread(stuck.thread)).collect();
    if !threads.is_empty() {
        marks.push(Mark::TooEarly { threads });
    }
    marks
}

/// Returns the names of the threads whose updates are lost.
fn owners(interleaving: &Interleaving, lost: &LostUpdate) -> Vec<String> {
    let threads = lost
        .missed
        .iter()
        .map(|&index| interleaving.steps[index].event.thread);
    let threads: BTreeSet<ThreadId> = threads.collect();
    threads.into_iter().map(thread).collect()
}
