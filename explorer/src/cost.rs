//! The cost of an interleaving: how much there is for a reader to follow.

use std::fmt;

/// The cost of an interleaving: preemptions are compared first, then switches, then events.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cost {
    /// The number of times that a thread was left although it could have gone on.
    ///
    /// One that has taken the same turn of a loop twice waits for a change, and could not.
    pub preemptions: usize,
    /// The number of steps of another thread than the step before.
    pub switches: usize,
    /// The number of events.
    pub events: usize,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize, ending| if count == 1 { "" } else { ending };
        let Cost {
            preemptions,
            switches,
            events,
        } = *self;
        write!(f, "{preemptions} preemption{}, ", plural(preemptions, "s"))?;
        write!(f, "{switches} switch{}, ", plural(switches, "es"))?;
        write!(f, "{events} event{}", plural(events, "s"))
    }
}
