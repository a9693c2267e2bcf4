//! An execution, as it is shown to the caller.

use super::ending::Ending;
use super::event::{self, Event, Link};
use super::interleaving::Interleaving;
use super::schedule::Choice;
use super::search::{Communication, Program, Strategy};
use super::trace_hash;

/// One execution of the program under test, with its ending.
///
/// Events and schedule are put together only when they are asked for.
#[derive(Debug)]
pub struct Execution<'a, O> {
    program: &'a Program,
    /// The search that has decided the events.
    search: &'a dyn Strategy,
    ending: Ending<O>,
    number: u64,
}

impl<'a, O> Execution<'a, O> {
    pub(crate) fn new(
        program: &'a Program,
        search: &'a dyn Strategy,
        ending: Ending<O>,
        number: u64,
    ) -> Self {
        Self {
            program,
            search,
            ending,
            number,
        }
    }

    /// Returns the ending of the execution.
    pub fn ending(&self) -> &Ending<O> {
        &self.ending
    }

    /// Returns the number of this execution, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Returns the number of events.
    pub fn len(&self) -> usize {
        self.program.history.events.len()
    }

    /// Returns `true` if there are no events.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the choices that lead to this execution.
    pub fn schedule(&self) -> Vec<Choice> {
        self.program.choices(&self.communication())
    }

    /// Returns the events, in the order of the execution.
    pub fn events(&self) -> impl Iterator<Item = Event> + '_ {
        event::events(self.program, self.communication())
    }

    /// Returns the spawns and joins, in the order of the execution.
    pub fn links(&self) -> impl Iterator<Item = Link> + '_ {
        event::links(self.program)
    }

    /// Takes down the execution: its steps, its threads and its objects.
    pub fn interleaving(&self) -> Interleaving {
        Interleaving::of(self.program, self.communication())
    }

    /// Returns a hash of the trace: equal for executions that differ only in the order of
    /// independent events, in whatever mode they were found.
    pub fn trace_hash(&self) -> u128 {
        trace_hash::trace_hash(self.program, &self.communication())
    }

    fn communication(&self) -> Vec<Communication> {
        self.search.communication(self.program)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::UnwindSafe;

    use super::*;

    #[test]
    fn an_execution_is_plain_data() {
        fn is_plain<T: Send + Sync + UnwindSafe>() {}
        is_plain::<Execution<'_, ()>>();
    }
}
