//! What a drawing remarks on: all of it that belongs to a trace, and so to every interleaving of a state.

use super::drawn;
use selvedge_explorer::drawing::{Column, Content, Drawing, Mark, Row};
use selvedge_explorer::{Interleaving, ThreadId};

/// A step of an interleaving, whatever its place in it: the thread, and the number among the thread's own steps.
/// A thread that waits for ever has no step there: it has number 0.
pub(super) type OwnStep = (ThreadId, u32);

/// The remarks of a drawing.
#[derive(Debug)]
pub(super) struct Remarks {
    /// The marks, in words. That a step preempts a thread is not among them: it belongs to an interleaving.
    pub(super) marks: Vec<(OwnStep, String)>,
    /// The steps that belong together, each time with the reason in words.
    pub(super) joins: Vec<(&'static str, Vec<OwnStep>)>,
    /// The columns.
    pub(super) columns: Vec<Column>,
    /// The rows of threads that do not end as they should.
    pub(super) stuck: Vec<Row>,
    pub(super) story: Vec<String>,
}

impl Remarks {
    /// Takes the remarks from a drawing of an interleaving.
    pub(super) fn of(interleaving: &Interleaving, drawing: Drawing) -> Self {
        let own = |row: &Row| own_step(interleaving, &drawing.columns, row);
        let marks = drawing.rows.iter().flat_map(|row| {
            let marks = row.marks.iter();
            let marks = marks.filter(|mark| !matches!(mark, Mark::Preempts { .. }));
            marks.filter_map(|mark| Some((own(row)?, mark.to_string())))
        });
        let joins = drawing.joins.iter().map(|join| {
            let rows = join.rows.iter().map(|&row| &drawing.rows[row]);
            (drawn::kind(join.kind), rows.filter_map(own).collect())
        });
        let (marks, joins) = (marks.collect(), joins.collect());
        let mut stuck = drawing.rows;
        stuck.retain(|row| matches!(row.content, Content::Stuck(_)));
        Remarks {
            marks,
            joins,
            stuck,
            columns: drawing.columns,
            story: drawing.story,
        }
    }
}

fn own_step(interleaving: &Interleaving, columns: &[Column], row: &Row) -> Option<OwnStep> {
    match (&row.content, row.step()) {
        (_, Some(step)) => {
            let event = &interleaving.steps[step - 1].event;
            Some((event.thread, event.number))
        }
        (Content::Stuck(_), None) => Some((columns[row.column?].thread, 0)),
        _ => None,
    }
}
