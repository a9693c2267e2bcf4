//! A condition variable under exploration.

use std::fmt;
use std::panic::Location;
use std::sync::LockResult;
use std::sync::PoisonError;
use std::time::Duration;

use super::atomic::AtomicUsize;
use super::mutex::{Mutex, MutexGuard};
use super::recorder::Recorder;
use crate::identity::ObjectKind;
use crate::object::{self, ObjectState};
use crate::operation::{OperationKind, Spurious};
use crate::runtime::{self, Handle, spurious};

/// A condition variable.
///
/// The thread that `notify_one` wakes is a choice: each is explored. A wait may also return for no reason,
/// and so may a timed one, which then says that it has not timed out. Each thread can do that only so often
/// in one execution; see [`Explorer::spurious_wakeups`](crate::Explorer::spurious_wakeups).
pub struct Condvar {
    handle: Handle,
}

/// The result of a timed wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// Returns `true` if the wait ended because its time was up.
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl Condvar {
    /// Creates a condition variable.
    ///
    /// # Panics
    ///
    /// Outside an execution.
    #[track_caller]
    pub fn new() -> Self {
        let initial = ObjectState::Condvar(object::condvar::Condvar::default());
        Self {
            handle: Handle::new(ObjectKind::Condvar, initial, Location::caller()),
        }
    }

    /// Gives the condition variable a name, by which drawings of an interleaving call it.
    pub fn named(self, name: &'static str) -> Self {
        self.handle.set_name(name);
        self
    }

    /// Unlocks the mutex and waits for a notification, or returns for no reason; then locks the mutex again.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned: the error holds the guard.
    #[track_caller]
    pub fn wait<'a, T, R: Recorder<T>>(
        &self,
        guard: MutexGuard<'a, T, R>,
    ) -> LockResult<MutexGuard<'a, T, R>> {
        let location = Location::caller();
        let (mutex, lock, waits) = self.start_to_wait(guard, location);
        if !waits {
            return self.return_for_no_reason(mutex, lock, location);
        }
        let result = runtime::perform_on_both(OperationKind::Reacquire, [self.handle, lock], location);
        mutex.locked(result, location)
    }

    /// Waits until the condition is false.
    ///
    /// The condition is taken to look at the value and not to change it, although it could.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned: the error holds the guard.
    #[track_caller]
    pub fn wait_while<'a, T, R: Recorder<T>>(
        &self,
        mut guard: MutexGuard<'a, T, R>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'a, T, R>> {
        while condition(guard.look()) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Waits for a notification, or for the time to pass: both are explored, whatever the time.
    ///
    /// Each thread can time out only so often in one execution; see
    /// [`Explorer::timeouts`](crate::Explorer::timeouts).
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned: the error holds the guard.
    #[track_caller]
    pub fn wait_timeout<'a, T, R: Recorder<T>>(
        &self,
        guard: MutexGuard<'a, T, R>,
        _duration: Duration,
    ) -> LockResult<(MutexGuard<'a, T, R>, WaitTimeoutResult)> {
        if !runtime::may_time_out() {
            return with_result(self.wait(guard), false);
        }
        let location = Location::caller();
        let (mutex, lock, waits) = self.start_to_wait(guard, location);
        if !waits {
            return with_result(self.return_for_no_reason(mutex, lock, location), false);
        }
        let woken = runtime::perform(OperationKind::WakeOrTimeOut, self.handle, location);
        if !woken.succeeded {
            runtime::note_timeout();
        }
        let result = runtime::perform(OperationKind::Lock, lock, location);
        with_result(mutex.locked(result, location), !woken.succeeded)
    }

    /// Waits as [`wait_timeout`](Self::wait_timeout) does, but does not notice that the time is up while
    /// `word` holds `value`: the wait then goes on.
    ///
    /// Such a wait ends when there is a notification, or at any moment at which `word` holds another value.
    /// Use it in a loop that does nothing after a time-out while `word` holds `value`: leaving out these
    /// time-outs leaves out nothing else, and a loop that they would make endless has finitely many
    /// interleavings.
    ///
    /// Nor does it return for no reason: the loop would look again, as it does after a time-out, and do
    /// nothing.
    ///
    /// These time-outs are not counted against [`Explorer::timeouts`](crate::Explorer::timeouts). A loop
    /// whose time-outs change `word` to `value`, or otherwise come closer to its end, has finitely many; one
    /// that times out again and again is ended by the [step limit](crate::Explorer::steps). `word` is read
    /// with the ordering `Relaxed`, and only when the time is up.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned: the error holds the guard.
    #[track_caller]
    pub fn wait_timeout_unless<'a, T, R: Recorder<T>>(
        &self,
        guard: MutexGuard<'a, T, R>,
        _duration: Duration,
        word: &AtomicUsize,
        value: usize,
    ) -> LockResult<(MutexGuard<'a, T, R>, WaitTimeoutResult)> {
        let location = Location::caller();
        let (mutex, lock) = guard.give_up(|lock| {
            let kind = OperationKind::Wait(Spurious::Never);
            runtime::perform_on_both(kind, [self.handle, lock], location);
        });
        let kind = OperationKind::WakeOrTimeOutUnless(value as u64);
        let woken = runtime::perform_on_both(kind, [self.handle, word.handle()], location);
        let result = runtime::perform(OperationKind::Lock, lock, location);
        with_result(mutex.locked(result, location), !woken.succeeded)
    }

    /// Waits until the condition is false, or for the time to pass.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned: the error holds the guard.
    #[track_caller]
    pub fn wait_timeout_while<'a, T, R: Recorder<T>>(
        &self,
        mut guard: MutexGuard<'a, T, R>,
        duration: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<(MutexGuard<'a, T, R>, WaitTimeoutResult)> {
        while condition(guard.look()) {
            let result;
            (guard, result) = self.wait_timeout(guard, duration)?;
            if result.timed_out() {
                let timed_out = condition(guard.look());
                return Ok((guard, WaitTimeoutResult(timed_out)));
            }
        }
        Ok((guard, WaitTimeoutResult(false)))
    }

    /// Wakes one of the threads that wait; each is explored.
    #[track_caller]
    pub fn notify_one(&self) {
        runtime::perform(OperationKind::NotifyOne, self.handle, Location::caller());
    }

    /// Wakes all threads that wait.
    #[track_caller]
    pub fn notify_all(&self) {
        runtime::perform(OperationKind::NotifyAll, self.handle, Location::caller());
    }

    /// Gives up the guard; returns the mutex, and `false` if the wait ends for no reason.
    fn start_to_wait<'a, T, R: Recorder<T>>(
        &self,
        guard: MutexGuard<'a, T, R>,
        location: &'static Location<'static>,
    ) -> (&'a Mutex<T>, Handle, bool) {
        let mut waits = true;
        let used = guard.used();
        let (mutex, lock) = guard.give_up(|lock| {
            waits = spurious::start_to_wait([self.handle, lock], used, location);
        });
        (mutex, lock, waits)
    }

    /// Locks the mutex again after a wait that has ended for no reason.
    fn return_for_no_reason<'a, T, R: Recorder<T>>(
        &self,
        mutex: &'a Mutex<T>,
        lock: Handle,
        location: &'static Location<'static>,
    ) -> LockResult<MutexGuard<'a, T, R>> {
        let result = runtime::perform(OperationKind::Lock, lock, location);
        spurious::note_return([self.handle, lock], location);
        mutex.locked(result, location)
    }
}

fn with_result<T, R: Recorder<T>>(
    guard: LockResult<MutexGuard<'_, T, R>>,
    timed_out: bool,
) -> LockResult<(MutexGuard<'_, T, R>, WaitTimeoutResult)> {
    let result = WaitTimeoutResult(timed_out);
    match guard {
        Ok(guard) => Ok((guard, result)),
        Err(error) => Err(PoisonError::new((error.into_inner(), result))),
    }
}
