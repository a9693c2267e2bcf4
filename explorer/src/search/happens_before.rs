//! Vector clocks: which events happen before which.
//!
//! An event happens before another if a chain of dependent events leads from the one to the
//! other, in the order of the execution. Spawn and join count as links too. The clock of an event
//! counts, for each thread, the events that happen before it or are it (Mattern 1989).

use crate::identity::{MAX_THREADS, ThreadIndex};

/// For each thread, how many of its events are in the past.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(align(32))]
pub(crate) struct Clock([u16; MAX_THREADS]);

impl Clock {
    /// The empty past.
    pub(crate) const ZERO: Self = Self([0; MAX_THREADS]);

    /// Returns the number of the thread's events in this past.
    #[inline]
    pub(crate) fn of(&self, thread: ThreadIndex) -> u16 {
        self.0[usize::from(thread) % MAX_THREADS]
    }

    /// Returns the number of events in this past.
    pub(crate) fn events(&self) -> usize {
        self.0.iter().map(|&events| usize::from(events)).sum()
    }

    /// Adds one event of the thread, and returns the number that it gets (from 1).
    #[inline]
    pub(crate) fn tick(&mut self, thread: ThreadIndex) -> u16 {
        let count = &mut self.0[usize::from(thread) % MAX_THREADS];
        *count += 1;
        *count
    }

    /// Sets the number of the thread's events.
    #[inline]
    pub(crate) fn set(&mut self, thread: ThreadIndex, events: u16) {
        self.0[usize::from(thread) % MAX_THREADS] = events;
    }

    /// Returns this past without the last event of the thread.
    #[inline]
    pub(crate) fn without_one_of(mut self, thread: ThreadIndex) -> Self {
        self.0[usize::from(thread) % MAX_THREADS] -= 1;
        self
    }

    /// Adds another past to this one.
    #[inline]
    pub(crate) fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// Returns `true` if this past lies within the other.
    #[inline]
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        // A sum of saturating differences, not a search: it compiles to a few vector operations.
        let excess = self
            .0
            .iter()
            .zip(&other.0)
            .fold(0, |sum, (a, b)| sum | a.saturating_sub(*b));
        excess == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_form_a_lattice() {
        let (mut left, mut right) = (Clock::ZERO, Clock::ZERO);
        assert_eq!(left.tick(0), 1);
        assert_eq!(right.tick(15), 1);
        assert!(!left.is_within(&right) && !right.is_within(&left));
        let mut both = left;
        both.join(&right);
        assert!(left.is_within(&both) && right.is_within(&both) && !both.is_within(&left));
        assert_eq!((both.of(0), both.of(1), both.of(15)), (1, 0, 1));
        assert_eq!(both.events(), 2);
    }
}
