//! A small interpreter of Python bytecode, as far as `x += 1` needs one.
//!
//! Source: CPython's `Python/ceval.c` and `Python/bytecodes.c`. An update of a global variable is several
//! bytecodes: load, compute, store. Between them the interpreter may check its *eval breaker*, and there
//! another thread may get the GIL. The [`Generation`] decides where it checks.

mod generation;
mod instruction;

pub use generation::Generation;
pub use instruction::{Form, Instruction, Sign};

use crate::backend::{Atomic, Backend, Lock};
use crate::python::gil::Turn;
use std::sync::atomic::Ordering::{Acquire, Release};

/// The global variables of the Python program.
#[derive(Debug)]
pub struct Globals<B: Backend> {
    x: B::AtomicI64,
    lock: B::Mutex<()>,
}

impl<B: Backend> Globals<B> {
    /// Creates `x = 0` and `lock = threading.Lock()`.
    pub fn new() -> Self {
        Globals {
            x: B::AtomicI64::new(0).named("x"),
            lock: B::Mutex::new(()).named("the lock"),
        }
    }

    /// Returns the value of `x`.
    #[track_caller]
    pub fn x(&self) -> i64 {
        self.x.load(Acquire)
    }
}

impl<B: Backend> Default for Globals<B> {
    fn default() -> Self {
        Self::new()
    }
}

/// A running Python function: its value stack, and the lock that its `with` statement holds.
struct Frame<'a, B: Backend> {
    globals: &'a Globals<B>,
    stack: Vec<i64>,
    lock: Option<<B::Mutex<()> as Lock<()>>::Guard<'a>>,
}

/// Runs the body of a loop `iterations` times, in the thread that has this turn.
pub fn run<B: Backend>(
    body: &[Instruction],
    times: u64,
    generation: Generation,
    globals: &Globals<B>,
    turn: &mut impl Turn,
) {
    let mut frame = Frame {
        globals,
        stack: Vec::new(),
        lock: None,
    };
    // Checks of the eval breaker with no visible step between them are taken as one check, before the next
    // visible step. Where no thread needs to ask at any of them, this makes no difference.
    let mut is_due = false;
    for _ in 0..times {
        for &instruction in body {
            if is_due && instruction.is_visible() {
                B::label("eval breaker");
                turn.check();
                is_due = false;
            }
            B::label(instruction.name());
            frame.execute(instruction, turn);
            is_due |= generation.checks_after(instruction);
        }
    }
}

impl<B: Backend> Frame<'_, B> {
    fn execute(&mut self, instruction: Instruction, turn: &mut impl Turn) {
        match instruction {
            Instruction::LoadGlobalX => self.stack.push(self.globals.x.load(Acquire)),
            Instruction::LoadConst(value) => self.stack.push(value),
            // No thread changes these two, so that loading them is not visible to another thread.
            Instruction::LoadGlobalOne | Instruction::LoadGlobalLock => {}
            Instruction::CallOne => self.stack.push(1),
            Instruction::BinaryOp(sign) => {
                let right = self.pop();
                let left = self.pop();
                self.stack.push(sign.apply(left, right));
            }
            Instruction::StoreGlobalX => {
                let value = self.pop();
                self.globals.x.store(value, Release);
            }
            // Python's lock drops the GIL while it waits; otherwise its holder could never unlock it.
            // (Python's lock does so only if it has to wait; here it always does, so that a switch right
            // after is explored, too: CPython 3.14 checks the eval breaker there.)
            Instruction::BeforeWith => {
                let lock = &self.globals.lock;
                self.lock = Some(turn.while_waiting(|| lock.lock()));
            }
            Instruction::CallExit => self.lock = None,
            Instruction::JumpBackward => {}
        }
    }

    fn pop(&mut self) -> i64 {
        self.stack.pop().expect("the compiler keeps the stack balanced")
    }
}
