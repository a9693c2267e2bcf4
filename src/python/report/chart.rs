//! A chart of the times at which threads held a lock: a row for each thread, columns of time.

use crate::python::gil::{History, Stretch};
use std::ops::Range;
use std::time::Duration;

/// The share of a column's time for which a thread held the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nine tenths of it or more.
    Held,
    /// Less than that, but some of it.
    Partly,
    /// None of it.
    Free,
}

/// The tolerance for rounding: shares are sums of floating-point numbers.
const ROUNDING: f64 = 1e-6;

impl Cell {
    fn of(share: f64) -> Cell {
        match share {
            share if share > 0.9 - ROUNDING => Cell::Held,
            share if share > ROUNDING => Cell::Partly,
            _ => Cell::Free,
        }
    }

    pub(super) fn symbol(self) -> char {
        match self {
            Cell::Held => '█',
            Cell::Partly => '▒',
            Cell::Free => '·',
        }
    }
}

/// A chart: a window of time in columns of equal length.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chart {
    /// The duration of a column.
    pub(super) column: Duration,
    /// A row for each thread.
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Chart {
    /// Charts a window of time. A stretch of several turns counts as if the lock was held evenly in it.
    pub(super) fn new(histories: &[History], window: Range<Duration>, columns: usize) -> Chart {
        let row = |history: &History| {
            let shares = shares(history.stretches(), &window, columns);
            shares.into_iter().map(Cell::of).collect()
        };
        Chart {
            column: window.end.saturating_sub(window.start) / columns as u32,
            rows: histories.iter().map(row).collect(),
        }
    }
}

/// Returns, for each column, the share of its time for which the lock was held.
fn shares(stretches: &[Stretch], window: &Range<Duration>, columns: usize) -> Vec<f64> {
    let start = window.start.as_secs_f64();
    let column = (window.end.as_secs_f64() - start) / columns as f64;
    let mut shares = vec![0.0; columns];
    for stretch in stretches.iter().filter(|stretch| stretch.to > stretch.from) {
        let (from, to) = (stretch.from.as_secs_f64(), stretch.to.as_secs_f64());
        let density = stretch.held.as_secs_f64() / (to - from);
        let place = |time: f64| ((time - start) / column).clamp(0.0, columns as f64);
        let (from, to) = (place(from), place(to));
        let last = (to.ceil() as usize).min(columns);
        for (index, share) in shares[..last].iter_mut().enumerate().skip(from as usize) {
            let overlap = to.min(index as f64 + 1.0) - from.max(index as f64);
            *share += overlap.max(0.0) * density;
        }
    }
    shares
}

/// Returns the window from when the lock was first taken to when it was last dropped.
pub(super) fn whole(histories: &[History]) -> Range<Duration> {
    let stretches = || histories.iter().flat_map(History::stretches);
    let start = stretches().map(|stretch| stretch.from).min().unwrap_or_default();
    start..stretches().map(|stretch| stretch.to).max().unwrap_or(start)
}

/// Returns the window from when the lock was first taken to the end of the first `turns` turns of all
/// threads.
pub(super) fn beginning(histories: &[History], turns: usize) -> Range<Duration> {
    let mut ends: Vec<_> = histories
        .iter()
        .flat_map(|history| history.stretches().iter().take(turns))
        .map(|stretch| stretch.to)
        .collect();
    ends.sort_unstable();
    let start = whole(histories).start;
    start..ends.get(turns - 1).or(ends.last()).copied().unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn history(turns: &[(u64, u64)]) -> History {
        let mut history = History::default();
        for &(from, to) in turns {
            history.push(ms(from), ms(to));
        }
        history
    }

    fn drawn(histories: &[History], window: Range<Duration>, columns: usize) -> Vec<String> {
        let chart = Chart::new(histories, window, columns);
        let line = |row: &Vec<Cell>| row.iter().map(|cell| cell.symbol()).collect();
        chart.rows.iter().map(line).collect()
    }

    #[test]
    fn a_cell_is_full_in_part_or_empty() {
        let histories = [history(&[(10, 25), (40, 60)]), history(&[(25, 40), (60, 70)])];
        assert_eq!(whole(&histories), ms(10)..ms(70));
        assert_eq!(drawn(&histories, ms(10)..ms(70), 6), ["█▒·██·", "·▒█··█"]);
        assert_eq!(Chart::new(&histories, ms(10)..ms(70), 6).column, ms(10));
        assert_eq!(drawn(&histories, ms(10)..ms(70), 2), ["▒▒", "▒▒"]);
    }

    #[test]
    fn what_lies_outside_the_window_is_not_charted() {
        let histories = [history(&[(0, 15), (40, 60)]), history(&[(15, 40)]), history(&[])];
        assert_eq!(drawn(&histories, ms(10)..ms(50), 4), ["▒··█", "▒██·", "····"]);
    }

    #[test]
    fn a_cell_is_full_from_nine_tenths_on_and_empty_only_if_nothing_was_held() {
        let histories = [history(&[(0, 1), (20, 29), (30, 38)])];
        assert_eq!(drawn(&histories, ms(0)..ms(40), 4), ["▒·█▒"]);
    }

    #[test]
    fn several_turns_in_one_column_add_up() {
        let histories = [history(&[(0, 3), (4, 7), (7, 10)]), history(&[(3, 4)])];
        assert_eq!(drawn(&histories, ms(0)..ms(10), 1), ["█", "▒"]);
    }

    #[test]
    fn merged_turns_are_spread_evenly() {
        // Half of every second microsecond, for 4 ms: more turns than are kept apart.
        let mut history = History::default();
        for turn in 0..2_000 {
            let from = Duration::from_micros(2 * turn);
            history.push(from, from + Duration::from_micros(1));
        }
        assert!(history.stretches().len() < 2_000);
        assert_eq!(drawn(&[history], ms(0)..ms(4), 4), ["▒▒▒▒"]);
    }

    #[test]
    fn the_beginning_is_the_first_turns_of_all_threads_together() {
        let histories = [
            history(&[(5, 10), (15, 20), (25, 30)]),
            history(&[(10, 15), (20, 25)]),
        ];
        assert_eq!(beginning(&histories, 3), ms(5)..ms(20));
        assert_eq!(beginning(&histories, 9), ms(5)..ms(30), "there are only five");
        assert_eq!(beginning(&[history(&[])], 3), ms(0)..ms(0));
    }

    #[test]
    fn an_empty_window_has_empty_cells() {
        assert_eq!(drawn(&[history(&[(5, 5)])], ms(5)..ms(5), 3), ["···"]);
    }
}
