//! The GIL itself: a model of CPython's, small enough to be explored.
//!
//! Source: CPython, `Python/ceval_gil.c` (`ceval_gil.h` before 3.12): `take_gil`, `drop_gil`, and the comment
//! at its top. The algorithm is Antoine Pitrou's, in CPython since 3.2. The names there:
//!
//! | here | there |
//! |---|---|
//! | `state`, bit [`HELD`] | `gil->locked` |
//! | `state`, bit [`DROP_REQUEST`] | `gil_drop_request`; from 3.13 `_PY_GIL_DROP_REQUEST_BIT` of the holder |
//! | `switch_number`, a mutex around a number | `gil->mutex` and `gil->switch_number` |
//! | `released` | `gil->cond` |
//! | `last_holder`, a mutex around a thread's number | `gil->switch_mutex` and `gil->last_holder` |
//! | `switched` | `gil->switch_cond` |
//!
//! Deviations:
//! - `locked` and `gil_drop_request` are two bits of one atomic variable, but set and cleared one at a time.
//! - A time-out goes unnoticed while the GIL is held and a request is pending: CPython's waiter would only
//!   make the same request again. Otherwise there would be infinitely many interleavings. No ending is lost:
//!   a waiter that wakes for no reason waits again, and it may time out once the GIL is free or the request
//!   is gone. Its other effects can come about in another way: a waiter that was awake when the GIL was
//!   dropped is like one that times out right after; one that missed a switch may time out twice to ask.
//! - A thread that drops the GIL for good does not wait for a switch, as in 3.12 and later; earlier versions
//!   wait there too, on request.
//! - Left out: finalization, sub-interpreters, signals and the other things that break the eval loop.

use super::{GlobalLock, Turn};
use crate::backend::{Atomic, AtomicBits, Backend, ConditionVariable, Guard, Lock};
use std::fmt;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// The bit that is set while a thread holds the GIL.
const HELD: usize = 1;

/// The bit that is set while a waiting thread asks the holder to drop the GIL.
const DROP_REQUEST: usize = 2;

/// The last holder while no thread has held the GIL yet; threads are numbered from 1.
const NOBODY: usize = 0;

/// The protocol: CPython's, or CPython's with one mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// CPython's protocol.
    Faithful,
    /// A thread that drops the GIL on request does not wait until another thread has it, and may be the first
    /// to take it again. (CPython without `FORCE_SWITCHING`.)
    NoForcedSwitching,
    /// A thread that drops the GIL first notifies a waiter, and only then marks the GIL as free.
    EarlyNotify,
    /// A thread that wakes does not check again whether the GIL is free: an `if` in place of a `while`.
    IfForWhile,
}

impl Protocol {
    /// The protocols with a mistake.
    pub const BROKEN: [Protocol; 3] = [
        Protocol::NoForcedSwitching,
        Protocol::EarlyNotify,
        Protocol::IfForWhile,
    ];

    /// Returns the protocol's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Faithful => "gil",
            Protocol::NoForcedSwitching => "gil-unforced",
            Protocol::EarlyNotify => "gil-early-notify",
            Protocol::IfForWhile => "gil-if",
        }
    }

    /// Returns the interval that shows the most of the protocol on engines without time-outs: a forced switch
    /// shows only if a thread asks for the GIL, and the other mistakes show without a request.
    pub fn interval(self) -> SwitchInterval {
        match self {
            Protocol::Faithful | Protocol::NoForcedSwitching => SwitchInterval::Over,
            Protocol::EarlyNotify | Protocol::IfForWhile => SwitchInterval::Endless,
        }
    }
}

/// The time after which a thread that waits for the GIL asks its holder to drop it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SwitchInterval {
    /// Never: the thread waits until the holder drops the GIL of its own accord.
    Endless,
    /// At once, as if the interval always ended before a notification. This needs no time-outs.
    Over,
    /// This time, if no other thread has got the GIL in the meantime. This needs
    /// [`Feature::Timeouts`](crate::backend::Feature::Timeouts).
    Lasts(Duration),
}

/// CPython's Global Interpreter Lock.
///
/// Threads have numbers, from 1. A thread may access what the GIL protects between
/// [`take_gil`](Self::take_gil) and [`drop_gil`](Self::drop_gil).
#[derive(Debug)]
pub struct Gil<B: Backend> {
    protocol: Protocol,
    interval: SwitchInterval,
    state: B::AtomicUsize,
    switch_number: B::Mutex<usize>,
    released: B::Condvar,
    last_holder: B::Mutex<usize>,
    switched: B::Condvar,
}

