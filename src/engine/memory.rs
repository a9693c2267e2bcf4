//! The memory model that the explorer is asked for.

use crate::backend::MemoryModel;
use selvedge_explorer as explorer;
use std::fmt;

/// The memory model that the explorer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Memory {
    /// Sequential consistency first; then C11, unless that is known to make no difference or something is forbidden
    /// already.
    #[default]
    Auto,
    /// Sequential consistency alone.
    SequentialConsistency,
    /// Release and acquire: every access is taken as one of these, and `SeqCst` as no more.
    ReleaseAcquire,
    /// C11 alone, as RC11 has it.
    Rc11,
}

impl Memory {
    /// Every choice, the default first.
    pub const ALL: [Memory; 4] = [
        Memory::Auto,
        Memory::SequentialConsistency,
        Memory::ReleaseAcquire,
        Memory::Rc11,
    ];

    /// Returns the choice in one word, as the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Memory::Auto => "auto",
            Memory::SequentialConsistency => "sc",
            Memory::ReleaseAcquire => "ra",
            Memory::Rc11 => "rc11",
        }
    }

    /// Returns the model that is explored first.
    pub(super) fn first(self) -> MemoryModel {
        match self {
            Memory::Auto | Memory::SequentialConsistency => MemoryModel::SequentialConsistency,
            Memory::ReleaseAcquire => MemoryModel::ReleaseAcquire,
            Memory::Rc11 => MemoryModel::C11,
        }
    }

    /// Returns the weak model that was asked for alone, if one was.
    pub(super) fn weak(self) -> Option<MemoryModel> {
        Some(self.first()).filter(|model| *model != MemoryModel::SequentialConsistency)
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Returns the memory model as the explorer crate names it.
pub(crate) fn of_explorer(model: MemoryModel) -> explorer::MemoryModel {
    match model {
        MemoryModel::C11 => explorer::MemoryModel::Rc11,
        MemoryModel::ReleaseAcquire => explorer::MemoryModel::ReleaseAcquire,
        _ => explorer::MemoryModel::SequentiallyConsistent,
    }
}
