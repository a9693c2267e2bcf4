//! All completions of a graph: every order of writes and critical sections, and every source of each read.

use super::graph::{Graph, Node};
use super::path::{Action, End, Obstacle, Path};
use super::{Model, TooLarge};
use crate::weak::{Ending, Event, Execution, Place};
use std::collections::BTreeSet;

/// One thing that is decided about a graph.
#[derive(Clone, Copy)]
enum Decision {
    /// The next critical section of a mutex.
    Section(usize),
    /// The next write of a location.
    Write(usize),
    /// What this event reads from.
    Source(usize),
}

/// A graph that is being completed.
pub(super) struct Completion<'a> {
    graph: Graph,
    paths: &'a [&'a Path],
    model: Model,
    decisions: Vec<Decision>,
    /// For each location the writes in order, so far; the initial one is the first.
    coherence: Vec<Vec<usize>>,
    /// For each mutex the locks in order, so far.
    sections: Vec<Vec<usize>>,
    sources: Vec<Option<usize>>,
    found: &'a mut BTreeSet<Execution>,
    /// The number of graphs that may yet be looked at.
    left: &'a mut usize,
}

impl<'a> Completion<'a> {
    /// Begins with a graph of so many locations and mutexes in which nothing is decided.
    pub(super) fn new(
        graph: Graph,
        paths: &'a [&'a Path],
        [locations, mutexes]: [usize; 2],
        model: Model,
        found: &'a mut BTreeSet<Execution>,
        left: &'a mut usize,
    ) -> Self {
        Self {
            decisions: decisions(&graph),
            sources: vec![None; graph.nodes.len()],
            coherence: (0..locations).map(|location| vec![location]).collect(),
            sections: vec![Vec::new(); mutexes],
            graph,
            paths,
            model,
            found,
            left,
        }
    }

    /// Decides all from this decision on in all ways; keeps the graphs that are executions.
    pub(super) fn decide(&mut self, next: usize) -> Result<(), TooLarge> {
        *self.left = self.left.checked_sub(1).ok_or(TooLarge)?;
        if !self.graph.is_consistent(self.model) {
            return Ok(());
        }
        let Some(decision) = self.decisions.get(next).copied() else {
            self.end();
            return Ok(());
        };
        for event in self.options(decision) {
            self.make(decision, event);
            self.decide(next + 1)?;
            self.undo(decision, event);
        }
        Ok(())
    }

    fn options(&self, decision: Decision) -> Vec<usize> {
        let is_option = |event: &usize| match decision {
            Decision::Section(mutex) => self.can_lock(mutex, *event),
            Decision::Write(location) => self.can_follow(location, *event),
            Decision::Source(read) => self.can_feed(read, *event),
        };
        (0..self.graph.nodes.len()).filter(is_option).collect()
    }

    /// Returns `true` if this event may be the next lock of the mutex.
    fn can_lock(&self, mutex: usize, event: usize) -> bool {
        let sections = &self.sections[mutex];
        let is_lock = matches!(self.graph.nodes[event].action, Action::Lock(locked) if locked == mutex);
        let is_free = |last: &usize| self.graph.unlock_of(*last).is_some();
        is_lock && self.is_next(event, sections) && sections.last().is_none_or(is_free)
    }

    /// Returns `true` if the event is not among those placed, and the last of them does not come after it in its
    /// thread.
    fn is_next(&self, event: usize, placed: &[usize]) -> bool {
        let is_after = |other: &usize| *other == event || self.graph.po.contains(event, *other);
        !placed.iter().any(is_after)
    }

    /// Returns `true` if this event may be the next write of the location.
    fn can_follow(&self, location: usize, event: usize) -> bool {
        let node = &self.graph.nodes[event];
        let is_here = node.access().is_some_and(|access| access.location == location);
        is_here && node.writes() && self.is_next(event, &self.coherence[location])
    }

    /// Returns `true` if the event writes what the other reads.
    fn can_feed(&self, read: usize, event: usize) -> bool {
        let [reader, writer] = [read, event].map(|event| self.graph.nodes[event].access());
        let are_equal = reader.zip(writer).is_some_and(|(reader, writer)| {
            reader.location == writer.location && writer.wrote == reader.read && writer.wrote.is_some()
        });
        are_equal && read != event
    }

    fn make(&mut self, decision: Decision, event: usize) {
        match decision {
            Decision::Section(mutex) => {
                if let Some(last) = self.sections[mutex].last() {
                    let unlock = self.graph.unlock_of(*last).expect("the mutex is free");
                    self.graph.handed.insert(unlock, event);
                }
                self.sections[mutex].push(event);
            }
            Decision::Write(location) => {
                for earlier in &self.coherence[location] {
                    self.graph.co.insert(*earlier, event);
                }
                self.coherence[location].push(event);
            }
            Decision::Source(read) => {
                self.graph.rf.insert(event, read);
                self.sources[read] = Some(event);
            }
        }
    }

    fn undo(&mut self, decision: Decision, event: usize) {
        match decision {
            Decision::Section(mutex) => {
                self.sections[mutex].pop();
                if let Some(last) = self.sections[mutex].last() {
                    let unlock = self.graph.unlock_of(*last).expect("the mutex was free");
                    self.graph.handed.remove(unlock, event);
                }
            }
            Decision::Write(location) => {
                self.coherence[location].pop();
                for earlier in &self.coherence[location] {
                    self.graph.co.remove(*earlier, event);
                }
            }
            Decision::Source(read) => {
                self.graph.rf.remove(event, read);
                self.sources[read] = None;
            }
        }
    }

    /// Keeps the graph, all of which is decided, if every thread that waits does so in vain.
    fn end(&mut self) {
        let wait_in_vain = self.paths.iter().all(|path| match path.end {
            End::Stuck(obstacle) => self.is_in_vain(obstacle),
            End::Finished | End::Absent => true,
        });
        if wait_in_vain {
            let is_new = self.found.insert(self.execution());
            assert!(is_new, "other paths or other orders are another execution");
        }
    }

    fn is_in_vain(&self, obstacle: Obstacle) -> bool {
        match obstacle {
            Obstacle::Lock(mutex) => {
                let last = self.sections[mutex].last();
                last.is_some_and(|last| self.graph.unlock_of(*last).is_none())
            }
            Obstacle::Join(thread) => self.paths[thread].end != End::Finished,
            Obstacle::Await { location, until } => {
                let last = self.coherence[location].last();
                let last = last.expect("the initial write is in every order");
                let access = self.graph.nodes[*last].access();
                let value = access.and_then(|access| access.wrote).expect("it is a write");
                !until.holds(value)
            }
        }
    }

    fn execution(&self) -> Execution {
        let place = |event: &usize| self.graph.nodes[*event].place;
        let places = |orders: &[Vec<usize>]| {
            let order = |order: &Vec<usize>| order.iter().filter_map(place).collect();
            orders.iter().map(order).collect()
        };
        let is_stuck = |path: &&Path| matches!(path.end, End::Stuck(_));
        Execution {
            threads: self.threads(),
            coherence: places(&self.coherence),
            sections: places(&self.sections),
            ending: match self.paths.iter().any(is_stuck) {
                true => Ending::Deadlock,
                false => Ending::Complete,
            },
            races: self.races(),
        }
    }

    fn threads(&self) -> Vec<Vec<Event>> {
        let mut threads = vec![Vec::new(); self.paths.len()];
        for (event, node) in self.graph.nodes.iter().enumerate() {
            if let Some(Place { thread, event: index }) = node.place {
                let instruction = self.paths[thread].steps[index].instruction;
                threads[thread].push(self.event(event, node, instruction));
            }
        }
        threads
    }

    fn event(&self, event: usize, node: &Node, instruction: usize) -> Event {
        let source = self.sources[event].and_then(|source| self.graph.nodes[source].place);
        let access = node.access();
        Event {
            instruction,
            read: access.and_then(|access| access.read).map(|value| (value, source)),
            wrote: access.and_then(|access| access.wrote),
            chosen: match node.action {
                Action::Choose(alternative) => alternative,
                _ => 0,
            },
        }
    }

    fn races(&self) -> BTreeSet<(Place, Place)> {
        let races = self.graph.races(self.model);
        let pairs = races.pairs().filter_map(|(left, right)| {
            let [left, right] = [left, right].map(|event| self.graph.nodes[event].place);
            left.zip(right)
        });
        pairs.filter(|(left, right)| left < right).collect()
    }
}

/// Returns what is to be decided, first that which leaves the fewest graphs: a read-modify-write follows its source
/// at once.
fn decisions(graph: &Graph) -> Vec<Decision> {
    let events = || {
        graph
            .nodes
            .iter()
            .enumerate()
            .skip_while(|(_, node)| node.place.is_none())
    };
    let locks = events().filter_map(|(_, node)| match node.action {
        Action::Lock(mutex) => Some(Decision::Section(mutex)),
        _ => None,
    });
    let source = |(event, _)| Decision::Source(event);
    let of_updates = events()
        .filter(|(_, node)| node.reads() && node.writes())
        .map(source);
    let of_loads = events()
        .filter(|(_, node)| node.reads() && !node.writes())
        .map(source);
    let writes = events().filter(|(_, node)| node.writes());
    let writes = writes.filter_map(|(_, node)| Some(Decision::Write(node.access()?.location)));
    locks.chain(of_updates).chain(writes).chain(of_loads).collect()
}
