//! Every scenario as execution graphs: under sequential consistency there are as many as traces, with the same endings.

use selvedge::catalogue::Selection;
use selvedge::check::{self, Witnessing};
use selvedge::engine::{AnyEngine, Budget, Completeness, Cut, Explorer, Memory};
use selvedge::scenario::Size;
use selvedge_explorer::Mode;
use std::collections::BTreeMap;

/// The endings, each with the number of its executions, and how far the exploration went.
fn explore(
    selection: Selection,
    size: Size,
    mode: Mode,
    memory: Memory,
) -> (BTreeMap<String, u64>, Completeness) {
    let scenario = selection.sized(size.threads, size.iterations).scenario();
    let engine = AnyEngine::new(Explorer {
        mode,
        memory,
        ..Explorer::default()
    });
    let report = check::explore(&scenario, Some(size), &[engine], &Witnessing::Refutations, |_| {
        Budget::default()
    });
    let counts = report.rows.iter().map(|row| (row.outcome.clone(), row.counts[0]));
    (counts.collect(), report.engines[0].completeness.clone())
}

#[test]
fn there_are_as_many_graphs_as_traces() {
    let mut refused = Vec::new();
    // Additions that tell nothing commute in a trace; in a graph they have an order.
    let fetch_add = Selection::named("fetch-add");
    for selection in Selection::all().filter(|selection| Some(*selection) != fetch_add) {
        let mut sizes = vec![selection.smallest()];
        if Selection::counters().any(|counter| counter == selection) {
            sizes.push(Size {
                threads: 2,
                iterations: 2,
            });
        }
        for size in sizes {
            let traces = explore(selection, size, Mode::Optimal, Memory::SequentialConsistency);
            let graphs = explore(selection, size, Mode::Graphs, Memory::SequentialConsistency);
            match graphs.1 {
                Completeness::CutShort(Cut::Unsupported(_)) => refused.push(selection.name()),
                // Accesses to plain memory that are a data race have no order in a graph, nor have a thread that is woken and
                // what else happens at its condition variable.
                _ if graphs.0.contains_key("data race") || selection.name().starts_with("gil") => {
                    assert!(graphs.0.keys().eq(traces.0.keys()), "{selection}")
                }
                _ => assert_eq!(graphs, traces, "{selection}: left: graphs, right: traces"),
            }
        }
    }
    assert_eq!(
        refused,
        ["gil-timed"],
        "what has waits that go on while a word holds a value"
    );
}
