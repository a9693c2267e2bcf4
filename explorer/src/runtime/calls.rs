//! The calls that the primitives make, on a coroutine: each operation announces itself, and waits.
//!
//! The runtime is lent for a moment at a time, never while the program's code runs or while the
//! coroutine is suspended; so the calls go back and forth between `with` and the rest.

use std::panic::{self, Location};

use super::handle::{FOREIGN, Handle, ThreadHandle};
use super::panics::{Abandoned, is_unwinding};
use super::repetition::{Probed, leave_turn};
use super::worker::Job;
use super::{Runtime, suspend, try_with, with};
use crate::identity::{NO_OBJECT, ObjectKind};
use crate::local_state::LocalStates;
use crate::object::ObjectState;
use crate::object::park_token::ParkToken;
use crate::operation::{Operation, OperationKind, OperationResult};
use crate::turns::Effect;
use crate::value::Value;

/// The largest number of operations that the destructors of an abandoned execution may execute.
const ABANDONED_OPERATIONS: usize = 100_000;

/// The answer to a thread that announces an operation.
enum Answer {
    /// The search has chosen it, and this is its result.
    Chosen(OperationResult),
    /// The thread has to wait.
    Wait,
    /// The thread is abandoned; this is what the operation would give back, without any effect.
    Abandoned(OperationResult),
    /// The thread has to execute this one first.
    First(Operation),
    /// An object belongs to another execution.
    Foreign,
}

/// Executes an operation on an object: announces it, waits to be chosen, returns the result.
#[inline]
pub(crate) fn perform(
    kind: OperationKind,
    object: Handle,
    location: &'static Location<'static>,
) -> OperationResult {
    let operation = Operation {
        kind,
        objects: [object.index, NO_OBJECT],
        location,
        publishes: false,
    };
    announce(object.serial, &operation)
}

/// Executes an operation on an object, and publishes a new value of it that the models do not have, if
/// there is one.
#[inline]
pub(crate) fn publish(
    kind: OperationKind,
    object: Handle,
    location: &'static Location<'static>,
    publishes: bool,
) -> OperationResult {
    let operation = Operation {
        kind,
        objects: [object.index, NO_OBJECT],
        location,
        publishes,
    };
    announce(object.serial, &operation)
}

/// Executes an operation that touches two objects.
pub(crate) fn perform_on_both(
    kind: OperationKind,
    objects: [Handle; 2],
    location: &'static Location<'static>,
) -> OperationResult {
    let [first, second] = objects;
    assert_eq!(first.serial, second.serial, "{FOREIGN}");
    let operation = Operation {
        kind,
        objects: [first.index, second.index],
        location,
        publishes: false,
    };
    announce(first.serial, &operation)
}

/// Executes an operation that touches no object.
pub(crate) fn perform_alone(kind: OperationKind, location: &'static Location<'static>) -> OperationResult {
    let serial = with("an operation was executed", |runtime| runtime.serial);
    announce(serial, &Operation::new(kind, location))
}

/// Chooses one of up to 64 alternatives.
pub(crate) fn choose(alternatives: u8, location: &'static Location<'static>) -> usize {
    perform_alone(OperationKind::Choose(alternatives), location).value as usize
}

/// Announces an operation on objects of the execution with this serial number, and waits to be
/// chosen.
pub(super) fn announce(serial: u64, operation: &Operation) -> OperationResult {
    let mut answer = with("an operation was executed", |runtime| {
        match serial == runtime.serial {
            true => runtime.announce(operation),
            false => Answer::Foreign,
        }
    });
    if let Answer::Wait = answer {
        suspend();
        answer = with("a thread waited", |runtime| runtime.go_on(operation));
    }
    match answer {
        Answer::Chosen(result) => result,
        Answer::Abandoned(result) => abandoned(result),
        Answer::Foreign => panic!("{FOREIGN}"),
        Answer::Wait => announce_again(serial, operation),
        Answer::First(first) => {
            announce_again(serial, &first);
            announce_again(serial, operation)
        }
    }
}

/// Announces the operation of a thread that had stopped, or that has executed another one first, and goes on.
#[cold]
#[inline(never)]
fn announce_again(serial: u64, operation: &Operation) -> OperationResult {
    announce(serial, operation)
}

impl Runtime {
    fn forget_turns(&mut self) {
        let worker = &mut self.workers[usize::from(self.current)];
        worker.turns.clear();
        worker.idle_turns.change();
    }

