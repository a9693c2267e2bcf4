//! Exact counts and odds: how many interleavings of a repeated scenario end at each value, and how likely that makes
//! each.
//!
//! They are added up along the states, so they are exact at sizes at which nobody could enumerate them: two threads
//! that update a number 50 times each have about 10^59 interleavings, and 14,881,901 states.
//!
//! # Two odds
//!
//! *At random* can mean two things, and they differ:
//!
//! - all interleavings are alike: an ending's odds are its share of them;
//! - a scheduler picks among the threads that can go on, each alike, before each operation.
//!
//! Two threads that load and store once have 6 interleavings, of which 2 end at 0: a third of all. But the scheduler that
//! picks ends there in half of its executions, because a thread that goes on alone has no choice. Neither is what hardware
//! does.
//!
//! # Examples
//!
//! ```
//! use selvedge::counter::Variant;
//! use selvedge::odds::{Odds, Search};
//! use selvedge::scenario::Updates;
//!
//! let unlocked = Updates { variant: Variant::Unlocked, threads: 2, iterations: 1 };
//! let odds = Odds::of(&unlocked.into(), &Search::default())?;
//! let zero = odds.ending("0").expect("some interleavings lose no update");
//! assert_eq!((zero.interleavings.to_string(), odds.interleavings.to_string()), ("2".into(), "6".into()));
//! assert_eq!((zero.share, zero.picked), (1.0 / 3.0, 1.0 / 2.0));
//! # Ok::<(), selvedge::odds::NoOdds>(())
//! ```

mod bins;
mod compute;
#[cfg(feature = "cli")]
mod json;
mod no_odds;
mod shown;
mod svg;
mod text;

#[cfg(feature = "cli")]
pub use json::write_json;
pub use no_odds::NoOdds;
pub use svg::write_svg;
pub use text::write_text;

use crate::engine::Interrupt;
use crate::scenario::{AnyScenario, Size};
pub use selvedge_explorer::states::Count;
use std::time::Duration;

/// The exact counts and the odds of all endings of a scenario.
#[derive(Debug, Clone)]
pub struct Odds {
    /// The name of the scenario.
    pub scenario: String,
    /// The number of its threads, and of their iterations.
    pub size: Size,
    /// The number of reachable states.
    pub states: u64,
    /// The number of interleavings of visible operations.
    pub interleavings: Count,
    /// The number of traces, if they were counted: of interleavings that differ in more than the order of independent
    /// operations.
    pub traces: Option<Count>,
    /// The bounds within which all this is exact, in words; `None` if it is exact without a bound.
    pub bounds: Option<String>,
    /// The endings: the outcomes in their order, and then the others.
    pub endings: Vec<EndingOdds>,
    /// The time that it took.
    pub elapsed: Duration,
}

/// The counts and the odds of one ending.
#[derive(Debug, Clone, PartialEq)]
pub struct EndingOdds {
    /// The outcome or the ending, as reports show it.
    pub ending: String,
    /// The kind of ending, in one word.
    pub kind: &'static str,
    /// The number of interleavings that end so. One that leads to a data race ends where both accesses come next.
    pub interleavings: Count,
    /// The number of traces that end so, if they were counted.
    pub traces: Option<Count>,
    /// The odds if all interleavings are alike: the share of those that end so, from 0 to 1.
    pub share: f64,
    /// The odds under a scheduler that picks among the threads that can go on, each alike, from 0 to 1.
    pub picked: f64,
}

/// What is searched for, and the limits of the search.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Whether traces are counted, too. It takes a few times as long.
    pub traces: bool,
    /// The longest time for all of it; `None` means no limit.
    pub time: Option<Duration>,
    /// Ends the search early.
    pub interrupt: Interrupt,
}

impl Odds {
    /// Computes the counts and the odds of a [repeated](crate::Repeated) scenario, under sequential consistency.
    ///
    /// # Errors
    ///
    /// If they cannot be computed exactly, or a limit is met before they are.
    ///
    /// # Panics
    ///
    /// If called from within an execution of the explorer.
    pub fn of(scenario: &AnyScenario, search: &Search) -> Result<Self, NoOdds> {
        compute::compute(scenario, search, &mut |_| ())
    }

    /// Computes the same, and calls `say` at the beginning of each part of the work, with what it is.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    ///
    /// # Panics
    ///
    /// If called from within an execution of the explorer.
    pub fn of_telling(
        scenario: &AnyScenario,
        search: &Search,
        mut say: impl FnMut(&str),
    ) -> Result<Self, NoOdds> {
        compute::compute(scenario, search, &mut say)
    }

    /// Returns the odds of the ending that reports show so.
    pub fn ending(&self, ending: &str) -> Option<&EndingOdds> {
        self.endings.iter().find(|odds| odds.ending == ending)
    }

    /// Returns the ending with the most interleavings; the first of them if several have as many.
    fn most_frequent(&self) -> Option<&EndingOdds> {
        self.endings.iter().rev().max_by_key(|odds| odds.interleavings)
    }
}
