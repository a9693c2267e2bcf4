//! Data races: accesses to plain memory that no synchronisation orders.
//!
//! Two accesses to a cell, at least one a write, by different threads, are a data race unless one
//! happens before the other in the sense of the memory model: by program order, spawn and join,
//! mutexes and readers-writer locks, condition variables (through their mutex), park and unpark,
//! and by an acquiring load that reads from a releasing store. This is *not* the happens-before
//! of the search, which orders all conflicting operations: a relaxed store and the load that
//! reads it conflict, but do not synchronise.
//!
//! The rules for atomics are those of C++20: a releasing store heads a release sequence, which
//! read-modify-writes and adds continue, and any other store ends; an add reads nothing, so it
//! acquires nothing, not even by an acquire fence that follows; a release fence makes later relaxed
//! stores releasing, an acquire fence makes earlier relaxed loads acquiring. A fence that is
//! sequentially consistent is taken as acquire and release. Unlocking for reading synchronises
//! with later locking for writing only, and unlocking for writing with all later locking; an
//! `unpark` with the `park` that it ends.
//!
//! The check is a pass over an execution, made only if the program has cells. If there are several data
//! races, the one that is reported is that which the fewest events lead to: those that happen before its
//! second access, in the order of conflicting operations. This number is the same in all executions of a
//! trace, so they all report the same one. And it has an interleaving that ends with it and contains no
//! other: these events alone.

pub(crate) mod atomics;

use std::sync::atomic::Ordering;

use super::ending::{CellAccess, DataRace};
use super::event::ObjectNames;
use super::identity::{MAX_THREADS, ObjectIndex, ObjectKind, ThreadIndex};
use super::object::table::Synchronisation;
use super::operation::OperationKind;
use super::search::{Clock, Event, Program};

/// The past that an object passes on to the threads that synchronise with it.
#[derive(Clone, Debug)]
struct Passed {
    /// To threads that acquire: from releasing stores, or from unlocking for writing.
    released: Clock,
    /// To threads that lock for writing: from unlocking for reading. Empty for all but
    /// readers-writer locks.
    read: Clock,
    /// For each thread, its last read and its last write (as positions), if it is a cell.
    accesses: Option<Box<[[Option<usize>; 2]; MAX_THREADS]>>,
}

/// The past of a thread, as far as synchronisation orders it.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// The events that happen before the thread's next event.
    now: Clock,
    /// The past that a relaxed store passes on: that at the last release fence.
    fenced: Clock,
    /// The past that an acquire fence would add: passed on by the values read with relaxed loads.
    unfenced: Clock,
}

/// Returns the least data race of the events so far: that which the fewest events lead to; of several, the
/// first by cell, thread and number.
pub(crate) fn find(program: &Program) -> Option<DataRace> {
    if !has_cells(program) {
        return None;
    }
    positions(program).map(|(first, second)| describe(program, first, second))
}

/// Returns `true` if the program has plain memory: without, it has no data race.
#[inline]
fn has_cells(program: &Program) -> bool {
    let mut objects = program.history.objects.iter();
    objects.any(|object| object.kind == ObjectKind::Cell)
}

/// Returns the indices of the events that are the two accesses of that data race.
pub(crate) fn positions(program: &Program) -> Option<(usize, usize)> {
    least_so_far(program).pop()
}

/// Returns the least data race of every beginning of the execution: the indices of its accesses, in the order
/// of the second ones. Each is less than the one before.
pub(crate) fn least_so_far(program: &Program) -> Vec<(usize, usize)> {
    if !has_cells(program) {
        return Vec::new();
    }
    pass_over(program, |_, _, _| ()).least
}

/// Passes over the events of the execution; looks at each, when what happens before it is known.
fn pass_over<'a>(program: &'a Program, mut look: impl FnMut(&Pass<'a>, usize, &Event)) -> Pass<'a> {
    let mut pass = Pass::new(program);
    let mut links = program.links.iter().peekable();
    for (position, event) in program.history.events.iter().enumerate() {
        while let Some(link) = links.next_if(|link| link.position <= position) {
            let from = pass.threads[usize::from(link.from)].now;
            pass.threads[usize::from(link.to)].now.join(&from);
        }
        pass.event(position, event);
        look(&pass, position, event);
    }
    pass
}

struct Pass<'a> {
    program: &'a Program,
    threads: [Seen; MAX_THREADS],
    objects: Vec<Passed>,
    /// `true` if the clocks of the events are those of the memory model.
    in_graph: bool,
    /// The data races each of which was the least when its second access came; see [`least_so_far`].
    least: Vec<(usize, usize)>,
}

impl<'a> Pass<'a> {
    fn new(program: &'a Program) -> Self {
        let nothing = Seen {
            now: Clock::ZERO,
            fenced: Clock::ZERO,
            unfenced: Clock::ZERO,
        };
        let untouched = Passed {
            released: Clock::ZERO,
            read: Clock::ZERO,
            accesses: None,
        };
        Self {
            program,
            threads: [nothing; MAX_THREADS],
            objects: vec![untouched; program.history.objects.len()],
            in_graph: program.has_graph,
            least: Vec::new(),
        }
    }

