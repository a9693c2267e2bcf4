//! Facts about an interleaving, each found from its events anew: what was accessed, held, and woken.

use selvedge_explorer::{Event, Interleaving, ObjectId, OperationKind as Kind, ThreadId, Value};
use std::collections::BTreeSet;

/// The facts of one interleaving.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a>(pub(crate) &'a Interleaving);

/// The way in which an event accesses an atomic or plain memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    Read,
    Store,
    Update,
    Add,
}

impl<'a> Facts<'a> {
    pub(crate) fn len(self) -> usize {
        self.0.steps.len()
    }

    pub(crate) fn event(self, index: usize) -> &'a Event {
        &self.0.steps[index].event
    }

    pub(crate) fn thread(self, index: usize) -> ThreadId {
        self.event(index).thread
    }

    pub(crate) fn object(self, index: usize) -> Option<ObjectId> {
        self.event(index).object.map(|(_, id)| id)
    }

    pub(crate) fn access(self, index: usize) -> Option<Access> {
        let event = self.event(index);
        match event.operation {
            Kind::Load(_) | Kind::CellRead => Some(Access::Read),
            Kind::Store(..) | Kind::CellWrite => Some(Access::Store),
            Kind::ReadModifyWrite(..) => Some(Access::Update),
            Kind::Add(..) => Some(Access::Add),
            Kind::CompareExchange { .. } if event.succeeded => Some(Access::Update),
            Kind::CompareExchange { .. } => Some(Access::Read),
            _ => None,
        }
    }

    /// Returns `true` if the event may change an atomic or plain memory.
    pub(crate) fn changes(self, index: usize) -> bool {
        matches!(
            self.access(index),
            Some(Access::Store | Access::Update | Access::Add)
        )
    }

    /// Returns the accesses to an object, in order.
    pub(crate) fn accesses(self, object: Option<ObjectId>) -> Vec<usize> {
        let all = 0..self.len();
        all.filter(|&index| self.object(index) == object && self.access(index).is_some())
            .collect()
    }

    /// Returns the last access to the same object by the same thread before this one.
    pub(crate) fn own_before(self, index: usize) -> Option<usize> {
        let mut earlier = self.accesses(self.object(index)).into_iter().rev();
        earlier.find(|&other| other < index && self.thread(other) == self.thread(index))
    }

    /// Returns the changes of the object by other threads between two accesses to it.
    pub(crate) fn changed_between(self, from: usize, to: usize) -> Vec<usize> {
        let all = self.accesses(self.object(to)).into_iter();
        all.filter(|&index| from < index && index < to)
            .filter(|&index| self.changes(index) && self.thread(index) != self.thread(to))
            .collect()
    }

    /// Returns the value that the event left in the object that it accesses, or in its mutex.
    pub(crate) fn after(self, index: usize) -> Option<Value> {
        self.event(index).after.or(self.event(index).data)
    }

    /// Returns the value that the event found there.
    pub(crate) fn before(self, index: usize) -> Option<Value> {
        let event = self.event(index);
        let replaces = matches!(event.operation, Kind::CellWrite | Kind::Unlock(_) | Kind::Wait(_));
        if !replaces {
            return event.before.or(event.data);
        }
        let guarded = self.guarded(index);
        let mut earlier = (0..index).rev();
        earlier
            .find(|&other| self.guarded(other) == guarded)
            .and_then(|other| self.after(other))
    }

    /// Returns the cell or the mutex whose value the event finds or leaves.
    fn guarded(self, index: usize) -> Option<ObjectId> {
        let event = self.event(index);
        match event.operation {
            Kind::CellRead | Kind::CellWrite | Kind::Lock | Kind::Unlock(_) => self.object(index),
            Kind::TryLock if event.succeeded => self.object(index),
            Kind::Wait(_) | Kind::Reacquire => event.mutex,
            _ => None,
        }
    }

    /// Returns the lock that the event acquires, and `true` if it shares it.
    pub(crate) fn acquires(self, index: usize) -> Option<(ObjectId, bool)> {
        let event = self.event(index);
        let object = self.object(index);
        match event.operation {
            Kind::Lock | Kind::WriteLock => Some((object?, false)),
            Kind::TryLock | Kind::TryWriteLock | Kind::WriteLockOrQueue if event.succeeded => {
                Some((object?, false))
            }
            Kind::ReadLock => Some((object?, true)),
            Kind::TryReadLock if event.succeeded => Some((object?, true)),
            Kind::Reacquire => Some((event.mutex?, false)),
            _ => None,
        }
    }

    /// Returns the lock that the event releases.
    pub(crate) fn releases(self, index: usize) -> Option<ObjectId> {
        match self.event(index).operation {
            Kind::Unlock(_) | Kind::ReadUnlock | Kind::WriteUnlock(_) => self.object(index),
            Kind::Wait(_) => self.event(index).mutex,
            _ => None,
        }
    }

    /// Returns `true` if the event only releases a lock, and is no wait.
    pub(crate) fn only_releases(self, index: usize) -> bool {
        self.releases(index).is_some() && !matches!(self.event(index).operation, Kind::Wait(_))
    }

    /// Returns the threads that hold a lock before this event, each as often as it does.
    pub(crate) fn holders(self, lock: ObjectId, before: usize) -> Vec<ThreadId> {
        let mut holders = Vec::new();
        for index in 0..before {
            let thread = self.thread(index);
            if self.acquires(index).is_some_and(|(acquired, _)| acquired == lock) {
                holders.push(thread);
            }
            if self.releases(index) == Some(lock) {
                let held = holders.iter().position(|&holder| holder == thread);
                holders.remove(held.expect("who releases a lock holds it"));
            }
        }
        holders.sort_unstable();
        holders
    }

    /// Returns the event that releases the lock that this event has acquired.
    pub(crate) fn release_of(self, index: usize) -> Option<usize> {
        let (lock, _) = self.acquires(index)?;
        let mut later = index + 1..self.len();
        later.find(|&later| self.releases(later) == Some(lock) && self.thread(later) == self.thread(index))
    }

    /// Returns the events on an object, in the order in which they count for all threads. It is that of the steps,
    /// unless an event does not see all the steps above it. An end of a wait acquires the mutex, and stays where it is.
    fn in_coherence_order(self, object: Option<ObjectId>) -> Vec<usize> {
        let mut order = Vec::new();
        for index in (0..self.len()).filter(|&index| self.object(index) == object) {
            let event = self.event(index);
            let later = match event.operation {
                Kind::Reacquire => 0,
                _ => event.unseen.len(),
            };
            // Ends of waits do not count.
            let mut place = order.len();
            for _ in 0..later {
                place -= 1;
                while self.event(order[place]).operation == Kind::Reacquire {
                    place -= 1;
                }
            }
            order.insert(place, index);
        }
        order
    }

    /// Returns the notifications of a condition variable, each with the threads that it woke, in coherence order.
    pub(crate) fn notifications(self, condvar: Option<ObjectId>) -> Vec<(usize, BTreeSet<ThreadId>)> {
        let mut waiting = BTreeSet::new();
        let mut all = Vec::new();
        for index in self.in_coherence_order(condvar) {
            let event = self.event(index);
            match event.operation {
                Kind::Wait(_) if event.succeeded => drop(waiting.insert(event.thread)),
                Kind::NotifyAll => all.push((index, std::mem::take(&mut waiting))),
                Kind::NotifyOne => {
                    let woken = waiting.iter().nth(event.alternative.into()).copied();
                    waiting.retain(|&thread| Some(thread) != woken);
                    all.push((index, woken.into_iter().collect()));
                }
                _ => drop(waiting.remove(&event.thread)),
            }
        }
        all
    }

    /// Returns `true` if the thread starts to wait for a notification.
    pub(crate) fn waits(self, index: usize) -> bool {
        let event = self.event(index);
        matches!(event.operation, Kind::Wait(_)) && event.succeeded
    }

    /// Returns `true` if this is the end of a timed wait.
    pub(crate) fn ends_wait(self, index: usize) -> bool {
        let operation = self.event(index).operation;
        matches!(operation, Kind::WakeOrTimeOut | Kind::WakeOrTimeOutUnless(_))
    }
}