impl<B: Backend> Gil<B> {
    /// Creates a GIL that no thread holds.
    pub fn new(protocol: Protocol, interval: SwitchInterval) -> Self {
        Gil {
            protocol,
            interval,
            state: B::AtomicUsize::new(0).named("state"),
            switch_number: B::Mutex::new(0).named("mutex"),
            released: B::Condvar::new().named("cond"),
            last_holder: B::Mutex::new(NOBODY).named("switch_mutex"),
            switched: B::Condvar::new().named("switch_cond"),
        }
    }

    /// Waits until the GIL is free, and takes it; returns `true` if another thread has held it since.
    pub fn take_gil(&self, me: usize) -> bool {
        B::label("take_gil");
        let mut switch_number = self.switch_number.lock();
        if self.protocol == Protocol::IfForWhile {
            if self.is(HELD) {
                switch_number = self.wait(switch_number);
            }
        } else {
            while self.is(HELD) {
                switch_number = self.wait(switch_number);
            }
        }
        // A thread that drops the GIL reads the last holder under this mutex, and waits for it to change.
        let mut last_holder = self.last_holder.lock();
        self.state.fetch_or(HELD, Relaxed);
        let switched = *last_holder != me;
        if switched {
            *last_holder = me;
            *switch_number += 1;
        }
        self.switched.notify_one();
        drop(last_holder);
        // The thread that asked is this one, or it has to ask again.
        self.state.fetch_and(!DROP_REQUEST, Relaxed);
        drop(switch_number);
        B::label("");
        switched
    }

    /// Drops the GIL; on request, waits until another thread has it. Returns `true` if requested.
    ///
    /// If `for_good`, the thread is at its end and does not wait.
    pub fn drop_gil(&self, me: usize, for_good: bool) -> bool {
        B::label("drop_gil");
        if self.protocol == Protocol::EarlyNotify {
            self.released.notify_one();
        }
        let switch_number = self.switch_number.lock();
        self.state.fetch_and(!HELD, Relaxed);
        if self.protocol != Protocol::EarlyNotify {
            self.released.notify_one();
        }
        drop(switch_number);
        let asked = self.is(DROP_REQUEST);
        if asked && !for_good && self.protocol != Protocol::NoForcedSwitching {
            let mut last_holder = self.last_holder.lock();
            if *last_holder == me {
                self.state.fetch_and(!DROP_REQUEST, Relaxed);
            }
            // CPython looks once. A wait may return for no reason, and its holder could then take the GIL
            // back.
            while *last_holder == me {
                last_holder = self.switched.wait(last_holder);
            }
        }
        B::label("");
        asked
    }

    /// Returns `true` if another thread asks the holder to drop the GIL.
    pub fn is_asked_for(&self) -> bool {
        self.is(DROP_REQUEST)
    }

    /// Waits for the holder to drop the GIL, and asks for it after an interval.
    fn wait<'a>(&self, switch_number: Guard<'a, B, usize>) -> Guard<'a, B, usize> {
        let before = *switch_number;
        match self.interval {
            SwitchInterval::Endless => self.released.wait(switch_number),
            SwitchInterval::Over => {
                self.state.fetch_or(DROP_REQUEST, Relaxed);
                self.released.wait(switch_number)
            }
            SwitchInterval::Lasts(interval) => {
                let pending = HELD | DROP_REQUEST;
                let (switch_number, timed_out) =
                    self.released
                        .wait_timeout_unless(switch_number, interval, &self.state, pending);
                if timed_out && self.is(HELD) && *switch_number == before {
                    self.state.fetch_or(DROP_REQUEST, Relaxed);
                }
                switch_number
            }
        }
    }

    fn is(&self, bit: usize) -> bool {
        self.state.load(Relaxed) & bit != 0
    }
}

/// The right to run bytecode under a [`Gil`].
pub struct GilTurn<'a, B: Backend> {
    gil: &'a Gil<B>,
    thread: usize,
}

impl<B: Backend> fmt::Debug for GilTurn<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GilTurn({})", self.thread)
    }
}

impl<B: Backend> GlobalLock for Gil<B> {
    type Turn<'a> = GilTurn<'a, B>;

    fn take(&self, thread: usize) -> GilTurn<'_, B> {
        self.take_gil(thread);
        GilTurn { gil: self, thread }
    }
}

impl<B: Backend> Turn for GilTurn<'_, B> {
    fn is_asked_for(&self) -> bool {
        self.gil.is_asked_for()
    }

    fn while_waiting<R>(&mut self, wait: impl FnOnce() -> R) -> R {
        self.gil.drop_gil(self.thread, false);
        let result = wait();
        self.gil.take_gil(self.thread);
        result
    }
}

impl<B: Backend> Drop for GilTurn<'_, B> {
    fn drop(&mut self) {
        self.gil.drop_gil(self.thread, true);
    }
}
