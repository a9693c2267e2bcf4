//! The model of a drawing: everything that is to be seen of an interleaving, as data, without layout or
//! colour.

use super::names;
use super::place::Place;
use super::words::list;
use crate::{Interleaving, ThreadId};
use std::fmt;

/// A drawing of one interleaving: a column for each thread, time downwards, and the story under it.
///
/// All text is ready to be shown: names of threads and objects, numbers with a proper minus sign. A medium
/// adds layout and colour.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drawing {
    /// The threads that have a column, in the order of their names.
    pub columns: Vec<Column>,
    /// The rows, from top to bottom.
    pub rows: Vec<Row>,
    /// Rows that belong together, in the order of their first rows.
    pub joins: Vec<Join>,
    /// The ending of the execution; `None` if it can go on.
    pub finale: Option<Finale>,
    /// The story in plain sentences; at least one if the execution has ended.
    pub story: Vec<String>,
}

/// A column of a drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// The thread that runs down the column.
    pub thread: ThreadId,
    /// Its name, such as `thread 1`; with the variable that holds its handle, if the source is at hand:
    /// `thread 1 (consumer)`.
    pub name: String,
}

impl Column {
    /// Returns the column of a thread of an interleaving.
    pub fn of(interleaving: &Interleaving, thread: ThreadId) -> Self {
        let name = names::in_full(interleaving, thread);
        Self { thread, name }
    }
}

/// A row of a drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The index of the column; `None` for a row across all columns: one of several threads, or one of the
    /// main thread if that has no column.
    pub column: Option<usize>,
    /// The name of its thread, or the names of its threads.
    pub who: String,
    /// The content: an event, a fold, a spawn, a join, or a thread that does not end as it should.
    pub content: Content,
    /// The place in the source; `None` for folds, and for unlocks that have no label: a guard knows only
    /// where it was made, not where it is dropped.
    pub place: Option<Place>,
    /// The marks: everything remarkable about it.
    pub marks: Vec<Mark>,
}

/// The content of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// One event.
    Event {
        /// Its number in the interleaving, from 1.
        step: usize,
        /// Its action.
        action: Action,
    },
    /// Several events that are not shown one by one.
    Fold {
        /// The number of the first.
        first: usize,
        /// The number of the last.
        last: usize,
        /// A description of them, such as `14 more rounds of load x, store x`.
        text: String,
    },
    /// A spawn or a join.
    Link(String),
    /// A thread that does not end as it should: it panics, or waits for ever.
    Stuck(String),
}

/// The action of an event, such as `store x: 0 → 1`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Action {
    /// The operation, as the source calls it: `store`.
    pub verb: &'static str,
    /// The object: `x`.
    pub object: Option<String>,
    /// The values: `0 → 1`.
    pub values: Values,
    /// A remark: `fails`; in a data race also the memory ordering of an atomic operation: `Acquire`.
    pub remark: Option<String>,
}

/// The values that an event read or replaced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Values {
    /// None are known.
    Unknown,
    /// It read this value; or it left this value, and the value before is not known.
    Single(String),
    /// It replaced one value by another.
    Changed {
        /// The value before.
        before: String,
        /// The value after.
        after: String,
    },
}

/// A mark: something remarkable about a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mark {
    /// The thread of the event before could have gone on, but this one ran.
    Preempts {
        /// The name of the thread that was preempted.
        thread: String,
        /// Its column, if it has one.
        column: Option<usize>,
    },
    /// The value that it read was replaced before its thread stored: the read went stale.
    Stale,
    /// Its update was overwritten by a thread that had not seen it.
    Missed,
    /// It overwrote an update that its thread had not seen: that update is lost.
    Overwrites {
        /// The threads whose updates are lost.
        threads: Vec<String>,
    },
    /// It changed a value that a mutex guards, and a thread that had read the value before changed it again:
    /// it is not known whether that thread took the first change into account.
    MayBeMissed,
    /// It changed a value that others have changed since its thread last read it: their updates are lost if
    /// the new value was computed from the one that the thread had read then.
    MayOverwrite {
        /// The threads whose updates may be lost.
        threads: Vec<String>,
    },
    /// It is one of the two accesses of a data race.
    Races,
    /// It is a notification, and these threads did not wait for it yet: they wait for ever.
    TooEarly {
        /// The threads that wait for ever.
        threads: Vec<String>,
    },
}

/// Rows that belong together, from top to bottom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Join {
    /// The reason why they belong together.
    pub kind: JoinKind,
    /// The indices of the rows, ascending; at least two.
    pub rows: Vec<usize>,
}

impl Join {
    /// Returns the first of the rows and the last.
    pub fn ends(&self) -> (usize, usize) {
        let first = self.rows.first().copied().unwrap_or(0);
        (first, self.rows.last().copied().unwrap_or(first))
    }

    /// Returns `true` if no row lies between the ends of both.
    pub fn is_apart_from(&self, other: &Join) -> bool {
        let (one, other) = (self.ends(), other.ends());
        one.1 < other.0 || other.1 < one.0
    }
}

/// The reason why rows belong together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JoinKind {
    /// The read that went stale, the stores that it missed, and the store that overwrote them, or
    /// [may have](Mark::MayOverwrite).
    LostUpdate,
    /// The two accesses of a data race.
    DataRace,
    /// The acquisition of a lock, or a notification that came too early, and the thread that waits for it for
    /// ever.
    Waits,
}

/// The ending of an execution, as a drawing shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finale {
    /// The ending in words, such as `outcome: −1` or `deadlock`.
    pub text: String,
    /// `true` for a deadlock, a panic or a data race.
    pub is_failure: bool,
}

impl Row {
    /// Returns the content in words, without the place: `store x: 0 → 1`.
    pub fn text(&self) -> String {
        match &self.content {
            Content::Event { action, .. } => action.to_string(),
            Content::Fold { text, .. } => format!("… {text}"),
            Content::Link(text) | Content::Stuck(text) => text.clone(),
        }
    }

    /// Returns the number of the row's event, if it shows a single one.
    pub fn step(&self) -> Option<usize> {
        match self.content {
            Content::Event { step, .. } => Some(step),
            _ => None,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb)?;
        if let Some(object) = &self.object {
            write!(f, " {object}")?;
        }
        match &self.values {
            Values::Unknown => {}
            Values::Single(value) => write!(f, " = {value}")?,
            Values::Changed { before, after } => write!(f, ": {before} → {after}")?,
        }
        match &self.remark {
            Some(remark) => write!(f, ", {remark}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preempts { thread, .. } => write!(f, "preempts {thread}"),
            Self::Stale => f.write_str("goes stale"),
            Self::Missed => f.write_str("will be lost"),
            Self::Overwrites { threads } => write!(f, "overwrites {}", updates_of(threads)),
            Self::MayBeMissed => f.write_str("may be lost"),
            Self::MayOverwrite { threads } => write!(f, "may overwrite {}", updates_of(threads)),
            Self::Races => f.write_str("data race"),
            Self::TooEarly { threads } => write!(f, "too early for {}", list(threads)),
        }
    }
}

fn updates_of(threads: &[String]) -> String {
    let owners: Vec<String> = threads.iter().map(|thread| format!("{thread}'s")).collect();
    let updates = if owners.len() == 1 { "update" } else { "updates" };
    format!("{} {updates}", list(&owners))
}
