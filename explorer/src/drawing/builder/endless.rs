//! The loop in which an execution was cut off at the step limit.

use crate::drawing::action::actions;
use crate::drawing::findings::Findings;
use crate::drawing::model::{Action, Column, Content, Row, Values};
use crate::drawing::names::thread;
use crate::drawing::words::list;
use crate::{Ending, Interleaving};

/// The largest number of events of one round of a loop that is recognised.
const LONGEST: usize = 32;

/// The number of equal rounds at the end by which a loop is recognised.
const ROUNDS: usize = 3;

/// Returns the row that tells what the thread that ran last has repeated up to the step limit, if it has done
/// the same over and over. It waits for a change if no round has changed anything.
pub(super) fn row(interleaving: &Interleaving, columns: &[Column], findings: &Findings) -> Option<Row> {
    if !matches!(findings.ending, Some(Ending::StepLimit)) {
        return None;
    }
    let id = interleaving.steps.last()?.event.thread;
    let own = interleaving
        .steps
        .iter()
        .rposition(|step| step.event.thread != id);
    let actions = actions(interleaving);
    let run = &actions[own.map_or(0, |other| other + 1)..];
    let repeats = |&period: &usize| {
        let tail = run.len().checked_sub(ROUNDS * period);
        tail.is_some_and(|tail| (tail + period..run.len()).all(|index| run[index] == run[index - period]))
    };
    let period = (1..=LONGEST).find(repeats)?;
    let round = &run[run.len() - period..];
    Some(Row {
        column: columns.iter().position(|column| column.thread == id),
        who: thread(id),
        content: Content::Stuck(told(round)),
        place: None,
        marks: Vec::new(),
    })
}

/// Tells what a round consists of, and for what the thread waits if it changes nothing.
fn told(round: &[Action]) -> String {
    let mut operations = distinct(round.iter().map(|action| match &action.object {
        Some(object) => format!("{} {object}", action.verb),
        None => action.verb.to_owned(),
    }));
    let objects = distinct(round.iter().filter_map(|action| action.object.clone()));
    let changes = |action: &Action| match &action.values {
        Values::Changed { before, after } => before != after,
        Values::Single(_) => false,
        Values::Unknown => action.remark.as_deref() != Some("fails"),
    };
    if operations.len() > 6 {
        operations.truncate(5);
        operations.push("more".to_owned());
    }
    let repeats = format!("repeats {} without end", list(&operations));
    match (round.iter().any(changes), objects.len()) {
        (true, _) | (_, 0) => repeats,
        (false, 1) => format!("{repeats}: waits for {} to change", objects[0]),
        (false, _) => format!("{repeats}: waits for a change of {}", list(&objects)),
    }
}

/// Returns the texts without repetition, in their order.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut distinct = Vec::new();
    texts.for_each(|text| {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    });
    distinct
}
