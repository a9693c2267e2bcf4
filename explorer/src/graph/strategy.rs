//! The strategy that explores execution graphs: it stands between the search and the runtime.
//!
//! The record of an execution is that of the graph: the operations that its events complete, in their order. The
//! last of them is the one that has been changed. It is not on record, but told to its thread when the
//! record has been repeated: what the thread does after that is new.

use super::event::Event;
use super::operations::Readiness;
use super::search::{Answer, Search};
use super::split::Split;
use super::told::{places, reader, told};
use super::{Graph, MemoryModel, Sound};
use crate::identity::{MAX_THREADS, ObjectIndex, ThreadIndex};
use crate::object::ObjectState;
use crate::operation::OperationKind;
use crate::search::{Communication, Link, Next, Program, Source, Status, Stop, Strategy};
use crate::unsupported::Unsupported;

/// The search over the execution graphs of a program.
#[derive(Debug)]
pub(crate) struct Graphs {
    pub(super) search: Search<Sound>,
    /// For each event of the program's history, the event of the graph that completes it: its index.
    recorded: Vec<u32>,
    /// `true` until the first event that is not on record is asked for.
    begins: bool,
    /// The number of spawns and joins that have been followed.
    pub(super) links: usize,
    /// `true` if an execution has come to its end.
    pub(super) has_shown: bool,
    /// Where the search is split, if it is.
    pub(super) split: Option<Split>,
}

impl Graphs {
    /// Creates a search of the graphs that a memory model has.
    pub(crate) fn new(model: MemoryModel) -> Self {
        Self {
            search: Search::new(model),
            recorded: Vec::new(),
            begins: true,
            links: 0,
            has_shown: false,
            split: None,
        }
    }

    /// Lets mutexes be words that hold their state, so that threads can ask for it.
    pub(crate) fn with_lock_words(mut self, words: bool) -> Self {
        self.search.lock_words = words;
        self
    }

    /// Returns `true` if mutexes are words that hold their state.
    pub(crate) fn has_lock_words(&self) -> bool {
        self.search.lock_words
    }

    /// Follows the execution up to where it stands: as far as the graph goes. Returns the event that its thread
    /// has not been told of, if there is one.
    fn catch_up(&mut self, program: &Program) -> Option<usize> {
        self.begins = false;
        self.links = 0;
        self.search.begin();
        let mut passed = [0; MAX_THREADS];
        while let Some(&link) = program.links.get(self.links) {
            let last = link.position.checked_sub(1);
            let end = last.map_or(0, |last| self.recorded[last] as usize + 1);
            for thread in [link.from, link.to] {
                self.pass_until(end, thread, &mut passed);
            }
            self.follow(link);
        }
        let events = self.search.graph.events.len();
        for thread in 0..self.search.graph.thread_count as ThreadIndex {
            self.pass_until(events, thread, &mut passed);
        }
        let changed = changed(&self.search.graph)?;
        (self.recorded.last() != Some(&(changed as u32))).then_some(changed)
    }

    /// Passes the thread's events before this index, of which so many have been passed.
    fn pass_until(&mut self, end: usize, thread: ThreadIndex, passed: &mut [usize; MAX_THREADS]) {
        let events = &self.search.graph.threads[usize::from(thread)];
        let passed = &mut passed[usize::from(thread)];
        let before = events.partition_point(|&index| (index as usize) < end);
        if before > *passed {
            *passed = before;
            self.search.pass(events[before - 1] as usize);
        }
    }

    /// Follows the spawns and joins that are new.
    pub(super) fn follow_links(&mut self, program: &Program) {
        while let Some(link) = program.links.get(self.links) {
            self.follow(*link);
        }
    }

    fn follow(&mut self, link: Link) {
        match link.spawn {
            true => self.search.spawn(link.from, link.to),
            false => self.search.join(link.to, link.from),
        }
        self.links += 1;
    }

