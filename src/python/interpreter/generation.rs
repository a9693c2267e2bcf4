//! Three generations of CPython, which check the eval breaker at different points.

use super::Instruction;
use std::fmt;

/// A generation of CPython, told apart by where a thread may lose its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Generation {
    /// 3.9 and earlier: between any two bytecodes, except for a few cheap ones such as `LOAD_CONST`. (Not
    /// before a `with` either; here there may be a check, which changes no ending.)
    BetweenBytecodes,
    /// 3.10 and later: at backward jumps and at calls. (3.10 also at conditional jumps that are taken. Since
    /// 3.11 a Python function checks when it is entered, and calls of functions in C when they return.)
    JumpsAndCalls,
    /// Free-threaded builds, 3.13 and later: there is no GIL.
    NoGil,
}

impl Generation {
    /// All generations, the oldest first.
    pub const ALL: [Generation; 3] = [Self::BetweenBytecodes, Self::JumpsAndCalls, Self::NoGil];

    /// Returns the generation of a version of CPython, with or without the GIL.
    pub fn of(version: (u32, u32), has_gil: bool) -> Self {
        match has_gil {
            false => Self::NoGil,
            true if version < (3, 10) => Self::BetweenBytecodes,
            true => Self::JumpsAndCalls,
        }
    }

    /// Returns `true` if the eval breaker is checked after this bytecode.
    pub fn checks_after(self, instruction: Instruction) -> bool {
        match self {
            // CPython continues after a few cheap ones without a check (`FAST_DISPATCH`).
            Self::BetweenBytecodes => !matches!(instruction, Instruction::LoadConst(_)),
            Self::JumpsAndCalls => matches!(
                instruction,
                Instruction::JumpBackward | Instruction::CallOne | Instruction::CallExit
            ),
            Self::NoGil => false,
        }
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BetweenBytecodes => "between-bytecodes",
            Self::JumpsAndCalls => "jumps-and-calls",
            Self::NoGil => "no-gil",
        })
    }
}