    #[inline]
    fn announce(&mut self, operation: &Operation) -> Answer {
        let me = self.current;
        if (self.abandoning || self.repetition.probes || self.spans.are_open())
            && let Some(answer) = self.announce_unusually(operation)
        {
            return answer;
        }
        if !self.choose(me, operation) {
            return Answer::Wait;
        }
        self.chosen(operation)
    }

    /// Answers a thread that is abandoned or probed, or has an access to make first.
    #[cold]
    #[inline(never)]
    fn announce_unusually(&mut self, operation: &Operation) -> Option<Answer> {
        if self.abandoning {
            return Some(Answer::Abandoned(self.result_without_effect(operation)));
        }
        if let Some(first) = self.spans.touch(self.current) {
            return Some(Answer::First(first));
        }
        if !self.repetition.probes {
            return None;
        }
        match self.go_on_probing(operation) {
            Probed::Goes(result) => Some(Answer::Chosen(result)),
            Probed::Ends => None,
            Probed::Stops => Some(Answer::Wait),
        }
    }

    /// Returns the result of the operation announced last, when its thread is resumed.
    #[inline]
    fn go_on(&mut self, operation: &Operation) -> Answer {
        if (self.abandoning || self.repetition.woken != 0)
            && let Some(answer) = self.go_on_unusually(operation)
        {
            return answer;
        }
        self.chosen(operation)
    }

    /// Answers a thread that is resumed because it is abandoned, or because it had stopped and goes on.
    #[cold]
    #[inline(never)]
    fn go_on_unusually(&mut self, operation: &Operation) -> Option<Answer> {
        if self.abandoning {
            return Some(Answer::Abandoned(self.result_without_effect(operation)));
        }
        let woken = self.repetition.woken >> self.current & 1 == 1;
        self.repetition.woken &= !(1 << self.current);
        woken.then_some(Answer::Wait)
    }

    #[inline(always)]
    fn chosen(&mut self, operation: &Operation) -> Answer {
        let result = self.program.result;
        let worker = &mut self.workers[usize::from(self.current)];
        let may_repeat = worker.turns.note(operation, result);
        if may_repeat | worker.idle_turns.is_watching() {
            self.note_effect(operation, result, may_repeat);
        }
        Answer::Chosen(result)
    }

    /// Notes the effect of the current thread's operation, where that may matter.
    #[inline(never)]
    fn note_effect(&mut self, operation: &Operation, result: OperationResult, may_repeat: bool) {
        let history = &self.program.history;
        let worker = &mut self.workers[usize::from(self.current)];
        if worker.idle_turns.is_watching() {
            let first = || &history.object(operation.objects[0]).state;
            worker.idle_turns.note(Effect::of(operation, result, first));
        }
        if may_repeat && self.repetition.stops {
            self.look_for_repetition();
        }
    }

    /// Returns the result that the operation would have now.
    #[cold]
    fn result_without_effect(&mut self, operation: &Operation) -> OperationResult {
        self.abandoned_operations += 1;
        self.program.result_without_effect(operation, self.current)
    }
}

/// Begins to unwind an abandoned thread; if it unwinds already, its operation returns this result.
#[cold]
fn abandoned(result: OperationResult) -> OperationResult {
    let executed = with("an operation was executed", |runtime| {
        runtime.abandoned_operations
    });
    if executed > ABANDONED_OPERATIONS {
        lose();
    }
    if !is_unwinding() {
        panic::resume_unwind(Box::new(Abandoned));
    }
    result
}

/// Unwinds the calling thread, which is abandoned; if it unwinds already, gives up its coroutine.
#[cold]
pub(super) fn abandon_here() -> ! {
    if is_unwinding() {
        lose();
    }
    panic::resume_unwind(Box::new(Abandoned));
}

/// Gives up the coroutine of an abandoned thread, whose destructors cannot come to an end.
#[cold]
pub(crate) fn lose() -> ! {
    with("a coroutine was given up", |runtime| {
        assert!(runtime.abandoning, "only abandoned coroutines are given up");
    });
    loop {
        suspend();
    }
}

/// Notes that the calling thread changes a value under a lock that it holds, not for the first time since it
/// acquired it: a turn of a loop may do so again and again, without an operation.
#[cold]
pub(crate) fn note_change() {
    if try_with(Runtime::forget_turns).is_some() {
        leave_turn();
    }
}

/// Checks that the calling code is part of an execution.
///
/// # Panics
///
/// If it is not.
pub(crate) fn must_run(what: &str) {
    with(what, |_| ());
}