    /// Returns the thread that goes on: the first that is ready.
    fn next_thread(&self, program: &Program) -> Option<ThreadIndex> {
        let threads = &program.threads[..program.registry.thread_count()];
        let mut best = None;
        for (index, thread) in threads.iter().enumerate() {
            if thread.status == Status::Pending {
                let index = index as ThreadIndex;
                match self.search.readiness(index, &thread.pending) {
                    Readiness::Ready => return Some(index),
                    Readiness::WouldWait => best = best.or(Some(index)),
                    Readiness::Waits => {}
                }
            }
        }
        best
    }

    /// Executes an operation, or a part of it; returns `None` if its thread does not go on yet.
    fn step(&mut self, program: &mut Program, thread: ThreadIndex) -> Option<Next> {
        let pending = program.threads[usize::from(thread)].pending;
        if !self.search.supports(thread, &pending) {
            if self.can_begin_anew(pending.kind) {
                return Some(self.begin_anew(program));
            }
            program.unsupported = Some(Unsupported::new(pending.kind, pending.location));
            return Some(Next::Stop(Stop::Unsupported));
        }
        for (_, object) in pending.slots() {
            let initial = program.history.object(object).initial;
            self.search.set_initial(object, initial);
        }
        let label = program.threads[usize::from(thread)].label;
        match self.search.step(thread, &pending, label) {
            Answer::Waits => None,
            Answer::Done => Some(self.tell(program, self.search.graph.events.len() - 1)),
        }
    }

    /// Returns `true` if the operation can be explored from the start, with words for mutexes, and no execution has
    /// been shown yet.
    pub(super) fn can_begin_anew(&self, kind: OperationKind) -> bool {
        kind.asks_for_lock() && !self.search.lock_words && !self.has_shown
    }

    /// Begins the search anew, with words for mutexes.
    pub(super) fn begin_anew(&mut self, program: &mut Program) -> Next {
        self.search = Search::new(self.search.model);
        self.search.lock_words = true;
        self.recorded.clear();
        program.cut_record(0);
        self.begins = true;
        self.links = 0;
        Next::Stop(Stop::Again)
    }

    /// Tells its thread of the event with this index.
    pub(super) fn tell(&mut self, program: &mut Program, index: usize) -> Next {
        let event = &self.search.graph.events[index];
        let thread = event.id.thread;
        let state = &program.threads[usize::from(thread)];
        if state.status != Status::Pending || !state.pending.same(&event.operation) {
            return program.has_not_announced(thread, event.operation);
        }
        let told = told(&self.search.graph, event, self.recorded.len() == index);
        program.execute_as(&told);
        self.recorded.push(index as u32);
        Next::Run(thread)
    }

    /// Ends the execution: no thread can go on.
    pub(super) fn stop(&mut self, program: &mut Program) -> Next {
        let threads = &program.threads[..program.registry.thread_count()];
        let waits = threads.iter().any(|thread| thread.status == Status::Pending);
        program.redundant = waits && (self.search.waits_in_vain() || !self.search.waits_in_order());
        self.settle(program);
        Next::Stop(Stop::Complete)
    }

    /// Gives each object the last of its states in coherence order.
    pub(super) fn settle(&self, program: &mut Program) {
        let locations = self.search.graph.locations.len();
        for (index, object) in program.history.objects.iter_mut().take(locations).enumerate() {
            // A mutex at which tickets are drawn has its state from the order of its acquisitions.
            let has_tickets = matches!(object.state, ObjectState::Mutex(_)) && !self.search.lock_words;
            if !has_tickets {
                let index = index as ObjectIndex;
                // The first state that a location has may be that of another execution.
                object.state = match self.search.graph.location(index).end() {
                    1 => object.initial,
                    _ => self.search.graph.last_state(index),
                };
            }
        }
    }

    /// Makes the program's history that of the graph, without the event that has been changed.
    pub(super) fn rewrite(&mut self, program: &mut Program) {
        let graph = &self.search.graph;
        let unchanged = self.search.unchanged;
        let kept = self
            .recorded
            .partition_point(|&index| (index as usize) < unchanged);
        self.recorded.truncate(kept);
        program.cut_record(kept);
        let end = changed(graph).unwrap_or(graph.events.len());
        for (index, event) in graph.events[..end].iter().enumerate().skip(unchanged) {
            if event.completes() {
                program.record_as(&told(graph, event, self.recorded.len() == index));
                self.recorded.push(index as u32);
            }
        }
    }
}

