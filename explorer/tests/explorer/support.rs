//! What several tests use.

pub(crate) mod locks_beside_stores;
pub(crate) mod program;
pub(crate) mod quiet;
pub(crate) mod tree;
