//! The program under test, as a search sees it.
//!
//! The runtime tells of it what the threads do: they are spawned, announce operations, create objects, wait
//! for each other and end. A search executes the operations that are pending. All that shows an execution
//! (its ending, its events, a drawing) reads it here, whatever the strategy.

mod choices;
mod exchange;
mod graph;
mod notes;
mod repeat;
mod stopped;
mod unseen;

use std::panic::Location;

use super::happens_before::Clock;
use super::history::{History, Object};
use crate::identity::{MAX_THREADS, ObjectId, ObjectIndex, ObjectKind, Registry, ThreadIndex};
use crate::nondeterminism::{Mismatch, Said};
use crate::object::ObjectState;
use crate::object::park_token::ParkToken;
use crate::operation::{Operation, OperationKind, OperationResult, Step};
use crate::unsupported::Unsupported;
pub(crate) use exchange::{Contents, Exchange};
pub(crate) use graph::{Communication, Source, Told};
use notes::Notes;
use repeat::Record;
use stopped::Stopped;
pub(crate) use unseen::Order;

/// The state of a thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    /// It has not been spawned yet.
    Absent,
    /// It is between two operations.
    Running,
    /// It has announced an operation.
    Pending,
    /// It has taken the same turn twice, and does no more.
    Repeating,
    /// It waits for another thread to end.
    Joining {
        thread: ThreadIndex,
        location: &'static Location<'static>,
    },
    /// It has ended.
    Finished,
}

/// A thread of the current execution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thread {
    pub(crate) status: Status,
    /// The operation announced last.
    pub(crate) pending: Operation,
    /// The events that happen before the thread's next operation.
    pub(crate) clock: Clock,
    /// The program's name for what the thread does. It is shown, but is no part of the operation.
    pub(crate) label: Option<&'static str>,
    children: u8,
    objects: u32,
}

impl Thread {
    fn absent() -> Self {
        Self {
            status: Status::Absent,
            pending: Operation::new(OperationKind::Choose(1), Location::caller()),
            clock: Clock::ZERO,
            label: None,
            children: 0,
            objects: 0,
        }
    }
}

/// A spawn or a join, between events: it moves clocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Link {
    /// The number of events that came before.
    pub(crate) position: usize,
    /// The thread that spawned, or that ended.
    pub(crate) from: ThreadIndex,
    /// The thread that was spawned, or that joined.
    pub(crate) to: ThreadIndex,
    pub(crate) spawn: bool,
    pub(crate) location: &'static Location<'static>,
    /// The program's name for it.
    pub(crate) label: Option<&'static str>,
}

/// The names of a program's threads and objects, as one search has given them.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    registry: Registry,
    objects: Vec<Object>,
}

/// The program under test, in its current execution.
#[derive(Debug)]
pub(crate) struct Program {
    /// The number of events that an execution may have.
    pub(crate) step_limit: usize,
    /// The names of all threads and objects, in this execution and the earlier ones.
    pub(crate) registry: Registry,
    /// The events and the objects: those on record first, then those executed since.
    pub(crate) history: History,
    pub(crate) threads: [Thread; MAX_THREADS],
    /// The threads that have stopped because they repeat themselves.
    pub(crate) stopped: Vec<Stopped>,
    /// Those that had stopped and have gone on since, if their turns acquire locks.
    went_on: Vec<Stopped>,
    /// Each time that a thread has stopped, also if it has gone on after a later event: the thread, and the number
    /// of events before.
    stops: Vec<(ThreadIndex, usize)>,
    /// Spawns and joins of the current execution.
    pub(crate) links: Vec<Link>,
    /// Labels and recorded values of the events.
    pub(crate) notes: Notes,
    /// The result of the operation executed or repeated last.
    pub(crate) result: OperationResult,
    /// The number of events that the current execution has executed or repeated.
    pub(crate) position: usize,
    /// The difference between the execution and the record, if there is one.
    pub(crate) mismatch: Option<Mismatch>,
    /// `true` if execution graphs decide the events.
    pub(crate) has_graph: bool,
    /// `true` if the execution has ended like another one.
    pub(crate) redundant: bool,
    /// The operation that cannot be explored, if the execution has ended there.
    pub(crate) unsupported: Option<Unsupported>,
    /// What a step exchanges with a search over states.
    pub(crate) exchange: Exchange,
    /// The record that the execution is to repeat.
    record: Record,
}

impl Program {
    /// Creates a program that has not been executed yet.
    pub(crate) fn new(step_limit: usize) -> Self {
        let absent = Thread::absent();
        Self {
            step_limit,
            registry: Registry::new(),
            history: History::default(),
            threads: [absent; MAX_THREADS],
            stopped: Vec::new(),
            went_on: Vec::new(),
            stops: Vec::new(),
            links: Vec::new(),
            notes: Notes::default(),
            result: OperationResult::default(),
            position: 0,
            mismatch: None,
            has_graph: false,
            redundant: false,
            unsupported: None,
            exchange: Exchange::default(),
            record: Record::new(absent.pending),
        }
    }

