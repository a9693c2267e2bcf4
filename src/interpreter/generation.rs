//! Where three generations of CPython look at the eval breaker.

use super::Instruction;
use std::fmt;

/// A generation of CPython, told apart by where a thread may lose its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Generation {
    /// 3.9 and earlier: between any two bytecodes, but for a few cheap ones such as `LOAD_CONST`.
    BetweenBytecodes,
    /// 3.10 and later: at backward jumps and at calls.
    JumpsAndCalls,
    /// Free-threaded builds, 3.13 and later: there is no GIL to be lost.
    NoGil,
}

impl Generation {
    /// All of them, the oldest first.
    pub const ALL: [Generation; 3] = [Self::BetweenBytecodes, Self::JumpsAndCalls, Self::NoGil];

    /// The first version, or the last, that is of this generation, as Python names its builds.
    pub fn version(self) -> &'static str {
        match self {
            Self::BetweenBytecodes => "3.9",
            Self::JumpsAndCalls => "3.10",
            Self::NoGil => "3.13t",
        }
    }

    /// Returns `true` if the eval breaker is looked at after this bytecode.
    pub fn checks_after(self, instruction: Instruction) -> bool {
        match self {
            // CPython goes on from a few cheap ones without a look (`FAST_DISPATCH`).
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
