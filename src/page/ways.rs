//! The shortest ways from each state to each ending.

use super::graph::Graph;
use selvedge_explorer::{Cost, ThreadId};
use std::collections::{BTreeMap, BTreeSet};

/// The first step of the shortest way to each ending, as the index of an edge; `None` if no way leads there.
pub(super) type FirstSteps = Vec<Option<usize>>;

/// The cost of no step.
const NOTHING: Cost = Cost {
    preemptions: 0,
    switches: 0,
    events: 0,
};

/// For each state, and for each thread that may have run last when it is reached: the first step of the
/// shortest way to each ending.
///
/// The shortest way has the fewest preemptions, then the fewest switches, then the fewest events, as a witness
/// has. Whether a step preempts depends on the thread that ran last, and so does the way.
pub(super) fn ways(
    graph: &Graph,
    endings: usize,
    ending: impl Fn(usize) -> Option<usize>,
) -> Vec<BTreeMap<Option<ThreadId>, FirstSteps>> {
    let last = last_threads(graph);
    let mut costs: Vec<BTreeMap<Option<ThreadId>, Vec<Option<Cost>>>> =
        vec![BTreeMap::new(); graph.states.len()];
    let mut ways = vec![BTreeMap::new(); graph.states.len()];
    for index in (0..graph.states.len()).rev() {
        for &last in &last[index] {
            let mut best: Vec<Option<(Cost, Option<usize>)>> = vec![None; endings];
            if let Some(ending) = ending(index) {
                best[ending] = Some((NOTHING, None));
            }
            for (number, edge) in graph.states[index].edges.iter().enumerate() {
                let step = cost(graph, index, last, edge.choice.thread);
                let then = &costs[edge.to][&Some(edge.choice.thread)];
                for (best, then) in best.iter_mut().zip(then) {
                    let Some(cost) = then.map(|then| sum(step, then)) else {
                        continue;
                    };
                    if best.is_none_or(|(least, _)| cost < least) {
                        *best = Some((cost, Some(number)));
                    }
                }
            }
            let least = best.iter().map(|best| best.map(|(cost, _)| cost));
            costs[index].insert(last, least.collect());
            let first = best.iter().map(|best| best.and_then(|(_, first)| first));
            ways[index].insert(last, first.collect());
        }
    }
    ways
}

/// Returns, for each state, the threads that may have run last; `None` stands for the beginning.
fn last_threads(graph: &Graph) -> Vec<BTreeSet<Option<ThreadId>>> {
    let mut last = vec![BTreeSet::new(); graph.states.len()];
    if let Some(beginning) = last.first_mut() {
        beginning.insert(None);
    }
    for edge in graph.states.iter().flat_map(|state| &state.edges) {
        last[edge.to].insert(Some(edge.choice.thread));
    }
    last
}

/// Returns the cost of a step of `thread` in a state, after one of `last`.
fn cost(graph: &Graph, state: usize, last: Option<ThreadId>, thread: ThreadId) -> Cost {
    let edges = &graph.states[state].edges;
    let can_go_on = |last| edges.iter().any(|edge| edge.choice.thread == last);
    let left = last.filter(|&last| last != thread);
    Cost {
        preemptions: usize::from(left.is_some_and(can_go_on)),
        switches: usize::from(left.is_some()),
        events: 1,
    }
}

fn sum(one: Cost, other: Cost) -> Cost {
    Cost {
        preemptions: one.preemptions + other.preemptions,
        switches: one.switches + other.switches,
        events: one.events + other.events,
    }
}

#[cfg(test)]
mod tests {
    use super::super::graph::built::{choice, graph};
    use super::*;

    /// Returns the thread of a step of a schedule.
    fn thread(step: &str) -> Option<ThreadId> {
        Some(choice(step).thread)
    }

    #[test]
    fn preemptions_count_before_switches_and_switches_before_events() {
        // After a step of thread 1, either thread can go on. If 2 does, it preempts 1, and ends alone. If 1 does, it
        // waits for 2, and 2 for it: one switch more, and one event, but no preemption.
        let detour = graph(&[
            &[("1", 1)],
            &[("2", 3), ("1", 2)],
            &[("2", 4)],
            &[("2", 5)],
            &[("1", 5)],
            &[],
        ]);
        let ways = ways(&detour, 1, |state| (state == 5).then_some(0));
        assert_eq!(ways[0][&None], [Some(0)]);
        assert_eq!(
            ways[1][&thread("1")],
            [Some(1)],
            "no preemption is worth a detour"
        );
        assert_eq!(ways[5][&thread("2")], [None], "it is there");
    }

    #[test]
    fn switches_count_before_events() {
        // Thread 2 and then thread 1, with a switch; or thread 1 alone, with one event more.
        let graph = graph(&[&[("2", 1), ("1", 2)], &[("1", 4)], &[("1", 3)], &[("1", 4)], &[]]);
        let ways = ways(&graph, 1, |state| (state == 4).then_some(0));
        assert_eq!(ways[0][&None], [Some(1)]);
    }

    #[test]
    fn who_ran_last_decides_which_way_is_the_shortest() {
        // Two steps of each thread in some orders; the state in the middle is reached by either.
        let crossing = graph(&[
            &[("1", 1), ("2", 2)],
            &[("2", 3)],
            &[("1", 3)],
            &[("1", 4), ("2", 5)],
            &[("2", 6)],
            &[("1", 6)],
            &[],
        ]);
        let ways = ways(&crossing, 2, |state| (state == 6).then_some(1));
        assert_eq!(ways[3][&thread("1")], [None, Some(0)], "thread 1 goes on");
        assert_eq!(ways[3][&thread("2")], [None, Some(1)], "thread 2 goes on");
    }
}
