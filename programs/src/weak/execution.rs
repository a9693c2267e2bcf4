//! Executions in a canonical form: equal if and only if they are the same execution graph.

use crate::weak::Program;
use std::collections::BTreeSet;

/// An execution graph of a program, to its end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Execution {
    /// The events of each thread, in its order; none of a thread that was not spawned.
    pub threads: Vec<Vec<Event>>,
    /// For each location the writes in their order, without the initial one.
    pub coherence: Vec<Vec<Place>>,
    /// For each mutex the acquisitions in their order.
    pub sections: Vec<Vec<Place>>,
    /// Whether all threads have ended.
    pub ending: Ending,
    /// The data races: pairs of conflicting accesses of plain memory that nothing orders, the smaller first.
    pub races: BTreeSet<(Place, Place)>,
}

/// An event, by its place in an [`Execution`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The thread.
    pub thread: usize,
    /// The index among the events of this thread.
    pub event: usize,
}

/// One execution of an instruction other than `If`.
///
/// A lock that is not acquired, a join and an await that never end leave no event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Event {
    /// The index of the instruction in its thread.
    pub instruction: usize,
    /// The value that is read from an atomic, and the write that it comes from; `None` is the initial one.
    pub read: Option<(u64, Option<Place>)>,
    /// The value that is written to an atomic.
    pub wrote: Option<u64>,
    /// The alternative that is chosen; 0 where there is no choice.
    pub chosen: u8,
}

/// The end of an execution.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ending {
    /// All threads that were spawned have ended.
    Complete,
    /// A thread can never go on: its mutex is never unlocked, its other thread never ends, or what it polls
    /// never has the value that it waits for.
    Deadlock,
}

impl Execution {
    /// Returns the registers of a thread after its last event.
    pub fn registers(&self, program: &Program, thread: usize) -> Vec<u64> {
        let mut registers = vec![0; program.registers(thread)];
        for event in &self.threads[thread] {
            let instruction = &program.threads[thread][event.instruction];
            if let Some(register) = instruction.target() {
                registers[register] = event.read.map_or(event.chosen.into(), |(value, _)| value);
            }
        }
        registers
    }
}
