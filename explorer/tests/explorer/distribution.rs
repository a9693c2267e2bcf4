//! The exact distribution of an unlocked counter's final values, from a recurrence, as an oracle.
//!
//! One thread adds 1 by a load and a store, `n` times; another subtracts 1 in the same way. How many
//! of the C(4n, 2n) interleavings end with each value takes polynomial time to compute: walk an
//! interleaving backwards, and keep track only of the thread whose value still matters. The
//! recurrence is checked against every interleaving that the explorer enumerates, and then
//! checks the optimal search, which must reach the same values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::{Completeness, Explorer, Mode, thread};

/// The number of ways to each final value, from `-n` to `n`: a polynomial in `z`, which marks one
/// surviving increment.
///
/// The numbers are exact below 2^53, and accurate to many digits up to 2^1023: enough for n = 200.
#[derive(Clone)]
struct Ways(Vec<f64>);

impl Ways {
    fn none(n: usize) -> Self {
        Self(vec![0.0; 2 * n + 1])
    }

    /// Adds the other's ways.
    fn add(&mut self, other: &Self) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(mine, theirs)| *mine += theirs);
    }

    /// Adds the other's ways, each with one more surviving increment: times `z`.
    fn add_raised(&mut self, other: &Self) {
        self.0[1..]
            .iter_mut()
            .zip(&other.0)
            .for_each(|(mine, theirs)| *mine += theirs);
    }

    /// Adds the other's ways, each with one more surviving decrement: times `1/z`.
    fn add_lowered(&mut self, other: &Self) {
        self.0
            .iter_mut()
            .zip(&other.0[1..])
            .for_each(|(mine, theirs)| *mine += theirs);
    }

    /// Returns the ways to end with this value.
    fn ending_at(&self, value: i64) -> f64 {
        let middle = (self.0.len() / 2) as i64;
        self.0[(middle + value) as usize]
    }

    fn total(&self) -> f64 {
        self.0.iter().sum()
    }
}

/// The numbers of the recurrence for `i` increments and `j` decrements: see [`Cell::after`].
#[derive(Clone)]
struct Cell {
    b: Ways,
    /// Mb and Ma.
    m: [Ways; 2],
    /// S and S'.
    s: [Ways; 2],
    /// R and R'.
    r: [Ways; 2],
}

impl Cell {
    fn empty(n: usize) -> Self {
        let pair = [(); 2].map(|()| Ways::none(n));
        Self {
            b: Ways::none(n),
            m: pair.clone(),
            s: pair.clone(),
            r: pair,
        }
    }

    /// Returns the cell from its neighbours with one increment less, and with one decrement less:
    ///
    /// ```text
    /// Mb[i][j] = z S[i-1][j]
    /// B[i][j]  = [i = j = 0] + z R[i-1][j] + Mb[i][j-1] + R'[i][j-1] / z + Ma[i-1][j]
    /// S[i][j]  = S[i][j-1] + B[i][j] + Mb[i][j]
    /// R[i][j]  = R[i][j-1] + B[i][j] + Mb[i][j-1]
    /// ```
    ///
    /// and for Ma, S' and R' the mirror image: i and j, z and 1/z exchanged.
    fn after(above: &Self, before: &Self, n: usize, first: bool) -> Self {
        let mut cell = Self::empty(n);
        cell.m[0].add_raised(&above.s[0]);
        cell.m[1].add_lowered(&before.s[1]);
        cell.b.0[n] = f64::from(u8::from(first));
        cell.b.add_raised(&above.r[0]);
        cell.b.add(&before.m[0]);
        cell.b.add_lowered(&before.r[1]);
        cell.b.add(&above.m[1]);
        for (kind, neighbour) in [before, above].into_iter().enumerate() {
            cell.s[kind].add(&neighbour.s[kind]);
            cell.s[kind].add(&cell.b);
            cell.s[kind].add(&cell.m[kind]);
            cell.r[kind].add(&neighbour.r[kind]);
            cell.r[kind].add(&cell.b);
            cell.r[kind].add(&neighbour.m[kind]);
        }
        cell
    }
}

/// Returns in how many interleavings each value comes out.
fn distribution(n: usize) -> Ways {
    let edge = Cell::empty(n);
    let mut row = vec![edge.clone(); n + 1];
    for i in 0..=n {
        for j in 0..=n {
            let before = j.checked_sub(1).map_or(&edge, |before| &row[before]);
            row[j] = Cell::after(&row[j], before, n, i + j == 0);
        }
    }
    row.swap_remove(n).b
}

fn binomial(n: u64, k: u64) -> u64 {
    (0..k).fold(1, |product, i| product * (n - i) / (i + 1))
}

fn unlocked(times: usize) -> i64 {
    let counter = Arc::new(AtomicI64::new(0));
    let threads = [1, -1].map(|delta| {
        let counter = Arc::clone(&counter);
        thread::spawn(move || {
            for _ in 0..times {
                let seen = counter.load(SeqCst);
                counter.store(seen + delta, SeqCst);
            }
        })
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    counter.load(SeqCst)
}

/// Explores the counters and returns how many executions ended with each value.
fn explore(mode: Mode, times: usize) -> BTreeMap<i64, u64> {
    let mut values = BTreeMap::new();
    let summary = Explorer::new()
        .mode(mode)
        .explore(
            move || unlocked(times),
            |execution| {
                let value = *execution.ending().finished().expect("finished");
                *values.entry(value).or_default() += 1;
            },
        )
        .expect("deterministic");
    assert_eq!(summary.completeness, Completeness::Exhaustive);
    values
}

/// Returns the values that come out in some interleaving, with in how many.
fn values(times: usize) -> BTreeMap<i64, u64> {
    let ways = distribution(times);
    let values = (-(times as i64)..=times as i64).map(|value| (value, ways.ending_at(value) as u64));
    values.filter(|(_, count)| *count > 0).collect()
}

#[test]
fn the_recurrence_counts_every_interleaving_once() {
    for n in 1..=6 {
        assert_eq!(
            distribution(n).total() as u64,
            binomial(4 * n as u64, 2 * n as u64),
            "n = {n}"
        );
    }
}

#[test]
fn the_recurrence_agrees_with_enumeration() {
    assert_eq!(values(1), BTreeMap::from([(-1, 2), (0, 2), (1, 2)]));
    for n in 1..=3 {
        assert_eq!(values(n), explore(Mode::Enumeration, n), "n = {n}");
    }
}

#[test]
fn the_optimal_search_reaches_the_values_that_the_recurrence_says() {
    for n in 1..=5 {
        let reached: BTreeSet<i64> = explore(Mode::Optimal, n).into_keys().collect();
        let expected: BTreeSet<i64> = values(n).into_keys().collect();
        assert_eq!(reached, expected, "n = {n}");
        assert_eq!(expected.len(), 2 * n + 1, "each from -n to n");
    }
}

#[test]
fn the_chance_of_ending_at_zero() {
    for (n, expected) in [(50, 0.047_050), (100, 0.033_272), (200, 0.023_528)] {
        let ways = distribution(n);
        let chance = ways.ending_at(0) / ways.total();
        assert!((chance - expected).abs() < 0.000_000_5, "n = {n}: {chance}");
        let square = |value: i64| (value * value) as f64 * ways.ending_at(value);
        let squares: f64 = (-(n as i64)..=n as i64).map(square).sum();
        let deviation = (squares / ways.total()).sqrt() / (n as f64).sqrt();
        assert!(
            (deviation - 1.19).abs() < 0.01,
            "n = {n}: {deviation} times the square root of n"
        );
    }
}
