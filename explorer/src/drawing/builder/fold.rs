//! Folds: several rows shown as one, so that a long interleaving fits on one page.
//!
//! Important rows are kept, with their neighbours of the same thread: preemptions, stale reads, the first and
//! the last store that these missed, the stores that overwrote them, and the events that the story is about.
//! The rest is folded, thread by thread. If there are still too many rows, only the events that the story is
//! about are kept, with the rows beside them, and folds go across threads.

use crate::drawing::findings::Findings;
use crate::drawing::model::{Content, Mark, Row, Values};
use crate::drawing::words::list;
use std::collections::{BTreeMap, BTreeSet};

/// The largest number of rows that are shown without any fold.
const UNFOLDED: usize = 20;

/// The largest number of rows that are shown while each fold is of a single thread.
const MOST: usize = 48;

/// The smallest number of rows that are folded.
const WORTH: usize = 3;

/// Folds the rows that are not important, if there are many.
pub(super) fn fold(rows: Vec<Row>, findings: &Findings) -> Vec<Row> {
    if rows.len() <= UNFOLDED {
        return rows;
    }
    let kept = with_neighbours(&rows, &findings.important);
    let folded = fold_unkept(rows.clone(), &kept, true);
    if folded.len() <= MOST {
        return folded;
    }
    let kept = essential(&rows, findings);
    fold_unkept(rows, &kept, false)
}

/// Returns `true` for each row that is kept: those that are important, up to two rows of the same thread
/// before and after each of them, the first two rows of each thread, and the last two rows of all.
fn with_neighbours(rows: &[Row], important: &BTreeSet<usize>) -> Vec<bool> {
    let matters = |row: &Row| match row.content {
        Content::Event { step, .. } => important.contains(&(step - 1)),
        _ => true,
    };
    let mut seen = BTreeMap::<&str, usize>::new();
    let mut kept = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let seen = seen.entry(&row.who).or_default();
        *seen += 1;
        kept.push(*seen <= 2 || index + 2 >= rows.len() || matters(row));
    }
    for index in (0..rows.len()).filter(|&index| matters(&rows[index])) {
        let around = index.saturating_sub(2)..(index + 3).min(rows.len());
        around
            .filter(|&other| rows[other].who == rows[index].who)
            .for_each(|other| kept[other] = true);
    }
    kept
}

/// Returns `true` for each row that is kept if there are too many important ones.
fn essential(rows: &[Row], findings: &Findings) -> Vec<bool> {
    let matters = |row: &Row| match &row.content {
        Content::Event { step, .. } => findings.told.contains(&(step - 1)),
        Content::Stuck(_) => true,
        Content::Fold { .. } | Content::Link(_) => false,
    };
    let near = |index: usize| {
        (index.saturating_sub(1)..(index + 2).min(rows.len())).any(|near| matters(&rows[near]))
    };
    (0..rows.len())
        .map(|index| index < 4 || index + 6 >= rows.len() || near(index))
        .collect()
}

/// Replaces runs of rows that are not kept, of one thread each or across threads.
fn fold_unkept(rows: Vec<Row>, kept: &[bool], by_thread: bool) -> Vec<Row> {
    let mut folded = Vec::new();
    let mut run: Vec<Row> = Vec::new();
    for (row, &kept) in rows.into_iter().zip(kept) {
        let breaks = by_thread && run.last().is_some_and(|last| last.who != row.who);
        if kept || breaks {
            close(&mut run, &mut folded);
        }
        if kept {
            folded.push(row);
        } else {
            run.push(row);
        }
    }
    close(&mut run, &mut folded);
    folded
}

/// Ends a run: folds it if it is long enough, except for the rows after its last whole round.
fn close(run: &mut Vec<Row>, folded: &mut Vec<Row>) {
    let mut run = std::mem::take(run);
    let rounds = rounds(&run);
    let rest = run.split_off(
        rounds
            .as_ref()
            .map_or(run.len(), |rounds| rounds.count * rounds.round.len()),
    );
    let steps: Vec<usize> = run.iter().filter_map(Row::step).collect();
    if let (true, Some(&first), Some(&last)) = (run.len() >= WORTH, steps.first(), steps.last()) {
        let mut threads: Vec<String> = run.iter().map(|row| row.who.clone()).collect();
        threads.sort_unstable();
        threads.dedup();
        let preempts = |row: &Row| row.marks.iter().any(|mark| matches!(mark, Mark::Preempts { .. }));
        let text = match threads.len() == 1 && !run.iter().any(preempts) {
            true => text(&run, rounds),
            false => text_across(&run, steps.len(), &threads),
        };
        folded.push(Row {
            column: run[0].column.filter(|_| threads.len() == 1),
            who: list(&threads),
            content: Content::Fold { first, last, text },
            place: None,
            marks: Vec::new(),
        });
    } else {
        folded.extend(run);
    }
    folded.extend(rest);
}

