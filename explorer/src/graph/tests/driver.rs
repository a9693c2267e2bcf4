//! Runs programs that are data under the search, without the runtime.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::Location;

use selvedge_programs::weak::{Ending, Event, Execution, Place, Program};

use super::machine::{Machine, Next};
use crate::graph::search::{Answer, Search};
use crate::graph::{EventId, Kind, MemoryModel, Rules};
use crate::identity::{ObjectIndex, ThreadIndex};
use crate::object::atomic::{Atomic, Width};
use crate::operation::{Operation, OperationKind, OperationResult};

const U64: Width = Width {
    bits: 64,
    signed: false,
};

/// The executions that a search has found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Each execution, and how often it was found.
    pub(super) executions: BTreeMap<Execution, u64>,
    /// The number of graphs in which a thread polls a value that is not the last.
    pub(super) blocked: u64,
    /// The number of deadlocks in which threads wait in another order than the one that counts.
    pub(super) queued: u64,
}

impl Found {
    pub(super) fn distinct(&self) -> BTreeSet<Execution> {
        self.executions.keys().cloned().collect()
    }

    pub(super) fn has_duplicates(&self) -> bool {
        self.executions.values().any(|&times| times > 1)
    }
}

/// Explores the program. The seed draws the order in which threads go on; 0 is the order of their numbers.
pub(super) fn explore<R: Rules>(program: &Program, model: MemoryModel, seed: u64) -> Found {
    try_explore::<R>(program, model, seed, u64::MAX).expect("there is no limit")
}

/// Explores the program, unless it has more graphs than this.
pub(super) fn try_explore<R: Rules>(
    program: &Program,
    model: MemoryModel,
    seed: u64,
    limit: u64,
) -> Option<Found> {
    let mut search = Search::<R>::new(model);
    for location in 0..program.locations {
        search.set_initial(location as ObjectIndex, Atomic { value: 0, width: U64 });
    }
    let mut found = Found::default();
    for _ in 0..limit {
        Run::new(program, &mut search, seed).execute(&mut found);
        if !search.backtrack() {
            return Some(found);
        }
    }
    None
}

/// Returns the operation as a thread announces it.
fn announced(kind: OperationKind, object: ObjectIndex) -> Operation {
    Operation::on(object, kind, Location::caller())
}

struct Run<'a, R> {
    program: &'a Program,
    search: &'a mut Search<R>,
    seed: u64,
    machines: Vec<Machine>,
    /// The place of each event of the graph, as an oracle tells it.
    places: HashMap<EventId, Place>,
    sections: Vec<Vec<Place>>,
}

impl<'a, R: Rules> Run<'a, R> {
    fn new(program: &'a Program, search: &'a mut Search<R>, seed: u64) -> Self {
        search.begin();
        Self {
            program,
            search,
            seed,
            machines: (0..program.threads.len())
                .map(|thread| Machine::new(program, thread))
                .collect(),
            places: HashMap::new(),
            sections: vec![Vec::new(); program.mutexes],
        }
    }

    fn execute(mut self, found: &mut Found) {
        let mut index = 0;
        self.settle();
        while index < self.search.graph.events.len() {
            index = self.repeat(index);
            self.settle();
        }
        while let Some(thread) = self.next_thread() {
            let Next::Operate(operation, object) = self.machines[thread].next(self.program, thread) else {
                unreachable!("it wants to execute an operation");
            };
            let first = self.search.graph.events.len();
            match self
                .search
                .step(thread as ThreadIndex, &announced(operation, object), None)
            {
                Answer::Waits => {}
                Answer::Done => {
                    self.repeat(first);
                }
            }
            self.settle();
        }
        self.report(found);
    }

    /// Repeats the event with this index, and what belongs to it; returns the index of the next.
    fn repeat(&mut self, index: usize) -> usize {
        let event = self.search.graph.events[index];
        let thread = usize::from(event.id.thread);
        self.search.pass(index);
        let next = self.machines[thread].next(self.program, thread);
        let Next::Operate(operation, object) = next else {
            panic!("{:?} is to be repeated, not {next:?}", event.id);
        };
        let result = match event.kind {
            Kind::Read(read) => {
                let found = Atomic {
                    value: read.value,
                    width: U64,
                };
                let decision = crate::graph::decision::decide(&operation, found);
                assert_eq!(decision.writes.is_some(), read.exclusive);
                if read.exclusive {
                    self.search.pass(index + 1);
                }
                if operation == OperationKind::Lock {
                    return index + 2;
                }
                decision.result
            }
            Kind::Choice { alternative, .. } => OperationResult::of(alternative.into()),
            _ => OperationResult::of(0),
        };
        let (kind, objects) = (event.operation.kind, event.operation.objects);
        assert_eq!(
            (kind, objects[0]),
            (operation, object),
            "threads repeat themselves"
        );
        self.answer(thread, index, result);
        match event.read() {
            Some(read) if read.exclusive => index + 2,
            _ => index + 1,
        }
    }

