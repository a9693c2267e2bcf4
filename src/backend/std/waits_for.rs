//! The waits-for graph of real threads, in which a deadlock is a cycle.
//!
//! A thread registers what it waits for before it waits, and removes the entry afterwards. A thread that need
//! not wait pays two relaxed stores for a lock. A cycle among registered threads is a true deadlock: each
//! holds its lock until it has got another thread's lock.
//!
//! Source: E. G. Coffman, M. Elphick, A. Shoshani, *System Deadlocks*, ACM Computing Surveys 3(2), 1971.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

thread_local! {
    static CURRENT: Cell<Option<ThreadKey>> = const { Cell::new(None) };
}

/// A number that identifies a thread within this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ThreadKey(u64);

impl ThreadKey {
    pub(super) fn fresh() -> Self {
        // Zero means no thread.
        static NEXT: AtomicU64 = AtomicU64::new(1);
        ThreadKey(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn current() -> Self {
        CURRENT.get().unwrap_or_else(|| {
            let key = Self::fresh();
            key.enter();
            key
        })
    }

    /// Makes this the calling thread's key.
    pub(super) fn enter(self) {
        CURRENT.set(Some(self));
    }
}

/// The thread that holds a lock, if any does.
#[derive(Debug, Default)]
pub(super) struct Holder(Arc<AtomicU64>);

impl Holder {
    pub(super) fn set(&self, thread: ThreadKey) {
        self.0.store(thread.0, Ordering::Relaxed);
    }

    pub(super) fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// The registered waits: which thread waits for which.
#[derive(Debug, Default)]
pub(super) struct WaitsFor {
    edges: Mutex<HashMap<ThreadKey, Awaited>>,
}

#[derive(Debug)]
enum Awaited {
    Holder(Arc<AtomicU64>),
    Thread(ThreadKey),
}

/// A registered wait, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Waiting<'a>(&'a WaitsFor);

impl WaitsFor {
    /// Registers that the calling thread waits for a lock.
    pub(super) fn lock(&self, holder: &Holder) -> Waiting<'_> {
        self.register(Awaited::Holder(Arc::clone(&holder.0)))
    }

    /// Registers that the calling thread waits for `thread` to end.
    pub(super) fn thread(&self, thread: ThreadKey) -> Waiting<'_> {
        self.register(Awaited::Thread(thread))
    }

    /// Returns `true` if some registered threads wait for one another in a circle.
    pub(super) fn has_cycle(&self) -> bool {
        // While this is locked, no registered thread can go on, so the graph does not change.
        let edges = self.edges();
        edges.keys().any(|&start| {
            let mut thread = start;
            // A walk that is still in the graph after as many steps as there are threads is in a cycle.
            for _ in 0..edges.len() {
                match edges.get(&thread) {
                    Some(awaited) => thread = awaited.thread(),
                    None => return false,
                }
            }
            edges.contains_key(&thread)
        })
    }

    fn register(&self, awaited: Awaited) -> Waiting<'_> {
        self.edges().insert(ThreadKey::current(), awaited);
        Waiting(self)
    }

    fn edges(&self) -> MutexGuard<'_, HashMap<ThreadKey, Awaited>> {
        self.edges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.edges().remove(&ThreadKey::current());
    }
}

impl Awaited {
    fn thread(&self) -> ThreadKey {
        match self {
            Awaited::Holder(holder) => ThreadKey(holder.load(Ordering::Relaxed)),
            Awaited::Thread(thread) => *thread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the graph in which, for each pair in `edges`, the first thread waits for the second.
    fn graph(edges: &[(u64, u64)]) -> WaitsFor {
        let edges = edges
            .iter()
            .map(|&(from, to)| (ThreadKey(from), Awaited::Thread(ThreadKey(to))));
        WaitsFor {
            edges: Mutex::new(edges.collect()),
        }
    }

    #[test]
    fn a_chain_is_no_deadlock() {
        assert!(!graph(&[]).has_cycle());
        assert!(!graph(&[(1, 2), (2, 3), (4, 3)]).has_cycle());
    }

    #[test]
    fn a_circle_is_a_deadlock_even_behind_a_chain() {
        assert!(graph(&[(1, 1)]).has_cycle());
        assert!(graph(&[(1, 2), (2, 1)]).has_cycle());
        assert!(graph(&[(1, 2), (2, 3), (3, 4), (4, 2)]).has_cycle());
    }

    #[test]
    fn a_wait_for_a_lock_that_has_been_let_go_is_no_deadlock() {
        let waits_for = WaitsFor::default();
        let holder = Holder::default();
        holder.set(ThreadKey::current());
        let waiting = waits_for.lock(&holder);
        assert!(waits_for.has_cycle(), "a thread that waits for itself");
        holder.clear();
        assert!(!waits_for.has_cycle());
        drop(waiting);
        assert!(waits_for.edges().is_empty());
    }
}