/// Describes a run of one thread.
fn text(run: &[Row], rounds: Option<Rounds>) -> String {
    let what = match rounds {
        Some(Rounds { count, round }) => format!("{count} more rounds of {}", round.join(", ")),
        None => format!("{} more steps{}", run.len(), labels(run)),
    };
    match change(run) {
        Some(change) => format!("{what} ({change})"),
        None => what,
    }
}

/// The largest number of labels that a fold names.
const LABELS: usize = 6;

/// Returns the labels of a run, in its order: `: drop_gil, take_gil`.
fn labels(run: &[Row]) -> String {
    let mut labels: Vec<_> = run.iter().filter_map(|row| row.place.as_ref()?.label).collect();
    labels.dedup();
    let is_long = labels.len() > LABELS;
    labels.truncate(LABELS);
    match (labels.is_empty(), is_long) {
        (true, _) => String::new(),
        (false, true) => format!(": {}, …", labels.join(", ")),
        (false, false) => format!(": {}", labels.join(", ")),
    }
}

/// Describes a run of several threads, or one with preemptions.
fn text_across(run: &[Row], steps: usize, threads: &[String]) -> String {
    let preempts = |row: &&Row| row.marks.iter().any(|mark| matches!(mark, Mark::Preempts { .. }));
    let overwrites = |row: &&Row| {
        row.marks
            .iter()
            .any(|mark| matches!(mark, Mark::Overwrites { .. }))
    };
    let mut text = format!("{steps} more steps of {}", list(threads));
    let of = |count: usize, what: &str| match count {
        0 => String::new(),
        1 => format!(", 1 {what}"),
        count => format!(", {count} {what}s"),
    };
    text += &of(run.iter().filter(preempts).count(), "preemption");
    text += &of(run.iter().filter(overwrites).count(), "lost update");
    text
}

/// The same operations over and over.
struct Rounds {
    /// The number of whole rounds; at least two.
    count: usize,
    /// The operations of one round.
    round: Vec<String>,
}

/// Returns the rounds that a run of one thread consists of, apart from the rows left over at its end.
fn rounds(run: &[Row]) -> Option<Rounds> {
    let signature = |row: &Row| match &row.content {
        Content::Event { action, .. } => Some((
            action.verb,
            action.object.clone(),
            row.place.clone(),
            row.who.clone(),
        )),
        _ => None,
    };
    let signatures: Option<Vec<_>> = run.iter().map(signature).collect();
    let signatures = signatures.filter(|_| run.iter().all(|row| row.who == run[0].who))?;
    let repeats = |&period: &usize| {
        (period..signatures.len()).all(|index| signatures[index] == signatures[index - period])
    };
    let period = (1..=signatures.len() / 2).find(repeats)?;
    let name = |(verb, object, ..): &(&str, Option<String>, _, _)| match object {
        Some(object) => format!("{verb} {object}"),
        None => (*verb).to_owned(),
    };
    Some(Rounds {
        count: signatures.len() / period,
        round: signatures[..period].iter().map(name).collect(),
    })
}

/// Returns the change that a run makes, if it makes one, and to one object only: `x: 1 → 5`.
fn change(run: &[Row]) -> Option<String> {
    let mut changes = run.iter().filter_map(|row| match &row.content {
        Content::Event { action, .. } => match &action.values {
            Values::Changed { before, after } => Some((action.object.as_deref()?, before, after)),
            _ => None,
        },
        _ => None,
    });
    let (object, before, mut last) = changes.next()?;
    for (other, _, after) in changes {
        if other != object {
            return None;
        }
        last = after;
    }
    (before != last).then(|| format!("{object}: {before} → {last}"))
}
