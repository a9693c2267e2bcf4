//! Every scenario on several OS threads: the same executions with the same endings as on one.

use selvedge::catalogue::Selection;
use selvedge::check::{self, Witnessing};
use selvedge::engine::{AnyEngine, Budget, Completeness, Explorer, Memory};
use selvedge::scenario::Size;
use std::collections::BTreeMap;

/// The endings, each with the number of its executions, and how far the exploration went.
fn explore(
    selection: Selection,
    size: Size,
    memory: Memory,
    jobs: usize,
) -> (BTreeMap<String, u64>, Completeness) {
    let scenario = selection.sized(size.threads, size.iterations).scenario();
    let engine = AnyEngine::new(Explorer {
        memory,
        ..Explorer::default()
    });
    let report = check::explore(&scenario, Some(size), &[engine], &Witnessing::Refutations, |_| {
        Budget {
            jobs,
            ..Budget::default()
        }
    });
    let counts = report.rows.iter().map(|row| (row.outcome.clone(), row.counts[0]));
    (counts.collect(), report.engines[0].completeness.clone())
}

#[test]
fn jobs_find_what_one_thread_does() {
    for selection in Selection::all() {
        let size = match Selection::counters().any(|counter| counter == selection) {
            true => Size {
                threads: 2,
                iterations: 3,
            },
            false => selection.smallest(),
        };
        for memory in [Memory::SequentialConsistency, Memory::Auto] {
            let alone = explore(selection, size, memory, 1);
            assert_eq!(
                explore(selection, size, memory, 3),
                alone,
                "{selection}, {memory:?}"
            );
        }
    }
}
