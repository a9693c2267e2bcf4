//! Sleep sets: steps that need not be explored, because an earlier sibling covered them.
//!
//! Source: Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems*, 1996.
//! A step that has been explored from a node falls asleep there; it stays asleep in the subtrees
//! of later siblings until a dependent step is executed. Used alone, every trace is completed
//! exactly once, but executions in which all enabled threads sleep are begun in vain.
//!
//! Deviation: a thread whose step is a choice falls asleep one alternative at a time.

use crate::operation::Step;

/// A thread that sleeps, with the alternatives of its step that have been explored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sleeper {
    /// The step, as it looked when it was explored; its alternative does not count.
    pub(crate) step: Step,
    /// The alternatives explored, as a bit set.
    explored: u64,
    /// The number of alternatives.
    alternatives: u8,
}

impl Sleeper {
    /// Creates a sleeper whose step has been explored with one alternative.
    pub(crate) fn new(step: Step, alternatives: u8) -> Self {
        Self {
            step,
            explored: 1 << step.alternative,
            alternatives,
        }
    }

    /// Adds another explored alternative.
    pub(crate) fn add(&mut self, alternative: u8) {
        self.explored |= 1 << alternative;
    }

    /// Returns `true` if this alternative has been explored.
    pub(crate) fn has_explored(&self, alternative: u8) -> bool {
        self.explored >> alternative & 1 == 1
    }

    /// Returns `true` if all alternatives have been explored.
    pub(crate) fn is_fast_asleep(&self) -> bool {
        self.explored.count_ones() == u32::from(self.alternatives)
    }

    /// Returns the step's index in the sequence, if everything that begins with the sequence has
    /// been explored: if the step, with an alternative that has been explored, is a weak initial of it.
    pub(crate) fn covers(&self, sequence: &[Step]) -> Option<usize> {
        for (index, other) in sequence.iter().enumerate() {
            if other.thread == self.step.thread {
                return self.has_explored(other.alternative).then_some(index);
            }
            if other.conflicts_with(&self.step) {
                return None;
            }
        }
        self.is_fast_asleep().then_some(sequence.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Access;

    #[test]
    fn a_choice_falls_asleep_one_alternative_at_a_time() {
        let step = |thread, alternative, object| Step {
            thread,
            alternative,
            accesses: Access::Exclusive.in_slot(0),
            objects: [object, crate::identity::NO_OBJECT],
        };
        let mut sleeper = Sleeper::new(step(0, 0, 0), 2);
        assert_eq!(sleeper.covers(&[step(1, 0, 1), step(0, 0, 0)]), Some(1));
        assert_eq!(sleeper.covers(&[step(0, 1, 0)]), None);
        let early = sleeper.covers(&[step(1, 0, 1)]);
        assert_eq!(early, None, "alternative 1 is still to come");
        sleeper.add(1);
        assert!(sleeper.is_fast_asleep());
        assert_eq!(sleeper.covers(&[step(1, 0, 1)]), Some(1));
        let woken = sleeper.covers(&[step(1, 0, 0), step(0, 1, 0)]);
        assert_eq!(woken, None, "woken first");
    }
}