    /// Returns the names of all threads and objects so far, for searches of other parts of the same program.
    pub(crate) fn names(&self) -> Names {
        Names {
            registry: self.registry.clone(),
            objects: self.history.objects.clone(),
        }
    }

    /// Lets a program that has not been executed yet have the names that another search has given.
    pub(crate) fn with_names(self, names: Names) -> Self {
        let Names {
            registry,
            mut objects,
        } = names;
        objects.iter_mut().for_each(Object::forget_touches);
        Self {
            registry,
            history: History {
                objects,
                ..self.history
            },
            ..self
        }
    }

    /// Begins an execution: the main thread runs, all others are yet to be spawned. What the history has is
    /// on record.
    pub(crate) fn begin(&mut self) {
        self.position = 0;
        self.begin_record();
        self.stopped.clear();
        self.went_on.clear();
        self.stops.clear();
        self.links.clear();
        self.notes.clear_values();
        self.exchange.begin();
        let known = self.registry.thread_count();
        for thread in &mut self.threads[..known] {
            thread.status = Status::Absent;
            thread.clock = Clock::ZERO;
            thread.label = None;
            thread.children = 0;
            thread.objects = 0;
        }
        self.threads[0].status = Status::Running;
    }

    /// Executes the pending operation of a thread by the models of its objects.
    // As for `Tree::take`: every new event comes by here.
    #[inline(always)]
    pub(crate) fn execute(&mut self, step: Step) {
        let thread = &mut self.threads[usize::from(step.thread)];
        self.result = self.history.execute(&thread.pending, step, &mut thread.clock);
        thread.status = Status::Running;
        self.notes.note_label(self.position, thread.label);
        self.position += 1;
    }

    /// Forgets the events so far, unless a lock is held: then it may be asked who has acquired it. Only for an
    /// execution of one thread, and without races.
    pub(crate) fn forget_unless_held(&mut self) {
        if self
            .history
            .objects
            .iter()
            .any(|object| object.state.holders() != 0)
        {
            return;
        }
        self.history.forget();
        self.threads[0].clock = Clock::ZERO;
        self.notes.clear_values();
        self.position = 0;
    }

    /// Adds a thread spawned by `parent`.
    pub(crate) fn spawn(&mut self, parent: ThreadIndex, location: &'static Location<'static>) -> ThreadIndex {
        let spawner = &mut self.threads[usize::from(parent)];
        let (clock, label, earlier) = (spawner.clock, spawner.label, spawner.children);
        spawner.children += 1;
        let child = self.registry.child(parent, usize::from(earlier));
        let thread = &mut self.threads[usize::from(child)];
        thread.status = Status::Running;
        thread.clock = clock;
        self.links.push(Link {
            position: self.position,
            from: parent,
            to: child,
            spawn: true,
            location,
            label,
        });
        child
    }

    /// Notes that `thread` has seen the end of `ended`.
    pub(crate) fn join(
        &mut self,
        thread: ThreadIndex,
        ended: ThreadIndex,
        location: &'static Location<'static>,
    ) {
        let clock = self.threads[usize::from(ended)].clock;
        let joiner = &mut self.threads[usize::from(thread)];
        joiner.clock.join(&clock);
        joiner.status = Status::Running;
        let label = joiner.label;
        self.links.push(Link {
            position: self.position,
            from: ended,
            to: thread,
            spawn: false,
            location,
            label,
        });
    }

    /// Notes the operation that the thread will execute next.
    #[inline]
    pub(crate) fn announce(&mut self, thread: ThreadIndex, operation: &Operation) {
        let thread = &mut self.threads[usize::from(thread)];
        thread.pending = *operation;
        thread.status = Status::Pending;
    }

    /// Notes what the program calls what the thread does from now on, if anything.
    pub(crate) fn set_label(&mut self, thread: ThreadIndex, label: Option<&'static str>) {
        self.threads[usize::from(thread)].label = label;
        self.notes.has_labels |= label.is_some();
    }

