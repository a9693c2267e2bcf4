//! What the threads of the running execution leave for the engine: panics, faults, and who has not ended yet.
//!
//! Each OS thread that takes part in an execution has the execution's record at hand ([`Record::current`]): under
//! loom and shuttle that is the one OS thread that all threads of the model run on; a real thread inherits the
//! record from the thread that spawned it.

use super::{Caught, Ending, catch};
use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Record>>> = const { RefCell::new(None) };
}

/// Why an engine had to give up an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Deadlock,
    DataRace,
    StepLimit,
    /// The engine cannot run such a program: this says nothing about the program.
    Unsupported,
}

/// The record of one execution, used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Record {
    state: Mutex<State>,
    all_ended: Condvar,
    /// Whether the engine's search may have skipped executions: of the exploration, not of one execution.
    may_skip: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    /// Threads that have been spawned and have not ended; the main thread is not counted.
    running: usize,
    first_panic: Option<String>,
    /// Panics of threads whose handles nobody has joined.
    unclaimed_panics: usize,
    /// The first fault, which explains those that follow from it.
    fault: Option<Fault>,
    /// Whether the engine unwinds what is left of the execution.
    is_abandoned: bool,
}

impl Record {
    /// The record of the execution that this OS thread takes part in.
    pub(crate) fn current() -> Option<Arc<Record>> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Makes this the record of the execution that this OS thread takes part in, for the rest of its life.
    pub(crate) fn enter(self: &Arc<Self>) {
        CURRENT.set(Some(Arc::clone(self)));
    }

    /// Notes that a thread has been spawned: before the thread can run, so that it is never overlooked.
    pub(crate) fn thread_spawned(&self) {
        self.state().running += 1;
    }

    /// Runs the body of a spawned thread to its end, and notes how it ended.
    ///
    /// `is_fault` tells panics that the engine raised to give up the execution from those of the program.
    pub(crate) fn run_thread<T>(
        &self,
        body: impl FnOnce() -> T,
        is_fault: fn(&Caught) -> Option<Fault>,
    ) -> thread::Result<T> {
        let result = self.catch(body);
        let mut state = self.state();
        state.running -= 1;
        if state.running == 0 {
            self.all_ended.notify_all();
        }
        result.map_err(|caught| {
            match is_fault(&caught) {
                Some(fault) => state.note_fault(fault),
                None => state.note_panic(&caught),
            }
            caught.payload
        })
    }

    /// Runs `body` and returns its panic as an error, unless it is the engine that unwinds the execution.
    pub(crate) fn catch<T>(&self, body: impl FnOnce() -> T) -> Result<T, Caught> {
        let result = catch(body);
        match result {
            Err(caught) if self.state().is_abandoned => resume_unwind(caught.payload),
            result => result,
        }
    }

    /// Notes that the program has taken a thread's panic from its handle.
    pub(crate) fn panic_claimed(&self) {
        let mut state = self.state();
        state.unclaimed_panics = state.unclaimed_panics.saturating_sub(1);
    }

    /// Notes that the engine gave up the execution.
    pub(crate) fn fault(&self, fault: Fault) {
        self.state().note_fault(fault);
    }

    /// Notes that the engine gave up the execution, and is about to unwind its threads.
    pub(crate) fn abandon(&self, fault: Fault) {
        let mut state = self.state();
        state.note_fault(fault);
        state.is_abandoned = true;
    }

    /// Notes that the main thread panicked: nobody can take that panic.
    pub(crate) fn main_panicked(&self, caught: &Caught) {
        self.state().note_panic(caught);
    }

    /// Notes that the engine's search may skip executions.
    pub(crate) fn search_may_skip(&self) {
        self.may_skip.store(true, Ordering::Relaxed);
    }

    /// Returns `true` if the engine's search may have skipped executions.
    pub(crate) fn may_have_skipped(&self) -> bool {
        self.may_skip.load(Ordering::Relaxed)
    }

    /// Why the engine gave up the execution, if it did.
    pub(crate) fn first_fault(&self) -> Option<Fault> {
        self.state().fault
    }

    /// Returns `true` if a spawned thread has not ended.
    pub(crate) fn has_running_threads(&self) -> bool {
        self.state().running > 0
    }

    /// Waits until every spawned thread has ended.
    pub(crate) fn wait_for_threads(&self) {
        let state = self.state();
        drop(self.all_ended.wait_while(state, |state| state.running > 0));
    }

    /// Says how the execution ended, and clears the record for the next.
    ///
    /// `outcome` is what the main thread returned, if it returned.
    pub(crate) fn settle<O>(&self, outcome: Option<O>) -> Ending<O> {
        let state = std::mem::take(&mut *self.state());
        match (state.fault, state.first_panic, outcome) {
            (Some(Fault::DataRace), ..) => Ending::DataRace,
            (_, Some(message), _) if state.unclaimed_panics > 0 => Ending::Panic(message),
            (Some(Fault::Deadlock), ..) => Ending::Deadlock,
            (Some(Fault::StepLimit), ..) => Ending::StepLimit,
            (_, _, Some(outcome)) => Ending::Finished(outcome),
            (_, _, None) => unreachable!("a main thread that neither returns nor panics is stuck, a fault"),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note_panic(&mut self, caught: &Caught) {
        self.first_panic.get_or_insert_with(|| caught.message.clone());
        self.unclaimed_panics += 1;
    }

    fn note_fault(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record_with_thread(body: impl FnOnce()) -> Record {
        let record = Record::default();
        record.thread_spawned();
        let _ = record.run_thread(body, |_| None);
        record
    }

    #[test]
    fn a_panic_that_nobody_takes_is_the_ending() {
        let record = record_with_thread(|| panic!("boom"));
        let Ending::Panic(message) = record.settle(Some(1)) else {
            panic!("the panic was lost")
        };
        assert!(message.starts_with("boom (record.rs:"), "{message}");
        assert_eq!(
            record.settle(Some(2)),
            Ending::Finished(2),
            "the record is cleared"
        );
    }

    #[test]
    fn a_panic_that_the_program_takes_is_the_programs() {
        let record = record_with_thread(|| panic!("boom"));
        record.panic_claimed();
        assert_eq!(record.settle(Some(1)), Ending::Finished(1));
    }

    #[test]
    fn a_deadlock_that_follows_a_panic_is_the_panics() {
        let record = record_with_thread(|| panic!("boom"));
        record.fault(Fault::Deadlock);
        assert_eq!(record.settle(None::<i64>).kind(), "panic");
    }

    #[test]
    fn the_first_fault_counts() {
        let record = record_with_thread(|| ());
        record.fault(Fault::StepLimit);
        record.fault(Fault::Deadlock);
        assert_eq!(record.settle(None::<i64>), Ending::StepLimit);
    }
}
