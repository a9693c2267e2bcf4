//! The Python part: the Global Interpreter Lock as a model, bytecode that runs under it, and what it costs.
//!
//! It is for the command line and its tests, and is not part of the library's interface.

pub mod gil;
pub mod interpreter;
pub mod measurement;
pub mod report;
mod scenario;

pub use scenario::{Bytecode, Program, Turned, Turns};