    /// Adds an object created by `thread`; while the record is repeated, the object is there already.
    pub(crate) fn create_object(
        &mut self,
        thread: ThreadIndex,
        kind: ObjectKind,
        initial: ObjectState,
        location: &'static Location<'static>,
    ) -> ObjectIndex {
        let creator = &mut self.threads[usize::from(thread)];
        let earlier = creator.objects as usize;
        creator.objects += 1;
        // Where execution graphs decide, an execution can go back to what an older one than the last has created.
        let index = match self.has_graph {
            false => self.registry.object(thread, earlier),
            true => self.registry.object_like(thread, earlier, |index| {
                let known = self.history.objects.get(usize::from(index));
                known.is_none_or(|known| (known.kind, known.initial) == (kind, initial))
            }),
        };
        let object = Object::new(kind, initial, location);
        let repeats = self.is_repeating();
        match self.history.objects.get_mut(usize::from(index)) {
            Some(known) if repeats => {
                if (known.kind, known.initial) != (kind, initial) && self.mismatch.is_none() {
                    let before = Said::Created {
                        kind: known.kind,
                        location: known.location,
                    };
                    self.mismatch = Some(Mismatch {
                        step: self.position,
                        thread,
                        now: Said::Created { kind, location },
                        before,
                    });
                }
            }
            Some(known) => *known = object,
            None => self.add_object(index, object),
        }
        index
    }

    fn add_object(&mut self, index: ObjectIndex, object: Object) {
        // Indices are given out in order, so at most this one is missing.
        debug_assert_eq!(self.history.objects.len(), usize::from(index));
        self.history.objects.push(object);
    }

    /// Returns `true` if the current execution has created the object, and not only an earlier one.
    pub(crate) fn has_created(&self, object: ObjectIndex) -> bool {
        let id = self.registry.object_id(object);
        let creator = self.registry.thread_named(id.creator);
        let created = creator.map_or(0, |creator| self.threads[usize::from(creator)].objects);
        id.number == ObjectId::TOKEN || id.number < created && self.registry.is_last(object)
    }

    /// Returns the number of objects that the main thread has created.
    pub(crate) fn objects_of_main(&self) -> usize {
        self.threads[0].objects as usize
    }

    /// Returns the park token of a thread.
    pub(crate) fn token(&mut self, thread: ThreadIndex, location: &'static Location<'static>) -> ObjectIndex {
        let index = self.registry.token(thread);
        if usize::from(index) == self.history.objects.len() {
            let initial = ObjectState::ParkToken(ParkToken::default());
            self.add_object(index, Object::new(ObjectKind::ParkToken, initial, location));
        }
        index
    }

    /// Returns the pending operation of a thread, if it has announced one and can execute it now.
    #[inline]
    pub(crate) fn enabled(&self, thread: ThreadIndex) -> Option<&Operation> {
        let Thread { status, pending, .. } = &self.threads[usize::from(thread)];
        (*status == Status::Pending && self.history.enabled(pending, thread)).then_some(pending)
    }

    /// Returns the threads that can execute their pending operation, as a bit set.
    pub(crate) fn enabled_threads(&self) -> u32 {
        let mut enabled = 0;
        for index in 0..self.registry.thread_count() {
            if self.enabled(index as ThreadIndex).is_some() {
                enabled |= 1 << index;
            }
        }
        enabled
    }

    /// Returns the thread that executed the event before the one at this position.
    #[inline]
    pub(crate) fn thread_before(&self, position: usize) -> Option<ThreadIndex> {
        let last = position.checked_sub(1)?;
        Some(self.history.events[last].step.thread)
    }

    /// Returns the thread that ran last if it can go on, or else the first that can.
    #[inline]
    pub(crate) fn running_on(&self) -> Option<ThreadIndex> {
        let can_go_on = |&thread: &ThreadIndex| self.enabled(thread).is_some();
        let last = self.thread_before(self.position);
        last.filter(can_go_on).or_else(|| {
            let mut threads = 0..self.registry.thread_count() as ThreadIndex;
            threads.find(can_go_on)
        })
    }

    /// Returns the threads that have neither ended nor can go on, as a bit set.
    pub(crate) fn stuck_threads(&self) -> u32 {
        let unfinished = |thread: &Thread| {
            matches!(
                thread.status,
                Status::Pending | Status::Repeating | Status::Joining { .. }
            )
        };
        let threads = self.threads[..self.registry.thread_count()].iter().enumerate();
        threads
            .filter(|(_, thread)| unfinished(thread))
            .fold(0, |set, (index, _)| set | 1 << index)
    }

    /// Checks what must hold between the threads and the events at the end of an execution.
    ///
    /// # Panics
    ///
    /// If something does not hold.
    pub(crate) fn check_invariants(&self) {
        self.history.check_invariants();
        let mut numbers = [0; MAX_THREADS];
        for event in &self.history.events {
            let thread = usize::from(event.step.thread);
            numbers[thread] += 1;
            assert!(
                event.clock.is_within(&self.threads[thread].clock),
                "a thread has its events in its past"
            );
        }
        for (index, thread) in self.threads[..self.registry.thread_count()].iter().enumerate() {
            let known = thread.clock.of(index as ThreadIndex);
            assert_eq!(known, numbers[index], "thread {index} counts its own events");
        }
    }
}
