//! The rows of a drawing before any are folded.

use super::marks::marks;
use crate::drawing::action::Actions;
use crate::drawing::findings::Findings;
use crate::drawing::model::{Column, Content, Row};
use crate::drawing::names::thread;
use crate::drawing::place::Place;
use crate::drawing::role::Role;
use crate::drawing::waiting::waits;
use crate::drawing::words::on_one_line;
use crate::{Interleaving, Link, PanicInfo, ThreadId};

/// Returns the rows: one for each event, spawn, join, panic and stuck thread, in their order.
pub(super) fn rows(interleaving: &Interleaving, columns: &[Column], findings: &Findings) -> Vec<Row> {
    let column = |id: ThreadId| columns.iter().position(|column| column.thread == id);
    let mut actions = Actions::new(interleaving, findings.race.is_some());
    let mut links = interleaving.links.iter().peekable();
    let mut rows = Vec::new();
    for position in 0..=interleaving.steps.len() {
        while let Some(link) = links.next_if(|link| link.position <= position) {
            rows.extend(column(link.by).map(|column| link_row(link, column)));
        }
        if let Some(panic) = findings.panic().filter(|_| findings.panic_after == position) {
            rows.push(panic_row(panic, column(panic.thread)));
        }
        if let Some(step) = interleaving.steps.get(position) {
            let event = &step.event;
            let marks = marks(interleaving, position, columns, findings);
            let action = actions.next(event, findings.effects[position], &findings.names);
            // That a thread parks is one row, which stands where it goes on.
            if Role::of(event) == (Role::StartsToPark { returns: false }) && marks.is_empty() {
                continue;
            }
            rows.push(Row {
                column: column(event.thread),
                who: thread(event.thread),
                content: Content::Event {
                    step: position + 1,
                    action,
                },
                place: Place::of(event),
                marks,
            });
        }
    }
    rows.extend(findings.stuck().into_iter().map(|stuck| Row {
        column: column(stuck.thread),
        who: thread(stuck.thread),
        content: Content::Stuck(waits(stuck, &findings.names)),
        place: Some(Place::from(stuck)),
        marks: Vec::new(),
    }));
    rows
}

fn link_row(link: &Link, column: usize) -> Row {
    let verb = if link.spawn { "spawn" } else { "join" };
    Row {
        column: Some(column),
        who: thread(link.by),
        content: Content::Link(format!("{verb} {}", thread(link.of))),
        place: Some(Place::from(link)),
        marks: Vec::new(),
    }
}

fn panic_row(panic: &PanicInfo, column: Option<usize>) -> Row {
    Row {
        column,
        who: thread(panic.thread),
        content: Content::Stuck(format!("panics: {}", on_one_line(&panic.message))),
        place: panic.location.as_ref().map(Place::from),
        marks: Vec::new(),
    }
}
