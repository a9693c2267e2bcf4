//! The computation: one search over the states for each thing that is added up along them.

use super::{Count, EndingOdds, NoOdds, Odds, Search};
use crate::execution::Ending;
use crate::outcome::AnyOutcome;
use crate::scenario::{AnyRepeated, AnyScenario, Size};
use selvedge_explorer::states::{Counting, Coverage, States, Swept};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// What has been added up for one ending.
struct Sums {
    interleavings: Count,
    traces: Count,
    picked: f64,
}

impl Default for Sums {
    fn default() -> Self {
        Sums {
            interleavings: Count::ZERO,
            traces: Count::ZERO,
            picked: 0.0,
        }
    }
}

/// The sums of the endings. All deadlocks are one ending, and so are all data races, as in reports.
type Table = BTreeMap<Ending<AnyOutcome>, Sums>;

/// Computes the odds; says what it does.
pub(super) fn compute(
    scenario: &AnyScenario,
    search: &Search,
    say: &mut dyn FnMut(&str),
) -> Result<Odds, NoOdds> {
    let repeated = scenario
        .repeated()
        .ok_or_else(|| NoOdds::NotRepeated(scenario.name()))?;
    let begun = Instant::now();
    let mut sweep = |counting, what: &str| {
        say(what);
        sweep(&repeated, scenario, (search, begun), counting)
    };
    let mut table = Table::new();
    let swept = sweep(Counting::Interleavings, "counting interleavings")?;
    add(&mut table, &swept, |sums| &mut sums.interleavings);
    let picked = sweep(Counting::Odds, "following a scheduler that picks at random")?;
    for (ending, weight) in &picked.endings {
        let odds = weight
            .odds()
            .expect("odds were asked for, and there are no cycles");
        table.entry(Ending::from(ending)).or_default().picked += odds;
    }
    if search.traces {
        let swept = sweep(Counting::Traces, "counting traces")?;
        add(&mut table, &swept, |sums| &mut sums.traces);
    }
    let (interleavings, traces) = totals(&table);
    Ok(Odds {
        scenario: scenario.name(),
        size: Size {
            threads: repeated.threads(),
            iterations: repeated.iterations(),
        },
        states: swept.states,
        interleavings,
        traces: search.traces.then_some(traces),
        bounds: (swept.coverage != Coverage::Exhaustive).then(|| swept.coverage.to_string()),
        endings: endings_of(table, interleavings, scenario, search.traces),
        elapsed: begun.elapsed(),
    })
}

/// Searches all states, in the time that is left.
fn sweep(
    repeated: &AnyRepeated,
    scenario: &AnyScenario,
    (search, begun): (&Search, Instant),
    counting: Counting,
) -> Result<Swept<AnyOutcome>, NoOdds> {
    let time = search.time.map(|time| time.saturating_sub(begun.elapsed()));
    let states = States::new()
        .counting(counting)
        .time(time)
        .interrupt(Some(search.interrupt.flag()));
    let swept = repeated.sweep(&states).map_err(NoOdds::Refused)?;
    match swept.coverage {
        Coverage::CutShort(cut) => Err(NoOdds::CutShort {
            cut,
            states: swept.states,
        }),
        _ if swept.endless => Err(NoOdds::Endless {
            states: swept.states,
            endings: endings(scenario, &swept),
        }),
        _ => Ok(swept),
    }
}

/// Returns the endings as reports show them.
fn endings(scenario: &AnyScenario, swept: &Swept<AnyOutcome>) -> Vec<String> {
    let mut endings: BTreeSet<Ending<AnyOutcome>> = swept.endings.keys().map(Ending::from).collect();
    if swept.livelocks > 0 {
        // Threads that start over for ever wait for what no other will do: for the engines that is a deadlock.
        endings.insert(Ending::Deadlock);
    }
    endings
        .iter()
        .map(|ending| scenario.describe_ending(ending))
        .collect()
}

/// Adds the counts of a search to one column of the table.
fn add(table: &mut Table, swept: &Swept<AnyOutcome>, column: fn(&mut Sums) -> &mut Count) {
    for (ending, weight) in &swept.endings {
        let count = weight
            .count()
            .expect("counts were asked for, and there are no cycles");
        *column(table.entry(Ending::from(ending)).or_default()) += count;
    }
}

/// Returns the number of all interleavings, and of all traces.
fn totals(table: &Table) -> (Count, Count) {
    let (mut interleavings, mut traces) = (Count::ZERO, Count::ZERO);
    for sums in table.values() {
        interleavings += sums.interleavings;
        traces += sums.traces;
    }
    (interleavings, traces)
}

/// Returns what the table says of each ending.
fn endings_of(table: Table, all: Count, scenario: &AnyScenario, traces: bool) -> Vec<EndingOdds> {
    // Both are finite as floats: a count has at most 960 bits.
    let share = |count: Count| count.to_f64() / all.to_f64();
    let endings = table.into_iter().map(|(ending, sums)| EndingOdds {
        ending: scenario.describe_ending(&ending),
        kind: ending.kind(),
        interleavings: sums.interleavings,
        traces: traces.then_some(sums.traces),
        share: share(sums.interleavings),
        picked: sums.picked,
    });
    endings.collect()
}

#[cfg(test)]
#[path = "compute/tests.rs"]
mod tests;
