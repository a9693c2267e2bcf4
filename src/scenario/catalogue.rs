//! The catalogue: every scenario that comes with the program, by name and at any size.

use super::{ClaimedCorrect, Counting, Scenario, Updates};
use crate::counter::Variant;
use crate::engine::Engine;
use std::fmt;

/// A scenario of the catalogue, before its size is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Selection {
    /// Threads that add to a counter of this variant.
    Updates(Variant),
    /// Threads that count and share nothing.
    Counting,
}

impl Selection {
    /// Every scenario, in the order in which a newcomer should meet them.
    pub fn all() -> impl Iterator<Item = Selection> {
        Variant::ALL
            .into_iter()
            .map(Selection::Updates)
            .chain([Selection::Counting])
    }

    /// The scenario with this name, if there is one.
    pub fn named(name: &str) -> Option<Selection> {
        Self::all().find(|selection| selection.name() == name)
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Selection::Updates(variant) => variant.name(),
            Selection::Counting => "counting",
        }
    }

    /// What the scenario shows, in one sentence.
    pub fn lesson(self) -> String {
        with_scenario!(self.sized(1, 1), scenario => scenario.lesson())
    }

    /// The scenario at this size.
    pub fn sized(self, threads: usize, iterations: u64) -> Catalogued {
        match self {
            Selection::Updates(variant) => Catalogued::Updates(Updates {
                variant,
                threads,
                iterations,
            }),
            Selection::Counting => Catalogued::Counting(Counting { threads, iterations }),
        }
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The size of a scenario of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many threads.
    pub threads: usize,
    /// How many operations each of them performs.
    pub iterations: u64,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}", self.threads, self.iterations)
    }
}

/// A scenario of the catalogue, at a certain size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Catalogued {
    /// Threads that add to a counter.
    Updates(Updates),
    /// The same, where the counter is claimed to be correct.
    ClaimedCorrect(ClaimedCorrect),
    /// Threads that count and share nothing.
    Counting(Counting),
}

/// Evaluates an expression with `$scenario` bound to the scenario inside.
macro_rules! with_scenario {
    ($catalogued:expr, $scenario:ident => $body:expr) => {
        match $catalogued {
            $crate::scenario::Catalogued::Updates($scenario) => $body,
            $crate::scenario::Catalogued::ClaimedCorrect($scenario) => $body,
            $crate::scenario::Catalogued::Counting($scenario) => $body,
        }
    };
}

pub(crate) use with_scenario;

impl Catalogued {
    /// The same scenario, expected to end as if its counter were correct.
    pub fn claimed_correct(self) -> Self {
        match self {
            Catalogued::Updates(scenario) => Catalogued::ClaimedCorrect(ClaimedCorrect(scenario)),
            other => other,
        }
    }

    /// Why this engine cannot run the scenario, if it cannot.
    pub fn unsuitable_for(self, engine: &impl Engine) -> Option<String> {
        with_scenario!(self, scenario => engine.unsuitable(&scenario))
    }

    /// The scenario's size.
    pub fn size(self) -> Size {
        Size {
            threads: self.threads(),
            iterations: self.iterations(),
        }
    }

    /// How many threads the scenario has.
    pub fn threads(self) -> usize {
        match self {
            Catalogued::Updates(scenario) | Catalogued::ClaimedCorrect(ClaimedCorrect(scenario)) => {
                scenario.threads
            }
            Catalogued::Counting(scenario) => scenario.threads,
        }
    }

    /// How many operations each thread performs.
    pub fn iterations(self) -> u64 {
        match self {
            Catalogued::Updates(scenario) | Catalogued::ClaimedCorrect(ClaimedCorrect(scenario)) => {
                scenario.iterations
            }
            Catalogued::Counting(scenario) => scenario.iterations,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_found_by_its_name() {
        let names: Vec<_> = Selection::all().map(Selection::name).collect();
        assert_eq!(
            names,
            [
                "unlocked",
                "data-race",
                "locked",
                "fetch-add",
                "locked-twice",
                "wrong-lock",
                "compare-exchange",
                "counting"
            ]
        );
        for selection in Selection::all() {
            assert_eq!(Selection::named(selection.name()), Some(selection));
            assert!(!selection.lesson().is_empty());
        }
        assert_eq!(Selection::named("Unlocked"), None);
    }
}
