//! Programs for weak memory, as data.

use std::sync::atomic::Ordering::{self, SeqCst};

/// A program: the instructions of its threads, and how many objects they share.
///
/// Thread 0 is the main thread. The others start when they are spawned, at most once each. All locations, cells
/// and registers hold 0 at first, and all mutexes are free. A thread unlocks only what it has locked.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Program {
    /// The number of atomics.
    pub locations: usize,
    /// The number of objects in plain memory.
    pub cells: usize,
    /// The number of mutexes.
    pub mutexes: usize,
    /// The instructions of each thread.
    pub threads: Vec<Vec<Instruction>>,
}

/// A value that a thread computes from its registers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Expression {
    /// This value.
    Constant(u64),
    /// The value in this register.
    Register(usize),
    /// The sum of the value in this register and a number, wrapping around.
    Plus(usize, u64),
}

/// The new value that a read-modify-write computes from the old one and its operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Update {
    /// The operand.
    Swap,
    /// The sum, wrapping around.
    Add,
    /// The bits of both.
    Or,
}

/// What is demanded of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Condition {
    /// It is this one.
    Is(u64),
    /// It is any other than this one.
    IsNot(u64),
}

/// One instruction of a thread. Registers belong to the thread; all else is shared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Instruction {
    /// Loads an atomic.
    Load {
        /// Gets the value seen.
        register: usize,
        /// The atomic.
        location: usize,
        /// The ordering of the load.
        ordering: Ordering,
    },
    /// Stores to an atomic.
    Store {
        /// The atomic.
        location: usize,
        /// The value stored.
        value: Expression,
        /// The ordering of the store.
        ordering: Ordering,
    },
    /// Reads, changes and writes an atomic in one step.
    Update {
        /// Gets the value before.
        register: usize,
        /// The atomic.
        location: usize,
        /// The kind of change.
        update: Update,
        /// The other value of the change.
        operand: Expression,
        /// The ordering of both halves.
        ordering: Ordering,
    },
    /// Replaces the expected value in an atomic; else only reads it.
    CompareExchange {
        /// Gets the value seen.
        register: usize,
        /// The atomic.
        location: usize,
        /// The value that is replaced.
        expected: Expression,
        /// The value that replaces it.
        new: Expression,
        /// The ordering if the expected value was seen.
        success: Ordering,
        /// The ordering of the read if another value was seen.
        failure: Ordering,
    },
    /// A fence.
    Fence(Ordering),
    /// Polls an atomic until the condition holds: a loop that only loads.
    Await {
        /// Gets the value seen last.
        register: usize,
        /// The atomic.
        location: usize,
        /// The condition that ends the loop.
        until: Condition,
        /// The ordering of the loads.
        ordering: Ordering,
    },
    /// Locks a mutex.
    Lock(usize),
    /// Unlocks a mutex.
    Unlock(usize),
    /// Reads plain memory; the register gets 0, whatever is read, so that plain values decide nothing.
    Read {
        /// Gets 0.
        register: usize,
        /// The object in plain memory.
        cell: usize,
    },
    /// Writes plain memory.
    Write {
        /// The object in plain memory.
        cell: usize,
        /// The value written.
        value: Expression,
    },
    /// Chooses one of several alternatives.
    Choose {
        /// Gets the number of the alternative, from 0.
        register: usize,
        /// The number of alternatives.
        alternatives: u8,
    },
    /// Starts a thread.
    Spawn(usize),
    /// Waits for the end of a thread.
    Join(usize),
    /// Goes on if the condition holds for a register; else skips some of the instructions that follow.
    If {
        /// The register.
        register: usize,
        /// The condition for its value.
        condition: Condition,
        /// The number of instructions that are skipped if it does not hold.
        skip: usize,
    },
}

impl Program {
    /// Returns the program with `SeqCst` in place of every ordering.
    pub fn sequentially_consistent(&self) -> Self {
        let mut program = self.clone();
        for instruction in program.threads.iter_mut().flatten() {
            *instruction = instruction.sequentially_consistent();
        }
        program
    }

    /// Returns the number of registers that a thread uses.
    pub fn registers(&self, thread: usize) -> usize {
        let used = self.threads[thread]
            .iter()
            .flat_map(|instruction| instruction.registers());
        used.max().map_or(0, |highest| highest + 1)
    }
}

impl Instruction {
    /// Returns the instruction with `SeqCst` in place of every ordering.
    fn sequentially_consistent(mut self) -> Self {
        match &mut self {
            Self::Load { ordering, .. }
            | Self::Store { ordering, .. }
            | Self::Update { ordering, .. }
            | Self::Await { ordering, .. }
            | Self::Fence(ordering) => *ordering = SeqCst,
            Self::CompareExchange { success, failure, .. } => (*success, *failure) = (SeqCst, SeqCst),
            _ => {}
        }
        self
    }
}

impl Expression {
    /// Returns the value, with these registers.
    pub fn value(self, registers: &[u64]) -> u64 {
        match self {
            Self::Constant(value) => value,
            Self::Register(register) => registers[register],
            Self::Plus(register, number) => registers[register].wrapping_add(number),
        }
    }

    fn register(self) -> Option<usize> {
        match self {
            Self::Constant(_) => None,
            Self::Register(register) | Self::Plus(register, _) => Some(register),
        }
    }
}

impl Update {
    /// Returns the new value.
    pub fn apply(self, old: u64, operand: u64) -> u64 {
        match self {
            Self::Swap => operand,
            Self::Add => old.wrapping_add(operand),
            Self::Or => old | operand,
        }
    }
}

impl Condition {
    /// Returns `true` if the condition holds for a value.
    pub fn holds(self, value: u64) -> bool {
        match self {
            Self::Is(wanted) => value == wanted,
            Self::IsNot(unwanted) => value != unwanted,
        }
    }
}

impl Instruction {
    /// Returns the register that gets what the instruction sees or chooses.
    pub fn target(&self) -> Option<usize> {
        match self {
            Self::Load { register, .. }
            | Self::Update { register, .. }
            | Self::CompareExchange { register, .. }
            | Self::Await { register, .. }
            | Self::Read { register, .. }
            | Self::Choose { register, .. } => Some(*register),
            _ => None,
        }
    }

    /// Returns all registers that the instruction names.
    fn registers(&self) -> impl Iterator<Item = usize> + use<> {
        let used = match *self {
            Self::Store { value, .. } | Self::Write { value, .. } => [value.register(), None],
            Self::Update { operand, .. } => [operand.register(), None],
            Self::CompareExchange { expected, new, .. } => [expected.register(), new.register()],
            Self::If { register, .. } => [Some(register), None],
            _ => [None, None],
        };
        used.into_iter().flatten().chain(self.target())
    }
}