/// Records the value that the calling thread's last event moved, if values are recorded.
#[cold]
pub(crate) fn record(value: Option<Value>) {
    with("a value was moved", |runtime| {
        if let Some(event) = runtime.program.position.checked_sub(1)
            && !runtime.abandoning
            && !runtime.repetition.probes
        {
            runtime.program.notes.record_value(event, value);
        }
    });
}

/// Gives a label to what the calling thread does from now on, or takes it away.
pub(crate) fn label(label: Option<&'static str>) {
    with("a label was given", |runtime| {
        runtime.program.set_label(runtime.current, label);
    });
}

/// Lends the states that libraries keep for the execution; `None` outside executions.
pub(crate) fn local_states<R>(function: impl FnOnce(&mut LocalStates) -> R) -> Option<R> {
    try_with(|runtime| function(&mut runtime.local_states))
}

/// Suspends the calling thread for the rest of the execution: it waits for a token that nobody sets.
#[cold]
pub(crate) fn halt(location: &'static Location<'static>) -> ! {
    let initial = ObjectState::ParkToken(ParkToken::default());
    let token = Handle::new(ObjectKind::ParkToken, initial, location);
    perform(OperationKind::Park, token, location);
    // It only comes back where the execution is abandoned while it unwinds.
    lose()
}

/// Notes a panic of the calling thread at this place, and halts it.
#[cold]
pub(crate) fn fail(message: String, location: &'static Location<'static>) -> ! {
    leave_turn();
    with("a thread failed", |runtime| {
        runtime.note_failure(message, location)
    });
    halt(location)
}

/// Spawns a thread that runs the job; its coroutine starts when the calling one is suspended.
pub(crate) fn spawn(job: Box<dyn FnOnce()>, location: &'static Location<'static>) -> ThreadHandle {
    // Out here, so that the runtime is not lent any more when an error drops the job.
    let mut job = Some(job);
    let child = with("a thread was spawned", |runtime| {
        if runtime.abandoning || runtime.repetition.probes {
            return None;
        }
        let child = runtime.program.spawn(runtime.current, location);
        runtime.start(child, Job::Spawned(job.take()?));
        let worker = &mut runtime.workers[usize::from(runtime.current)];
        worker.turns.clear();
        worker.idle_turns.change();
        Some(ThreadHandle::new(runtime, child))
    });
    child.unwrap_or_else(|| {
        leave_turn();
        lose()
    })
}

/// Waits until the thread has ended.
pub(crate) fn join(thread: ThreadHandle, location: &'static Location<'static>) {
    let joining = with("a thread was joined", |runtime| {
        let index = thread.index_in(runtime)?;
        let leaves = runtime.repetition.probes && runtime.leave_turn();
        let waits = leaves || runtime.join_or_wait(index, location);
        if !waits {
            runtime.observe_panic(index);
        }
        Some((index, waits, runtime.abandoning))
    });
    let (index, waits, abandoning) =
        joining.unwrap_or_else(|| panic!("the thread belongs to another execution"));
    if !waits {
        return;
    }
    if !abandoning {
        suspend();
    }
    let joined = with("a thread was joined", |runtime| {
        if !runtime.abandoning {
            runtime.observe_panic(index);
        }
        !runtime.abandoning
    });
    if !joined {
        abandon_here();
    }
}

/// Notes that the calling thread has acquired a readers-writer lock for reading.
pub(crate) fn note_read_lock() {
    with("a lock was acquired", |runtime| {
        runtime.read_locked |= !runtime.abandoning;
    });
}

/// Returns `true` if the calling thread, which is to acquire a readers-writer lock for writing, keeps new
/// readers out while it waits for others.
pub(crate) fn is_preferred() -> bool {
    with("a lock was acquired", |runtime| {
        runtime.write_locked |= !runtime.abandoning && !runtime.writer_preference;
        runtime.writer_preference && !runtime.abandoning
    })
}

/// Counts a timeout of the calling thread; returns `false` if it has had as many as allowed.
pub(crate) fn may_time_out() -> bool {
    with("a thread waited", |runtime| {
        let worker = &runtime.workers[usize::from(runtime.current)];
        let may = worker.timeouts < runtime.timeout_limit;
        runtime.timeouts_cut |= !may && !runtime.abandoning;
        may
    })
}

/// Notes that the calling thread has timed out.
pub(crate) fn note_timeout() {
    with("a thread timed out", |runtime| {
        runtime.workers[usize::from(runtime.current)].timeouts += 1;
    });
}
