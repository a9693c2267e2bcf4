//! Scenarios: Python's threads, and threads that take turns at holding the GIL.

mod bytecode;
mod turns;

pub use bytecode::{Bytecode, Program};
pub use turns::{Turned, Turns};
