//! Items: together they have every trace once, whatever the depth; with weak initials they would lose some.

use std::collections::BTreeMap;

use super::program::{self, Program};
use super::{Found, Sound, Strategy, number, quiet, strategies};
use crate::search::optimal::Optimal;
use crate::search::rules::Rules;
use crate::search::split::Item;
use crate::{Completeness, Explorer, MemoryModel};
use proptest::strategy::Strategy as _;
use selvedge_programs::Trials;

#[derive(Debug)]
struct WeakInitials;

impl Rules for WeakInitials {
    const SOUND: bool = false;
    const INITIALS_BELOW_ITEMS: bool = false;
}

fn below<R: Rules>(item: Item) -> Box<dyn Strategy> {
    Box::new(Optimal::<R>::below(item))
}

fn explorer() -> Explorer {
    let most = number("SELVEDGE_RANDOM_INTERLEAVINGS", 2_000);
    Explorer::new()
        .spurious_wakeups(1)
        .timeouts(1)
        .unwind_abandoned(true)
        .executions(Some(most))
}

/// Returns the traces of the items at a depth, and how many executions were begun in vain; `None` if there are too many.
fn traces(
    explorer: &Explorer,
    program: &Program,
    depth: usize,
    below: fn(Item) -> Box<dyn Strategy>,
) -> Option<(Found, u64)> {
    let mut found = Found::new();
    let body = program.clone();
    let blocked = explorer.each_item(
        depth,
        move || program::run(&body),
        below,
        |execution| {
            *found.entry(execution.trace_hash()).or_default() += 1;
        },
    )?;
    Some((found, blocked))
}

/// Returns the traces of the whole search; `None` if there are too many.
fn whole(explorer: &Explorer, program: &Program) -> Option<Found> {
    let mut found = Found::new();
    let body = program.clone();
    let summary = explorer.explore(
        move || program::run(&body),
        |execution| {
            *found.entry(execution.trace_hash()).or_default() += 1;
        },
    );
    let completeness = summary.expect("deterministic").completeness;
    (!matches!(completeness, Completeness::CutShort(_))).then_some(found)
}

/// Compares the items with the whole search, at several depths.
fn compare(explorer: &Explorer, programs: &impl proptest::strategy::Strategy<Value = Program>) {
    quiet::quiet_panics();
    let mut figures = BTreeMap::<usize, [u64; 2]>::new();
    Trials::new(200).hold(programs, |program| {
        let Some(all) = whole(explorer, program) else {
            return false;
        };
        for depth in [1, 2, 3, 6, 10] {
            let Some((found, blocked)) = traces(explorer, program, depth, below::<Sound>) else {
                panic!("more than before at depth {depth}");
            };
            assert_eq!(found, all, "at depth {depth}");
            let figures = figures.entry(depth).or_default();
            figures[0] += found.len() as u64;
            figures[1] += blocked;
        }
        true
    });
    println!("traces, and executions in vain, by depth: {figures:?}");
}

#[test]
fn items_have_every_trace_once_at_any_depth() {
    let programs = strategies::programs()
        .boxed()
        .prop_union(strategies::choosing().boxed())
        .or(strategies::waiting().boxed())
        .or(strategies::reading().boxed())
        .or(strategies::sparse().boxed());
    compare(&explorer(), &programs);
}

#[test]
fn items_of_graphs_have_every_graph_once_at_any_depth() {
    let programs = strategies::programs()
        .boxed()
        .prop_union(strategies::choosing().boxed())
        .or(strategies::reading().boxed())
        .or(strategies::looping().boxed());
    compare(&explorer().memory_model(MemoryModel::Rc11), &programs);
}

/// The rule of the whole search, that a weak initial among the sleepers covers a reversal, loses traces here.
#[test]
fn weak_initials_below_items_are_noticed() {
    quiet::quiet_panics();
    let (mut lost, mut all) = (0, 0);
    Trials::new(300).hold(&strategies::sparse(), |program| {
        let Some(right) = whole(&explorer(), program) else {
            return false;
        };
        if let Some((found, _)) = traces(&explorer(), program, 3, below::<WeakInitials>) {
            lost += right.keys().filter(|trace| !found.contains_key(trace)).count();
        }
        all += right.len();
        true
    });
    println!("{lost} of {all} traces lost");
    assert!(lost > 0, "the mistake would not be noticed");
}
