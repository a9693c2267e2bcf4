//! The seam between the runtime, which runs threads, and a search, which says which of them goes on.
//!
//! A thread announces its next operation and is suspended. The runtime then asks [`next`] for the thread
//! that goes on, and hands it the [`result`](Program::result) of its operation. Two things answer:
//!
//! 1. **The record.** The events in the program's history when an execution begins are those it has in
//!    common with an earlier one. They are repeated in their order: each thread must announce what is
//!    recorded, and is handed the recorded result. A difference is a *mismatch*, and ends the search.
//!    No strategy is asked meanwhile, so repeating costs the same in every search.
//! 2. **The strategy**, from the first event on that is not recorded. It picks a thread, executes its
//!    pending operation, and leaves the result; or it ends the execution.
//!
//! Between executions the strategy prepares the record of the next one: a depth-first search takes events
//! off its end. So neither the runtime nor the primitives know where a result comes from. In the searches of
//! this folder it comes from the objects' models, by [`Program::execute`]. Two other kinds of search are elsewhere:
//!
//! - **Weak memory** (`graph`; TruSt, POPL 2022) chooses a thread and, for a read, the store that it reads from.
//!   The strategy keeps an execution graph beside the program. `next` adds an event to the graph and leaves the
//!   value of that store as the result. `backtrack` cuts the graph back or revisits a read, and then writes
//!   the record: the events that stay, in an order in which each comes after all that it depends on, with the
//!   results that the graph has for them. The event that has changed comes last, and is not on record: what its
//!   thread does after it is new. What lies in real memory behind mutexes and cells is right because all threads
//!   are run afresh in that order.
//! - **Stateful search** runs one step of a thread against a log of results. The log is the record: `begin`
//!   with it, let the step announce and be answered, and `next`, asked for the first operation beyond the
//!   log, stops the execution. The operation is then the thread's pending one; a thread that has none has
//!   returned or panicked. The search itself is a loop over states, outside the runtime.

use std::any::Any;
use std::fmt;
use std::panic::RefUnwindSafe;

use super::next::Next;
use super::program::{Communication, Program};
use crate::identity::ThreadIndex;

/// A way to search: it decides what is not on record, and which execution comes next.
///
/// It is plain data, and so is what is shown of an execution.
pub(crate) trait Strategy: Any + fmt::Debug + Sync + RefUnwindSafe {
    /// Leaves on record what the first execution is to repeat.
    fn begin(&mut self, _program: &mut Program) {}

    /// Chooses the thread that goes on, and executes its pending operation; or ends the execution.
    ///
    /// It is called where the record is at its end, and all threads have announced an operation, wait or
    /// have ended.
    fn next(&mut self, program: &mut Program) -> Next;

    /// Looks at an execution that has ended, with all its events on record, before the next is prepared.
    fn finish(&mut self, _program: &Program) {}

    /// Returns what each event of an execution that has ended reads and writes, if an execution graph has decided it.
    /// Few executions are asked for it.
    fn communication(&self, _program: &Program) -> Vec<Communication> {
        Vec::new()
    }

    /// Leaves on record what the next execution is to repeat; returns `false` if there is none.
    fn backtrack(&mut self, program: &mut Program) -> bool;

    /// Returns `true` if a thread that has stopped, because it repeats itself, goes on as soon as something that it
    /// saw has changed. Otherwise it stops for the rest of the execution, which may be redundant.
    ///
    /// A search that leaves interleavings out must let it go on: the execution that takes the place of a
    /// redundant one may be among those.
    fn wakes(&self) -> bool {
        false
    }

    /// Returns the share of the search that is done, between 0 and 1, as far as it can be told.
    fn share_done(&self) -> f64 {
        0.0
    }

    /// Returns `true` if interleavings were left out because they have too many preemptions.
    fn preemptions_cut(&self) -> bool {
        false
    }

    /// Checks what must hold at the end of an execution.
    ///
    /// # Panics
    ///
    /// If the search has made a mistake.
    fn check_invariants(&self, _program: &Program) {}
}

/// Returns the next step: as recorded, else as the strategy decides.
#[inline(always)]
pub(crate) fn next(program: &mut Program, strategy: &mut dyn Strategy) -> Next {
    if program.has_stopped()
        && let Some(thread) = to_wake(program, strategy)
    {
        return Next::Wake(thread);
    }
    match program.repeat() {
        Some(next) => next,
        None => strategy.next(program),
    }
}

/// Returns the thread that has stopped and goes on now, if there is one.
#[cold]
fn to_wake(program: &Program, strategy: &dyn Strategy) -> Option<ThreadIndex> {
    strategy.wakes().then(|| program.could_go_on()).flatten()
}
