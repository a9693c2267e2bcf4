//! Primitives, shaped like `std::sync`.
//!
//! Beyond loom's there are [`Weak`], [`Once`], [`OnceLock`], [`LazyLock`], [`mpsc::sync_channel`], and a [`Barrier`] that
//! works. None of them can be made outside a model, so none is `const`.

mod arc;
pub mod atomic;
mod barrier;
pub mod mpsc;
mod notify;
mod once;
mod weak;

pub use arc::Arc;
pub(crate) use arc::Arcs;
pub use barrier::{Barrier, BarrierWaitResult};
pub use notify::Notify;
pub use once::{LazyLock, Once, OnceLock, OnceState};
pub use selvedge_explorer::sync::{Condvar, WaitTimeoutResult};
pub use selvedge_explorer::sync::{Mutex, MutexGuard};
pub use selvedge_explorer::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use weak::Weak;

#[doc(no_inline)]
pub use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
