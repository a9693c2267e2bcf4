//! The turns of a thread's loops: the rule that lets loops end that poll.
//!
//! A *turn* is a run of operations that leave every object as it was: loads, exchanges and tries that fail,
//! read-modify-writes that write back what was there, sections under a lock whose value is not borrowed
//! mutably. In a turn a thread sees one value of each object, as it would without the others. A thread that takes
//! the same turn twice in a row (the same operations, at the same places in the source, with the same results) is
//! back where it was: it *repeats itself*. Then it stops, and the other threads go on. When none of them can, there
//! are two cases:
//!
//! - All that the thread saw in the turn is as it was. Then it would go on in this way for ever, and the
//!   execution ends as a deadlock, in which the thread waits for a change.
//! - Something has changed. Then the thread could go on, and the execution is *redundant*: it has no ending.
//!
//! # Nothing is left out
//!
//! Take an execution of the program in which a thread takes a turn for the second time, and leave that turn
//! out. What is left is an execution too, with the same ending: the turn has changed nothing, so the other
//! threads do not see a difference, and the thread itself is where it was. So every ending is that of an
//! execution in which no thread repeats itself before it waits for ever; and of these, all are explored: a
//! thread that stops is a program like any other, and the races between what it polled and what changes it
//! are reversed like any other. A redundant execution is not cut short at the change: its later races may be
//! the only ones that lead to executions which are not redundant.
//!
//! The argument needs more than the explorer can see:
//!
//! - The turn is not noticed. A thread that fails to lock what the turn has locked does notice it. An
//!   exploration in which that may have happened is bounded.
//! - The thread is where it was. It may count its turns, and do something else at the hundredth. So before a
//!   thread stops, it is run on alone: a *probe* of as many turns as [`PROBED_TURNS`]. If it leaves the loop, it
//!   does not stop there. What is assumed is that a loop which takes the same turn so often takes it for ever, and
//!   that the thread does not remember how often it took it.
//!
//! In a probe no other thread may be in the way. So a probe of a turn with locks begins where the thread holds all
//! of them, in its third turn, and the thread stops at the end of that. A turn that never holds all of its locks at
//! once is not taken to repeat.

use crate::identity::ObjectIndex;
use crate::object::ObjectState;
use crate::object::table::Polls;
use crate::operation::{Operation, OperationKind, OperationResult, Update};
use crate::search::{Event, History};
use std::mem::{self, Discriminant};

/// The number of further turns that a thread must take before a turn is known to repeat.
pub(crate) const PROBED_TURNS: usize = 1_000;

/// The largest number of operations in a turn.
const LONGEST_TURN: usize = 512;

/// The effect of an operation on the objects, as far as turns are concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Effect {
    /// It leaves them as they were, and tells the thread how that is.
    Looks,
    /// It leaves them as they were, and tells the thread nothing.
    Passes,
    /// It acquires a lock.
    Enters,
    /// It releases a lock, and leaves the value that the lock protects as it was.
    Leaves,
    /// It leaves them as they were, but its result is a choice.
    Chooses,
    /// It changes something.
    Changes,
}

impl Effect {
    /// Returns the effect of an operation that had this result, on a first object in some state.
    #[inline]
    pub(crate) fn of<'a>(
        operation: &Operation,
        result: OperationResult,
        first: impl FnOnce() -> &'a ObjectState,
    ) -> Self {
        let kind = operation.kind;
        match kind.polls() {
            Polls::Always => Self::Looks,
            Polls::IfSame => of_write(kind, result, first),
            Polls::Enters if result.succeeded => Self::Enters,
            // A writer that has been queued keeps readers out.
            Polls::Enters if kind == OperationKind::WriteLockOrQueue => Self::Changes,
            Polls::Enters => Self::Looks,
            Polls::Leaves if operation.publishes || poisons(kind) => Self::Changes,
            Polls::Leaves => Self::Leaves,
            Polls::Neither if kind == OperationKind::StartToPark => Self::Chooses,
            Polls::Neither => Self::Passes,
            Polls::Takes if !result.succeeded => Self::Looks,
            Polls::Takes | Polls::Never => Self::Changes,
        }
    }

    /// Returns the effect of an event.
    fn of_event(event: &Event, history: &History) -> Self {
        let first = || &history.object(event.operation.objects[0]).state;
        Self::of(&event.operation, event.result, first)
    }
}

