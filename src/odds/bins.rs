//! The endings in few rows: consecutive values are put together where there are too many.

use super::{Count, EndingOdds, Odds};
use selvedge_explorer::drawing::with_minus;

/// A row: one ending, or several.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// The ending, or the first and the last of the values.
    pub(super) label: String,
    pub(super) interleavings: Count,
    pub(super) traces: Option<Count>,
    pub(super) share: f64,
    pub(super) picked: f64,
    /// `true` for values of which the row before has those just below.
    pub(super) follows: bool,
}

/// The rows, and how they came about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// The number of consecutive values in a row, if they were put together.
    pub(super) together: Option<u64>,
}

/// Puts the endings into at most `most` rows, which must be 3 or more.
///
/// If there are too many, the values that are whole numbers are put together in bins of one width, around the middle of
/// their range; the bins at its ends may reach beyond it, and their labels do not. Other endings have a row each, as far as
/// there is room, and the rest of them one together.
pub(super) fn rows(odds: &Odds, most: usize) -> Rows {
    let (values, others): (Vec<_>, Vec<_>) = odds
        .endings
        .iter()
        .map(|ending| (value(ending), ending))
        .partition(|(value, _)| value.is_some());
    let values: Vec<(i128, &EndingOdds)> = values
        .into_iter()
        .filter_map(|(value, ending)| Some((value?, ending)))
        .collect();
    let others: Vec<&EndingOdds> = others.into_iter().map(|(_, ending)| ending).collect();
    if odds.endings.len() <= most {
        return Rows {
            rows: one_each(&values, &others),
            together: None,
        };
    }
    let room = if values.is_empty() { most } else { most.div_ceil(2) };
    let others = few(&others, room);
    let (mut rows, width) = binned(&values, most - others.len());
    rows.extend(others);
    Rows {
        rows,
        together: (width > 1).then_some(width as u64),
    }
}

/// Returns a row for each ending.
fn one_each(values: &[(i128, &EndingOdds)], others: &[&EndingOdds]) -> Vec<Row> {
    let mut last = None;
    let mut rows = Vec::new();
    for (value, ending) in values {
        let follows = last.is_some_and(|last: i128| last + 1 == *value);
        rows.push(row(&[*ending], &ending.ending, follows));
        last = Some(*value);
    }
    rows.extend(others.iter().map(|ending| row(&[*ending], &ending.ending, false)));
    rows
}

/// Returns the value of an outcome that is a whole number.
fn value(ending: &EndingOdds) -> Option<i128> {
    (ending.kind == "finished")
        .then(|| ending.ending.parse::<i64>().ok().map(i128::from))
        .flatten()
}

fn row(endings: &[&EndingOdds], label: &str, follows: bool) -> Row {
    let mut row = Row {
        label: with_minus(label),
        interleavings: Count::ZERO,
        traces: None,
        share: 0.0,
        picked: 0.0,
        follows,
    };
    for ending in endings {
        row.interleavings += ending.interleavings;
        if let Some(traces) = ending.traces {
            *row.traces.get_or_insert(Count::ZERO) += traces;
        }
        row.share += ending.share;
        row.picked += ending.picked;
    }
    row
}

/// Puts sorted values into at most `most` bins; returns the bins that have values, and their width.
fn binned(values: &[(i128, &EndingOdds)], most: usize) -> (Vec<Row>, i128) {
    let (Some(&(least, _)), Some(&(greatest, _))) = (values.first(), values.last()) else {
        return (Vec::new(), 1);
    };
    let width = width(greatest - least + 1, most as i128);
    let first = (least + greatest - width + 1).div_euclid(2);
    let bin = |value: i128| (value - first).div_euclid(width);
    let mut rows = Vec::new();
    let mut last = None;
    for group in values.chunk_by(|(one, _), (other, _)| bin(*one) == bin(*other)) {
        let bin = bin(group[0].0);
        let from = (first + bin * width).max(least);
        let to = (first + (bin + 1) * width - 1).min(greatest);
        let label = match from == to {
            true => from.to_string(),
            false => format!("{from} to {to}"),
        };
        let endings: Vec<&EndingOdds> = group.iter().map(|(_, ending)| *ending).collect();
        let follows = last.is_some_and(|last| last + 1 == bin);
        rows.push(row(&endings, &label, follows));
        last = Some(bin);
    }
    (rows, width)
}

/// Returns the width of the bins for so many consecutive values. The middle bin is in the middle, so that of two values
/// that mirror each other both lie in bins that do; that may take one bin more than if the first began with them.
fn width(values: i128, most: i128) -> i128 {
    let width = match most {
        ..2 => values,
        _ => (values + most - 2) / (most - 1),
    };
    // Only if both are even or both are odd, the bin has a place in the middle.
    match width > 1 && (values - width) % 2 != 0 {
        true => width + 1,
        false => width,
    }
}

/// Returns a row for each ending, or for all but the last ones, which share one.
fn few(endings: &[&EndingOdds], most: usize) -> Vec<Row> {
    let alone = if endings.len() <= most {
        endings.len()
    } else {
        most - 1
    };
    let (alone, rest) = endings.split_at(alone);
    let mut rows: Vec<Row> = alone
        .iter()
        .map(|ending| row(&[*ending], &ending.ending, false))
        .collect();
    if !rest.is_empty() {
        rows.push(row(rest, &format!("{} others", rest.len()), false));
    }
    rows
}

#[cfg(test)]
#[path = "bins/tests.rs"]
mod tests;
