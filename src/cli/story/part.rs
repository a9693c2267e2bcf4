//! The parts of the story's checks.

use crate::cli::arguments::{EngineName, Settings, fresh_seed};
use crate::cli::progress::Display;
use selvedge::catalogue::Selection;
use selvedge::check;
use selvedge::counter::Variant;
use selvedge::engine::{AnyEngine, Budget, Interrupt, Memory};
use selvedge::report::Report;
use std::time::Duration;

/// The size at which every interleaving is explored.
pub(super) const SMALL: u64 = 2;

/// The size at which every state is visited.
const LARGE: u64 = 1_000;

/// The size of the seed's program.
pub(super) const MILLION: u64 = 1_000_000;

/// The number of executions on real threads at that size.
const MILLION_EXECUTIONS: u64 = 5;

/// A part of the story's checks: some scenarios at one size on some engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// At a size at which everything can be explored, on the exhaustive engines.
    Everything,
    /// At the same size, on the engines that sample.
    Samples,
    /// At a size with more interleavings than anybody could run, by every state.
    States,
    /// At the seed's size, by an argument.
    EveryN,
    /// At the seed's size, on real threads: what the story shows, for this takes longer than all else.
    Million,
}

impl Part {
    /// All parts.
    pub(super) const ALL: [Part; 5] = [
        Part::Everything,
        Part::Samples,
        Part::Million,
        Part::States,
        Part::EveryN,
    ];

    /// Returns the scenarios that the part checks.
    pub(super) fn selections(self) -> Vec<Selection> {
        let [unlocked, locked] = [Variant::Unlocked, Variant::Locked].map(Selection::Updates);
        match self {
            Part::Everything | Part::Samples => Selection::counters().collect(),
            Part::States | Part::EveryN => vec![locked],
            Part::Million => vec![unlocked, locked, Selection::Counting],
        }
    }

    pub(super) fn engines(self) -> Vec<AnyEngine> {
        let names: &[EngineName] = match self {
            Part::Everything => &[EngineName::Explorer, EngineName::Loom, EngineName::ShuttleDfs],
            Part::Samples => &[
                EngineName::ShuttleRandom,
                EngineName::ShuttlePct,
                EngineName::ShuttleUrw,
                EngineName::Threads,
            ],
            Part::States => &[EngineName::States],
            Part::EveryN => &[EngineName::EveryN],
            Part::Million => &[EngineName::Threads],
        };
        let settings = Settings {
            seed: fresh_seed(),
            // The story is about turns.
            memory: Memory::SequentialConsistency,
            ..Settings::default()
        };
        names.iter().map(|name| name.engine(&settings)).collect()
    }

    fn iterations(self) -> u64 {
        match self {
            Part::Everything | Part::Samples => SMALL,
            Part::States => LARGE,
            Part::EveryN | Part::Million => MILLION,
        }
    }

    pub(super) fn explore(self, selection: Selection, interrupt: &Interrupt) -> Report {
        let display = Display::new();
        let sized = selection.sized(2, self.iterations());
        check::explore(
            &sized.scenario(),
            Some(sized.size()),
            &self.engines(),
            &check::Witnessing::Refutations,
            |engine| {
                let budget = Budget {
                    executions: (self == Part::Million).then_some(MILLION_EXECUTIONS),
                    time: Some(Duration::from_secs(30)),
                    interrupt: interrupt.clone(),
                    ..Budget::default()
                };
                display.show_on(selection.name(), engine, &budget.progress);
                budget
            },
        )
    }
}
