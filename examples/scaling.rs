//! Prints the table "What scales how far" of `docs/engines.md`: what each way to a proof costs, at full size.
//!
//! ```console
//! cargo run --release --example scaling
//! ```
//!
//! The counts are the same every time. The times are multiples of the first row's, in this run: of several runs of a
//! row, the shortest counts.

use selvedge::counter::Variant;
use selvedge::engine::{Budget, Engine, EveryN, Explorer, Method, States};
use selvedge::invariant::{self, Limits, Strength};
use selvedge::numbers::count_of;
use selvedge::scenario::{AnyRepeated, AnyScenario, Updates};
use std::time::{Duration, Instant};

/// A row of the table.
struct Row {
    work: &'static str,
    variant: Variant,
    iterations: u64,
    way: Way,
}

/// A way to a proof.
enum Way {
    Executions,
    States,
    /// The sum invariant, with every number that can occur.
    Numbers,
    /// The sum invariant, with numbers that nobody knows.
    EveryN,
}

const ROWS: [Row; 6] = [
    Row {
        work: "every execution, unlocked, n = 5",
        variant: Variant::Unlocked,
        iterations: 5,
        way: Way::Executions,
    },
    Row {
        work: "every execution, fetch-add, n = 1,000",
        variant: Variant::FetchAdd,
        iterations: 1_000,
        way: Way::Executions,
    },
    Row {
        work: "every state, locked, n = 1,000",
        variant: Variant::Locked,
        iterations: 1_000,
        way: Way::States,
    },
    Row {
        work: "every state, unlocked, n = 50",
        variant: Variant::Unlocked,
        iterations: 50,
        way: Way::States,
    },
    Row {
        work: "locked, every n ≤ 1,000,000, with numbers",
        variant: Variant::Locked,
        iterations: 1_000_000,
        way: Way::Numbers,
    },
    Row {
        work: "locked, every n",
        variant: Variant::Locked,
        iterations: 1_000_000,
        way: Way::EveryN,
    },
];

/// The number of runs of each row.
const RUNS: usize = 3;

impl Row {
    fn updates(&self) -> Updates {
        Updates {
            variant: self.variant,
            threads: 2,
            iterations: self.iterations,
        }
    }

    /// Does the work once; returns what was counted.
    fn count(&self) -> String {
        let explored = |engine: &dyn Engine| {
            let budget = Budget {
                time: None,
                ..Budget::default()
            };
            let explored = engine.explore_any(&AnyScenario::from(self.updates()), &budget);
            let runs = match &explored.method {
                Method::Argument(argument) => runs_of_a_step(argument.runs),
                method => method.amount(explored.executions),
            };
            assert_eq!(explored.completeness, selvedge::engine::Completeness::Exhaustive);
            runs
        };
        match self.way {
            Way::Executions => explored(&Explorer::default()),
            Way::States => explored(&States),
            Way::EveryN => explored(&EveryN),
            Way::Numbers => {
                let scenario = AnyRepeated::new(self.updates());
                let proof = invariant::check(&scenario, Strength::Concrete, &Limits::default());
                runs_of_a_step(proof.expect("the lock keeps the sum").runs)
            }
        }
    }

    /// Does the work several times; returns what was counted, and the shortest time.
    fn measure(&self) -> (String, Duration) {
        let runs = (0..RUNS).map(|_| {
            let begun = Instant::now();
            (self.count(), begun.elapsed())
        });
        runs.min_by_key(|(_, time)| *time)
            .expect("it is run at least once")
    }
}

fn runs_of_a_step(runs: u64) -> String {
    format!("{} of a step", count_of(runs, "run"))
}

/// Returns a ratio with two digits that matter.
fn rounded(ratio: f64) -> String {
    let digits = (1.0 - ratio.log10().floor()).max(0.0) as usize;
    format!("{ratio:.digits$}")
}

fn main() {
    println!("| work | count | time |\n|---|---|---|");
    let mut first = None;
    for row in ROWS {
        let (count, time) = row.measure();
        let first = *first.get_or_insert(time);
        let ratio = rounded(time.as_secs_f64() / first.as_secs_f64());
        println!("| {} | {count} | {ratio} |", row.work);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_the_same_rows() {
        let document = include_str!("../docs/engines.md");
        for row in ROWS {
            assert!(document.contains(&format!("| {} | ", row.work)), "{}", row.work);
        }
    }

    #[test]
    fn two_digits_matter() {
        let ratios = [1.0, 41.7, 6.25, 0.0093, 0.002_31].map(rounded);
        assert_eq!(ratios, ["1.0", "42", "6.2", "0.0093", "0.0023"]);
    }
}
