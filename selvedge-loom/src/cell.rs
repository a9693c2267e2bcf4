//! Plain memory: accesses that nothing orders are data races, and are found.

mod copied;

pub use copied::Cell;
pub use selvedge_explorer::sync::{ConstPtr, MutPtr, UnsafeCell};
