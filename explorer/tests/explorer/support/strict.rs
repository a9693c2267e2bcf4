//! Primitives that do no more than they must, for tests of something else.

use selvedge_explorer::Explorer;

/// Returns an explorer in which nothing happens for no reason, and waiting writers keep no reader out.
pub(crate) fn strict() -> Explorer {
    Explorer::new()
        .spurious_wakeups(0)
        .weak_failures(0)
        .writer_preference(false)
}
