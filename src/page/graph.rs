//! The graph of a scenario's states, found by running the explorer up to each of them.

#[cfg(test)]
pub(super) mod built;

use super::remarks::Remarks;
use super::trace::Trace;
use crate::engine::{Budget, Playback};
use crate::execution::Ending;
use crate::numbers::{count_of, grouped};
use crate::outcome::AnyOutcome;
use selvedge_explorer::drawing::{Drawing, NextStep, Place, Position, actions};
use selvedge_explorer::{Choice, Event, Replay, Then};
use std::collections::HashMap;
use std::time::Instant;

/// The greatest number of states of a scenario that can be played: a few megabytes of the page.
pub const MOST_STATES: usize = 5_000;

/// The states of a scenario, and the steps that lead from one to another.
///
/// The first is the beginning. A step leads to a state that comes later in the list.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) states: Vec<State>,
}

/// A state: all interleavings up to here that differ only in the order of independent steps.
#[derive(Debug)]
pub(super) struct State {
    pub(super) position: Position,
    /// The number of steps that lead here.
    pub(super) depth: usize,
    pub(super) remarks: Remarks,
    /// The ending, if no thread can go on.
    pub(super) ending: Option<Ending<AnyOutcome>>,
    /// The steps that can be taken here, by thread and alternative.
    pub(super) edges: Vec<Edge>,
}

/// A step from one state to another.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) choice: Choice,
    /// The action, as a drawing shows it.
    pub(super) action: String,
    /// Its place, as a drawing shows it.
    pub(super) place: Option<Place>,
    /// The source file and the line, unless the program has given the step a label.
    pub(super) location: Option<(&'static str, u32)>,
    /// The index of the state that it leads to.
    pub(super) to: usize,
}

/// A walk through the states of a scenario.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    playback: Playback,
    budget: &'a Budget,
    begun: Instant,
    graph: Graph,
    known: HashMap<Trace, usize>,
    /// For each state, the schedule that first led to it.
    schedules: Vec<Vec<Choice>>,
}

impl<'a> Walk<'a> {
    /// Begins at the beginning of a scenario.
    ///
    /// # Errors
    ///
    /// The reason why the scenario cannot be run.
    pub(super) fn new(playback: Playback, budget: &'a Budget) -> Result<Self, String> {
        let mut walk = Walk {
            playback,
            budget,
            begun: Instant::now(),
            graph: Graph::default(),
            known: HashMap::new(),
            schedules: Vec::new(),
        };
        let beginning = walk.run(&[])?;
        walk.state_of(&beginning, Vec::new());
        Ok(walk)
    }

    /// Returns the graph of all states.
    ///
    /// # Errors
    ///
    /// The reason why there is none: it would be too large, or the time is up.
    pub(super) fn everywhere(mut self) -> Result<Graph, String> {
        let mut next = 0;
        while let Some(state) = self.graph.states.get(next) {
            for choice in choices(&state.position) {
                self.step(next, choice)?;
            }
            next += 1;
            self.check()?;
        }
        Ok(self.graph)
    }

    /// Returns the graph of the states along these schedules alone.
    ///
    /// # Errors
    ///
    /// The reason why one of them cannot be run.
    pub(super) fn along<'s>(
        mut self,
        schedules: impl IntoIterator<Item = &'s [Choice]>,
    ) -> Result<Graph, String> {
        for schedule in schedules {
            let mut state = 0;
            for &choice in schedule {
                state = self.step(state, choice)?;
            }
        }
        Ok(self.graph.sorted())
    }

    /// Takes a step from a state, unless it is known; returns the index of the state to which it leads.
    fn step(&mut self, from: usize, choice: Choice) -> Result<usize, String> {
        if let Some(known) = self.graph.edge(from, choice) {
            return Ok(known.to);
        }
        let mut schedule = self.schedules[from].clone();
        schedule.push(choice);
        let replay = self.run(&schedule)?;
        let to = self.state_of(&replay, schedule);
        let (Some(step), Some(action)) = (
            replay.interleaving.steps.last(),
            actions(&replay.interleaving).pop(),
        ) else {
            return Err("a step of it is no event".to_owned());
        };
        let edge = Edge {
            choice,
            action: action.to_string(),
            place: Place::of(&step.event),
            location: location(&step.event),
            to,
        };
        self.graph.states[from].edges.push(edge);
        Ok(to)
    }

    fn run(&self, schedule: &[Choice]) -> Result<Replay<AnyOutcome>, String> {
        self.playback
            .follow(schedule, Then::Stop)
            .map_err(|error| error.to_string())
    }

    /// Returns the index of the state in which a replay has stopped.
    fn state_of(&mut self, replay: &Replay<AnyOutcome>, schedule: Vec<Choice>) -> usize {
        let index = self.graph.states.len();
        let known = *self.known.entry(Trace::of(&replay.interleaving)).or_insert(index);
        if known == index {
            self.graph.states.push(state(&self.playback, replay));
            self.schedules.push(schedule);
        }
        known
    }

    /// Checks that the walk may go on.
    fn check(&self) -> Result<(), String> {
        if self.graph.states.len() > MOST_STATES {
            return Err(format!("it has more than {} states", grouped(MOST_STATES as u64)));
        }
        if self.budget.interrupt.is_set() {
            return Err("the walk through its states was interrupted".to_owned());
        }
        let is_late = |time| self.begun.elapsed() > time;
        match self.budget.time.is_some_and(is_late) {
            true => Err(format!(
                "the time was up after {}",
                count_of(self.graph.states.len() as u64, "state")
            )),
            false => Ok(()),
        }
    }
}

impl Graph {
    /// Returns the step of a state that makes this choice.
    pub(super) fn edge(&self, state: usize, choice: Choice) -> Option<&Edge> {
        let mut edges = self.states[state].edges.iter();
        edges.find(|edge| edge.choice == choice)
    }

    /// Puts the states into an order in which a step leads to a later one: by the number of steps that lead to
    /// them.
    fn sorted(mut self) -> Self {
        let mut order: Vec<usize> = (0..self.states.len()).collect();
        order.sort_by_key(|&index| self.states[index].depth);
        let mut place = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            place[old] = new;
        }
        for edge in self.states.iter_mut().flat_map(|state| &mut state.edges) {
            edge.to = place[edge.to];
        }
        self.states.sort_by_key(|state| state.depth);
        self
    }
}

fn state(playback: &Playback, replay: &Replay<AnyOutcome>) -> State {
    let interleaving = &replay.interleaving;
    let describe = |outcome: &AnyOutcome| playback.scenario().describe(outcome);
    let drawing = match &replay.ending {
        Some(ending) => Drawing::described(interleaving, ending, describe),
        None => Drawing::unfinished(interleaving),
    };
    State {
        position: Position::of(interleaving),
        depth: interleaving.steps.len(),
        remarks: Remarks::of(interleaving, drawing),
        ending: replay.ending.as_ref().map(Playback::ending),
        edges: Vec::new(),
    }
}

/// Returns the steps that can be taken at a position.
fn choices(position: &Position) -> Vec<Choice> {
    let mut choices = Vec::new();
    for standing in &position.threads {
        if let NextStep::Ready { alternatives, .. } = &standing.next {
            let most = u8::try_from(alternatives.len().max(1)).unwrap_or(u8::MAX);
            let thread = standing.thread;
            choices.extend((0..most).map(|alternative| Choice::new(thread, alternative)));
        }
    }
    choices
}

fn location(event: &Event) -> Option<(&'static str, u32)> {
    let location = event.location;
    event.label.is_none().then(|| (location.file(), location.line()))
}
