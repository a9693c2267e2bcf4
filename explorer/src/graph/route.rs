//! Following a schedule under a memory model: a graph that grows as it is told, in place of a search.
//!
//! The events come in the order of the schedule. Each step says how many of the changes before it come later in
//! coherence order: so it is known which write a read reads from, and which place a write takes. A step that the
//! memory model does not allow is refused. Threads draw the tickets of a mutex in the order in which they acquire it.

use super::decision::alternatives;
use super::event::Part;
use super::operations::Readiness;
use super::search::Search;
use super::strategy::Graphs;
use super::{EventId, Kind, Rules};
use crate::identity::{ObjectIndex, ThreadIndex};
use crate::operation::{Operation, OperationKind};
use crate::schedule::{Choice, Then};
use crate::search::{Communication, Next, Program, Refusal, Status, Stop, Strategy, pending_thread, runs_on};
use crate::unsupported::Unsupported;

/// A schedule to follow, for one execution under a memory model.
#[derive(Debug)]
pub(crate) struct Route {
    graphs: Graphs,
    schedule: Vec<Choice>,
    /// The way to go on after it.
    then: Then,
    /// `true` if all of it has been followed.
    is_followed: bool,
}

impl Route {
    /// Creates a route along this schedule, for a graph that has no events yet.
    pub(crate) fn new(graphs: Graphs, schedule: Vec<Choice>, then: Then) -> Self {
        Self {
            is_followed: schedule.is_empty(),
            graphs,
            schedule,
            then,
        }
    }

    /// Goes on where the schedule has ended.
    fn go_on(&mut self, program: &mut Program) -> Next {
        for thread in 0..program.registry.thread_count() {
            if program.threads[thread].status == Status::Pending {
                self.prepare(program, thread as ThreadIndex);
            }
        }
        let able = self.able_threads(program);
        match self.then {
            _ if able == 0 => self.graphs.stop(program),
            Then::Stop => {
                self.graphs.settle(program);
                Next::Stop(Stop::Asked)
            }
            Then::RunOn if program.position >= program.step_limit => {
                self.graphs.settle(program);
                Next::Stop(Stop::StepLimit)
            }
            Then::RunOn => {
                let thread = runs_on(program, able);
                let choice = Choice::new(program.registry.thread_id(thread), 0);
                self.take(program, choice)
                    .unwrap_or_else(|refusal| Next::Stop(Stop::Refused(refusal)))
            }
        }
    }

    /// Returns the threads that can go on with what came last, as a bit set.
    fn able_threads(&self, program: &Program) -> u32 {
        let threads = program.threads[..program.registry.thread_count()]
            .iter()
            .enumerate();
        let able = threads.filter(|&(index, thread)| {
            let index = index as ThreadIndex;
            thread.status == Status::Pending
                && self.graphs.search.readiness(index, &thread.pending) == Readiness::Ready
                && self.may_acquire(program, index)
        });
        able.fold(0, |set, (index, _)| set | 1 << index)
    }

    /// Returns `true` unless the thread's operation acquires a mutex that is held.
    fn may_acquire(&self, program: &Program, thread: ThreadIndex) -> bool {
        let pending = &program.threads[usize::from(thread)].pending;
        let mutex = match pending.kind {
            OperationKind::Lock => pending.objects[0],
            OperationKind::Reacquire => pending.objects[1],
            _ => return true,
        };
        let state = &program.history.object(mutex).state;
        state.enabled(OperationKind::Lock, 0, thread)
    }

    /// Notes the first states of the objects of the thread's operation.
    fn prepare(&mut self, program: &Program, thread: ThreadIndex) {
        for (_, object) in program.threads[usize::from(thread)].pending.slots() {
            let initial = program.history.object(object).initial;
            self.graphs.search.set_initial(object, initial);
        }
    }

    /// Takes the step of a choice.
    fn take(&mut self, program: &mut Program, choice: Choice) -> Result<Next, Refusal> {
        let thread = pending_thread(program, choice)?;
        let pending = program.threads[usize::from(thread)].pending;
        if !self.graphs.search.supports(thread, &pending) {
            if self.graphs.can_begin_anew(pending.kind) {
                return Ok(self.graphs.begin_anew(program));
            }
            program.unsupported = Some(Unsupported::new(pending.kind, pending.location));
            return Ok(Next::Stop(Stop::Unsupported));
        }
        if !self.may_acquire(program, thread) {
            return Err(Refusal::Waits(thread));
        }
        self.prepare(program, thread);
        self.add(program, thread, &pending, choice)?;
        let next = self
            .graphs
            .tell(program, self.graphs.search.graph.events.len() - 1);
        // A thread that has stopped goes on if it would find something else now.
        self.graphs.settle(program);
        Ok(next)
    }

    /// Adds the events of an operation, one part after the other.
    fn add(
        &mut self,
        program: &Program,
        thread: ThreadIndex,
        pending: &Operation,
        choice: Choice,
    ) -> Result<(), Refusal> {
        let search = &mut self.graphs.search;
        let label = program.threads[usize::from(thread)].label;
        let mut asked = Some(Asked { program, choice });
        loop {
            if search.readiness(thread, pending) == Readiness::Waits {
                return Err(Refusal::Waits(thread));
            }
            let index = search.graph.events.len();
            search.step(thread, pending, label);
            if search.settle(index, asked.as_ref())? {
                asked = None;
            }
            search.forget_options();
            search.pass(search.graph.events.len() - 1);
            if search.graph.newest().completes() {
                return match asked {
                    Some(_) if choice.unseen > 0 => Err(Refusal::SeesNothing),
                    Some(_) if choice.alternative > 0 => Err(Refusal::Alternatives(1)),
                    _ => Ok(()),
                };
            }
        }
    }
}

