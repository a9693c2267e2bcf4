//! Operations: the events of each, and when a thread can add the next.

use super::event::{Event, Part};
use super::growth::New;
use super::search::{Answer, Search};
use super::{EventId, Kind, Rules};
use crate::identity::{ObjectIndex, ThreadIndex};
use crate::object::ObjectState;
use crate::operation::{Operation, OperationKind};

/// The readiness of a thread to add an event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Readiness {
    /// It can go on.
    Ready,
    /// It would wait, for the last state of the object does not let it go on. It is to be asked only when no
    /// other thread is ready: then it can take an earlier state, and another thread that of its own.
    WouldWait,
    /// It cannot go on.
    Waits,
}

/// The progress of a thread in its operation: the part that it has added last.
enum Progress {
    Begins,
    /// It has entered the condition variable.
    Entered,
    /// It has been notified, and has to acquire the mutex.
    Notified,
    HasTicket(EventId),
    /// It has read a state that does not let it go on.
    Stuck,
}

impl<R: Rules> Search<R> {
    /// Returns `true` if the thread's operation is explored.
    pub(super) fn supports(&self, thread: ThreadIndex, operation: &Operation) -> bool {
        use OperationKind as Kind;
        match operation.kind {
            Kind::Load(_)
            | Kind::Store(..)
            | Kind::ReadModifyWrite(..)
            | Kind::Add(..)
            | Kind::CompareExchange { .. }
            | Kind::Fence(_)
            | Kind::Lock
            | Kind::Unlock(false)
            | Kind::ReadLock
            | Kind::TryReadLock
            | Kind::ReadUnlock
            | Kind::WriteLock
            | Kind::WriteLockOrQueue
            | Kind::TryWriteLock
            | Kind::WriteUnlock(_)
            | Kind::Wait(_)
            | Kind::Reacquire
            | Kind::WakeOrTimeOut
            | Kind::NotifyOne
            | Kind::NotifyAll
            | Kind::CellRead
            | Kind::CellWrite
            | Kind::StartToPark
            | Kind::Park
            | Kind::ParkOrTimeOut
            | Kind::Unpark
            | Kind::Choose(_) => true,
            Kind::IsPoisoned => self.lock_words || self.is_last_to_use(thread, operation.objects[0]),
            Kind::Unlock(true) => self.lock_words || self.comes_after_tests(thread, operation.objects[0]),
            Kind::TryLock | Kind::ClearPoison => self.lock_words,
            Kind::WakeOrTimeOutUnless(_) => false,
        }
    }

    /// Returns `true` if all that other threads have done with the object happens before the thread's next event.
    fn is_last_to_use(&self, thread: ThreadIndex, object: ObjectIndex) -> bool {
        let Some(location) = self.graph.locations.get(usize::from(object)) else {
            return true;
        };
        let past = &self.pasts[usize::from(thread)].hb;
        let mut last = location.last.iter().enumerate();
        last.all(|(other, &last)| last <= past.of(other as ThreadIndex))
    }

    /// Returns `true` if the thread's next event comes after all that have asked whether the mutex is poisoned.
    fn comes_after_tests(&self, thread: ThreadIndex, mutex: ObjectIndex) -> bool {
        let past = &self.pasts[usize::from(thread)].hb;
        let mut events = self.graph.events.iter();
        events.all(|event| {
            let tests = event.operation.kind == OperationKind::IsPoisoned && event.location == mutex;
            !tests || event.id.is_in(past)
        })
    }

    fn progress(&self, thread: ThreadIndex) -> Progress {
        let Some(last) = self.graph.last_of(thread).filter(|last| !last.completes()) else {
            return Progress::Begins;
        };
        match (last.part, &last.kind) {
            (_, Kind::Read(_)) => Progress::Stuck,
            (Part::Ticket, _) => Progress::HasTicket(last.id),
            (_, Kind::Notified) => Progress::Notified,
            _ => Progress::Entered,
        }
    }

    /// Returns whether the thread can go on with its operation.
    pub(super) fn readiness(&self, thread: ThreadIndex, operation: &Operation) -> Readiness {
        let kind = operation.kind;
        if !kind.may_wait() {
            return Readiness::Ready;
        }
        let ready = |is: bool| if is { Readiness::Ready } else { Readiness::Waits };
        match self.progress(thread) {
            Progress::Stuck => Readiness::Waits,
            Progress::HasTicket(ticket) => ready(self.turn_of(ticket).is_some()),
            Progress::Begins if kind == OperationKind::Reacquire => {
                ready(self.notification(thread, operation.objects[0]).is_some())
            }
            Progress::Begins | Progress::Notified | Progress::Entered => self.readiness_at_object(operation),
        }
    }

    fn readiness_at_object(&self, operation: &Operation) -> Readiness {
        let kind = operation.kind;
        let locks = matches!(kind, OperationKind::Lock | OperationKind::Reacquire);
        if locks && !self.lock_words {
            return Readiness::Ready; // it draws a ticket
        }
        let (object, kind) = match kind {
            OperationKind::Reacquire => (operation.objects[1], OperationKind::Lock),
            _ => (operation.objects[0], kind),
        };
        let known = self.graph.locations.get(usize::from(object));
        // The thread itself does not matter to what may be waited for here.
        let lets = known.is_none_or(|_| match self.graph.last_state(object) {
            ObjectState::Cell => true,
            state => state.enabled(kind, 0, 0),
        });
        if lets {
            Readiness::Ready
        } else {
            Readiness::WouldWait
        }
    }

