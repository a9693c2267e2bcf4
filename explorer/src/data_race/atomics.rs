//! Races between atomic accesses: where weak memory could make a difference.
//!
//! If in all sequentially consistent executions of a program every two conflicting accesses are ordered by
//! happens-before, or are both `SeqCst`, then the program has no other executions under RC11 (Lahav, Vafeiadis, Kang,
//! Hur, Dreyer: *Repairing Sequential Consistency in C/C++11*, PLDI 2017, theorem 4). Additions that tell their thread
//! nothing do not conflict with one another: nobody can see their order. What tells a thread about a lock or about a
//! wait without ordering anything (a `try_lock` that fails, a poison test, the end of a timed wait or park) counts as weak.

use super::{Pass, pass_over};
use crate::identity::{MAX_THREADS, ObjectKind, ThreadIndex};
use crate::object::table::Synchronisation;
use crate::operation::OperationKind;
use crate::search::{Event, Program};
use std::sync::atomic::Ordering;

/// The kinds of accesses to an atomic.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Read,
    ReadSequentially,
    Write,
    WriteSequentially,
    Add,
}

const CLASSES: [Class; 5] = [
    Class::Read,
    Class::ReadSequentially,
    Class::Write,
    Class::WriteSequentially,
    Class::Add,
];

impl Class {
    fn reads(self) -> bool {
        matches!(self, Self::Read | Self::ReadSequentially)
    }

    fn is_sequential(self) -> bool {
        matches!(self, Self::ReadSequentially | Self::WriteSequentially)
    }

    fn conflicts_with(self, other: Self) -> bool {
        let both = |is: fn(Self) -> bool| is(self) && is(other);
        let commutes = both(Self::reads) || both(|class| class == Self::Add);
        !commutes && !both(Self::is_sequential)
    }

    /// Returns the class of an event, if it accesses an object.
    fn of(event: &Event) -> Option<Self> {
        let choose = |ordering, weak, sequential| match ordering {
            Ordering::SeqCst => sequential,
            _ => weak,
        };
        let succeeded = event.result.succeeded;
        match (event.operation.kind, event.operation.kind.synchronises(succeeded)) {
            (OperationKind::WakeOrTimeOut | OperationKind::WakeOrTimeOutUnless(_), _) => Some(Self::Write),
            (kind, Synchronisation::Nothing) if tells_without_ordering(kind) => Some(Self::Read),
            (_, Synchronisation::Load(_, ordering)) => {
                Some(choose(ordering, Self::Read, Self::ReadSequentially))
            }
            (_, Synchronisation::Store(ordering) | Synchronisation::Update(ordering)) => {
                Some(choose(ordering, Self::Write, Self::WriteSequentially))
            }
            (_, Synchronisation::Add(_)) => Some(Self::Add),
            (_, Synchronisation::Fence(_) | Synchronisation::Read | Synchronisation::Write) => None,
            _ => Some(Self::WriteSequentially),
        }
    }
}

/// Returns `true` if operations of this kind may tell a thread about a lock or a wait without ordering anything.
fn tells_without_ordering(kind: OperationKind) -> bool {
    matches!(
        kind,
        OperationKind::WakeOrTimeOut
            | OperationKind::WakeOrTimeOutUnless(_)
            | OperationKind::IsPoisoned
            | OperationKind::TryLock
            | OperationKind::TryReadLock
            | OperationKind::TryWriteLock
            | OperationKind::ParkOrTimeOut
    )
}

/// Returns `true` if the program has objects whose operations have orderings.
fn has_atomics(program: &Program) -> bool {
    program.history.objects.iter().any(|object| {
        !matches!(
            object.kind,
            ObjectKind::Cell | ObjectKind::Mutex | ObjectKind::ParkToken
        )
    })
}

/// The number of the last access of each kind, of each thread; 0 if there is none.
type Last = [[u16; CLASSES.len()]; MAX_THREADS];

/// Returns `true` if two accesses of the execution race although one is weaker than `SeqCst`.
///
/// `asks` is `true` if an execution before it has told a thread about a lock or a wait; this one is looked through for that
/// only where it is new.
pub(crate) fn race(program: &Program, asks: &mut bool) -> bool {
    if !has_atomics(program) {
        let new = program
            .history
            .events
            .get(program.recorded()..)
            .unwrap_or_default();
        *asks = *asks
            || new
                .iter()
                .any(|event| tells_without_ordering(event.operation.kind));
        if !*asks {
            return false;
        }
    }
    let mut last: Vec<Last> = vec![[[0; CLASSES.len()]; MAX_THREADS]; program.history.objects.len()];
    let mut races = false;
    pass_over(program, |pass, _, event| {
        races |= Class::of(event).is_some_and(|class| note(pass, event, class, &mut last));
    });
    races
}

/// Notes an access; returns `true` if it races with an earlier one.
fn note(pass: &Pass<'_>, event: &Event, class: Class, last: &mut [Last]) -> bool {
    let thread = usize::from(event.step.thread);
    let now = pass.threads[thread].now;
    let mut races = false;
    for (_, object) in event.operation.slots() {
        let last = &mut last[usize::from(object)];
        for (other, numbers) in last.iter().enumerate().filter(|&(other, _)| other != thread) {
            let unordered = |number: u16| number > now.of(other as ThreadIndex);
            let mut classes = CLASSES.iter().zip(numbers);
            races |= classes.any(|(&earlier, &number)| class.conflicts_with(earlier) && unordered(number));
        }
        last[thread][class as usize] = event.number;
    }
    races
}
