//! What must be gone when an execution ends.

use std::cell::RefCell;
use std::panic::Location;

use selvedge_explorer::{Fault, ThreadId, thread};

use crate::execution::Execution;

/// The things of the current execution that must be gone when it ends, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Leaks {
    things: RefCell<Vec<Option<Thing>>>,
}

#[derive(Debug)]
struct Thing {
    what: &'static str,
    thread: ThreadId,
    made_at: &'static Location<'static>,
}

/// The entry of a thing that must be gone when its execution ends; gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Tracked {
    execution: u64,
    number: usize,
}

impl Tracked {
    /// Enters a thing of the current execution; `None` outside executions, where nothing is asked of it.
    pub(crate) fn new(what: &'static str, made_at: &'static Location<'static>) -> Option<Self> {
        let execution = Execution::current()?;
        let thing = Thing {
            what,
            thread: thread::current().id(),
            made_at,
        };
        let mut things = execution.leaks.things.borrow_mut();
        things.push(Some(thing));
        Some(Self {
            execution: execution.number,
            number: things.len() - 1,
        })
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        if let Some(execution) = Execution::current()
            && execution.number == self.execution
        {
            execution.leaks.things.borrow_mut()[self.number] = None;
        }
    }
}

impl Leaks {
    /// Returns the first leak of an execution that has ended.
    pub(crate) fn fault(&self) -> Option<Fault> {
        let things = self.things.borrow();
        let leaked = || things.iter().flatten();
        let first = leaked().next()?;
        let others = match leaked().count() {
            1 => String::new(),
            count => format!(", and {} more", count - 1),
        };
        Some(Fault {
            thread: first.thread,
            message: format!("leaked: {} made at {}{others}", first.what, first.made_at),
            location: first.made_at,
        })
    }
}
