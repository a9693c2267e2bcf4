//! The answer where there is no proof.

use super::obligation::Obligation;
use super::path::Path;
use crate::engine::Cut;
use std::fmt;

/// The reason why there is no proof. It refutes nothing: the paths that are shown may never be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unproved {
    /// An obligation is not met.
    Failed(Failed),
    /// The search for paths was ended early.
    CutShort(Cut),
}

/// An obligation that is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The obligation.
    pub obligation: Obligation,
    /// The reason, in one sentence.
    pub reason: String,
    /// The paths that show it: two that differ, one that does not end as it should, or none.
    pub paths: Vec<Path>,
}

impl Failed {
    /// The greatest number of operations of a path that are told in one line.
    const TOLD: usize = 4;

    /// Returns the obligation, the reason and the paths in one line; of a long path the beginning.
    pub fn in_short(&self) -> String {
        let mut line = format!(
            "no sum invariant was found ({}): {}",
            self.obligation, self.reason
        );
        for path in &self.paths {
            let mut told: Vec<String> = path.accesses.iter().map(ToString::to_string).collect();
            if told.len() > Self::TOLD {
                told.truncate(Self::TOLD);
                told.push("…".to_owned());
            } else if path.end != self.reason {
                told.push(path.end.clone());
            }
            line += &format!(". Thread {}: {}", path.thread + 1, told.join("; "));
        }
        line
    }
}

impl fmt::Display for Unproved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unproved::Failed(failed) => failed.fmt(f),
            Unproved::CutShort(cut) => cut.fmt(f),
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no sum invariant was found ({}): {}",
            self.obligation, self.reason
        )?;
        self.paths.iter().try_for_each(|path| write!(f, "\n{path}"))
    }
}
