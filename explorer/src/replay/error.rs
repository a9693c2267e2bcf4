//! The error that a schedule cannot be followed, in words.

use std::fmt;

use crate::MemoryModel;
use crate::ending::StuckThread;
use crate::identity::ThreadId;
use crate::interleaving::PendingOperation;
use crate::limit::Limit;
use crate::place::place;
use crate::schedule::{self, Choice};
use crate::unsupported::Unsupported;

/// The error that a schedule cannot be followed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReplayError {
    /// A step cannot be executed.
    Step {
        /// The number of the step in the schedule, from 1.
        step: usize,
        /// The choice that the schedule asks for there.
        wanted: Choice,
        /// The reason why it cannot be executed.
        why: Misfit,
        /// The steps that could be executed there instead, in the order of the threads' names.
        could_run: Vec<PendingStep>,
    },
    /// The schedule has more steps than an execution may have events.
    TooLong {
        /// The number of steps of the schedule.
        steps: usize,
        /// The number of events that an execution may have.
        limit: usize,
    },
    /// The program has run into a limit of the explorer itself.
    Limit(Limit),
    /// The program has come to an operation that cannot be explored under the memory model.
    Unsupported(Unsupported),
}

/// A reason why a step cannot be executed.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Misfit {
    /// The thread does not exist, or has not been spawned yet.
    NotSpawned,
    /// The thread has ended.
    Ended,
    /// The thread waits.
    Waits(Box<StuckThread>),
    /// The thread's operation has only so many alternatives.
    Alternatives(u8),
    /// All threads have ended: the schedule is too long.
    AllEnded,
    /// The step is not to see something that came before it, but the execution is sequentially consistent.
    Sequential,
    /// So many changes of the object came before the step: more it cannot miss.
    Unseen(u16),
    /// The operation neither reads nor changes an atomic, nor another object whose changes have an order of their own.
    SeesNothing,
    /// The memory model does not allow it: the step must see a change that it is not to see.
    Inconsistent(MemoryModel),
}

/// A step that a thread could execute next.
#[derive(Clone, Debug)]
pub struct PendingStep {
    /// The thread that could execute it.
    pub thread: ThreadId,
    /// Its operation.
    pub pending: PendingOperation,
}

impl fmt::Display for PendingStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { thread, pending } = self;
        write!(f, "thread {thread} ({}", pending.operation.row().told)?;
        if let (Some((kind, _)), Some(called)) = (pending.object, pending.called) {
            called.write_with(kind, f)?;
        }
        if pending.alternatives > 1 {
            write!(f, ", {} alternatives", pending.alternatives)?;
        }
        let (file, line) = (pending.location.file(), pending.location.line());
        write!(f, ", {})", place(pending.label, format_args!("{file}:{line}")))
    }
}

fn name(model: MemoryModel) -> &'static str {
    match model {
        MemoryModel::SequentiallyConsistent => "sequential consistency",
        MemoryModel::ReleaseAcquire => "the memory model of release and acquire",
        MemoryModel::Rc11 => "RC11",
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSpawned => f.write_str("no such thread has been spawned yet"),
            Self::Ended => f.write_str("this thread has ended"),
            Self::Waits(waiting) => waiting.fmt(f),
            Self::Alternatives(1) => f.write_str("its operation has no other alternative than 0"),
            Self::Alternatives(alternatives) => {
                write!(
                    f,
                    "its operation has only the alternatives 0 to {}",
                    alternatives - 1
                )
            }
            Self::AllEnded => f.write_str("all threads have ended"),
            Self::Sequential => f.write_str(
                "under sequential consistency each step sees all that came before it; `~` needs a weak memory model",
            ),
            Self::Unseen(0) => f.write_str("nothing has changed its object before, so there is nothing that it might not see"),
            Self::Unseen(1) => f.write_str("only 1 change of its object came before it that it might not see"),
            Self::Unseen(most) => {
                write!(f, "only {most} changes of its object came before it that it might not see")
            }
            Self::SeesNothing => {
                f.write_str("its operation is no access to an atomic, so there is nothing that it might not see")
            }
            Self::Inconsistent(model) => write!(
                f,
                "{} does not allow it: the step must see more of what came before it",
                name(*model)
            ),
        }
    }
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step {
                step,
                wanted,
                why,
                could_run,
            } => {
                let wanted = schedule::token(wanted);
                write!(
                    f,
                    "step {step} of the schedule, `{wanted}`, cannot be executed: {why}"
                )?;
                if *why == Misfit::AllEnded {
                    return Ok(());
                }
                let mut separator = "; what can be: ";
                for step in could_run {
                    write!(f, "{separator}{step}")?;
                    separator = ", ";
                }
                match could_run.is_empty() {
                    true => f.write_str("; no thread can go on"),
                    false => Ok(()),
                }
            }
            Self::TooLong { steps, limit } => write!(
                f,
                "the schedule has {steps} steps, but an execution may have no more than {limit}"
            ),
            Self::Limit(limit) => limit.fmt(f),
            Self::Unsupported(unsupported) => unsupported.fmt(f),
        }
    }
}

impl std::error::Error for ReplayError {}
