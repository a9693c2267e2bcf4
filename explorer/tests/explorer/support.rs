//! What several tests use.

pub(crate) mod process;
pub(crate) mod program;
pub(crate) mod quiet;
pub(crate) mod tree;
