//! The catalogue: every scenario that comes with the program, by name and at any size.

mod claimed_correct;

pub use claimed_correct::{Claim, ClaimedCorrect};

use crate::counter::Variant;
use crate::python::gil::Protocol;
use crate::python::{Bytecode, Program, Turns};
use crate::scenario::{AnyScenario, Counting, Size, Updates};
use std::fmt;

/// A scenario of the catalogue, before its size is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Selection {
    /// Threads that add to a counter of this variant.
    Updates(Variant),
    /// Threads that count and share nothing.
    Counting,
    /// Python threads that update a global variable.
    Bytecode(Program),
    /// Threads that take turns at holding the GIL, by this protocol with [its default
    /// interval](Protocol::interval).
    Turns(Protocol),
    /// Threads that take turns at holding the GIL, by CPython's protocol with its switch interval.
    TimedTurns,
}

impl Selection {
    /// Returns the counters and the counting threads, in the order in which a newcomer should meet them.
    pub fn counters() -> impl Iterator<Item = Selection> {
        Variant::ALL
            .into_iter()
            .map(Selection::Updates)
            .chain([Selection::Counting])
    }

    /// Returns Python's programs, and the scenarios of the GIL.
    pub fn python() -> impl Iterator<Item = Selection> {
        Program::all()
            .map(Selection::Bytecode)
            .chain([Selection::Turns(Protocol::Faithful), Selection::TimedTurns])
            .chain(Protocol::BROKEN.map(Selection::Turns))
    }

    /// Returns every scenario.
    pub fn all() -> impl Iterator<Item = Selection> {
        Self::counters().chain(Self::python())
    }

    /// Returns the scenario with this name, if there is one.
    pub fn named(name: &str) -> Option<Selection> {
        Self::all().find(|selection| selection.name() == name)
    }

    /// Returns the scenario's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Selection::Updates(variant) => variant.name(),
            Selection::Counting => "counting",
            Selection::Bytecode(program) => program.name(),
            Selection::Turns(protocol) => protocol.name(),
            Selection::TimedTurns => Turns::TIMED,
        }
    }

    /// Returns one sentence about what the scenario shows.
    pub fn lesson(self) -> String {
        self.sized(2, 2).scenario().lesson()
    }

    /// Returns the smallest size at which the scenario's lesson shows.
    pub fn smallest(self) -> Size {
        let iterations = match self {
            // Whoever is passed over has asked a thread that then takes another turn.
            Selection::Turns(Protocol::NoForcedSwitching) => 2,
            _ => 1,
        };
        Size {
            threads: 2,
            iterations,
        }
    }

    /// Returns the scenario at this size.
    pub fn sized(self, threads: usize, iterations: u64) -> Catalogued {
        Catalogued {
            selection: self,
            size: Size { threads, iterations },
            is_claimed_correct: false,
        }
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A scenario of the catalogue, at a certain size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Catalogued {
    selection: Selection,
    size: Size,
    is_claimed_correct: bool,
}

impl Catalogued {
    /// Returns the same scenario with the expectations of a correct one.
    pub fn claimed_correct(self) -> Self {
        Catalogued {
            is_claimed_correct: true,
            ..self
        }
    }

    /// Returns the scenario's size.
    pub fn size(self) -> Size {
        self.size
    }

    /// Returns the scenario itself.
    pub fn scenario(self) -> AnyScenario {
        let Size { threads, iterations } = self.size;
        let turns = |protocol, interval| Turns {
            protocol,
            interval,
            threads,
            iterations,
        };
        match self.selection {
            Selection::Counting => Counting { threads, iterations }.into(),
            Selection::Updates(variant) => self.claimed_or_not(Updates {
                variant,
                threads,
                iterations,
            }),
            Selection::Bytecode(program) => self.claimed_or_not(Bytecode {
                program,
                threads,
                iterations,
            }),
            Selection::Turns(protocol) => self.claimed_or_not(turns(protocol, protocol.interval())),
            Selection::TimedTurns => self.claimed_or_not(turns(Protocol::Faithful, Turns::SWITCH_INTERVAL)),
        }
    }

    fn claimed_or_not(self, scenario: impl Claim + Clone) -> AnyScenario {
        match self.is_claimed_correct {
            true => ClaimedCorrect(scenario).into_any(),
            false => scenario.into(),
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
                "fetch-add-result",
                "locked-twice",
                "wrong-lock",
                "compare-exchange",
                "attempt",
                "counting",
                "python-3.9",
                "python-3.9-call",
                "python-3.9-lock",
                "python-3.9-call-lock",
                "python-3.10",
                "python-3.10-call",
                "python-3.10-lock",
                "python-3.10-call-lock",
                "python-3.13t",
                "python-3.13t-call",
                "python-3.13t-lock",
                "python-3.13t-call-lock",
                "gil",
                "gil-timed",
                "gil-unforced",
                "gil-early-notify",
                "gil-if",
            ]
        );
        for selection in Selection::all() {
            assert_eq!(Selection::named(selection.name()), Some(selection));
            assert!(!selection.lesson().is_empty());
            let sized = selection.sized(2, 1);
            assert_eq!(sized.scenario().name(), selection.name());
            assert_eq!(sized.claimed_correct().scenario().name(), selection.name());
        }
        assert_eq!(Selection::named("Unlocked"), None);
    }
}