impl Strategy for Graphs {
    fn begin(&mut self, program: &mut Program) {
        self.begin_item(program);
    }

    fn next(&mut self, program: &mut Program) -> Next {
        program.has_graph = true;
        if self.begins
            && let Some(changed) = self.catch_up(program)
        {
            return self.tell(program, changed);
        }
        self.follow_links(program);
        if self.ends_walk(program, false) {
            return Next::Stop(Stop::Asked);
        }
        loop {
            let Some(thread) = self.next_thread(program) else {
                self.ends_walk(program, true);
                return self.stop(program);
            };
            if program.position >= program.step_limit {
                self.ends_walk(program, true);
                self.settle(program);
                return Next::Stop(Stop::StepLimit);
            }
            if let Some(next) = self.step(program, thread) {
                return next;
            }
        }
    }

    fn communication(&self, _program: &Program) -> Vec<Communication> {
        let graph = &self.search.graph;
        let recorded = self.recorded.iter().map(|&index| &graph.events[index as usize]);
        // Where in the history the operations of each thread are.
        let mut positions: [Vec<u32>; MAX_THREADS] = Default::default();
        for (position, event) in recorded.clone().enumerate() {
            positions[usize::from(event.id.thread)].push(position as u32);
        }
        let source = |event| match reader(graph, event).and_then(Event::read) {
            None => Source::Nothing,
            Some(read) if read.source.is_initial() => Source::Initial,
            Some(read) => {
                let source = graph.event(read.source);
                let operations = &positions[usize::from(source.id.thread)];
                // A ticket, or the entering of a condition variable, completes nothing.
                match source.completes() {
                    true => Source::Event(operations[usize::from(source.completed) - 1]),
                    false => Source::Nothing,
                }
            }
        };
        recorded
            .map(|event| places(graph, event, source(event)))
            .collect()
    }

    fn check_invariants(&self, program: &Program) {
        let graph = &self.search.graph;
        graph.check_order();
        assert_eq!(
            self.recorded.len(),
            program.history.events.len(),
            "all is on record"
        );
        let completing = (0..graph.events.len()).filter(|&index| graph.events[index].completes());
        let recorded = self.recorded.iter().map(|&index| index as usize);
        assert!(recorded.eq(completing), "an event completes each operation");
    }

    fn backtrack(&mut self, program: &mut Program) -> bool {
        self.has_shown = true;
        self.search.unchanged = self.search.graph.events.len();
        if !self.search.backtrack() {
            return false;
        }
        self.rewrite(program);
        self.begins = true;
        true
    }
}

/// Returns the index of the event that has been changed, the last, if it completes an operation.
fn changed(graph: &Graph) -> Option<usize> {
    let last = graph.events.len().checked_sub(1)?;
    graph.events[last].completes().then_some(last)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering::Relaxed;

    use crate::interleaving::Contents;
    use crate::sync::atomic::AtomicI64;
    use crate::{Ending, Explorer, MemoryModel, Value, thread};

    #[test]
    fn an_object_that_nothing_accesses_keeps_the_first_state_of_its_own_execution() {
        let body = || {
            let x = Arc::new(AtomicI64::new(0));
            let reader = Arc::clone(&x);
            let reader = thread::spawn(move || {
                let seen = reader.load(Relaxed);
                let copy = AtomicI64::new(seen);
                if seen == 1 {
                    copy.load(Relaxed);
                }
                seen
            });
            x.store(1, Relaxed);
            reader.join().unwrap()
        };
        let mut found = Vec::new();
        let explorer = Explorer::new().memory_model(MemoryModel::Rc11);
        let summary = explorer.explore(body, |execution| {
            let Ending::Finished(seen) = *execution.ending() else {
                unreachable!("nothing can fail");
            };
            let objects = execution.interleaving().objects;
            found.push((seen, objects.last().unwrap().contents.clone()));
        });
        assert_eq!(summary.unwrap().executions, 2);
        let holds = |value| Contents::Atomic(Value::Signed(value));
        assert_eq!(found, [(1, holds(1)), (0, holds(0))]);
    }
}
