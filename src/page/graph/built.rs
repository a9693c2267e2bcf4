//! Graphs that are built by hand, for tests of what is computed from them.

use super::super::remarks::Remarks;
use super::{Edge, Graph, State};
use selvedge_explorer::drawing::Position;
use selvedge_explorer::{Choice, Schedule};

/// Builds a graph of bare states. For each state it takes the steps, each as in a schedule, with the index of the
/// state that it leads to.
pub(in crate::page) fn graph(states: &[&[(&str, usize)]]) -> Graph {
    let states = states.iter().map(|steps| State {
        position: Position {
            threads: Vec::new(),
            objects: Vec::new(),
        },
        depth: 0,
        remarks: Remarks {
            marks: Vec::new(),
            joins: Vec::new(),
            columns: Vec::new(),
            stuck: Vec::new(),
            story: Vec::new(),
        },
        ending: None,
        edges: steps.iter().map(|&(step, to)| edge(step, to)).collect(),
    });
    Graph {
        states: states.collect(),
    }
}

/// Returns the choice of one step of a schedule.
pub(in crate::page) fn choice(step: &str) -> Choice {
    let schedule: Schedule = step.parse().expect("a step");
    schedule.0[0]
}

fn edge(step: &str, to: usize) -> Edge {
    Edge {
        choice: choice(step),
        action: String::new(),
        place: None,
        location: None,
        to,
    }
}
