//! The catalogue: every scenario that comes with the program, by name and at any size.

use super::{Bytecode, Claim, ClaimedCorrect, Counting, Program, Scenario, Turns, Updates};
use crate::counter::Variant;
use crate::engine::Engine;
use crate::gil::{Protocol, SwitchInterval};
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
    /// Threads that take turns at holding the GIL, by this protocol with [its own interval](Protocol::interval).
    Turns(Protocol),
    /// Threads that take turns at holding the GIL, by CPython's protocol with its switch interval.
    TimedTurns,
}

impl Selection {
    /// The counters and the counting threads, in the order in which a newcomer should meet them.
    pub fn counters() -> impl Iterator<Item = Selection> {
        Variant::ALL
            .into_iter()
            .map(Selection::Updates)
            .chain([Selection::Counting])
    }

    /// Python's threads, and the GIL that they run under.
    pub fn python() -> impl Iterator<Item = Selection> {
        Program::all()
            .map(Selection::Bytecode)
            .chain([Selection::Turns(Protocol::Faithful), Selection::TimedTurns])
            .chain(Protocol::BROKEN.map(Selection::Turns))
    }

    /// Every scenario.
    pub fn all() -> impl Iterator<Item = Selection> {
        Self::counters().chain(Self::python())
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
            Selection::Bytecode(program) => program.name(),
            Selection::Turns(protocol) => protocol.name(),
            Selection::TimedTurns => Turns::TIMED,
        }
    }

    /// What the scenario shows, in one sentence.
    pub fn lesson(self) -> String {
        struct Lesson;
        impl WithScenario for Lesson {
            type Output = String;

            fn run<S: Scenario>(self, scenario: S) -> String {
                scenario.lesson()
            }
        }
        self.sized(2, 2).with(Lesson)
    }

    /// The scenario at this size.
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
pub struct Catalogued {
    selection: Selection,
    size: Size,
    is_claimed_correct: bool,
}

/// Something to do with a scenario of any type.
pub trait WithScenario {
    /// What it returns.
    type Output;

    /// Does it.
    fn run<S: Scenario>(self, scenario: S) -> Self::Output;
}

impl Catalogued {
    /// The same scenario, expected to end as if it were correct.
    pub fn claimed_correct(self) -> Self {
        Catalogued {
            is_claimed_correct: true,
            ..self
        }
    }

    /// The scenario's size.
    pub fn size(self) -> Size {
        self.size
    }

    /// Does something with the scenario itself.
    pub fn with<W: WithScenario>(self, visitor: W) -> W::Output {
        let Size { threads, iterations } = self.size;
        match self.selection {
            Selection::Updates(variant) => self.claimed_or_not(
                Updates {
                    variant,
                    threads,
                    iterations,
                },
                visitor,
            ),
            Selection::Counting => visitor.run(Counting { threads, iterations }),
            Selection::Bytecode(program) => self.claimed_or_not(
                Bytecode {
                    program,
                    threads,
                    iterations,
                },
                visitor,
            ),
            Selection::Turns(protocol) => {
                self.claimed_or_not(self.turns(protocol, protocol.interval()), visitor)
            }
            Selection::TimedTurns => {
                self.claimed_or_not(self.turns(Protocol::Faithful, Turns::SWITCH_INTERVAL), visitor)
            }
        }
    }

    fn turns(self, protocol: Protocol, interval: SwitchInterval) -> Turns {
        Turns {
            protocol,
            interval,
            threads: self.size.threads,
            iterations: self.size.iterations,
        }
    }

    fn claimed_or_not<S: Claim, W: WithScenario>(self, scenario: S, visitor: W) -> W::Output {
        match self.is_claimed_correct {
            true => visitor.run(ClaimedCorrect(scenario)),
            false => visitor.run(scenario),
        }
    }

    /// Why this engine cannot run the scenario, if it cannot.
    pub fn unsuitable_for(self, engine: &impl Engine) -> Option<String> {
        struct Unsuitable<'a, E>(&'a E);
        impl<E: Engine> WithScenario for Unsuitable<'_, E> {
            type Output = Option<String>;

            fn run<S: Scenario>(self, scenario: S) -> Option<String> {
                self.0.unsuitable(&scenario)
            }
        }
        self.with(Unsuitable(engine))
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
        struct Name;
        impl WithScenario for Name {
            type Output = String;

            fn run<S: Scenario>(self, scenario: S) -> String {
                scenario.name()
            }
        }
        for selection in Selection::all() {
            assert_eq!(Selection::named(selection.name()), Some(selection));
            assert!(!selection.lesson().is_empty());
            let sized = selection.sized(2, 1);
            assert_eq!(sized.with(Name), selection.name());
            assert_eq!(sized.claimed_correct().with(Name), selection.name());
        }
        assert_eq!(Selection::named("Unlocked"), None);
    }
}