    /// Returns the notification by which the thread's wait has ended, if one has chosen it.
    fn notification(&self, thread: ThreadIndex, condvar: ObjectIndex) -> Option<EventId> {
        let entered = self.graph.threads[usize::from(thread)].iter().rev();
        let entered = entered
            .map(|&index| &self.graph.events[index as usize])
            .find(|event| event.location == condvar && matches!(event.kind, Kind::Write(_)))?;
        let place = usize::from(self.graph.position(entered.id));
        let later = &self.graph.location(condvar).coherence[place + 1..];
        later
            .iter()
            .copied()
            .find(|&write| self.graph.state(write, condvar).condvar().is_notified(thread))
    }

    /// Returns what the owner of the ticket comes after, if it is its turn: the release by the owner of the
    /// ticket before, or nothing.
    fn turn_of(&self, ticket: EventId) -> Option<Option<EventId>> {
        let before = self
            .graph
            .read_of(ticket)
            .read()
            .expect("a ticket was drawn")
            .source;
        if before.is_initial() {
            return Some(None);
        }
        let mutex = self.graph.event(ticket).location;
        let later = &self.graph.threads[usize::from(before.thread)][usize::from(before.number)..];
        later
            .iter()
            .map(|&index| &self.graph.events[index as usize])
            .find(|event| gives_back(event, mutex))
            .map(|release| Some(release.id))
    }

    /// Adds the next events of a thread's operation, with the first of their options.
    pub(super) fn step(
        &mut self,
        thread: ThreadIndex,
        operation: &Operation,
        label: Option<&'static str>,
    ) -> Answer {
        let new = New {
            thread,
            past: self.pasts[usize::from(thread)],
            operation,
            label,
        };
        self.add(&new);
        self.pass(self.graph.events.len() - 1);
        match self.graph.newest().completes() {
            true => Answer::Done,
            false => Answer::Waits,
        }
    }

    fn add(&mut self, new: &New<'_>) {
        use OperationKind as Operation;
        let object = new.object();
        match new.operation.kind {
            Operation::Store(ordering, value) => {
                let initial = self.graph.location(object).initial;
                let state = ObjectState::Atomic(initial.atomic().with(value));
                self.store(new, (state, ordering));
            }
            Operation::Fence(ordering) => self.graph.add_fence::<R>(self.model, new, ordering),
            Operation::CellRead | Operation::CellWrite => {
                let write = new.operation.kind == Operation::CellWrite;
                self.graph.add_plain(new, write);
            }
            Operation::IsPoisoned if !self.lock_words => self.graph.add_plain(new, false),
            Operation::Choose(alternatives) => self.choose(new, alternatives),
            Operation::StartToPark => self.choose(new, 2),
            Operation::Lock => self.acquire(new, object),
            Operation::Reacquire => self.reacquire(new),
            Operation::Unlock(_) => self.release(new, object),
            Operation::Wait(_) => self.wait(new),
            _ => self.read(new, Part::Last, object),
        }
    }

    fn acquire(&mut self, new: &New<'_>, mutex: ObjectIndex) {
        match self.progress(new.thread) {
            _ if self.lock_words => self.read(new, Part::Last, mutex),
            Progress::HasTicket(ticket) => {
                let after = self.turn_of(ticket).expect("it is its turn");
                self.graph.add_acquire(new, mutex, after);
            }
            _ => self.read(new, Part::Ticket, mutex),
        }
    }

    fn release(&mut self, new: &New<'_>, mutex: ObjectIndex) {
        match self.lock_words {
            true => self.read(new, Part::Last, mutex),
            false => self.graph.add_release(new, mutex),
        }
    }

    /// Enters the condition variable and releases the mutex: at once, or one after the other if the mutex is a word.
    fn wait(&mut self, new: &New<'_>) {
        let [condvar, mutex] = new.operation.objects;
        match self.progress(new.thread) {
            Progress::Entered => self.release(new, mutex),
            _ if self.lock_words => self.read(new, Part::Earlier, condvar),
            _ => self.read(new, Part::Last, condvar),
        }
    }

    /// Takes note of the notification, then acquires the mutex.
    fn reacquire(&mut self, new: &New<'_>) {
        let [condvar, mutex] = new.operation.objects;
        match self.progress(new.thread) {
            Progress::Begins => {
                let by = self.notification(new.thread, condvar);
                self.graph.add_notified(new, by.expect("it has been notified"));
            }
            _ => self.acquire(new, mutex),
        }
    }
}

/// Returns `true` if the event gives a mutex back whose ticket was drawn: by a release, or by a wait.
fn gives_back(event: &Event, mutex: ObjectIndex) -> bool {
    match event.kind {
        Kind::Release => event.location == mutex,
        Kind::Write(_) => {
            matches!(event.operation.kind, OperationKind::Wait(_)) && event.operation.objects[1] == mutex
        }
        _ => false,
    }
}
