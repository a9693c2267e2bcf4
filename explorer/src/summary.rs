//! The summary of an exploration.

use std::fmt;
use std::time::Duration;

use super::ending::Ending;
use super::limit::Limit;
use super::search::Stop;
use super::unsupported::Unsupported;

/// A reason for which an exploration ended before everything was explored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cut {
    /// The limit of executions.
    Executions,
    /// The limit of time.
    Time,
    /// The interrupt flag.
    Interrupted,
    /// The first failure, after which it was to stop.
    FirstFailure,
    /// An operation that cannot be explored under the memory model. The execution that came to it is not counted.
    Unsupported(Unsupported),
    /// The program has run into a limit of the explorer itself. The execution that did is not counted.
    Limit(Limit),
}

/// The bounds of an exploration: each is `true` only if something was left out because of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Bounds {
    /// Interleavings with more preemptions than allowed.
    pub preemptions: bool,
    /// The events after the limit of events in an execution.
    pub steps: bool,
    /// More timeouts of a thread than allowed.
    pub timeouts: bool,
    /// Further turns of loops that poll, which others may have noticed, or which would have ended by themselves.
    pub repetition: bool,
    /// More returns from waits and parks for no reason than allowed to a thread; with a limit of 0, any.
    pub spurious_wakeups: bool,
    /// More failures of weak exchanges for no reason than allowed to a thread; with a limit of 0, any.
    pub weak_failures: bool,
    /// Readers kept out by a writer that waits for other readers, as preference is off.
    pub writer_preference: bool,
}

impl Bounds {
    /// Adds those of another part of the same exploration.
    fn add(&mut self, other: Self) {
        self.preemptions |= other.preemptions;
        self.steps |= other.steps;
        self.timeouts |= other.timeouts;
        self.repetition |= other.repetition;
        self.spurious_wakeups |= other.spurious_wakeups;
        self.weak_failures |= other.weak_failures;
        self.writer_preference |= other.writer_preference;
    }
}

/// The extent to which an exploration covered the space of interleavings.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Completeness {
    /// All of it.
    Exhaustive,
    /// All of it, within these bounds.
    Bounded(Bounds),
    /// Part of it.
    CutShort(Cut),
}

impl fmt::Display for Completeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exhaustive => f.write_str("exhaustive"),
            Self::Bounded(Bounds {
                preemptions,
                steps,
                timeouts,
                repetition,
                spurious_wakeups,
                weak_failures,
                writer_preference,
            }) => {
                let by = [
                    (preemptions, "preemptions"),
                    (steps, "steps"),
                    (timeouts, "timeouts"),
                    (repetition, "repetition"),
                    (spurious_wakeups, "spurious wakeups"),
                    (weak_failures, "failures of weak exchanges"),
                    (writer_preference, "no preference for writers"),
                ];
                let by: Vec<&str> = by
                    .iter()
                    .filter(|(yes, _)| **yes)
                    .map(|(_, name)| *name)
                    .collect();
                write!(f, "bounded by {}", by.join(", "))
            }
            Self::CutShort(Cut::Executions) => f.write_str("cut short by the limit of executions"),
            Self::CutShort(Cut::Time) => f.write_str("cut short by the limit of time"),
            Self::CutShort(Cut::Interrupted) => f.write_str("interrupted"),
            Self::CutShort(Cut::FirstFailure) => f.write_str("stopped at the first failure"),
            Self::CutShort(Cut::Unsupported(unsupported)) => write!(f, "cut short: {unsupported}"),
            Self::CutShort(Cut::Limit(limit)) => write!(f, "cut short by a limit of the explorer: {limit}"),
        }
    }
}

/// The figures of an exploration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// The number of executions that came to an ending: in all modes but enumeration, one for each trace.
    pub executions: u64,
    /// The number of executions that were given up because all enabled threads slept: 0 in optimal mode.
    pub blocked: u64,
    /// The number of executions that came to no ending of their own, since a thread stopped that repeated itself
    /// and could have gone on after a change: other executions go on in its place.
    pub redundant: u64,
    /// The number of executions that failed: deadlocks, panics and data races.
    pub failures: u64,
    /// The number of events of all executions together.
    pub events: u64,
    /// `true` if two atomic accesses have raced although one is weaker than `SeqCst`: then weak memory may make a
    /// difference. Only if [asked for](super::Explorer::look_for_weak_races).
    pub weak_races: bool,
    /// The extent to which the space was explored.
    pub completeness: Completeness,
    /// The time that the exploration took.
    pub elapsed: Duration,
    pub(crate) bounds: Bounds,
    /// `true` if a thread has been told about a lock or a wait without being ordered; known only while it is looked for.
    pub(crate) asks: bool,
}

impl Summary {
    pub(crate) fn new() -> Self {
        Self {
            executions: 0,
            blocked: 0,
            redundant: 0,
            failures: 0,
            events: 0,
            weak_races: false,
            completeness: Completeness::Exhaustive,
            elapsed: Duration::ZERO,
            bounds: Bounds::default(),
            asks: false,
        }
    }

    /// Returns `true` if the exploration has ended at an operation that it could explore with
    /// [lock words](super::Explorer::lock_words).
    pub fn needs_lock_words(&self) -> bool {
        match self.completeness {
            Completeness::CutShort(Cut::Unsupported(unsupported)) => unsupported.needs_lock_words(),
            _ => false,
        }
    }

    pub(crate) fn count<O>(&mut self, ending: &Ending<O>, stop: Stop) {
        self.executions += 1;
        self.failures += u64::from(ending.is_failure());
        self.bounds.steps |= stop == Stop::StepLimit;
    }

    /// Adds the figures of another part of the same exploration, which comes after this one.
    pub(crate) fn add(&mut self, other: &Self) {
        self.executions += other.executions;
        self.blocked += other.blocked;
        self.redundant += other.redundant;
        self.failures += other.failures;
        self.events += other.events;
        self.weak_races |= other.weak_races;
        self.bounds.add(other.bounds);
        if let (Completeness::Exhaustive, Completeness::CutShort(cut)) =
            (self.completeness, other.completeness)
        {
            self.completeness = Completeness::CutShort(cut);
        }
    }

    pub(crate) fn finish(&mut self, elapsed: Duration) {
        self.elapsed = elapsed;
        if self.completeness == Completeness::Exhaustive && self.bounds != Bounds::default() {
            self.completeness = Completeness::Bounded(self.bounds);
        }
    }
}
