//! The drawing of the interleaving so far.

use super::page::{BOLD, DIM, Line, PLAIN};
use super::state::Game;
use selvedge::explorer::drawing::columns::Lines;
use selvedge::explorer::drawing::{Column, Drawing, Mark};
use selvedge::explorer::{Interleaving, ThreadId};

/// The interleaving so far, as lines of text.
pub(super) struct History {
    lines: Lines,
    width: usize,
}

impl History {
    pub(super) fn new(game: &Game, width: usize) -> Self {
        let interleaving = &game.replay.interleaving;
        let drawing = match &game.replay.ending {
            Some(ending) => Drawing::described(interleaving, ending, |outcome| {
                game.playback.scenario().describe(outcome)
            }),
            None => Drawing::unfinished(interleaving),
        };
        History {
            lines: Lines::new(&with_all_threads(drawing, interleaving), width),
            width,
        }
    }

    /// Returns the heading and as many of the last lines as fit, without those that are scrolled away; and
    /// the number of lines by which the history can be scrolled.
    pub(super) fn lines(self, room: usize, scroll: usize) -> (Vec<String>, usize) {
        let Lines { head, rows } = self.lines;
        let fixed = 1 + head.len();
        let Some(room) = room.checked_sub(fixed).filter(|&room| room > 0) else {
            return (Vec::new(), 0);
        };
        let scrollable = rows.len().saturating_sub(room);
        let end = rows.len() - scroll.min(scrollable);
        let first = end.saturating_sub(room);
        let heading = Line::new(self.width).add(BOLD, "So far");
        let heading = match (rows.is_empty(), scrollable) {
            (true, _) => heading.add(PLAIN, ": nothing"),
            (false, 0) => heading,
            (false, _) => heading.add(
                DIM,
                &format!("  lines {} to {end} of {}, PgUp PgDn", first + 1, rows.len()),
            ),
        };
        let mut lines = vec![heading.end()];
        lines.extend(head);
        lines.extend_from_slice(&rows[first..end]);
        (lines, scrollable)
    }
}

/// Gives each thread but the main one a column from the beginning, so that no column moves when a thread
/// appears.
fn with_all_threads(mut drawing: Drawing, interleaving: &Interleaving) -> Drawing {
    let has_column = |id: ThreadId| drawing.columns.iter().any(|column| column.thread == id);
    let threads = interleaving.threads.iter().map(|thread| thread.id);
    let columns: Vec<Column> = threads
        .filter(|&id| id != ThreadId::MAIN || has_column(id))
        .map(|thread| Column::of(interleaving, thread))
        .collect();
    let before = std::mem::replace(&mut drawing.columns, columns);
    let moved = |column: &mut Option<usize>| {
        let thread = column
            .and_then(|column| before.get(column))
            .map(|column| column.thread);
        *column = drawing
            .columns
            .iter()
            .position(|column| Some(column.thread) == thread);
    };
    for row in &mut drawing.rows {
        moved(&mut row.column);
        for mark in &mut row.marks {
            if let Mark::Preempts { column, .. } = mark {
                moved(column);
            }
        }
    }
    drawing
}
