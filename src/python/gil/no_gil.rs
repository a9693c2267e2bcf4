//! No GIL: a free-threaded build.

use super::{GlobalLock, Turn};

/// No lock: every thread can run at any time, as in free-threaded CPython (PEP 703, from 3.13 on).
#[derive(Debug, Clone, Copy, Default)]
pub struct NoGil;

impl GlobalLock for NoGil {
    type Turn<'a> = NoGil;

    fn take(&self, _thread: usize) -> NoGil {
        NoGil
    }
}

impl Turn for NoGil {
    fn is_asked_for(&self) -> bool {
        false
    }

    fn while_waiting<R>(&mut self, wait: impl FnOnce() -> R) -> R {
        wait()
    }
}
