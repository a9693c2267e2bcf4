//! The rules of the search over states that are easily broken: tests break each, and show that they notice.

/// The rules that hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// A thread's local state is its whole log, and not only its last result and its next operation.
    pub(super) logs_count: bool,
    /// A compare-exchange that succeeds conflicts with loads.
    pub(super) exchanges_write: bool,
}

impl Rules {
    /// All rules hold.
    pub(super) const SOUND: Self = Self {
        logs_count: true,
        exchanges_write: true,
    };
}
