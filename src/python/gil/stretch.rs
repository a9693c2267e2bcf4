//! The times at which a thread held a lock: its turns, merged where there are too many of them to keep.

use std::time::Duration;

/// A stretch of time in which a thread held a lock: one turn, or several with gaps between them.
///
/// Times count from the creation of the [`Timeline`](super::Timeline).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The time when the first turn began.
    pub from: Duration,
    /// The time when the last turn ended.
    pub to: Duration,
    /// The time for which the lock was held in between: all of it, if this is one turn.
    pub held: Duration,
    /// The number of turns.
    pub turns: u64,
}

impl Stretch {
    /// Creates a stretch of one turn.
    pub fn turn(from: Duration, to: Duration) -> Self {
        Stretch {
            from,
            to,
            held: to.saturating_sub(from),
            turns: 1,
        }
    }

    /// Returns this stretch and a later one of the same thread as one stretch.
    fn and(self, later: Stretch) -> Self {
        Stretch {
            from: self.from,
            to: later.to,
            held: self.held + later.held,
            turns: self.turns + later.turns,
        }
    }
}

/// The times at which one thread held a lock, in as much detail as fits into bounded memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// At most [`MOST`](Self::MOST), in order; the first [`EXACT`](Self::EXACT) are single turns.
    stretches: Vec<Stretch>,
    forced: u64,
}

impl History {
    /// The greatest number of stretches that are kept: beyond that, neighbours are merged.
    pub const MOST: usize = 1024;

    /// The number of turns at the beginning that are never merged.
    pub const EXACT: usize = 512;

    /// Returns the stretches, in the order of time.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// Returns the number of turns.
    pub fn turns(&self) -> u64 {
        self.stretches.iter().map(|stretch| stretch.turns).sum()
    }

    /// Returns the number of turns that ended because another thread asked for its own.
    pub fn forced(&self) -> u64 {
        self.forced
    }

    /// Notes a turn, which must come after all those that have been noted.
    pub fn push(&mut self, from: Duration, to: Duration) {
        if self.stretches.len() == Self::MOST {
            self.merge();
        }
        self.stretches.push(Stretch::turn(from, to));
    }

    /// Counts a turn that ends because another thread asks for its own.
    pub(super) fn count_forced(&mut self) {
        self.forced += 1;
    }

    /// Makes room: merges each two neighbours into one stretch, except for the first turns.
    fn merge(&mut self) {
        let rest = self.stretches.split_off(Self::EXACT);
        let merged = rest.chunks(2).map(|pair| match *pair {
            [first, second] => first.and(second),
            _ => pair[0],
        });
        self.stretches.extend(merged);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a history of turns of 1 µs, with gaps of 1 µs between them.
    fn history(turns: u64) -> History {
        let mut history = History::default();
        for turn in 0..turns {
            history.push(
                Duration::from_micros(2 * turn),
                Duration::from_micros(2 * turn + 1),
            );
        }
        history
    }

    #[test]
    fn turns_are_kept_as_they_are_while_they_fit() {
        let history = history(History::MOST as u64);
        assert_eq!(history.stretches().len(), History::MOST);
        assert!(history.stretches().iter().all(|stretch| stretch.turns == 1));
    }

    #[test]
    fn one_more_merges_neighbours_and_loses_no_time() {
        let history = history(History::MOST as u64 + 1);
        assert_eq!(
            history.stretches().len(),
            512 + 256 + 1,
            "the first, the rest in pairs, and the new one"
        );
        assert_eq!(
            history.stretches()[511],
            Stretch::turn(Duration::from_micros(1022), Duration::from_micros(1023)),
            "the first are left alone"
        );
        assert_eq!(
            history.stretches()[512],
            Stretch {
                from: Duration::from_micros(1024),
                to: Duration::from_micros(1027),
                held: Duration::from_micros(2),
                turns: 2
            }
        );
        assert_eq!(history.turns(), 1025);
    }

    #[test]
    fn a_million_turns_take_no_more_room_and_stay_in_order() {
        let history = history(1_000_000);
        assert!(history.stretches().len() <= History::MOST);
        assert_eq!(history.turns(), 1_000_000);
        let held: Duration = history.stretches().iter().map(|stretch| stretch.held).sum();
        assert_eq!(held, Duration::from_secs(1));
        assert!(history.stretches().is_sorted_by(|one, next| one.to < next.from));
    }
}
