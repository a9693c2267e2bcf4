//! Programs whose states cannot be explored exactly: they are refused, each for a reason with a name.

use std::error::Error;
use std::fmt;
use std::panic::Location;

use crate::naming::ObjectName;
use crate::nondeterminism::NondeterminismError;

/// The reason for which a program is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Refused {
    /// A step does not do the same after the same results.
    Nondeterminism(NondeterminismError),
    /// A lock or a cell holds a value that cannot be part of a state.
    Value {
        /// The object that holds it.
        object: ObjectName,
        /// The name of its type.
        type_name: &'static str,
        /// The place where the object was created.
        location: &'static Location<'static>,
    },
    /// The code that makes the shared state has direct access to the value behind a lock.
    Borrowed {
        /// The lock.
        object: ObjectName,
        /// The place where it was created.
        location: &'static Location<'static>,
    },
    /// A lock is held where a step begins.
    HeldLock {
        /// The lock.
        object: ObjectName,
        /// The place where it was created.
        location: &'static Location<'static>,
    },
    /// There is plain memory beside operations that order memory accesses less than they let threads see.
    PlainMemory {
        /// The operation.
        operation: &'static str,
        /// Its place in the source.
        location: &'static Location<'static>,
    },
    /// A step parks, or unparks a thread.
    Parking(&'static Location<'static>),
    /// A step, the final read or the code that makes the shared state spawns a thread.
    Spawning(&'static Location<'static>),
    /// A step asks which thread it runs on.
    OwnThread,
    /// An operation is on a shared object and one of the step's own.
    Mixed(&'static Location<'static>),
    /// The code that makes the shared state has a choice.
    ChoiceInTheMaking(&'static Location<'static>),
    /// A step starts over without having executed an operation.
    EmptyAgain,
    /// The program has no threads, or more than can be explored.
    Threads(usize),
    /// A state has more than 252 bits.
    Large {
        /// The number of bits that a state needs.
        bits: u32,
    },
    /// A count has more bits than can be counted with.
    Count,
    /// The shared state panics, or executes an operation, when it is dropped.
    Drop(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nondeterminism(error) => error.fmt(f),
            Self::Value {
                object,
                type_name,
                location,
            } => write!(
                f,
                "{object}, created at {location}, holds a {type_name}, which cannot be part of a state: use an \
                 integer of at most 64 bits, a flag, a char or ()"
            ),
            Self::Borrowed { object, location } => write!(
                f,
                "the value of {object}, created at {location}, has been borrowed by get_mut before the threads \
                 begin, so it is not known: create it with the value that it is to have"
            ),
            Self::HeldLock { object, location } => write!(
                f,
                "{object}, created at {location}, is still held where a step ends or before the first begins: \
                 a step carries nothing over, so drop the guard within it"
            ),
            Self::PlainMemory { operation, location } => write!(
                f,
                "the shared state has plain memory, and at {location} there is an operation ({operation}) that \
                 lets threads see more than it orders: a data race could be missed. Use locks and SeqCst \
                 atomics alone, or explore the executions"
            ),
            Self::Parking(location) => write!(
                f,
                "a step parks or unparks at {location}: a thread's token is no part of a state. Use a condition \
                 variable"
            ),
            Self::Spawning(location) => write!(
                f,
                "a thread is spawned at {location}: all threads of a repeated program are given to it beforehand"
            ),
            Self::OwnThread => f.write_str(
                "a step asks which thread it runs on: threads with the same step must do the same. Give each \
                 thread a step of its own",
            ),
            Self::Mixed(location) => write!(
                f,
                "the operation at {location} is on a shared object and on one that the step has created: \
                 create both with the shared state"
            ),
            Self::ChoiceInTheMaking(location) => write!(
                f,
                "the shared state is made by an operation at {location} that has several results or waits: it \
                 must be made in one way"
            ),
            Self::EmptyAgain => f.write_str(
                "a step starts over without having executed an operation on the shared state: it would do so \
                 for ever",
            ),
            Self::Threads(threads) => write!(
                f,
                "the program has {threads} threads: between 1 and {} can be explored",
                crate::MAX_THREADS - 1
            ),
            Self::Large { bits } => write!(
                f,
                "a state has {bits} bits, and at most 252 fit: use fewer objects or threads"
            ),
            Self::Count => f.write_str(
                "there are more than 2^960 interleavings or traces: compute the odds, or do not count",
            ),
            Self::Drop(message) => write!(
                f,
                "the shared state cannot be dropped once its threads are gone: {message}"
            ),
        }
    }
}

impl Error for Refused {}
