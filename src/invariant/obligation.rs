//! The obligations of the proof: what must be shown of the steps.

use std::fmt;

/// Something that must hold for the sum invariant to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obligation {
    /// O1: a step depends on nothing but what its operations return, and keeps nothing for the next one.
    NothingHidden,
    /// O2: what a step relies on is accessed under one lock by all steps, or is atomic.
    UnderItsLock,
    /// O3: a step unlocks what it locks, and locks nothing within that.
    SectionsEnd,
    /// O4: every path of a step returns, and changes each object by the same amount.
    ConstantChange,
    /// O5: no value is out of range, and every value that can occur has been read.
    DomainClosed,
    /// O6: a step waits for nobody, and has finitely many paths, few enough to run them all.
    FinitePaths,
    /// O7: the outcome is read after all threads have been joined, and can be read in the final state.
    FinalRead,
    /// O8: the proof holds under the memory model.
    WeakMemory,
    /// O9: a step that is taken again has seen a change by another thread.
    RetriesEnd,
}

impl Obligation {
    /// Every obligation, in order.
    pub const ALL: [Obligation; 9] = [
        Obligation::NothingHidden,
        Obligation::UnderItsLock,
        Obligation::SectionsEnd,
        Obligation::ConstantChange,
        Obligation::DomainClosed,
        Obligation::FinitePaths,
        Obligation::FinalRead,
        Obligation::WeakMemory,
        Obligation::RetriesEnd,
    ];

    /// Returns the obligation's number and its name in few words.
    pub fn name(self) -> &'static str {
        match self {
            Obligation::NothingHidden => "O1, nothing is hidden",
            Obligation::UnderItsLock => "O2, data is accessed under its lock",
            Obligation::SectionsEnd => "O3, sections end",
            Obligation::ConstantChange => "O4, the change is constant",
            Obligation::DomainClosed => "O5, the domain is closed",
            Obligation::FinitePaths => "O6, the paths are finite",
            Obligation::FinalRead => "O7, the outcome is read in the final state",
            Obligation::WeakMemory => "O8, the memory model is respected",
            Obligation::RetriesEnd => "O9, retries end",
        }
    }
}

impl fmt::Display for Obligation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
