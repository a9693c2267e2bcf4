//! The strategy that explores execution graphs: it stands between the search and the runtime.
//!
//! The record of an execution is that of the graph: the operations that its events complete, in their order. The
//! last of them is the one that has been changed. It is not on record, but told to its thread when the
//! record has been repeated: what the thread does after that is new.

use super::event::Event;
use super::search::{Answer, Search};
use super::{EventId, Graph, Kind, MemoryModel, Sound};
use crate::identity::ThreadIndex;
use crate::object::ObjectState;
use crate::operation::OperationKind;
use crate::search::{Clock, Communication, Next, Program, Source, Status, Stop, Strategy, Told};
use crate::unsupported::Unsupported;

/// The search over the execution graphs of a program.
#[derive(Debug)]
pub(crate) struct Graphs {
    search: Search<Sound>,
    /// The events that the program's history has.
    recorded: Vec<Recorded>,
    /// `true` until the first event that is not on record is asked for.
    begins: bool,
    /// The number of spawns and joins that have been followed.
    links: usize,
}

/// An event of the history. With those before it, it tells what the event is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Recorded {
    id: EventId,
    source: EventId,
    alternative: u8,
}

impl Recorded {
    fn of(event: &Event) -> Self {
        Self {
            id: event.id,
            source: event.read().map_or(EventId::INITIAL, |read| read.source),
            alternative: match event.kind {
                Kind::Choice { alternative, .. } => alternative,
                _ => 0,
            },
        }
    }
}

impl Graphs {
    /// Creates a search of the graphs that a memory model has.
    pub(crate) fn new(model: MemoryModel) -> Self {
        Self {
            search: Search::new(model),
            recorded: Vec::new(),
            begins: true,
            links: 0,
        }
    }

    /// Follows the execution up to where it stands: as far as the graph goes. Returns the event that its thread
    /// has not been told of, if there is one.
    fn catch_up(&mut self, program: &Program) -> Option<usize> {
        self.begins = false;
        self.links = 0;
        self.search.begin();
        let mut completed = 0;
        let mut changed = None;
        for index in 0..self.search.graph.events.len() {
            self.follow_links(program, completed);
            self.search.pass(index);
            if self.search.graph.events[index].completes() {
                completed += 1;
                changed = Some(index);
            }
        }
        changed.filter(|_| completed > program.position)
    }

    /// Follows spawns and joins that came before the event at this position of the history.
    fn follow_links(&mut self, program: &Program, position: usize) {
        while let Some(link) = program.links.get(self.links)
            && link.position <= position
        {
            match link.spawn {
                true => self.search.spawn(link.from, link.to),
                false => self.search.join(link.to, link.from),
            }
            self.links += 1;
        }
    }

    /// Returns the thread that goes on: the first that can.
    fn next_thread(&self, program: &Program) -> Option<ThreadIndex> {
        let threads = &program.threads[..program.registry.thread_count()];
        let enabled = |(index, thread): &(usize, &crate::search::Thread)| {
            thread.status == Status::Pending && self.search.is_enabled(*index as ThreadIndex, &thread.pending)
        };
        let first = threads.iter().enumerate().find(enabled);
        first.map(|(index, _)| index as ThreadIndex)
    }

    /// Executes an operation, or draws a ticket for it; returns `None` if its thread does not go on yet.
    fn step(&mut self, program: &mut Program, thread: ThreadIndex) -> Option<Next> {
        let pending = program.threads[usize::from(thread)].pending;
        if let Some(unsupported) = unsupported(&pending.kind) {
            program.unsupported = Some(Unsupported::new(unsupported, pending.location));
            return Some(Next::Stop(Stop::Unsupported));
        }
        let object = pending.objects[0];
        if let Some(known) = program.history.objects.get(usize::from(object))
            && let ObjectState::Atomic(initial) = known.initial
        {
            self.search.set_initial(object, initial);
        }
        let first = self.search.graph.events.len();
        let label = program.threads[usize::from(thread)].label;
        match self.search.step(thread, &pending, label) {
            Answer::Waits => None,
            Answer::Done => Some(self.tell(program, first)),
        }
    }

    /// Tells its thread of the event with this index.
    fn tell(&mut self, program: &mut Program, index: usize) -> Next {
        let event = self.search.graph.events[index];
        let thread = event.id.thread;
        let state = &program.threads[usize::from(thread)];
        if state.status != Status::Pending || !state.pending.same(&event.operation) {
            return program.has_not_announced(thread, event.operation);
        }
        program.execute_as(&told(&self.search.graph, &event));
        self.recorded.push(Recorded::of(&event));
        Next::Run(thread)
    }

