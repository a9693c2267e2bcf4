//! A witness as JSON: its events one by one, its cost, and the schedule that runs it again.

use crate::report::Row;
use crate::witness::{Rank, Witness};
use selvedge_explorer::drawing::{Action, actions};
use selvedge_explorer::{ReadsFrom, Step, Value};
use serde::Serialize;

/// The witness of an ending, as the document has it.
#[derive(Serialize)]
pub(super) struct WitnessDocument<'a> {
    schedule: String,
    preemptions: usize,
    switches: usize,
    minimal: bool,
    story: &'a [String],
    events: Vec<EventDocument>,
}

#[derive(Serialize)]
struct EventDocument {
    step: usize,
    thread: String,
    operation: &'static str,
    object: Option<String>,
    ordering: Option<String>,
    before: Option<String>,
    after: Option<String>,
    data: Option<String>,
    succeeded: bool,
    alternative: u8,
    file: &'static str,
    line: u32,
    label: Option<&'static str>,
    preempts: Option<String>,
    reads_from: Option<usize>,
    unseen: Vec<usize>,
}

impl<'a> WitnessDocument<'a> {
    pub(super) fn new(witness: &'a Witness) -> Self {
        let steps = witness
            .interleaving
            .steps
            .iter()
            .zip(actions(&witness.interleaving));
        WitnessDocument {
            schedule: witness.schedule.to_string(),
            preemptions: witness.cost.preemptions,
            switches: witness.cost.switches,
            minimal: witness.rank == Rank::Least,
            story: &witness.drawing.story,
            events: steps
                .enumerate()
                .map(|(index, (step, action))| EventDocument::new(index + 1, step, action))
                .collect(),
        }
    }

    /// Returns the witness of a row of the outcome table; `None` if it was not asked for or not found.
    pub(super) fn of(row: &'a Row) -> Option<Self> {
        match &row.witness {
            Some(Ok(witness)) => Some(Self::new(witness)),
            _ => None,
        }
    }
}

impl EventDocument {
    fn new(number: usize, step: &Step, action: Action) -> Self {
        let event = &step.event;
        let text = |value: Option<Value>| value.map(|value| value.to_string());
        EventDocument {
            step: number,
            thread: event.thread.to_string(),
            operation: action.verb,
            object: action.object,
            ordering: event.ordering().map(|ordering| format!("{ordering:?}")),
            before: text(event.before),
            after: text(event.after),
            data: text(event.data),
            succeeded: event.succeeded,
            alternative: event.alternative,
            file: event.location.file(),
            line: event.location.line(),
            label: event.label,
            preempts: step.preempted.map(|thread| thread.to_string()),
            reads_from: event.reads_from.map(|source| match source {
                ReadsFrom::Initial => 0,
                ReadsFrom::Event(position) => position + 1,
            }),
            unseen: event.unseen.iter().map(|position| position + 1).collect(),
        }
    }
}
