//! Programs, trees and helpers of several tests.

#[cfg(feature = "drawing")]
pub(crate) mod claims;
#[cfg(feature = "drawing")]
pub(crate) mod facts;
pub(crate) mod few;
pub(crate) mod locks_beside_stores;
pub(crate) mod outcomes;
pub(crate) mod program;
pub(crate) mod quiet;
pub(crate) mod repeated;
pub(crate) mod strict;
pub(crate) mod synchronised;
pub(crate) mod tree;
pub(crate) mod weak_program;
#[cfg(feature = "drawing")]
pub(crate) mod wording;

pub(crate) use selvedge_programs::process;
