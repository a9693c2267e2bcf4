//! Nondeterminism: the error that the program under test does not repeat itself.

use std::fmt;
use std::panic::Location;

use super::identity::{NO_OBJECT, ObjectId, ObjectIndex, ObjectKind, Registry, ThreadId, ThreadIndex};
use super::operation::{Operation, OperationKind};

/// A thread's behaviour at a step, now or in an earlier execution.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said {
    Announced(Operation),
    Touched(ObjectIndex),
    Created {
        kind: ObjectKind,
        location: &'static Location<'static>,
    },
    NotSpawned,
    Waiting,
    Ended,
}

/// A step at which an execution did not repeat what an earlier one had done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mismatch {
    pub(crate) step: usize,
    pub(crate) thread: ThreadIndex,
    pub(crate) now: Said,
    pub(crate) before: Said,
}

/// A thread's behaviour at a step.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Observation {
    /// It announced an operation.
    Announced {
        /// The operation that it announced.
        operation: OperationKind,
        /// The object, if it has one.
        object: Option<ObjectId>,
        /// Its place in the source.
        location: &'static Location<'static>,
    },
    /// It was about to operate on this object, or on none.
    Touched(Option<ObjectId>),
    /// It created an object.
    Created {
        /// The kind of the object.
        kind: ObjectKind,
        /// The place where it was created.
        location: &'static Location<'static>,
    },
    /// It had not been spawned.
    NotSpawned,
    /// It was waiting.
    Waiting,
    /// It had ended.
    Ended,
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Announced {
                operation,
                object: Some(object),
                location,
            } => {
                write!(f, "announced {operation:?} on object {object} at {location}")
            }
            Self::Announced {
                operation,
                object: None,
                location,
            } => {
                write!(f, "announced {operation:?} at {location}")
            }
            Self::Touched(Some(object)) => write!(f, "announced an operation on object {object}"),
            Self::Touched(None) => f.write_str("announced an operation on no object"),
            Self::Created { kind, location } => {
                write!(
                    f,
                    "created this object ({kind}, this initial value) at {location}"
                )
            }
            Self::NotSpawned => f.write_str("has not been spawned"),
            Self::Waiting => f.write_str("waits"),
            Self::Ended => f.write_str("has ended"),
        }
    }
}

/// The error that the program under test depends on something that the explorer does not control.
///
/// An exploration executes the program again and again, and relies on a thread doing the same
/// after the same history: no clocks, no random numbers, no state kept between executions, no
/// primitives but the explorer's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NondeterminismError {
    /// The number of events that had been repeated.
    pub step: usize,
    /// The thread that did not repeat itself.
    pub thread: ThreadId,
    /// Its behaviour this time.
    pub now: Box<Observation>,
    /// Its behaviour in an earlier execution, after the same events.
    pub before: Box<Observation>,
}

impl NondeterminismError {
    pub(crate) fn new(mismatch: &Mismatch, registry: &Registry) -> Self {
        let object = |index| (index != NO_OBJECT).then(|| registry.object_id(index));
        let observation = |said| match said {
            Said::Announced(operation) => Observation::Announced {
                operation: operation.kind,
                object: object(operation.objects[0]),
                location: operation.location,
            },
            Said::Touched(index) => Observation::Touched(object(index)),
            Said::Created { kind, location } => Observation::Created { kind, location },
            Said::NotSpawned => Observation::NotSpawned,
            Said::Waiting => Observation::Waiting,
            Said::Ended => Observation::Ended,
        };
        Self {
            step: mismatch.step,
            thread: registry.thread_id(mismatch.thread),
            now: Box::new(observation(mismatch.now)),
            before: Box::new(observation(mismatch.before)),
        }
    }
}

impl fmt::Display for NondeterminismError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            step,
            thread,
            now,
            before,
        } = self;
        write!(
            f,
            "the program does not repeat itself: at step {step}, thread {thread} now {now}; \
             in an earlier execution, after the same steps, it {before}"
        )
    }
}

impl std::error::Error for NondeterminismError {}
