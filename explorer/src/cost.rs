//! The cost of an interleaving: what there is to follow for a reader.

use std::fmt;

/// What there is to follow in an interleaving; the order is that of preemptions, then switches, then events.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cost {
    /// How often a thread was left that could have gone on.
    pub preemptions: usize,
    /// How often another thread than before went on.
    pub switches: usize,
    /// How many events.
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
