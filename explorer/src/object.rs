//! Pure models of the objects: who may do what, and what it changes.
//!
//! A model is a small `Copy` state with three functions: `enabled` (may this thread do it now?),
//! `access` (shared or exclusive, in this state) and `apply` (the new state and the result).
//! Two operations conflict if they touch a common object and one access is exclusive; so `access`
//! must say *exclusive* wherever an operation enables or disables another, not only where it
//! changes a value. An operation on two objects is the conjunction of one step on each, but for two:
//! `Spin` and `WakeOrTimeOutUnless` are enabled if one of their objects lets them go on (see `history`).
//!
//! To add a primitive (barrier, once, channel …), add its state here, its model in a file beside
//! the others, and its face in `sync`.

pub(crate) mod atomic;
pub(crate) mod cell;
pub(crate) mod condvar;
pub(crate) mod mutex;
pub(crate) mod park_token;
pub(crate) mod rwlock;

use super::identity::{MAX_THREADS, ThreadIndex};
use super::operation::{Access, OperationKind, OperationResult};
use atomic::Atomic;
use condvar::Condvar;
use mutex::Mutex;
use park_token::ParkToken;
use rwlock::RwLock;

/// The state of an object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ObjectState {
    Atomic(Atomic),
    Mutex(Mutex),
    RwLock(RwLock),
    Condvar(Condvar),
    Cell,
    ParkToken(ParkToken),
}

impl ObjectState {
    /// Returns `true` if the object lets the thread do this now.
    pub(crate) fn enabled(&self, kind: OperationKind, thread: ThreadIndex) -> bool {
        match self {
            Self::Atomic(_) | Self::Cell => true,
            Self::Mutex(mutex) => mutex.enabled(kind),
            Self::RwLock(rwlock) => rwlock.enabled(kind),
            Self::Condvar(condvar) => condvar.enabled(kind, thread),
            Self::ParkToken(token) => token.enabled(kind),
        }
    }

    /// Returns how the operation would access the object in this state.
    pub(crate) fn access(&self, kind: OperationKind) -> Access {
        match self {
            // What a poll sees of a readers-writer lock changes with every reader.
            Self::RwLock(_) if matches!(kind, OperationKind::Spin(_)) => Access::Exclusive,
            _ if matches!(kind, OperationKind::Spin(_)) => Access::Shared,
            Self::Atomic(atomic) => atomic.access(kind),
            Self::Mutex(mutex) => mutex.access(kind),
            Self::RwLock(rwlock) => rwlock.access(kind),
            Self::Condvar(_) => Access::Exclusive,
            Self::Cell => cell::access(kind),
            Self::ParkToken(_) => ParkToken::access(kind),
        }
    }

    /// Executes the operation on the object and returns what the thread is told.
    pub(crate) fn apply(
        &mut self,
        kind: OperationKind,
        thread: ThreadIndex,
        alternative: u8,
    ) -> OperationResult {
        if let OperationKind::Spin(_) = kind {
            return OperationResult::of(0);
        }
        match self {
            Self::Atomic(atomic) => atomic.apply(kind),
            Self::Mutex(mutex) => mutex.apply(kind, thread),
            Self::RwLock(rwlock) => rwlock.apply(kind, thread),
            Self::Condvar(condvar) => condvar.apply(kind, thread, alternative),
            Self::Cell => OperationResult::of(0),
            Self::ParkToken(token) => token.apply(kind),
        }
    }

    /// Returns how many alternatives the operation has in this state: 1 unless it is a choice.
    pub(crate) fn alternatives(&self, kind: OperationKind) -> u8 {
        match self {
            Self::Condvar(condvar) => condvar.alternatives(kind),
            _ => 1,
        }
    }

    /// Returns what a thread that polls this object would see change.
    pub(crate) fn observe(&self) -> u64 {
        match self {
            Self::Atomic(atomic) => atomic.value,
            Self::Mutex(mutex) => u64::from(mutex.holder.is_some()),
            Self::RwLock(rwlock) => rwlock.observe(),
            Self::Condvar(_) | Self::Cell => 0,
            Self::ParkToken(token) => u64::from(token.set),
        }
    }

    /// Returns the threads that hold the object, as a bit set.
    pub(crate) fn holders(&self) -> u32 {
        match self {
            Self::Mutex(mutex) => mutex.holder.map_or(0, |holder| 1 << holder),
            Self::RwLock(rwlock) => rwlock.holders(),
            _ => 0,
        }
    }
}

/// Returns the indices of the threads in a bit set, ascending.
pub(crate) fn threads_in(set: u32) -> impl Iterator<Item = ThreadIndex> {
    (0..MAX_THREADS as ThreadIndex).filter(move |thread| set >> thread & 1 == 1)
}
