//! Handles of objects and threads, which hold only within one execution.

use std::panic::Location;
use std::sync::Arc;

use super::repetition::leave_turn;
use super::{Runtime, with};
use crate::identity::{ObjectIndex, ObjectKind, ThreadId, ThreadIndex};
use crate::object::ObjectState;

/// The mistake of using an object that does not belong to the calling code's execution.
pub(super) const FOREIGN: &str = "the object belongs to another execution";

/// An object of the current execution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handle {
    /// The execution that it belongs to.
    pub(super) serial: u64,
    pub(super) index: ObjectIndex,
    /// `true` if the values that go through it are recorded, or exchanged with a search over states.
    records: bool,
}

impl Handle {
    /// Creates an object.
    pub(crate) fn new(kind: ObjectKind, initial: ObjectState, location: &'static Location<'static>) -> Self {
        leave_turn();
        with("an object was created", |runtime| Self {
            serial: runtime.serial,
            index: runtime
                .program
                .create_object(runtime.current, kind, initial, location),
            records: runtime.record_values || runtime.program.exchange.is_on,
        })
    }

    /// Gives the object a name, for drawings.
    ///
    /// # Panics
    ///
    /// If the object belongs to another execution.
    pub(crate) fn set_name(self, name: &'static str) {
        let known = with("an object was named", |runtime| {
            let known = self.serial == runtime.serial;
            if known {
                runtime.program.history.objects[usize::from(self.index)].name = Some(name);
            }
            known
        });
        assert!(known, "{FOREIGN}");
    }

    /// Returns `true` if the values that go through the object are recorded, or exchanged with a search over
    /// states.
    #[inline]
    pub(crate) fn records(self) -> bool {
        self.records
    }

    /// Returns the handle of a thread's park token.
    pub(crate) fn token(thread: ThreadHandle, location: &'static Location<'static>) -> Self {
        let token = with("a thread was unparked", |runtime| {
            let index = runtime.program.token(thread.index_in(runtime)?, location);
            Some(Self {
                serial: runtime.serial,
                index,
                records: false,
            })
        });
        token.unwrap_or_else(|| panic!("the thread belongs to another execution"))
    }
}

/// A thread of the current execution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ThreadHandle {
    serial: u64,
    index: ThreadIndex,
}

impl ThreadHandle {
    /// Returns the calling thread.
    pub(crate) fn current() -> Self {
        with("the current thread was asked for", |runtime| {
            runtime.program.exchange.asks_for_thread = true;
            Self::new(runtime, runtime.current)
        })
    }

    /// Returns the handle of a thread of the runtime's execution.
    pub(super) fn new(runtime: &Runtime, index: ThreadIndex) -> Self {
        Self {
            serial: runtime.serial,
            index,
        }
    }

    /// Returns the index of the thread, if it belongs to the runtime's execution.
    pub(super) fn index_in(self, runtime: &Runtime) -> Option<ThreadIndex> {
        (self.serial == runtime.serial).then_some(self.index)
    }

    /// Sets the name that the program gives a thread that has just been spawned.
    pub(crate) fn set_name(self, name: Arc<str>) {
        with("a thread was named", |runtime| {
            let index = self.index_in(runtime).expect("the thread has just been spawned");
            runtime.workers[usize::from(index)].name = Some(name);
        });
    }

    /// Returns the name that the program gave the calling thread, if any.
    pub(crate) fn current_name() -> Option<Arc<str>> {
        with("the current thread was asked for", |runtime| {
            runtime.program.exchange.asks_for_thread = true;
            runtime.workers[usize::from(runtime.current)].name.clone()
        })
    }

    /// Returns `true` if this is the main thread.
    pub(crate) fn is_main(self) -> bool {
        self.index == 0
    }

    /// Returns the name of the thread.
    pub(crate) fn id(self) -> ThreadId {
        with("the name of a thread was asked for", |runtime| {
            runtime.program.registry.thread_id(self.index)
        })
    }
}