    /// Ends the execution: no thread can go on.
    fn stop(&self, program: &mut Program) -> Next {
        program.redundant = !self.search.waits_in_order();
        for (object, location) in program
            .history
            .objects
            .iter_mut()
            .zip(&self.search.graph.locations)
        {
            if let ObjectState::Atomic(atomic) = &mut object.state
                && let Some(&last) = location.coherence.last()
                && !last.is_initial()
            {
                let write = self.search.graph.event(last).write();
                atomic.value = write.expect("it is a write").value;
            }
        }
        self.communicate(program);
        Next::Stop(Stop::Complete)
    }

    /// Notes which event reads from which.
    fn communicate(&self, program: &mut Program) {
        let graph = &self.search.graph;
        program.communication.clear();
        for event in graph.events.iter().filter(|event| event.completes()) {
            let source = match event.read() {
                None => Source::Nothing,
                Some(read) if read.source.is_initial() => Source::Initial,
                Some(read) => {
                    let position = self
                        .recorded
                        .iter()
                        .position(|recorded| recorded.id == owner(graph, read.source));
                    Source::Event(position.expect("a source comes before its reader") as u32)
                }
            };
            program.communication.push(Communication {
                source,
                place: graph.position_of(event).unwrap_or(0),
            });
        }
    }

    /// Makes the program's history that of the graph, without the event that has been changed.
    fn rewrite(&mut self, program: &mut Program) {
        let graph = &self.search.graph;
        let completing = graph.events.iter().filter(|event| event.completes());
        let same = |(event, recorded): &(&Event, &Recorded)| Recorded::of(event) == **recorded;
        let common = completing.clone().zip(&self.recorded).take_while(same).count();
        let changed = changed(graph);
        let common = match changed {
            Some(_) => common.min(completing.clone().count() - 1),
            None => common,
        };
        self.recorded.truncate(common);
        program.cut_record(common);
        for event in completing.skip(common).filter(|event| Some(event.id) != changed) {
            program.record_as(&told(graph, event));
            self.recorded.push(Recorded::of(event));
        }
    }
}

impl Strategy for Graphs {
    fn next(&mut self, program: &mut Program) -> Next {
        program.has_graph = true;
        if self.begins
            && let Some(changed) = self.catch_up(program)
        {
            return self.tell(program, changed);
        }
        self.follow_links(program, program.position);
        loop {
            let Some(thread) = self.next_thread(program) else {
                return self.stop(program);
            };
            if program.position >= program.step_limit {
                return Next::Stop(Stop::StepLimit);
            }
            if let Some(next) = self.step(program, thread) {
                return next;
            }
        }
    }

    fn check_invariants(&self, _program: &Program) {
        self.search.graph.check_order();
    }

    fn backtrack(&mut self, program: &mut Program) -> bool {
        if !self.search.backtrack() {
            return false;
        }
        self.rewrite(program);
        self.begins = true;
        true
    }
}

/// Returns the event that has been changed, the last, if it completes an operation.
fn changed(graph: &Graph) -> Option<EventId> {
    let last = graph.events.last()?;
    let owner = owner(graph, last.id);
    graph.event(owner).completes().then_some(owner)
}

/// Returns the event that completes the operation which this one belongs to.
fn owner(graph: &Graph, id: EventId) -> EventId {
    match graph.event(id).write() {
        Some(write) if write.exclusive => EventId {
            number: id.number - 1,
            ..id
        },
        _ => id,
    }
}

/// Returns what the program's history is to have of an event.
fn told(graph: &Graph, event: &Event) -> Told {
    Told {
        thread: event.id.thread,
        operation: event.operation,
        label: event.label,
        number: event.completed,
        found: event.read().map(|read| read.value),
        alternative: match event.kind {
            Kind::Choice { alternative, .. } => alternative,
            _ => 0,
        },
        clock: operations_before(graph, event),
    }
}

/// Returns the operations that happen before the event, itself included: not all events are one.
fn operations_before(graph: &Graph, event: &Event) -> Clock {
    let mut clock = event.past.hb;
    for thread in 0..graph.thread_count as ThreadIndex {
        let number = clock.of(thread);
        if number > 0 {
            clock.set(thread, graph.event(EventId { thread, number }).completed);
        }
    }
    clock
}

/// Returns what the operation is, if execution graphs do not have it yet.
fn unsupported(kind: &OperationKind) -> Option<&'static str> {
    match kind {
        OperationKind::Load(_)
        | OperationKind::Store(..)
        | OperationKind::ReadModifyWrite(..)
        | OperationKind::Add(..)
        | OperationKind::CompareExchange { .. }
        | OperationKind::Fence(_)
        | OperationKind::Lock
        | OperationKind::Unlock(_)
        | OperationKind::CellRead
        | OperationKind::CellWrite
        | OperationKind::Choose(_) => None,
        other => Some(other.row().told),
    }
}
