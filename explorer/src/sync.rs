//! Primitives under exploration, shaped like `std::sync`.
//!
//! Each announces its operations to the explorer and does what that says. They must be created
//! within an execution, and die with it. Here is also where a barrier, a once cell and channels
//! belong: a face in a file beside these, on a model in `object`.

pub mod atomic;
mod cell;
mod condvar;
mod mutex;
mod poison;
mod recorder;
mod rwlock;

pub use cell::Cell;
pub use condvar::{Condvar, WaitTimeoutResult};
pub use mutex::{Mutex, MutexGuard};
pub use recorder::{Recorded, Recorder, Unrecorded};
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult};
