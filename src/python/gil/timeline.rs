//! A lock that notes which thread held it, and when.

use super::{GlobalLock, History, Turn};
use std::fmt;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A [`GlobalLock`] around another one, which notes the times of each thread's turns.
///
/// A check of the eval breaker costs the same as without it; the clock is read only where a turn begins or
/// ends. The noted time lies within the turn, while the thread has the lock.
#[derive(Debug)]
pub struct Timeline<L> {
    lock: L,
    since: Instant,
    /// The notes of each thread that does not have its turn; during a turn, the turn has them.
    histories: Mutex<Vec<History>>,
}

impl<L: GlobalLock> Timeline<L> {
    /// Creates a timeline around a lock that no thread holds, for threads numbered from 1.
    pub fn new(lock: L, threads: usize) -> Self {
        Timeline {
            lock,
            since: Instant::now(),
            histories: Mutex::new(vec![History::default(); threads]),
        }
    }

    /// Returns the notes, thread by thread; a thread that holds the lock now has none.
    pub fn into_histories(self) -> Vec<History> {
        self.histories
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn histories(&self) -> MutexGuard<'_, Vec<History>> {
        self.histories.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Duration {
        self.since.elapsed()
    }
}

/// The right to run bytecode under a [`Timeline`].
pub struct NotedTurn<'a, L: GlobalLock + 'a> {
    // This is dropped after `Drop` has noted the end of the turn.
    turn: L::Turn<'a>,
    timeline: &'a Timeline<L>,
    thread: usize,
    began: Duration,
    history: History,
}

impl<L: GlobalLock> fmt::Debug for NotedTurn<'_, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NotedTurn({})", self.thread)
    }
}

impl<L: GlobalLock> GlobalLock for Timeline<L> {
    type Turn<'a> = NotedTurn<'a, L>;

    /// # Panics
    ///
    /// If the timeline was not created for a thread with this number.
    fn take(&self, thread: usize) -> NotedTurn<'_, L> {
        let history = mem::take(&mut self.histories()[thread - 1]);
        let turn = self.lock.take(thread);
        NotedTurn {
            turn,
            timeline: self,
            thread,
            began: self.now(),
            history,
        }
    }
}

impl<L: GlobalLock> NotedTurn<'_, L> {
    /// Ends the turn and begins the next one, so that the thread that asked gets its turn.
    #[cold]
    fn give_way(&mut self) {
        self.history.count_forced();
        self.while_waiting(|| ());
    }

    fn note(&mut self) {
        self.history.push(self.began, self.timeline.now());
    }
}

impl<L: GlobalLock> Turn for NotedTurn<'_, L> {
    #[inline]
    fn is_asked_for(&self) -> bool {
        self.turn.is_asked_for()
    }

    #[inline]
    fn check(&mut self) {
        if self.is_asked_for() {
            self.give_way();
        }
    }

    fn while_waiting<R>(&mut self, wait: impl FnOnce() -> R) -> R {
        self.note();
        let result = self.turn.while_waiting(wait);
        self.began = self.timeline.now();
        result
    }
}

impl<L: GlobalLock> Drop for NotedTurn<'_, L> {
    fn drop(&mut self) {
        self.note();
        self.timeline.histories()[self.thread - 1] = mem::take(&mut self.history);
    }
}
