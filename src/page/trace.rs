//! Traces: what interleavings have in common that differ only in the order of independent steps.

use selvedge_explorer::{Event, Interleaving, ThreadId};

/// The trace of an interleaving (Mazurkiewicz, *Concurrent Program Schemes and their
/// Interpretations*, 1977): its steps, each with the steps that
/// happen before it, and without the order of the others.
///
/// Interleavings of one trace leave every thread and every object in the same state. A drawing's marks and its
/// story are the same for all of them, too, but for the values between adds that commute.
#[derive(PartialEq, Eq, Hash, Debug)]
pub(super) struct Trace(Vec<Step>);

#[derive(PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Step {
    thread: ThreadId,
    number: u32,
    alternative: u8,
    /// For each thread, the number of its steps that happen before this one.
    before: Vec<usize>,
}

impl Trace {
    /// Returns the trace of an interleaving.
    pub(super) fn of(interleaving: &Interleaving) -> Self {
        let events = || interleaving.steps.iter().map(|step| &step.event);
        let own = interleaving.threads.iter().map(|thread| {
            let own = events().filter(|event| event.thread == thread.id);
            own.collect()
        });
        let own: Vec<Vec<&Event>> = own.collect();
        // If a step of a thread happens before another step, all earlier ones of that thread do.
        let before = |later: &Event| {
            let own = own.iter();
            own.map(|own| own.partition_point(|event| event.happens_before(later)))
                .collect()
        };
        let mut steps: Vec<Step> = events()
            .map(|event| Step {
                thread: event.thread,
                number: event.number,
                alternative: event.alternative,
                before: before(event),
            })
            .collect();
        steps.sort_unstable();
        Self(steps)
    }
}