/// Returns the effect of an operation that may write to an atomic.
#[inline]
fn of_write<'a>(
    kind: OperationKind,
    result: OperationResult,
    atomic: impl FnOnce() -> &'a ObjectState,
) -> Effect {
    let before = result.value;
    let same = match kind {
        OperationKind::Store(_, new) => new == before,
        OperationKind::CompareExchange { expected, new, .. } if result.succeeded => expected == new,
        // One that finds what it expects fails for no reason.
        OperationKind::CompareExchange { expected, .. } if before == expected => return Effect::Chooses,
        OperationKind::CompareExchange { .. } => true,
        OperationKind::ReadModifyWrite(_, update, operand) => {
            atomic().atomic().with(before).updated(update, operand) == before
        }
        other => unreachable!("{other:?} does not write to an atomic"),
    };
    if same { Effect::Looks } else { Effect::Changes }
}

/// Returns `true` if the operation changes something: a short way for those that are frequent.
#[inline(always)]
fn surely_changes(operation: &Operation, result: OperationResult) -> bool {
    use OperationKind as Kind;
    match operation.kind {
        Kind::Store(_, new) | Kind::ReadModifyWrite(_, Update::Swap, new) => new != result.value,
        Kind::ReadModifyWrite(_, Update::Add | Update::Sub, operand) => operand != 0,
        Kind::CompareExchange { expected, new, .. } => result.succeeded && expected != new,
        Kind::Add(..) => true,
        Kind::ParkOrTimeOut => result.succeeded,
        Kind::Unlock(_) | Kind::WriteUnlock(_) => operation.publishes,
        Kind::ClearPoison
        | Kind::Wait(_)
        | Kind::Reacquire
        | Kind::WakeOrTimeOut
        | Kind::WakeOrTimeOutUnless(_)
        | Kind::NotifyOne
        | Kind::NotifyAll
        | Kind::CellWrite
        | Kind::Park
        | Kind::Unpark
        | Kind::StartToPark
        | Kind::Choose(_) => true,
        Kind::Load(_)
        | Kind::ReadModifyWrite(..)
        | Kind::Fence(_)
        | Kind::Lock
        | Kind::TryLock
        | Kind::IsPoisoned
        | Kind::ReadLock
        | Kind::TryReadLock
        | Kind::ReadUnlock
        | Kind::WriteLock
        | Kind::WriteLockOrQueue
        | Kind::TryWriteLock
        | Kind::CellRead => false,
    }
}

/// Returns `true` if the operation poisons a lock.
fn poisons(kind: OperationKind) -> bool {
    matches!(
        kind,
        OperationKind::Unlock(true) | OperationKind::WriteUnlock(true)
    )
}

/// Returns `true` if the operation lets its thread see a value that the models do not have.
pub(crate) fn sees_published(kind: OperationKind) -> bool {
    kind == OperationKind::CellRead || kind.polls() == Polls::Enters
}

/// What a thread has seen of an object.
#[derive(PartialEq, Eq)]
enum Seen {
    Value(u64),
    Published(Option<u32>),
}

/// An operation of a turn, with its result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) operation: Operation,
    pub(crate) result: OperationResult,
    /// The event that published what the thread saw, if the models do not have that.
    pub(crate) published: Option<u32>,
    /// The number of locks that the thread holds after it, of those that it has acquired since it last
    /// changed anything.
    held: u32,
}

impl Look {
    /// Returns `true` if it acquires a lock.
    pub(crate) fn acquires(&self) -> bool {
        self.operation.kind.polls() == Polls::Enters && self.result.succeeded
    }

    /// Returns the object that it looks at, and what it has seen there: the value of an atomic, or the event that
    /// published what a lock or a cell holds.
    fn seen(&self) -> Option<(ObjectIndex, Seen)> {
        let kind = self.operation.kind;
        let seen = match kind {
            OperationKind::Load(_)
            | OperationKind::Store(..)
            | OperationKind::ReadModifyWrite(..)
            | OperationKind::CompareExchange { .. } => Seen::Value(self.result.value),
            _ if sees_published(kind) && self.result.succeeded => Seen::Published(self.published),
            _ => return None,
        };
        Some((self.operation.objects[0], seen))
    }

    #[inline]
    fn same(&self, other: &Self) -> bool {
        self.operation.same(&other.operation)
            && (self.result, self.published, self.held) == (other.result, other.published, other.held)
    }
}

/// Returns `true` if the thread has seen one value of each object in the turn, as it would without the others.
fn is_consistent(turn: &[Look]) -> bool {
    let agree = |(one, other): (&Look, &Look)| match (one.seen(), other.seen()) {
        (Some((object, value)), Some((another, other))) if object == another => value == other,
        _ => true,
    };
    let pairs = |index: usize| turn[index + 1..].iter().map(move |other| (&turn[index], other));
    (0..turn.len()).flat_map(pairs).all(agree)
}

