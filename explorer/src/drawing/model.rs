//! The model of a drawing: what is to be seen of an interleaving, in no medium yet.

use super::names::list;
use super::place::Place;
use super::{Findings, fold, rows, story};
use crate::{Ending, Interleaving, ThreadId};
use std::fmt;

/// One interleaving as a drawing shows it: a column for each thread, time downwards, and the story under it.
///
/// All text is ready to be shown: names of threads and objects, numbers with a proper minus sign. What a medium adds
/// is layout and colour.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drawing {
    /// The threads that have a column, in the order of their names.
    pub columns: Vec<Column>,
    /// What happens, from top to bottom.
    pub rows: Vec<Row>,
    /// Rows that belong together, in the order of their first rows.
    pub joins: Vec<Join>,
    /// How the execution ended; `None` if it goes on.
    pub finale: Option<Finale>,
    /// What happened, in plain sentences; at least one if the execution has ended.
    pub story: Vec<String>,
}

/// A column of a drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// The thread.
    pub thread: ThreadId,
    /// Its name, such as `thread 1`.
    pub name: String,
}

/// A row of a drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The index of the column; `None` for a row across all columns: of several threads, or of the main thread, where
    /// that runs only while there is no other and needs no column.
    pub column: Option<usize>,
    /// Whose row it is: the name of its thread, or of its threads.
    pub who: String,
    /// What it shows.
    pub content: Content,
    /// Where in the source; `None` for folds, and for unlocks that have no label: a guard knows only where it was made,
    /// not where it is dropped.
    pub place: Option<Place>,
    /// What is remarkable about it.
    pub marks: Vec<Mark>,
}

/// What a row shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// One event.
    Event {
        /// Its number in the interleaving, from 1.
        step: usize,
        /// What was done.
        action: Action,
    },
    /// Several events that are not shown one by one.
    Fold {
        /// The number of the first.
        first: usize,
        /// The number of the last.
        last: usize,
        /// What they are, such as `14 more rounds of load x, store x`.
        text: String,
    },
    /// A spawn or a join.
    Link(String),
    /// What becomes of a thread that does not end as it should: it panics, or waits for ever.
    Stuck(String),
}

/// What was done in an event, such as `store x: 0 → 1`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Action {
    /// The operation, as the source calls it: `store`.
    pub verb: &'static str,
    /// What it was done to: `x`.
    pub object: Option<String>,
    /// The values: `0 → 1`.
    pub values: Values,
    /// What else there is to say: `fails`.
    pub remark: Option<String>,
}

/// The values that an event saw or changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Values {
    /// None are known.
    Unknown,
    /// It saw this one; or it left this one, and what was there before is not known.
    Single(String),
    /// It replaced one by another.
    Changed {
        /// The value before.
        before: String,
        /// The value after.
        after: String,
    },
}

/// What is remarkable about a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mark {
    /// The thread of the row before could have gone on, but this one ran.
    Preempts {
        /// The name of the thread that was preempted.
        thread: String,
        /// Its column, if it has one.
        column: Option<usize>,
    },
    /// The value that it read was replaced before its thread stored: the read went stale.
    Stale,
    /// Its thread's update was overwritten by a thread that had not seen it.
    Missed,
    /// It overwrote an update that its thread had not seen: that update is lost.
    Overwrites {
        /// The threads whose updates are lost.
        threads: Vec<String>,
    },
    /// A thread changed what a mutex guards, and another that had looked before changed it again: it is not known
    /// whether that one took the change into account.
    MayBeMissed,
    /// It changed what its thread had last seen otherwise, and what others have changed since: their updates are lost
    /// if it was computed from what the thread had seen then.
    MayOverwrite {
        /// The threads whose updates may be lost.
        threads: Vec<String>,
    },
    /// It is one of the two accesses of a data race.
    Races,
}

/// Rows that belong together, from top to bottom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Join {
    /// Why they do.
    pub kind: JoinKind,
    /// The indices of the rows, ascending; at least two.
    pub rows: Vec<usize>,
}

impl Join {
    /// The first of the rows and the last.
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

/// Why rows belong together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JoinKind {
    /// The read that went stale, the stores that it missed, and the store that overwrote them, or
    /// [may have](Mark::MayOverwrite).
    LostUpdate,
    /// The two accesses of a data race.
    DataRace,
    /// The acquisition of a lock, and the thread that waits for it for ever.
    Waits,
}

/// How the execution ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finale {
    /// In words, such as `outcome: −1` or `deadlock`.
    pub text: String,
    /// Whether it is a deadlock, a panic or a data race.
    pub is_failure: bool,
}

impl Drawing {
    /// Draws an interleaving; the outcome is shown as its `Debug` output.
    pub fn new<O: fmt::Debug>(interleaving: &Interleaving, ending: &Ending<O>) -> Self {
        Self::described(interleaving, ending, |outcome| format!("{outcome:?}"))
    }

    /// Draws an interleaving, with the outcome in the words of `describe`.
    pub fn described<O>(
        interleaving: &Interleaving,
        ending: &Ending<O>,
        describe: impl FnOnce(&O) -> String,
    ) -> Self {
        let findings = Findings::of(interleaving, Some(ending));
        let finale = rows::finale(ending, describe);
        Self::of(interleaving, &findings, Some(finale))
    }

    /// Draws what has happened so far in an execution that can go on, as a replay that was stopped leaves it.
    ///
    /// All threads have a column that have done something or still can. There is no finale, and a story only if an
    /// update has been lost.
    pub fn unfinished(interleaving: &Interleaving) -> Self {
        Self::of(interleaving, &Findings::of::<()>(interleaving, None), None)
    }

    fn of(interleaving: &Interleaving, findings: &Findings, finale: Option<Finale>) -> Self {
        let columns = rows::columns(interleaving, findings);
        let all = rows::rows(interleaving, &columns, findings);
        let rows = fold::fold(all, findings);
        Self {
            joins: rows::joins(interleaving, &rows, findings),
            finale,
            story: story::story(interleaving, findings),
            columns,
            rows,
        }
    }
}

impl Row {
    /// Returns what the row shows, in words, without its place: `store x: 0 → 1`.
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
        }
    }
}

fn updates_of(threads: &[String]) -> String {
    let owners: Vec<String> = threads.iter().map(|thread| format!("{thread}'s")).collect();
    let updates = if owners.len() == 1 { "update" } else { "updates" };
    format!("{} {updates}", list(&owners))
}
