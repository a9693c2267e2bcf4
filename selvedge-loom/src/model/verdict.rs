//! What a check has shown.

use std::fmt;

use selvedge_explorer::{Bounds, Completeness, MemoryModel, Summary};

use super::name_of;

/// What an exploration that has not failed has shown.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) model: MemoryModel,
    pub(super) summary: Summary,
}

/// What is known about C11, where the exploration was one under sequential consistency.
#[derive(Debug)]
pub(super) enum Weak {
    /// The memory model was asked for.
    NotAsked,
    /// Accesses that race are all `SeqCst`: there is no difference.
    NoDifference,
    /// Its execution graphs were explored.
    Explored(Part),
    /// Nothing, for this reason.
    LeftOut(String),
}

/// What a check that has not failed has shown.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) first: Part,
    pub(super) weak: Weak,
    /// The bound on preemptions, if it was needed.
    pub(super) preemptions: Option<usize>,
}

impl Verdict {
    /// Returns `true` if nothing was left out.
    pub(super) fn is_whole(&self) -> bool {
        let is_whole = |part: &Part| part.summary.completeness == Completeness::Exhaustive;
        let weak = match &self.weak {
            Weak::NotAsked | Weak::NoDifference => true,
            Weak::Explored(part) => is_whole(part),
            Weak::LeftOut(_) => false,
        };
        weak && is_whole(&self.first)
    }
}

impl Verdict {
    /// Returns the word for it: a search that was cut short has no bound that could be told.
    fn word(&self) -> &'static str {
        let is_cut = |part: &Part| matches!(part.summary.completeness, Completeness::CutShort(_));
        let weak = match &self.weak {
            Weak::NotAsked | Weak::NoDifference => false,
            Weak::Explored(part) => is_cut(part),
            Weak::LeftOut(_) => true,
        };
        match self.is_whole() {
            true => "proved",
            false if weak || is_cut(&self.first) => "inconclusive",
            false => "bounded",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.word())?;
        match &self.weak {
            Weak::NotAsked => write!(f, "{}", self.first)?,
            Weak::NoDifference => {
                let executions = executions(&self.first.summary);
                write!(
                    f,
                    "{executions}, under C11: the accesses that race are all `SeqCst`"
                )?;
            }
            Weak::Explored(part) => write!(f, "{part}, and {}", self.first)?,
            Weak::LeftOut(reason) => write!(f, "{}, and not under C11: {reason}", self.first)?,
        }
        if let Some(bound) = self.preemptions {
            write!(
                f,
                "; the whole search did not end, so interleavings with more than {bound} preemptions were left out"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, under {}", executions(&self.summary), name_of(self.model))?;
        match self.summary.completeness {
            Completeness::Exhaustive => Ok(()),
            Completeness::Bounded(bounds) => write!(f, " (left out: {})", left_out(bounds).join("; ")),
            Completeness::CutShort(_) => write!(f, " ({})", self.summary.completeness),
        }
    }
}

/// Tells the number of executions, and whether it is all of them.
fn executions(summary: &Summary) -> String {
    match (summary.completeness, summary.executions) {
        (Completeness::CutShort(_), count) => format!("{count} executions"),
        (_, 1) => "the one execution".to_owned(),
        (_, count) => format!("all {count} executions"),
    }
}

/// Tells what the bounds have left out.
fn left_out(bounds: Bounds) -> Vec<&'static str> {
    let told = [
        (bounds.preemptions, "interleavings with more preemptions"),
        (bounds.steps, "what comes after the largest number of events"),
        (bounds.timeouts, "more time-outs"),
        (
            bounds.repetition,
            "further turns of loops that poll, which others may notice",
        ),
        (bounds.spurious_wakeups, "more returns from waits for no reason"),
        (
            bounds.weak_failures,
            "more failures of weak exchanges for no reason",
        ),
        (bounds.writer_preference, "readers kept out by waiting writers"),
    ];
    told.iter()
        .filter(|(is_cut, _)| *is_cut)
        .map(|(_, told)| *told)
        .collect()
}