impl Strategy for Route {
    fn next(&mut self, program: &mut Program) -> Next {
        program.has_graph = true;
        self.graphs.follow_links(program);
        let next = match self.schedule.get(program.position) {
            Some(&choice) => self
                .take(program, choice)
                .unwrap_or_else(|refusal| Next::Stop(Stop::Refused(refusal))),
            None => self.go_on(program),
        };
        self.is_followed = program.position >= self.schedule.len();
        next
    }

    fn communication(&self, program: &Program) -> Vec<Communication> {
        self.graphs.communication(program)
    }

    fn backtrack(&mut self, _program: &mut Program) -> bool {
        false
    }

    /// In an exploration no thread goes on that has stopped, so none does while its schedule is followed.
    fn wakes(&self) -> bool {
        self.is_followed
    }
}

/// The options that a step is to take.
struct Asked<'a> {
    program: &'a Program,
    choice: Choice,
}

impl<R: Rules> Search<R> {
    /// Gives the events from this one on, which have been added last, the options that are asked for; returns `true`
    /// if they have options.
    fn settle(&mut self, index: usize, asked: Option<&Asked<'_>>) -> Result<bool, Refusal> {
        let event = self.graph.events[index];
        let (id, thread) = (event.id, event.id.thread);
        match (event.kind, asked) {
            (Kind::Read(read), None) if read.waits => Err(Refusal::Waits(thread)),
            (_, None) => Ok(false),
            (Kind::Read(_), Some(_)) if event.part == Part::Ticket => Ok(false),
            (Kind::Read(_), Some(asked)) => self.read_as(id, event.location, asked).map(|()| true),
            (Kind::Write(_), Some(asked)) if asked.choice.alternative > 0 => Err(Refusal::Alternatives(1)),
            (Kind::Write(_), Some(asked)) => self
                .place_as(id, event.location, asked.choice.unseen)
                .map(|()| true),
            (Kind::Choice { alternatives, .. }, Some(asked)) if asked.choice.unseen == 0 => self
                .choose_as(id, asked.choice.alternative, alternatives)
                .map(|()| true),
            _ => Ok(false),
        }
    }

    /// Lets a read, the last event but for its own write, miss so many writes.
    fn read_as(&mut self, id: EventId, object: ObjectIndex, asked: &Asked<'_>) -> Result<(), Refusal> {
        self.take_back_after(id);
        let event = self.graph.event(id);
        let (kind, hb) = (event.operation.kind, event.read().expect("it reads").hb_before);
        let last = self.graph.location(object).end() - 1;
        let place = last
            .checked_sub(asked.choice.unseen)
            .ok_or(Refusal::Unseen(last))?;
        if place < self.graph.bound(object, &hb) {
            return Err(Refusal::Inconsistent);
        }
        let source = self.graph.location(object).coherence[usize::from(place)];
        let found = self.graph.state(source, object);
        let alternatives = alternatives(kind, &found, self.lock_words);
        if asked.choice.alternative >= alternatives {
            return Err(Refusal::Alternatives(alternatives));
        }
        let alternative = match kind {
            OperationKind::NotifyOne => asked.program.alternative_in(&found, asked.choice.alternative),
            _ => asked.choice.alternative,
        };
        let decision = self.graph.set_source::<R>(self.model, id, (source, alternative));
        if decision.waits {
            return Err(Refusal::Waits(id.thread));
        }
        let consistent = self.graph.is_consistent::<R>(self.model)
            && (decision.writes.is_none() || self.write_exclusively(&decision));
        if consistent {
            Ok(())
        } else {
            Err(Refusal::Inconsistent)
        }
    }

    /// Lets a write, the last event, come before so many others in coherence order.
    fn place_as(&mut self, id: EventId, object: ObjectIndex, unseen: u16) -> Result<(), Refusal> {
        if unseen == 0 {
            return Ok(());
        }
        self.graph.remove(id);
        let before = self.graph.event(id).past.hb.without_one_of(id.thread);
        let lowest = self.graph.bound(object, &before) + 1;
        let end = self.graph.location(object).end();
        // The first value comes before all.
        let place = end.checked_sub(unseen).filter(|&place| place > 0);
        let place = place.ok_or(Refusal::Unseen(end - 1))?;
        if place < lowest || self.graph.splits(object, place) {
            return Err(Refusal::Inconsistent);
        }
        self.graph.insert(id, place);
        match self.graph.is_consistent::<R>(self.model) {
            true => Ok(()),
            false => Err(Refusal::Inconsistent),
        }
    }

    /// Lets a choice, the last event, take this alternative.
    fn choose_as(&mut self, id: EventId, wanted: u8, alternatives: u8) -> Result<(), Refusal> {
        if wanted >= alternatives {
            return Err(Refusal::Alternatives(alternatives));
        }
        if let Kind::Choice { alternative, .. } = &mut self.graph.event_mut(id).kind {
            *alternative = wanted;
        }
        Ok(())
    }
}
