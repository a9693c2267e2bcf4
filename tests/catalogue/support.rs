//! Explored scenarios, programs to be drawn, and drawings.

pub(crate) mod drawn;
pub(crate) mod interpreted;
pub(crate) mod judged;
pub(crate) mod picture;
#[path = "../../explorer/tests/explorer/support/program.rs"]
pub(crate) mod program;
pub(crate) mod shown;
