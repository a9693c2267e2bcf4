//! The rows of a drawing, before any are folded, and what joins them.

use super::action::Aftermath;
use super::deadlock;
use super::findings::Findings;
use super::model::{Column, Content, Finale, Join, JoinKind, Mark, Row};
use super::names::{thread, with_minus};
use super::place::Place;
use super::stale::LostUpdate;
use crate::{Ending, Event, Interleaving, Link, PanicInfo, Step, StuckThread, ThreadId, ThreadStatus};
use std::collections::BTreeSet;

/// Returns the columns: the threads of which there is something to see.
///
/// The main thread has none if it runs only while there is no other, as where it spawns them, joins them and looks at
/// the result.
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
                    || stuck(findings).iter().any(|stuck| stuck.thread == id)
                    || panic(findings).is_some_and(|panic| panic.thread == id)
            }
        }
    };
    let threads = interleaving.threads.iter().map(|thread| thread.id);
    let column = |id| Column {
        thread: id,
        name: thread(id),
    };
    threads.filter(|&id| shown(id)).map(column).collect()
}

/// Returns `true` if the main thread executes an event between the spawn and the join of another, or alone.
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

/// The stuck threads in the order of their rows, the main thread last.
fn stuck(findings: &Findings) -> Vec<&StuckThread> {
    let mut stuck: Vec<&StuckThread> = match &findings.ending {
        Some(Ending::Deadlock(threads)) => threads.iter().collect(),
        _ => Vec::new(),
    };
    stuck.sort_by_key(|stuck| stuck.thread == ThreadId::MAIN);
    stuck
}

fn panic(findings: &Findings) -> Option<&PanicInfo> {
    match &findings.ending {
        Some(Ending::Panic(panic)) => Some(panic),
        _ => None,
    }
}

/// Returns a row for each event, with spawns, joins, panics and stuck threads in their places.
pub(super) fn rows(interleaving: &Interleaving, columns: &[Column], findings: &Findings) -> Vec<Row> {
    let column = |id: ThreadId| columns.iter().position(|column| column.thread == id);
    let mut aftermath = Aftermath::default();
    let mut links = interleaving.links.iter().peekable();
    let mut rows = Vec::new();
    for position in 0..=interleaving.steps.len() {
        while let Some(link) = links.next_if(|link| link.position <= position) {
            rows.extend(column(link.by).map(|column| link_row(link, column)));
        }
        if let Some(panic) = panic(findings).filter(|_| findings.panic_after == position) {
            rows.push(panic_row(panic, column(panic.thread)));
        }
        if let Some(step) = interleaving.steps.get(position) {
            let event = &step.event;
            rows.push(Row {
                column: column(event.thread),
                who: thread(event.thread),
                content: Content::Event {
                    step: position + 1,
                    action: aftermath.action(event, findings.effects[position], &findings.names),
                },
                place: place(event),
                marks: marks(interleaving, position, columns, findings),
            });
        }
    }
    rows.extend(stuck(findings).into_iter().map(|stuck| Row {
        column: column(stuck.thread),
        who: thread(stuck.thread),
        content: Content::Stuck(deadlock::waits(stuck, &findings.names)),
        place: Some(Place::from(stuck)),
        marks: Vec::new(),
    }));
    rows
}

/// Returns the place of an event; an unlock without a label has none, as only the place of the lock is known.
fn place(event: &Event) -> Option<Place> {
    match event.operation.unlocks() && event.label.is_none() {
        true => None,
        false => Some(Place::from(event)),
    }
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
        content: Content::Stuck(format!("panics: {}", message(panic))),
        place: panic.location.as_ref().map(|location| Place {
            file: crate::place::file_name(&location.file).to_owned(),
            line: location.line,
            label: None,
        }),
        marks: Vec::new(),
    }
}

/// Returns the message of a panic on one line, cut off where it is very long.
pub(super) fn message(panic: &PanicInfo) -> String {
    const LONGEST: usize = 160;
    let lines = panic.message.lines();
    let lines = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    let message = with_minus(&lines.join("; "));
    match message.chars().count() > LONGEST {
        true => message.chars().take(LONGEST - 1).chain(['…']).collect(),
        false => message,
    }
}

fn marks(interleaving: &Interleaving, position: usize, columns: &[Column], findings: &Findings) -> Vec<Mark> {
    let mut marks = Vec::new();
    if let Some(id) = interleaving.steps[position].preempted {
        marks.push(Mark::Preempts {
            thread: thread(id),
            column: columns.iter().position(|column| column.thread == id),
        });
    }
    let all = || findings.lost.iter().chain(&findings.doubtful);
    if all().any(|lost| lost.read == position) {
        marks.push(Mark::Stale);
    }
    let misses = |lost: &LostUpdate| lost.missed.contains(&position);
    if findings.lost.iter().any(misses) {
        marks.push(Mark::Missed);
    }
    if findings.doubtful.iter().any(misses) {
        marks.push(Mark::MayBeMissed);
    }
    let owners = |lost: &LostUpdate| owners(interleaving, lost);
    let ends = |lost: &&LostUpdate| lost.store == position;
    let overwritten = findings.lost.iter().filter(ends).map(owners);
    marks.extend(overwritten.map(|threads| Mark::Overwrites { threads }));
    let doubtful = findings.doubtful.iter().filter(ends).map(owners);
    marks.extend(doubtful.map(|threads| Mark::MayOverwrite { threads }));
    if findings
        .race
        .is_some_and(|(first, second)| position == first || position == second)
    {
        marks.push(Mark::Races);
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

/// Returns what joins the rows that are left after folding.
pub(super) fn joins(interleaving: &Interleaving, rows: &[Row], findings: &Findings) -> Vec<Join> {
    let row_of = |index: &usize| rows.iter().position(|row| row.step() == Some(index + 1));
    let mut joins: Vec<Join> = Vec::new();
    for lost in findings.lost.iter().chain(&findings.doubtful) {
        let ends = [lost.read, lost.store];
        joins.push(Join {
            kind: JoinKind::LostUpdate,
            rows: ends.iter().chain(&lost.missed).filter_map(row_of).collect(),
        });
    }
    if let Some((first, second)) = findings.race {
        joins.push(Join {
            kind: JoinKind::DataRace,
            rows: [first, second].iter().filter_map(row_of).collect(),
        });
    }
    let stuck = stuck(findings);
    for (number, thread) in stuck.iter().enumerate() {
        let waiting = rows.len() - stuck.len() + number;
        let acquired = deadlock::acquisitions(interleaving, thread);
        joins.push(Join {
            kind: JoinKind::Waits,
            rows: acquired.iter().filter_map(row_of).chain([waiting]).collect(),
        });
    }
    joins.iter_mut().for_each(|join| join.rows.sort_unstable());
    joins.retain(|join| join.rows.len() > 1);
    joins.sort_by_key(|join| join.rows[0]);
    joins
}

/// Returns how the execution ended, in words.
pub(super) fn finale<O>(ending: &Ending<O>, describe: impl FnOnce(&O) -> String) -> Finale {
    let text = match ending {
        Ending::Finished(outcome) => format!("outcome: {}", with_minus(&describe(outcome))),
        Ending::Deadlock(_) => "deadlock".to_owned(),
        Ending::Panic(_) => "panic".to_owned(),
        Ending::DataRace(_) => "data race".to_owned(),
        Ending::StepLimit => "cut off at the step limit".to_owned(),
    };
    Finale {
        text,
        is_failure: ending.is_failure(),
    }
}