/// The operations of a thread since it last changed anything.
#[derive(Clone, Default, Debug)]
pub(crate) struct Turns {
    /// Their number.
    run: u32,
    /// The number of them that have been looked at.
    looked_at: u32,
    /// The kind of the first of them.
    first: Option<Discriminant<OperationKind>>,
    /// Those that have been looked at and count.
    looks: Vec<Look>,
    held: u32,
    /// The distance at which the last operations are the same as those before; 0 if there is none.
    period: usize,
    /// The number of operations that are the same as those at this distance before them.
    matched: usize,
    /// `true` if a probe has shown that the turn repeats.
    is_probed: bool,
}

/// The next thing to do with a thread that has taken a turn for the second time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Repeats {
    /// It is to be probed: it holds all locks that the turn acquires, so no other thread can be in its way.
    Probe,
    /// It is to stop: it has been probed, and holds no lock that the turn acquires.
    Stop,
}

impl Turns {
    /// Notes an operation; returns `true` if the thread may have taken a turn for the second time.
    #[inline]
    pub(crate) fn note(&mut self, operation: &Operation, result: OperationResult) -> bool {
        if surely_changes(operation, result) {
            self.clear();
            return false;
        }
        self.run += 1;
        let kind = Some(mem::discriminant(&operation.kind));
        match self.run {
            1 => {
                self.first = kind;
                false
            }
            // Two different operations are no turn taken twice.
            2 => self.first == kind,
            _ => true,
        }
    }

    /// Notes that the thread has done something other than looking.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.run = 0;
        self.looked_at = 0;
    }

    /// Returns what is to be done if the thread has taken a turn for the second time by the last of these events,
    /// which is its own.
    ///
    /// It follows from the thread's own events alone, so it is the same in all executions of a trace.
    pub(crate) fn repeats(&mut self, history: &History, events: usize) -> Option<Repeats> {
        let events = &history.events[..events];
        let thread = events.last()?.step.thread;
        if self.looked_at == 0 {
            self.begin();
        }
        let own = events.iter().rev().filter(|event| event.step.thread == thread);
        let new: Vec<&Event> = own.take((self.run - self.looked_at) as usize).collect();
        for event in new.into_iter().rev() {
            self.look(event, history);
        }
        self.looked_at = self.run;
        if self.period == 0 || self.matched < self.period || !is_consistent(self.last_turn()) {
            return None;
        }
        match self.is_probed {
            true => self.is_whole().then_some(Repeats::Stop),
            false => self.holds_all().then_some(Repeats::Probe),
        }
    }

    /// Notes that a probe has shown that the turn repeats.
    pub(crate) fn note_probe(&mut self) {
        self.is_probed = true;
    }

    fn begin(&mut self) {
        self.looks.clear();
        self.held = 0;
        self.period = 0;
        self.matched = 0;
        self.is_probed = false;
    }

    fn look(&mut self, event: &Event, history: &History) {
        match Effect::of_event(event, history) {
            Effect::Enters => self.held += 1,
            Effect::Leaves if self.held > 0 => self.held -= 1,
            Effect::Looks | Effect::Passes => {}
            Effect::Leaves | Effect::Chooses | Effect::Changes => {
                return self.begin();
            }
        }
        let look = Look {
            operation: event.operation,
            result: event.result,
            published: match sees_published(event.operation.kind) {
                true => history.last_publication(event.touches),
                false => None,
            },
            held: self.held,
        };
        let before = self.looks.len();
        if self.period > 0 && self.looks[before - self.period].same(&look) {
            self.matched += 1;
        } else {
            let mut nearby = self.looks[before.saturating_sub(LONGEST_TURN)..].iter().rev();
            let nearest = nearby.position(|earlier| earlier.same(&look));
            self.period = nearest.map_or(0, |between| between + 1);
            self.matched = usize::from(self.period > 0);
            self.is_probed = false;
        }
        self.looks.push(look);
    }

    /// Returns `true` if the thread holds no lock that the turn acquires.
    pub(crate) fn is_whole(&self) -> bool {
        self.last_turn().iter().all(|look| look.held >= self.held)
    }

    /// Returns `true` if the thread holds all locks that the turn acquires.
    fn holds_all(&self) -> bool {
        let turn = self.last_turn();
        let acquired = turn.iter().filter(|look| look.acquires()).count();
        let before = turn.iter().map(|look| look.held).min().unwrap_or(self.held);
        (self.held - before) as usize == acquired
    }

    /// Returns the last turn that the thread has taken for the second time.
    pub(crate) fn last_turn(&self) -> &[Look] {
        &self.looks[self.looks.len() - self.period..]
    }
}
