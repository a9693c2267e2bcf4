//! Features that not every engine has.

use std::fmt;

/// A feature that some engines cannot model. A scenario lists the features that it
/// [needs](crate::Scenario::needs), and an engine that lacks one of them does not run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// Waits and parks with a time-out: loom and shuttle accept them, but never let one time out.
    Timeouts,
    /// Attempts to lock, which fail where another thread holds the lock
    /// ([`try_lock`](crate::backend::Lock::try_lock), [`try_read`](crate::backend::ReadWriteLock::try_read) and
    /// [`try_write`](crate::backend::ReadWriteLock::try_write)): loom's search never tries some of those that fail, and
    /// makes some wait.
    TryLock,
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Feature::Timeouts => "time-outs",
            Feature::TryLock => "attempts to lock",
        })
    }
}
