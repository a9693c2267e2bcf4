//! Which events synchronise with which, and so which accesses are data races: found from the events alone, with
//! sets of events, by code that shares nothing with the explorer's.
//!
//! The rules are those of C++20 for atomics, and those that `std` documents for its primitives.

use selvedge_explorer::{
    CellAccess, DataRace, Event, Interleaving, ObjectId, ObjectKind, OperationKind, ReadsFrom, ThreadId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

/// The indices of events.
type Past = BTreeSet<usize>;

/// The events that happen before each event, itself included, in the sense of the memory model.
pub(crate) struct Synchronised(Vec<Past>);

/// The past of a thread.
#[derive(Default, Clone)]
struct Seen {
    now: Past,
    /// Its past at its last release fence.
    fenced: Past,
    /// The past that an acquire fence would add.
    pending: Past,
}

/// A write to an atomic.
struct Written {
    /// The event that it is.
    by: usize,
    object: ObjectId,
    passed: Past,
    continues: bool,
    /// What it has read from, if an execution graph tells.
    reads_from: Option<ReadsFrom>,
}

#[derive(Default)]
struct Pass {
    threads: BTreeMap<ThreadId, Seen>,
    written: Vec<Written>,
    /// What each lock or token passes on, by which event: to all that acquire it, or to those alone that write.
    released: BTreeMap<ObjectId, [Vec<(usize, Past)>; 2]>,
    /// The index of the event at which the pass stands.
    index: usize,
    word: Option<ObjectId>,
}

impl Synchronised {
    pub(crate) fn of(interleaving: &Interleaving) -> Self {
        let word = interleaving
            .objects
            .iter()
            .find(|object| object.kind == ObjectKind::AtomicUnsigned);
        let mut pass = Pass {
            word: word.map(|object| object.id),
            ..Pass::default()
        };
        let mut all = Vec::new();
        for (index, step) in interleaving.steps.iter().enumerate() {
            for link in interleaving.links.iter().filter(|link| link.position == index) {
                let (from, to) = if link.spawn {
                    (link.by, link.of)
                } else {
                    (link.of, link.by)
                };
                let past = pass.threads.entry(from).or_default().now.clone();
                pass.threads.entry(to).or_default().now.extend(past);
            }
            pass.index = index;
            pass.thread(&step.event).now.insert(index);
            pass.event(&step.event);
            all.push(pass.thread(&step.event).now.clone());
        }
        Self(all)
    }

    /// Returns `true` if nothing orders the first event before the second.
    pub(crate) fn is_unordered(&self, first: usize, second: usize) -> bool {
        !self.0[second].contains(&first)
    }
}

impl Pass {
    fn thread(&mut self, event: &Event) -> &mut Seen {
        self.threads.entry(event.thread).or_default()
    }

    fn event(&mut self, event: &Event) {
        use OperationKind as Kind;
        let object = event.object.map(|(_, id)| id);
        let own = |object: Option<ObjectId>| object.expect("it has an object");
        match event.operation {
            Kind::Load(ordering) => self.load(event, own(object), ordering),
            Kind::Store(ordering, _) => self.store(event, own(object), ordering, false),
            Kind::ReadModifyWrite(ordering, ..) => {
                self.load(event, own(object), ordering);
                self.store(event, own(object), ordering, true);
            }
            Kind::Add(ordering, _) => self.store(event, own(object), ordering, true),
            Kind::CompareExchange { success, failure, .. } => {
                self.load(
                    event,
                    own(object),
                    if event.succeeded { success } else { failure },
                );
                if event.succeeded {
                    self.store(event, own(object), success, true);
                }
            }
            Kind::Fence(ordering) => {
                let seen = self.thread(event);
                if ordering != Ordering::Release {
                    seen.now.extend(seen.pending.iter().copied());
                }
                if ordering != Ordering::Acquire {
                    seen.fenced = seen.now.clone();
                }
            }
            Kind::WakeOrTimeOutUnless(_) if !event.succeeded => {
                let word = self.word.expect("the word of the wait");
                self.load(event, word, Ordering::Relaxed);
            }
            Kind::Lock | Kind::WriteLock => self.acquire(event, own(object), true),
            Kind::TryLock | Kind::TryWriteLock | Kind::WriteLockOrQueue if event.succeeded => {
                self.acquire(event, own(object), true);
            }
            Kind::Reacquire => self.acquire(event, own(event.mutex), true),
            Kind::ReadLock | Kind::Park => self.acquire(event, own(object), false),
            Kind::TryReadLock if event.succeeded => self.acquire(event, own(object), false),
            Kind::Unlock(_) | Kind::WriteUnlock(_) | Kind::Unpark => self.release(event, own(object), 0),
            Kind::Wait(_) => self.release(event, own(event.mutex), 0),
            Kind::ReadUnlock => self.release(event, own(object), 1),
            _ => {}
        }
    }

    fn load(&mut self, event: &Event, object: ObjectId, ordering: Ordering) {
        let passed = self.passed_on(event.reads_from, object, self.index);
        let seen = self.thread(event);
        match ordering {
            Ordering::Relaxed | Ordering::Release => seen.pending.extend(passed),
            _ => seen.now.extend(passed),
        }
    }

    /// Returns what the write passes on that is read: by its release sequence, too. Where no execution graph tells
    /// which write that is, it is the last before this event.
    fn passed_on(&self, source: Option<ReadsFrom>, object: ObjectId, before: usize) -> Past {
        let mut writes = self.written.iter().rev().filter(|write| write.object == object);
        let write = match source {
            Some(ReadsFrom::Initial) => None,
            Some(ReadsFrom::Event(source)) => writes.find(|write| write.by == source),
            None => writes.find(|write| write.by < before),
        };
        let Some(write) = write else {
            return Past::new();
        };
        let mut passed = write.passed.clone();
        if write.continues {
            passed.extend(self.passed_on(write.reads_from, object, write.by));
        }
        passed
    }

    fn store(&mut self, event: &Event, object: ObjectId, ordering: Ordering, continues: bool) {
        let seen = self.thread(event);
        let passed = match ordering {
            Ordering::Relaxed | Ordering::Acquire => seen.fenced.clone(),
            _ => seen.now.clone(),
        };
        self.written.push(Written {
            by: self.index,
            object,
            passed,
            continues,
            reads_from: event.reads_from,
        });
    }

    fn acquire(&mut self, event: &Event, object: ObjectId, alone: bool) {
        let [to_all, to_writers] = self.released.entry(object).or_default().clone();
        let to_writers = to_writers.into_iter().filter(|_| alone);
        for (by, past) in to_all.into_iter().chain(to_writers) {
            if !event.unseen.contains(&by) {
                self.thread(event).now.extend(past);
            }
        }
    }

    fn release(&mut self, event: &Event, object: ObjectId, to: usize) {
        let now = self.thread(event).now.clone();
        self.released.entry(object).or_default()[to].push((self.index, now));
    }
}

/// Returns, for each beginning of the interleaving that makes another data race the least one, the number of
/// its steps, and that data race: by the number of events that lead to it, then by cell, threads and numbers.
pub(crate) fn least_races(interleaving: &Interleaving) -> Vec<(usize, DataRace)> {
    let synchronised = Synchronised::of(interleaving);
    let event = |index: usize| &interleaving.steps[index].event;
    let cell = |index: usize| match event(index).operation {
        OperationKind::CellRead => Some((event(index).object?.1, false)),
        OperationKind::CellWrite => Some((event(index).object?.1, true)),
        _ => None,
    };
    let mut least = None;
    let mut races = Vec::new();
    for second in 0..interleaving.steps.len() {
        let Some((object, writes)) = cell(second) else {
            continue;
        };
        // Of each other thread, its last read and its last write count.
        let mut firsts = BTreeMap::new();
        for first in 0..second {
            if let Some((other, wrote)) = cell(first)
                && other == object
                && event(first).thread != event(second).thread
                && (writes || wrote)
            {
                firsts.insert((event(first).thread, wrote), first);
            }
        }
        let past = (0..=second)
            .filter(|&index| event(index).happens_before(event(second)))
            .count();
        let key = |first: usize| {
            let key = |index: usize| (event(index).thread, event(index).number);
            (past, object, key(first), key(second))
        };
        let racing = firsts
            .into_values()
            .filter(|&first| synchronised.is_unordered(first, second));
        if let Some(first) = racing.min_by_key(|&first| key(first))
            && least.is_none_or(|least| key(first) < least)
        {
            least = Some(key(first));
            races.push((second + 1, race(interleaving, event(first), event(second))));
        }
    }
    races
}

/// Returns the data race of two accesses.
pub(crate) fn race(interleaving: &Interleaving, first: &Event, second: &Event) -> DataRace {
    let access = |event: &Event| CellAccess {
        thread: event.thread,
        write: event.operation == OperationKind::CellWrite,
        location: event.location,
        label: event.label,
    };
    let cell = first.object.expect("a cell").1;
    DataRace {
        cell,
        called: interleaving.object(cell).expect("it was created").called,
        first: access(first),
        second: access(second),
    }
}
