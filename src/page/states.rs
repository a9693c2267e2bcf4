//! The states of a graph, as the page has them.

use super::counts::counts;
use super::drawn;
use super::graph::{Edge, Graph, State};
use super::model::{EdgeData, EndData, RowData, StandingData, StateData};
use super::shared::Shared;
use super::ways::{FirstSteps, ways};
use selvedge_explorer::ThreadId;
use selvedge_explorer::drawing::{NextStep, Standing};
use std::collections::BTreeMap;

/// The names by which the data of a level calls things: indices into its lists.
pub(super) struct Naming<'a> {
    /// The threads, the main one last.
    pub(super) threads: &'a [ThreadId],
    /// The indices of the threads that have a column.
    pub(super) columns: &'a [usize],
    /// For each state, the index of its ending, if it is one.
    pub(super) endings: &'a [Option<usize>],
    /// The number of endings.
    pub(super) count: usize,
}

/// The data of states, and what they share.
pub(super) struct States {
    pub(super) texts: Vec<String>,
    pub(super) standings: Vec<StandingData>,
    pub(super) states: Vec<StateData>,
}

impl Naming<'_> {
    /// Returns the index of a thread.
    pub(super) fn thread(&self, id: ThreadId) -> usize {
        let found = self.threads.iter().position(|&thread| thread == id);
        found.unwrap_or(self.threads.len())
    }
}

/// Returns the states as data. With `is_game`, all are there, and each tells how many interleavings lead where,
/// and the shortest ways.
///
/// # Errors
///
/// If there are too many interleavings to count them.
pub(super) fn states(graph: &Graph, naming: &Naming<'_>, is_game: bool) -> Result<States, String> {
    let ending = |state: usize| naming.endings[state];
    let counts = match is_game {
        true => counts(graph, naming.count, ending)?,
        false => Vec::new(),
    };
    let ways = match is_game {
        true => ways(graph, naming.count, ending),
        false => Vec::new(),
    };
    let mut writer = Writer {
        naming,
        texts: Shared::new(),
        standings: Shared::new(),
    };
    let states = graph.states.iter().enumerate().map(|(index, state)| StateData {
        c: counts.get(index).cloned().unwrap_or_default(),
        w: ways.get(index).map(|ways| writer.ways(ways)).unwrap_or_default(),
        ..writer.state(state, naming.endings[index])
    });
    Ok(States {
        states: states.collect(),
        texts: writer.texts.into_list(),
        standings: writer.standings.into_list(),
    })
}

struct Writer<'a> {
    naming: &'a Naming<'a>,
    texts: Shared<String>,
    standings: Shared<StandingData>,
}

impl Writer<'_> {
    fn state(&mut self, state: &State, ending: Option<usize>) -> StateData {
        let objects = state.position.objects.iter();
        StateData {
            o: objects.map(|object| self.texts.index(object.clone())).collect(),
            t: self.threads(state),
            e: state.edges.iter().map(|edge| self.edge(edge)).collect(),
            m: self.marks(state),
            j: self.joins(state),
            x: ending.map(|ending| self.end(state, ending)),
            ..StateData::default()
        }
    }

    fn threads(&mut self, state: &State) -> Vec<Option<usize>> {
        let threads = &state.position.threads;
        let standing = |id: &ThreadId| threads.iter().find(|standing| standing.thread == *id);
        let standings = self.naming.threads.iter().map(standing);
        standings
            .map(|standing| standing.map(|standing| self.standings.index(data(standing))))
            .collect()
    }

    fn edge(&mut self, edge: &Edge) -> EdgeData {
        (
            self.naming.thread(edge.choice.thread),
            edge.choice.alternative,
            edge.to,
            self.texts.index(edge.action.clone()),
            edge.place
                .as_ref()
                .map(|place| self.texts.index(place.to_string())),
        )
    }

    fn marks(&mut self, state: &State) -> Vec<(usize, u32, usize)> {
        let marks = state.remarks.marks.iter();
        marks
            .map(|((thread, number), mark)| {
                let thread = self.naming.thread(*thread);
                (thread, *number, self.texts.index(mark.clone()))
            })
            .collect()
    }

    fn joins(&mut self, state: &State) -> Vec<(usize, Vec<(usize, u32)>)> {
        let joins = state.remarks.joins.iter();
        joins
            .map(|(kind, steps)| {
                let steps = steps
                    .iter()
                    .map(|(thread, number)| (self.naming.thread(*thread), *number));
                (self.texts.index((*kind).to_owned()), steps.collect())
            })
            .collect()
    }

    fn end(&mut self, state: &State, ending: usize) -> EndData {
        let columns = state.remarks.columns.iter();
        let columns: Vec<usize> = columns.map(|column| self.naming.thread(column.thread)).collect();
        let in_column = |row: RowData| RowData {
            column: row.column.filter(|column| self.naming.columns.contains(column)),
            ..row
        };
        let stuck = drawn::rows(&state.remarks.stuck, &columns);
        let story = state.remarks.story.iter();
        EndData {
            ending,
            stuck: stuck.into_iter().map(in_column).collect(),
            story: story.map(|text| self.texts.index(text.clone())).collect(),
        }
    }

    fn ways(&self, ways: &BTreeMap<Option<ThreadId>, FirstSteps>) -> BTreeMap<String, FirstSteps> {
        let name = |last: &Option<ThreadId>| match last {
            Some(thread) => self.naming.thread(*thread).to_string(),
            None => "-".to_owned(),
        };
        let leads_on = |steps: &&FirstSteps| steps.iter().any(Option::is_some);
        let ways = ways.iter().filter(|(_, steps)| leads_on(steps));
        ways.map(|(last, steps)| (name(last), steps.clone())).collect()
    }
}

/// Returns what a thread is about to do, as data.
fn data(standing: &Standing) -> StandingData {
    let (kind, text, alternatives) = match &standing.next {
        NextStep::Ended => ("ended", "has ended".to_owned(), Vec::new()),
        NextStep::Waits(what) => ("waits", what.clone(), Vec::new()),
        NextStep::Ready { text, alternatives } => ("ready", text.clone(), alternatives.clone()),
    };
    let place = standing.place.as_ref();
    let in_source = place.filter(|place| place.label.is_none());
    StandingData {
        kind,
        text,
        place: place.map(ToString::to_string),
        at: in_source.map(|place| (place.file.clone(), place.line)),
        alternatives,
    }
}
