//! The record of a running execution: panics, faults, and threads that have not ended yet.
//!
//! Each OS thread that takes part in an execution has access to the execution's record ([`Record::current`]).
//! Under loom and shuttle, one OS thread runs all threads of the model. A real thread inherits the record
//! from the thread that spawned it.

use super::{Caught, Ending, catch, panics};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::resume_unwind;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Record>>> = const { RefCell::new(None) };
}

/// The reason why an engine gave up an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Deadlock,
    DataRace,
    StepLimit,
    /// The engine cannot run such a program, for this reason; this says nothing about the program.
    Unsupported(&'static str),
}

/// Identifies a thread within its execution; the main thread has none.
pub(crate) type ThreadNumber = usize;

#[derive(Debug)]
struct Panic {
    thread: Option<ThreadNumber>,
    message: String,
    /// `true` if the program has taken the panic from the thread's handle.
    is_claimed: bool,
}

/// The record of one execution, which the next one uses again.
#[derive(Debug, Default)]
pub(crate) struct Record {
    state: Mutex<State>,
    all_ended: Condvar,
    /// The gaps of the whole exploration, not of one execution.
    gaps: Mutex<BTreeSet<Gap>>,
    /// `true` if a readers-writer lock has been locked for reading, and if one has been for writing.
    read_locked: AtomicBool,
    write_locked: AtomicBool,
    /// Takes the result when the engine cannot go on after a panic of its own.
    at_leave: AtLeave,
}

/// A function that takes the result of an exploration that is left in the middle of an execution.
#[derive(Default)]
struct AtLeave(Mutex<Option<TakeResult>>);

type TakeResult = Box<dyn Fn(&Caught) + Send>;

impl fmt::Debug for AtLeave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AtLeave").finish_non_exhaustive()
    }
}

/// Something in a program that an engine does not explore in full: a description of what it leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Gap(pub(crate) &'static str);

/// The executions in which a wait ends for no reason, as its contract allows.
pub(crate) const NO_SPURIOUS_WAKEUP: Gap = Gap("no wait returns for no reason");

/// The executions in which a weak exchange fails for no reason, as its contract allows.
pub(crate) const NO_WEAK_FAILURE: Gap = Gap("no weak exchange fails for no reason");

/// The executions in which a writer that waits for readers keeps new readers out, as a lock may let it.
pub(crate) const NO_WRITER_PREFERENCE: Gap = Gap("waiting writers keep no reader out");

#[derive(Debug, Default)]
struct State {
    /// The number of threads that have been spawned and have not ended, without the main thread.
    running: usize,
    /// The number of threads that have been spawned; threads have the numbers below it.
    spawned: usize,
    /// The panics, in the order in which they were caught.
    panics: Vec<Panic>,
    /// The first fault, because later ones follow from it.
    fault: Option<Fault>,
    /// `true` if the engine unwinds the rest of the execution.
    is_abandoned: bool,
}

impl Record {
    /// Returns the record of the execution in which this OS thread takes part.
    pub(crate) fn current() -> Option<Arc<Record>> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Makes this the record of the execution in which this OS thread takes part, until the OS thread ends.
    pub(crate) fn enter(self: &Arc<Self>) {
        CURRENT.set(Some(Arc::clone(self)));
    }

    /// Notes that a thread has been spawned. This is called before the thread can run, so that no thread is
    /// overlooked.
    pub(crate) fn thread_spawned(&self) -> ThreadNumber {
        let mut state = self.state();
        state.running += 1;
        state.spawned += 1;
        state.spawned - 1
    }

    /// Notes that a thread could not be spawned after all.
    pub(crate) fn thread_not_spawned(&self) {
        self.state().running -= 1;
        self.fault(Fault::Unsupported("no thread could be started"));
    }

    /// Runs the body of a spawned thread to its end, and notes how it ended.
    ///
    /// `is_fault` returns `true` for a panic that the engine raised to give up the execution, and `false` for
    /// one of the program.
    pub(crate) fn run_thread<T>(
        &self,
        thread: ThreadNumber,
        body: impl FnOnce() -> T,
        is_fault: fn(&Caught) -> Option<Fault>,
    ) -> thread::Result<T> {
        let result = self.catch(body);
        self.note_end(thread, result.as_ref().err(), is_fault);
        result.map_err(|caught| caught.payload)
    }