    fn event(&mut self, position: usize, event: &Event) {
        let thread = event.step.thread;
        if self.in_graph {
            return self.decided(position, event);
        }
        self.threads[usize::from(thread)].now.tick(thread);
        let object = |slot: usize| event.operation.objects[slot];
        match event.operation.kind.synchronises(event.result.succeeded) {
            Synchronisation::Nothing => {}
            Synchronisation::Load(slot, ordering) => self.load(thread, object(slot), ordering),
            Synchronisation::Store(ordering) => self.store(thread, object(0), ordering, false),
            Synchronisation::Update(ordering) => {
                self.load(thread, object(0), ordering);
                self.store(thread, object(0), ordering, true);
            }
            Synchronisation::Add(ordering) => self.store(thread, object(0), ordering, true),
            Synchronisation::Fence(ordering) => self.fence(thread, ordering),
            Synchronisation::Lock(slot) => {
                self.acquire(thread, object(slot));
                self.acquire_from_readers(thread, object(slot));
            }
            Synchronisation::LockShared | Synchronisation::Take => self.acquire(thread, object(0)),
            Synchronisation::Unlock(slot) => self.release(thread, object(slot)),
            Synchronisation::Set => self.release(thread, object(0)),
            Synchronisation::UnlockShared => self.release_to_writers(thread, object(0)),
            Synchronisation::Read => self.access(position, event, false),
            Synchronisation::Write => self.access(position, event, true),
        }
    }

    /// Looks at an event whose past is known.
    fn decided(&mut self, position: usize, event: &Event) {
        self.threads[usize::from(event.step.thread)].now = event.clock;
        match event.operation.kind {
            OperationKind::CellRead => self.access(position, event, false),
            OperationKind::CellWrite => self.access(position, event, true),
            _ => {}
        }
    }

    fn load(&mut self, thread: ThreadIndex, object: ObjectIndex, ordering: Ordering) {
        let released = self.objects[usize::from(object)].released;
        let seen = &mut self.threads[usize::from(thread)];
        match ordering {
            Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst => seen.now.join(&released),
            _ => seen.unfenced.join(&released),
        }
    }

    fn store(&mut self, thread: ThreadIndex, object: ObjectIndex, ordering: Ordering, continues: bool) {
        let seen = &self.threads[usize::from(thread)];
        let passed = match ordering {
            Ordering::Release | Ordering::AcqRel | Ordering::SeqCst => seen.now,
            _ => seen.fenced,
        };
        let released = &mut self.objects[usize::from(object)].released;
        if continues {
            released.join(&passed);
        } else {
            *released = passed;
        }
    }

    fn fence(&mut self, thread: ThreadIndex, ordering: Ordering) {
        let seen = &mut self.threads[usize::from(thread)];
        if ordering != Ordering::Release {
            seen.now.join(&seen.unfenced);
        }
        if ordering != Ordering::Acquire {
            seen.fenced = seen.now;
        }
    }

    fn acquire(&mut self, thread: ThreadIndex, object: ObjectIndex) {
        let released = self.objects[usize::from(object)].released;
        self.threads[usize::from(thread)].now.join(&released);
    }

    fn acquire_from_readers(&mut self, thread: ThreadIndex, object: ObjectIndex) {
        let read = self.objects[usize::from(object)].read;
        self.threads[usize::from(thread)].now.join(&read);
    }

    fn release(&mut self, thread: ThreadIndex, object: ObjectIndex) {
        let now = self.threads[usize::from(thread)].now;
        self.objects[usize::from(object)].released.join(&now);
    }

    fn release_to_writers(&mut self, thread: ThreadIndex, object: ObjectIndex) {
        let now = self.threads[usize::from(thread)].now;
        self.objects[usize::from(object)].read.join(&now);
    }

    fn access(&mut self, position: usize, event: &Event, write: bool) {
        let thread = usize::from(event.step.thread);
        let now = self.threads[thread].now;
        let cell = &mut self.objects[usize::from(event.operation.objects[0])];
        let accesses = cell.accesses.get_or_insert_with(Default::default);
        for (other, [read, written]) in accesses.iter().enumerate() {
            let read = read.filter(|_| write);
            for earlier in [read, *written].into_iter().flatten() {
                let number = self.program.history.events[earlier].number;
                if other != thread && number > now.of(other as ThreadIndex) {
                    note_if_least(self.program, &mut self.least, (earlier, position));
                }
            }
        }
        accesses[thread][usize::from(write)] = Some(position);
    }
}

/// Adds a data race if it is less than those before; it replaces one with the same second access.
fn note_if_least(program: &Program, least: &mut Vec<(usize, usize)>, found: (usize, usize)) {
    let key = |(first, second)| race_key(program, first, second);
    let last = least.last().copied();
    if last.is_none_or(|last| key(found) < key(last)) {
        least.pop_if(|last| last.1 == found.1);
        least.push(found);
    }
}

/// Returns the key by which data races are compared: the number of events that lead to the second access, the
/// cell, then the accesses.
fn race_key(program: &Program, first: usize, second: usize) -> impl Ord + use<> {
    let key = |position: usize| {
        let event = &program.history.events[position];
        (program.registry.thread_id(event.step.thread), event.number)
    };
    let cell = program.history.events[first].operation.objects[0];
    let past = program.history.events[second].clock.events();
    (past, program.registry.object_id(cell), key(first), key(second))
}

/// Returns the data race of these two events, as it is shown to the caller.
pub(crate) fn describe(program: &Program, first: usize, second: usize) -> DataRace {
    let access = |position: usize| {
        let event = &program.history.events[position];
        CellAccess {
            thread: program.registry.thread_id(event.step.thread),
            write: event.operation.kind == OperationKind::CellWrite,
            location: event.operation.location,
            label: program.notes.label_at(position),
        }
    };
    let cell = program.history.events[first].operation.objects[0];
    DataRace {
        cell: program.registry.object_id(cell),
        called: ObjectNames::of(program)
            .get(cell)
            .expect("a race is about an object"),
        first: access(first),
        second: access(second),
    }
}
