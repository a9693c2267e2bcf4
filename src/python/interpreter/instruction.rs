//! Bytecodes, and the loop bodies made of them.

/// The sign of an update: a thread adds or subtracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

impl Sign {
    /// Returns the result of the operation.
    pub fn apply(self, left: i64, right: i64) -> i64 {
        match self {
            Sign::Plus => left.wrapping_add(right),
            Sign::Minus => left.wrapping_sub(right),
        }
    }
}

/// The form in which the update is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// `x += 1`
    Plain,
    /// `x = x + one()`, with a call between the load and the store
    Call,
}

/// A bytecode with its argument.
///
/// The names are those of CPython 3.11. Earlier versions say `INPLACE_ADD` for `BINARY_OP`, `CALL_FUNCTION`
/// for `CALL`, `SETUP_WITH` for `BEFORE_WITH` and `JUMP_ABSOLUTE` for `JUMP_BACKWARD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instruction {
    /// Pushes the value of `x`.
    LoadGlobalX,
    /// Pushes the function `one`.
    LoadGlobalOne,
    /// Pushes the lock.
    LoadGlobalLock,
    /// Pushes a constant.
    LoadConst(i64),
    /// Calls `one`, and pushes its result, which is 1.
    CallOne,
    /// Pops two values, and pushes their sum or difference.
    BinaryOp(Sign),
    /// Pops a value, and stores it to `x`.
    StoreGlobalX,
    /// Enters `with lock:`.
    BeforeWith,
    /// Leaves `with lock:` by calling the lock's `__exit__`.
    CallExit,
    /// Jumps back to the beginning of the loop.
    JumpBackward,
}

impl Instruction {
    /// Returns the bytecode's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::LoadGlobalX | Self::LoadGlobalOne | Self::LoadGlobalLock => "LOAD_GLOBAL",
            Self::LoadConst(_) => "LOAD_CONST",
            Self::CallOne | Self::CallExit => "CALL",
            Self::BinaryOp(_) => "BINARY_OP",
            Self::StoreGlobalX => "STORE_GLOBAL",
            Self::BeforeWith => "BEFORE_WITH",
            Self::JumpBackward => "JUMP_BACKWARD",
        }
    }

    /// Returns `true` if other threads can see an effect of the bytecode.
    pub fn is_visible(self) -> bool {
        matches!(
            self,
            Self::LoadGlobalX | Self::StoreGlobalX | Self::BeforeWith | Self::CallExit
        )
    }

    /// Returns the body of a loop that updates `x`, in a `with lock:` if `locked`.
    pub fn body(form: Form, sign: Sign, locked: bool) -> Vec<Instruction> {
        let one: &[_] = match form {
            Form::Plain => &[Self::LoadConst(1)],
            Form::Call => &[Self::LoadGlobalOne, Self::CallOne],
        };
        let (enter, exit): (&[_], &[_]) = match locked {
            true => (&[Self::LoadGlobalLock, Self::BeforeWith], &[Self::CallExit]),
            false => (&[], &[]),
        };
        [
            enter,
            &[Self::LoadGlobalX],
            one,
            &[Self::BinaryOp(sign), Self::StoreGlobalX],
            exit,
            &[Self::JumpBackward],
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_what_dis_shows() {
        let names = |form, locked| {
            let body = Instruction::body(form, Sign::Plus, locked);
            body.into_iter()
                .map(Instruction::name)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            names(Form::Plain, false),
            "LOAD_GLOBAL LOAD_CONST BINARY_OP STORE_GLOBAL JUMP_BACKWARD"
        );
        assert_eq!(
            names(Form::Call, true),
            "LOAD_GLOBAL BEFORE_WITH LOAD_GLOBAL LOAD_GLOBAL CALL BINARY_OP STORE_GLOBAL CALL JUMP_BACKWARD"
        );
    }
}