    /// Hands its result to a thread whose operation has these events: from the first index on.
    fn answer(&mut self, thread: usize, first: usize, result: OperationResult) {
        let events = &self.search.graph.events[first..];
        let place = Place {
            thread,
            event: self.machines[thread].events.len(),
        };
        let mut told = Event {
            instruction: 0,
            read: None,
            wrote: None,
            chosen: 0,
        };
        let place_of = |source: EventId| (!source.is_initial()).then(|| self.places[&source]);
        let own = events
            .iter()
            .take(2)
            .filter(|event| usize::from(event.id.thread) == thread);
        let mut ids = Vec::new();
        for (nth, event) in own.enumerate() {
            match event.kind {
                Kind::Read(read) if nth == 0 => told.read = Some((read.value, place_of(read.source))),
                Kind::Write(write) if nth == 0 || write.exclusive => told.wrote = Some(write.value),
                Kind::Choice { alternative, .. } if nth == 0 => told.chosen = alternative,
                _ if nth == 0 => {}
                _ => break,
            }
            ids.push(event.id);
        }
        let (kind, object) = (events[0].kind, events[0].location);
        self.machines[thread].resume(self.program, thread, result, told);
        if self.machines[thread].polls {
            return;
        }
        self.places.extend(ids.into_iter().map(|id| (id, place)));
        if matches!(kind, Kind::Acquire) {
            let mutex = usize::from(object) - self.program.locations - self.program.cells;
            self.sections[mutex].push(place);
        }
    }

    /// Lets threads be spawned and joined as far as they can.
    fn settle(&mut self) {
        let silent = Event {
            instruction: 0,
            read: None,
            wrote: None,
            chosen: 0,
        };
        let mut settled = false;
        while !settled {
            settled = true;
            for thread in 0..self.machines.len() {
                if !self.machines[thread].started {
                    continue;
                }
                match self.machines[thread].next(self.program, thread) {
                    Next::Spawn(child) => {
                        self.machines[child].started = true;
                        self.search.spawn(thread as ThreadIndex, child as ThreadIndex);
                    }
                    Next::Join(child) if self.has_ended(child) => {
                        self.search.join(thread as ThreadIndex, child as ThreadIndex);
                    }
                    Next::Join(_) | Next::Operate(..) | Next::Nothing => continue,
                }
                self.machines[thread].pass(silent);
                settled = false;
            }
        }
    }

    fn has_ended(&mut self, thread: usize) -> bool {
        self.machines[thread].started && self.machines[thread].next(self.program, thread) == Next::Nothing
    }

    /// Returns the thread that goes on, which depends on the graph only.
    fn next_thread(&mut self) -> Option<usize> {
        let graph = &self.search.graph;
        let lengths: Vec<usize> = graph.threads.iter().map(Vec::len).collect();
        let enabled = (0..self.machines.len()).filter(|&thread| {
            let machine = &mut self.machines[thread];
            if !machine.started || machine.polls {
                return false;
            }
            match machine.next(self.program, thread) {
                Next::Operate(operation, object) => self
                    .search
                    .is_enabled(thread as ThreadIndex, &announced(operation, object)),
                _ => false,
            }
        });
        match self.seed {
            0 => enabled.min(),
            seed => enabled.min_by_key(|&thread| {
                let mut hasher = DefaultHasher::new();
                (seed, &lengths, thread).hash(&mut hasher);
                hasher.finish()
            }),
        }
    }

    fn report(mut self, found: &mut Found) {
        let graph = &self.search.graph;
        graph.check_order();
        let stale = |thread: usize| {
            let last = graph.last_of(thread as ThreadIndex).expect("it has read");
            graph.position_of(last) != Some(graph.location(last.location).end() - 1)
        };
        if (0..self.machines.len()).any(|thread| self.machines[thread].polls && stale(thread)) {
            found.blocked += 1;
            return;
        }
        if !self.search.waits_in_order() {
            found.queued += 1;
            return;
        }
        let complete =
            (0..self.machines.len()).all(|thread| !self.machines[thread].started || self.has_ended(thread));
        let graph = &self.search.graph;
        let place = |id: &EventId| self.places[id];
        let coherence = graph.locations[..self.program.locations].iter();
        let sorted = |(first, second): &(EventId, EventId)| {
            let (first, second) = (place(first), place(second));
            (first.min(second), first.max(second))
        };
        let execution = Execution {
            coherence: coherence
                .map(|location| location.coherence[1..].iter().map(place).collect())
                .collect(),
            races: graph.races.iter().map(sorted).collect(),
            ending: if complete {
                Ending::Complete
            } else {
                Ending::Deadlock
            },
            threads: self.machines.into_iter().map(|machine| machine.events).collect(),
            sections: self.sections,
        };
        *found.executions.entry(execution).or_insert(0) += 1;
    }
}
