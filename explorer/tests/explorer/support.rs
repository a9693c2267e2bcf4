//! Programs, trees and helpers of several tests.

pub(crate) mod few;
pub(crate) mod locks_beside_stores;
pub(crate) mod outcomes;
pub(crate) mod process;
pub(crate) mod program;
pub(crate) mod quiet;
pub(crate) mod synchronised;
pub(crate) mod tree;