    /// Notes that a spawned thread has ended, and how.
    fn note_end(
        &self,
        thread: ThreadNumber,
        caught: Option<&Caught>,
        is_fault: fn(&Caught) -> Option<Fault>,
    ) {
        let mut state = self.state();
        state.running -= 1;
        if state.running == 0 {
            self.all_ended.notify_all();
        }
        if let Some(caught) = caught {
            match is_fault(caught) {
                Some(fault) => state.note_fault(fault),
                None => state.note_panic(Some(thread), caught),
            }
        }
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
    pub(crate) fn panic_claimed(&self, thread: ThreadNumber) {
        for panic in &mut self.state().panics {
            panic.is_claimed |= panic.thread == Some(thread);
        }
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

    /// Sets the function that takes the result if the exploration is left.
    pub(crate) fn at_leave(&self, leave: impl Fn(&Caught) + Send + 'static) {
        *self.at_leave.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(leave));
    }

    /// Leaves the exploration of this OS thread, if the panic that unwinds it is one by which the engine gives
    /// up: the engine takes the panic, and the thread sleeps for ever, so that nothing more is unwound.
    ///
    /// Outside an exploration, and for a panic of the program, this returns.
    pub(crate) fn leave(is_fault: fn(&Caught) -> Option<Fault>) {
        let record = CURRENT.try_with(|current| current.borrow().clone());
        let (Ok(Some(record)), Some(caught)) = (record, panics::unwinding()) else {
            return;
        };
        if is_fault(&caught).is_none() {
            return;
        }
        let leave = record
            .at_leave
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(leave) = leave {
            leave(&caught);
        }
        loop {
            thread::park();
        }
    }

    /// Notes that the main thread panicked; no other thread can take this panic.
    pub(crate) fn main_panicked(&self, caught: &Caught) {
        self.state().note_panic(None, caught);
    }

    /// Notes that the program does something that the engine does not explore in full.
    pub(crate) fn note_gap(gap: Gap) {
        if let Some(record) = Record::current() {
            record.gaps().insert(gap);
        }
    }

    /// Notes that the program locks a readers-writer lock, to write or to read, on an engine on which waiting
    /// writers keep no reader out.
    #[cfg_attr(
        not(any(feature = "loom", feature = "shuttle")),
        allow(dead_code, reason = "loom and shuttle are such engines")
    )]
    pub(crate) fn note_unfair_lock(writes: bool) {
        let Some(record) = Record::current() else { return };
        let (own, other) = match writes {
            true => (&record.write_locked, &record.read_locked),
            false => (&record.read_locked, &record.write_locked),
        };
        own.store(true, Relaxed);
        if other.load(Relaxed) {
            record.gaps().insert(NO_WRITER_PREFERENCE);
        }
    }

    /// Returns the gaps that the program has shown so far.
    pub(crate) fn gaps(&self) -> MutexGuard<'_, BTreeSet<Gap>> {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the reason why the engine gave up the execution, if it did.
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

    /// Returns how the execution ended, and clears the record for the next one.
    ///
    /// `outcome` is what the main thread returned, if it returned.
    pub(crate) fn settle<O>(&self, outcome: Option<O>) -> Ending<O> {
        let state = std::mem::take(&mut *self.state());
        match (state.fault, state.panic_to_report(), outcome) {
            (Some(Fault::DataRace), ..) => Ending::DataRace,
            (_, Some(message), _) => Ending::Panic(message.to_owned()),
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
    fn note_panic(&mut self, thread: Option<ThreadNumber>, caught: &Caught) {
        self.panics.push(Panic {
            thread,
            message: caught.message.clone(),
            is_claimed: false,
        });
    }

    /// Returns the message of the panic with which the execution ends: the first that no thread took. If its
    /// message shows that it is only the `unwrap` of another thread's panic, that other panic is the cause
    /// and is returned instead.
    fn panic_to_report(&self) -> Option<&str> {
        let unclaimed = self.panics.iter().find(|panic| !panic.is_claimed)?;
        let claimed = self.panics.iter().find(|panic| panic.is_claimed);
        match claimed {
            Some(cause) if unclaimed.message.contains("Any { .. }") => Some(&cause.message),
            _ => Some(&unclaimed.message),
        }
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
        let thread = record.thread_spawned();
        let _ = record.run_thread(thread, body, |_| None);
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
        record.panic_claimed(0);
        assert_eq!(record.settle(Some(1)), Ending::Finished(1));
    }

    #[test]
    fn the_panic_that_is_reported_is_the_one_that_nobody_took() {
        let record = record_with_thread(|| panic!("taken"));
        record.panic_claimed(0);
        let thread = record.thread_spawned();
        let _ = record.run_thread(thread, || panic!("not taken"), |_| None);
        let Ending::Panic(message) = record.settle(Some(1)) else {
            panic!("the panic was lost")
        };
        assert!(message.starts_with("not taken"), "{message}");
    }

    #[test]
    fn an_unwrap_of_a_threads_panic_is_that_panic() {
        let record = record_with_thread(|| panic!("the cause"));
        record.panic_claimed(0);
        let unwrap = |result: thread::Result<()>| result.unwrap();
        record.main_panicked(&catch(|| unwrap(Err(Box::new(0)))).expect_err("it is an error"));
        let Ending::Panic(message) = record.settle(None::<i64>) else {
            panic!("the panic was lost")
        };
        assert!(message.starts_with("the cause"), "{message}");
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
