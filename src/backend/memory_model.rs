//! The memory models under which engines explore.

use std::fmt;

/// The rules by which an exploration decides what a load may see of other threads' stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemoryModel {
    /// The behaviour of this machine and this build: nothing is controlled, and nothing is promised.
    Hardware,
    /// The part of C11's memory model that loom explores: no load buffering, `SeqCst` accesses taken as
    /// `AcqRel`, and at most the last seven stores of each atomic variable visible to a load.
    C11Subset,
    /// Sequential consistency: every access takes effect at once, for all threads, whatever its ordering.
    SequentialConsistency,
    /// C11's memory model as RC11 has it, with the amendments of C++20, which are Rust's: without load
    /// buffering.
    C11,
    /// Release and acquire: every access acquires or releases, and `SeqCst` promises no more than that.
    ReleaseAcquire,
}

impl fmt::Display for MemoryModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MemoryModel::Hardware => "this machine",
            MemoryModel::C11Subset => "loom's part of C11",
            MemoryModel::SequentialConsistency => "sequential consistency",
            MemoryModel::C11 => "C11 (RC11)",
            MemoryModel::ReleaseAcquire => "release and acquire",
        })
    }
}
