//! The columns of a drawing: the threads that do something in it.

use crate::drawing::findings::Findings;
use crate::drawing::model::Column;
use crate::{Interleaving, Link, Step, ThreadId, ThreadStatus};

/// Returns the columns: the threads of which there is something to see.
///
/// The main thread has none if it runs only while there is no other thread, as when it spawns the others,
/// joins them and looks at the result.
pub(super) fn columns(interleaving: &Interleaving, findings: &Findings) -> Vec<Column> {
    let goes_on = |id: ThreadId| {
        let mut threads = interleaving.threads.iter().filter(|thread| thread.id == id);
        findings.ending.is_none() && threads.any(|thread| matches!(thread.status, ThreadStatus::Pending(_)))
    };
    let shown = |id: ThreadId| {
        let steps = || interleaving.steps.iter();
        match id {
            ThreadId::MAIN => {
                runs_beside_others(interleaving)
                    || goes_on(id) && has_company(interleaving, interleaving.steps.len())
            }
            id => {
                goes_on(id)
                    || steps().any(|step| step.event.thread == id)
                    || findings.stuck().iter().any(|stuck| stuck.thread == id)
                    || findings.panic().is_some_and(|panic| panic.thread == id)
            }
        }
    };
    let threads = interleaving.threads.iter().map(|thread| thread.id);
    threads
        .filter(|&id| shown(id))
        .map(|id| Column::of(interleaving, id))
        .collect()
}

/// Returns `true` if the main thread executes an event between the spawn and the join of another thread, or
/// executes all events.
fn runs_beside_others(interleaving: &Interleaving) -> bool {
    let own = |step: &Step| step.event.thread == ThreadId::MAIN;
    let mut steps = interleaving.steps.iter().enumerate();
    let is_alone = !interleaving.steps.is_empty() && interleaving.steps.iter().all(own);
    is_alone || steps.any(|(position, step)| own(step) && has_company(interleaving, position))
}

/// Returns `true` if after so many events there is a thread that has been spawned and not joined.
fn has_company(interleaving: &Interleaving, position: usize) -> bool {
    let before = interleaving.links.iter().filter(|link| link.position <= position);
    let (spawns, joins): (Vec<&Link>, Vec<&Link>) = before.partition(|link| link.spawn);
    spawns.len() > joins.len()
}
