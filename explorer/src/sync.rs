//! Primitives under exploration, shaped like `std::sync`.
//!
//! Each primitive announces its operations to the explorer, which decides their results. Primitives must be
//! created within an execution, and die with it. A barrier, a once cell and channels would belong here too:
//! each an interface in a file beside these, on a model in `object`.

pub mod atomic;
mod cell;
mod condvar;
mod mutex;
mod poison;
mod recorder;
mod rwlock;
mod token;
mod unsafe_cell;

pub use cell::Cell;
pub use condvar::{Condvar, WaitTimeoutResult};
pub use mutex::{Mutex, MutexGuard};
pub use recorder::{Recorded, Recorder, Unrecorded};
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult};
pub use token::Token;
pub use unsafe_cell::{ConstPtr, MutPtr, UnsafeCell};
