//! The calls of operations that may end for no reason: waits, parks and weak exchanges.
//!
//! Each is announced with as much as the thread itself knows: whether its limit leaves room, and whether
//! it would only repeat itself; see [`idle`](crate::idle). Both follow from the thread's own past, so they
//! are the same in every interleaving of a trace.

use std::panic::Location;

use super::calls::announce;
use super::{Handle, Runtime, with};
use crate::identity::NO_OBJECT;
use crate::idle::Rule;
use crate::operation::{Operation, OperationKind, OperationResult, Spurious};

/// The kinds of ends for no reason that are limited.
#[derive(Clone, Copy, Debug)]
enum Class {
    /// Returns of waits and parks.
    Wakeup,
    /// Failures of weak exchanges.
    Failure,
}

/// The limits on ends for no reason, and whether each has left something out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The number of times that each thread may return from waits and parks for no reason.
    pub(crate) wakeups: usize,
    /// The number of times that weak exchanges of each thread may fail for no reason.
    pub(crate) failures: usize,
    pub(crate) wakeups_cut: bool,
    pub(crate) failures_cut: bool,
    pub(crate) rule: Rule,
}

impl Limits {
    /// No end for no reason.
    pub(crate) const NONE: Self = Self {
        wakeups: 0,
        failures: 0,
        wakeups_cut: false,
        failures_cut: false,
        rule: Rule::Sound,
    };
}

/// The number of times that a thread has met an end for no reason.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Counts {
    wakeups: usize,
    failures: usize,
}

/// The use that a thread has made of the guard that it gives up to a wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GuardUse {
    /// It has looked at the value.
    pub(crate) looked: bool,
    /// It has borrowed the value mutably.
    pub(crate) changed: bool,
}

/// Starts to wait on the condition variable, the first object, and releases the mutex, the second; returns
/// `false` if the wait ends for no reason.
///
/// The caller then acquires the mutex, and calls [`note_return`].
pub(crate) fn start_to_wait(
    objects: [Handle; 2],
    guard: GuardUse,
    location: &'static Location<'static>,
) -> bool {
    let operation = wait_operation(objects, location);
    let (spurious, repeats) = with("a thread waited", |runtime| {
        runtime.note_guard(guard);
        let repeats = runtime.repeats(&operation);
        let room = runtime.has_room(Class::Wakeup);
        let spurious = match (room, repeats) {
            (true, true) if runtime.spurious.rule == Rule::Unnoticed => Spurious::Never,
            (false, _) => Spurious::Never,
            (true, true) => Spurious::IfTried,
            (true, false) => Spurious::Always,
        };
        (spurious, repeats)
    });
    let kind = OperationKind::Wait(spurious);
    let operation = Operation {
        kind,
        publishes: guard.changed,
        ..operation
    };
    let result = announce(objects[0].serial, &operation);
    // Without a limit it could have ended for no reason; if it repeats itself, only if somebody had noticed.
    if spurious == Spurious::Never && (!repeats || result.value == 1) {
        with("a thread waited", |runtime| runtime.note_cut(Class::Wakeup));
    }
    result.succeeded
}

/// Notes that the wait has ended for no reason, and that the thread has acquired the mutex.
pub(crate) fn note_return(objects: [Handle; 2], location: &'static Location<'static>) {
    let operation = wait_operation(objects, location);
    with("a wait ended", |runtime| {
        runtime.note_end(&operation, Class::Wakeup);
    });
}

fn wait_operation([condvar, mutex]: [Handle; 2], location: &'static Location<'static>) -> Operation {
    Operation {
        kind: OperationKind::Wait(Spurious::Always),
        objects: [condvar.index, mutex.index],
        location,
        publishes: false,
    }
}

/// Starts to park; returns `false` if the thread returns for no reason.
pub(crate) fn start_to_park(location: &'static Location<'static>) -> bool {
    let operation = Operation::new(OperationKind::StartToPark, location);
    let (may_return, serial) = with("a thread parked", |runtime| {
        let repeats = runtime.repeats(&operation);
        let room = runtime.has_room(Class::Wakeup);
        if !repeats && !room {
            runtime.note_cut(Class::Wakeup);
        }
        (!repeats && room, runtime.serial)
    });
    if !may_return {
        return true;
    }
    let parks = announce(serial, &operation).value == 0;
    if !parks {
        with("a thread parked", |runtime| {
            runtime.note_end(&operation, Class::Wakeup);
        });
    }
    parks
}

/// Executes a weak exchange of an atomic.
pub(crate) fn exchange_weakly(
    [weak, strong]: [OperationKind; 2],
    expected: u64,
    atomic: Handle,
    location: &'static Location<'static>,
) -> OperationResult {
    let operation = Operation {
        kind: weak,
        objects: [atomic.index, NO_OBJECT],
        location,
        publishes: false,
    };
    let (room, repeats) = with("an operation was executed", |runtime| {
        (runtime.has_room(Class::Failure), runtime.repeats(&operation))
    });
    let kind = if room && !repeats { weak } else { strong };
    let result = announce(atomic.serial, &Operation { kind, ..operation });
    if !result.succeeded && result.value == expected {
        with("an exchange failed", |runtime| {
            runtime.note_end(&operation, Class::Failure);
            // It has told the thread what it found.
            runtime.workers[usize::from(runtime.current)].idle_turns.look();
        });
    } else if result.succeeded && !room && !repeats {
        with("an exchange succeeded", |runtime| {
            runtime.note_cut(Class::Failure)
        });
    }
    result
}

impl Runtime {
    fn note_guard(&mut self, guard: GuardUse) {
        let idle = &mut self.workers[usize::from(self.current)].idle_turns;
        if guard.changed {
            idle.change();
        } else if guard.looked {
            idle.look();
        }
    }

    fn repeats(&self, operation: &Operation) -> bool {
        let worker = &self.workers[usize::from(self.current)];
        self.spurious.rule != Rule::Off && worker.idle_turns.repeats(operation)
    }

    /// Returns `true` if the limit lets the current thread meet one more end for no reason.
    fn has_room(&self, class: Class) -> bool {
        let counts = &self.workers[usize::from(self.current)].spurious;
        let below = match class {
            Class::Wakeup => counts.wakeups < self.spurious.wakeups,
            Class::Failure => counts.failures < self.spurious.failures,
        };
        below && !self.abandoning
    }

    fn note_cut(&mut self, class: Class) {
        if self.abandoning {
            return;
        }
        match class {
            Class::Wakeup => self.spurious.wakeups_cut = true,
            Class::Failure => self.spurious.failures_cut = true,
        }
    }

    fn note_end(&mut self, operation: &Operation, class: Class) {
        let worker = &mut self.workers[usize::from(self.current)];
        worker.idle_turns.end(operation);
        // The next turn of a loop may go another way, although nothing changes: it does not wait for a change.
        worker.turns.clear();
        match class {
            Class::Wakeup => worker.spurious.wakeups += 1,
            Class::Failure => worker.spurious.failures += 1,
        }
    }
}
