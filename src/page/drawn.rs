//! Drawings as the page has them: the same model as that of the columns and pictures of `show`.

use super::model::{DrawingData, JoinData, RowData};
use selvedge_explorer::ThreadId;
use selvedge_explorer::drawing::{Content, Drawing, JoinKind, Row};

/// Returns a drawing as data; `thread` gives the index of a thread.
pub(super) fn drawing(drawing: &Drawing, thread: impl Fn(ThreadId) -> usize) -> DrawingData {
    let columns: Vec<usize> = drawing
        .columns
        .iter()
        .map(|column| thread(column.thread))
        .collect();
    let joins = drawing.joins.iter().map(|join| JoinData {
        kind: kind(join.kind),
        rows: join.rows.clone(),
    });
    DrawingData {
        rows: rows(&drawing.rows, &columns),
        joins: joins.collect(),
        finale: drawing.finale.as_ref().map(|finale| finale.text.clone()),
        story: drawing.story.clone(),
        columns,
    }
}

/// Returns rows as data; `columns` are the indices of the threads that have a column.
pub(super) fn rows(rows: &[Row], columns: &[usize]) -> Vec<RowData> {
    let mut last = 0;
    let mut data = Vec::new();
    for row in rows {
        let (kind, steps) = match &row.content {
            Content::Event { step, .. } => ("event", (*step, *step)),
            Content::Fold { first, last, .. } => ("fold", (*first, *last)),
            Content::Link(_) => ("link", (last, last)),
            Content::Stuck(_) => ("stuck", (last, last)),
        };
        last = last.max(steps.1);
        data.push(RowData {
            column: row.column.and_then(|column| columns.get(column).copied()),
            who: row.who.clone(),
            kind,
            steps,
            text: row.text(),
            place: row.place.as_ref().map(ToString::to_string),
            marks: row.marks.iter().map(ToString::to_string).collect(),
        });
    }
    data
}

/// Returns the reason for a join in words.
pub(super) fn kind(kind: JoinKind) -> &'static str {
    match kind {
        JoinKind::LostUpdate => "lost update",
        JoinKind::DataRace => "data race",
        JoinKind::Waits => "waits for ever",
    }
}
