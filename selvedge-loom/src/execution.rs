//! What this crate keeps for one execution, and what the executions of one check share.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use selvedge_explorer::{Fault, LocalState, local_state, thread};

use crate::alloc::Memory;
use crate::lazy_static::{Known, Lazies};
use crate::leaks::Leaks;
use crate::sync::Arcs;
use crate::thread::Locals;

/// The extent to which the counts of [`Arc`](crate::sync::Arc)s are events.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) enum Counts {
    /// Where the last drop runs a destructor, each drop is.
    #[default]
    Destructors,
    /// Each drop is: the program asks whether an `Arc` is the only one.
    Drops,
    /// Each drop and each clone is: the program asks for a count.
    All,
}

/// What the executions of one check share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// The extent to which counts are events.
    pub(crate) counts: Cell<Counts>,
    /// The lazy statics that executions have come to: each execution makes a place for each of them when it begins.
    pub(crate) lazies: RefCell<Vec<Known>>,
    /// `true` if the check is to begin again, as something has become known that concerns every execution.
    pub(crate) begins_again: Cell<bool>,
    /// `true` if the current execution has been abandoned by `skip_branch`.
    pub(crate) skipped: Cell<bool>,
    /// The number of threads that wait in time, in the alternative in which the time is never up.
    pub(crate) waiting_in_time: Cell<usize>,
    /// Ends the exploration.
    pub(crate) stop: Arc<AtomicBool>,
}

impl Shared {
    /// Prepares an exploration.
    pub(crate) fn begin(&self) {
        self.begins_again.set(false);
        self.skipped.set(false);
        self.stop.store(false, Ordering::Relaxed);
    }

    /// Ends the exploration, so that it begins again with what is known by now.
    pub(crate) fn begin_again(&self) -> ! {
        self.begins_again.set(true);
        self.stop.store(true, Ordering::Relaxed);
        thread::halt()
    }
}

/// What this crate keeps for one execution.
#[derive(Debug)]
pub(crate) struct Execution {
    /// Unlike that of any other execution in the process.
    pub(crate) number: u64,
    shared: OnceCell<Rc<Shared>>,
    pub(crate) locals: Locals,
    pub(crate) lazies: Lazies,
    pub(crate) arcs: Arcs,
    pub(crate) leaks: Leaks,
    pub(crate) memory: Memory,
    /// The threads that have been spawned, for whoever has to wait for all.
    pub(crate) threads: RefCell<Vec<thread::Thread>>,
}

impl Default for Execution {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            shared: OnceCell::new(),
            locals: Locals::default(),
            lazies: Lazies::default(),
            arcs: Arcs::default(),
            leaks: Leaks::default(),
            memory: Memory::default(),
            threads: RefCell::default(),
        }
    }
}

impl LocalState for Execution {
    fn fault(&self) -> Option<Fault> {
        let is_over = self.shared.get().is_some_and(|shared| shared.skipped.get());
        self.leaks.fault().filter(|_| !is_over)
    }
}

impl Execution {
    /// Returns the current execution; `None` outside executions.
    pub(crate) fn current() -> Option<Rc<Self>> {
        local_state()
    }

    /// Returns the current execution.
    ///
    /// # Panics
    ///
    /// Outside executions.
    #[track_caller]
    pub(crate) fn must_be_current() -> Rc<Self> {
        Self::current().expect("this works only in a loom model")
    }

    /// Returns what the execution shares with the others of its check.
    pub(crate) fn shared(&self) -> &Shared {
        self.shared.get_or_init(Rc::default)
    }

    /// Waits in time, or for the time to be up: both are explored. Returns `None` if it is up.
    ///
    /// An execution in which the wait has not ended is none: there is another, in which the time is up.
    #[track_caller]
    pub(crate) fn wait_in_time<T>(wait: impl FnOnce() -> T) -> Option<T> {
        if selvedge_explorer::choose(2) == 1 {
            return None;
        }
        let execution = Self::must_be_current();
        let waiting = &execution.shared().waiting_in_time;
        waiting.set(waiting.get() + 1);
        let result = wait();
        waiting.set(waiting.get() - 1);
        Some(result)
    }

    /// Runs the body of a model as the main thread of an execution.
    pub(crate) fn run(shared: &Rc<Shared>, body: impl FnOnce()) {
        shared.skipped.set(false);
        shared.waiting_in_time.set(0);
        let execution = Self::must_be_current();
        // Nothing has asked for it before: this is the first thing that an execution does.
        let _ = execution.shared.set(Rc::clone(shared));
        execution.lazies.begin(shared);
        crate::thread::with_locals(|| {
            body();
            execution.lazies.end(&execution);
        });
    }
}
