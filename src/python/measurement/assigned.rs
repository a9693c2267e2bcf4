//! The GILs of a measurement, and the threads that take them.

use crate::backend::Std;
use crate::python::gil::{Gil, GilTurn, GlobalLock, Protocol, SwitchInterval};
use crossbeam_utils::CachePadded;
use std::sync::Arc;

/// A GIL for each thread: its own, or one that they share.
///
/// Both cases have the same type, so that counting under them is the same machine code. Padding keeps the
/// GILs of two threads out of one cache line.
#[derive(Debug)]
pub(super) struct Assigned(Vec<Arc<CachePadded<Gil<Std>>>>);

impl Assigned {
    /// Gives each thread a GIL of its own, for which no other thread asks.
    pub(super) fn apart(threads: usize, interval: SwitchInterval) -> Self {
        Assigned((0..threads).map(|_| gil(interval)).collect())
    }

    /// Gives all threads the same GIL.
    pub(super) fn shared(threads: usize, interval: SwitchInterval) -> Self {
        Assigned(vec![gil(interval); threads])
    }
}

fn gil(interval: SwitchInterval) -> Arc<CachePadded<Gil<Std>>> {
    Arc::new(CachePadded::new(Gil::new(Protocol::Faithful, interval)))
}

impl GlobalLock for Assigned {
    type Turn<'a> = GilTurn<'a, Std>;

    fn take(&self, thread: usize) -> GilTurn<'_, Std> {
        self.0[thread - 1].take(thread)
    }
}
