//! The engines by their names.

use super::parse::parse_engine;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use selvedge::catalogue::Selection;
use selvedge::engine::{AnyEngine, EveryN, Explorer, Loom, Memory, Shuttle, States, Strategy, Threads};
use selvedge::explorer::Mode;
use selvedge::python::gil::Protocol;
use std::fmt;
use std::str::FromStr;

/// The name of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EngineName {
    Explorer,
    ExplorerSource,
    ExplorerSleepSets,
    ExplorerEnumeration,
    States,
    EveryN,
    Loom,
    ShuttleDfs,
    ShuttleRandom,
    ShuttlePct,
    ShuttleUrw,
    Threads,
}

/// The settings that some engines have.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Settings {
    /// The seed of engines that choose at random.
    pub(crate) seed: u64,
    /// The greatest number of preemptions, for the explorer and loom.
    pub(crate) preemption_bound: Option<usize>,
    /// The memory model of the explorer.
    pub(crate) memory: Memory,
    /// `true` if the explorer stops at the first deadlock, panic or data race.
    pub(crate) stop_at_first_failure: bool,
}

impl EngineName {
    pub(crate) const ALL: [EngineName; 12] = [
        EngineName::Explorer,
        EngineName::ExplorerSource,
        EngineName::ExplorerSleepSets,
        EngineName::ExplorerEnumeration,
        EngineName::States,
        EngineName::EveryN,
        EngineName::Loom,
        EngineName::ShuttleDfs,
        EngineName::ShuttleRandom,
        EngineName::ShuttlePct,
        EngineName::ShuttleUrw,
        EngineName::Threads,
    ];

    /// Returns the engines that `check` uses by default: the explorer for a proof, loom and shuttle to
    /// confirm it, and real threads; without those that would not come to an end.
    pub(crate) fn defaults(scenario: Selection) -> &'static [EngineName] {
        use EngineName::{Explorer, Loom, ShuttleDfs, Threads};
        match scenario {
            Selection::Updates(_) | Selection::Counting => &[Explorer, Loom, ShuttleDfs, Threads],
            Selection::Bytecode(_) | Selection::Turns(Protocol::Faithful) | Selection::TimedTurns => {
                &[Explorer, Loom, Threads]
            }
            Selection::Turns(_) => &[Explorer, Loom],
        }
    }

    /// Returns the engine.
    pub(crate) fn engine(self, settings: &Settings) -> AnyEngine {
        let &Settings {
            seed,
            preemption_bound,
            memory,
            stop_at_first_failure,
        } = settings;
        let shuttle = |strategy| AnyEngine::new(Shuttle { strategy });
        let explorer = |mode| {
            AnyEngine::new(Explorer {
                mode,
                preemption_bound,
                memory,
                stop_at_first_failure,
                ..Explorer::DEFAULT
            })
        };
        match self {
            EngineName::Explorer => explorer(Mode::Optimal),
            EngineName::ExplorerSource => explorer(Mode::Source),
            EngineName::ExplorerSleepSets => explorer(Mode::SleepSets),
            EngineName::ExplorerEnumeration => explorer(Mode::Enumeration),
            EngineName::States => AnyEngine::new(States),
            EngineName::EveryN => AnyEngine::new(EveryN),
            EngineName::Loom => AnyEngine::new(Loom { preemption_bound }),
            EngineName::ShuttleDfs => shuttle(Strategy::Dfs),
            EngineName::ShuttleRandom => shuttle(Strategy::Random { seed }),
            EngineName::ShuttlePct => shuttle(Strategy::Pct {
                seed,
                depth: Shuttle::PCT_DEPTH,
            }),
            EngineName::ShuttleUrw => shuttle(Strategy::Urw { seed }),
            EngineName::Threads => AnyEngine::new(Threads),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            EngineName::Explorer => "explorer",
            EngineName::ExplorerSource => "explorer-source",
            EngineName::ExplorerSleepSets => "explorer-sleep-sets",
            EngineName::ExplorerEnumeration => "explorer-enumeration",
            EngineName::States => "states",
            EngineName::EveryN => "every-n",
            EngineName::Loom => "loom",
            EngineName::ShuttleDfs => "shuttle-dfs",
            EngineName::ShuttleRandom => "shuttle-random",
            EngineName::ShuttlePct => "shuttle-pct",
            EngineName::ShuttleUrw => "shuttle-urw",
            EngineName::Threads => "threads",
        }
    }

    pub(crate) fn help(self) -> &'static str {
        match self {
            EngineName::Explorer => {
                "our own: every execution that differs, exactly once, data races, and weak memory"
            }
            EngineName::ExplorerSource => {
                "the same by source sets: gives up some executions that it has started"
            }
            EngineName::ExplorerSleepSets => {
                "the same by sleep sets: gives up many executions that it has started"
            }
            EngineName::ExplorerEnumeration => "the same without reduction: every interleaving",
            EngineName::States => {
                "every state of threads that repeat a step: far fewer than executions, so for large sizes"
            }
            EngineName::EveryN => {
                "an argument about one step of each thread: for a million iterations, or for any number"
            }
            EngineName::Loom => "loom: exhaustive, with weak memory orderings and data races",
            EngineName::ShuttleDfs => "shuttle, depth first: every interleaving",
            EngineName::ShuttleRandom => "shuttle, at random: samples schedules",
            EngineName::ShuttlePct => "shuttle, by random priorities: samples schedules with few preemptions",
            EngineName::ShuttleUrw => "shuttle, by uniform random walk: samples all schedules alike",
            EngineName::Threads => "real threads on this machine: samples what the operating system does",
        }
    }
}

impl ValueEnum for EngineName {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.help()))
    }
}

impl FromStr for EngineName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse_engine(text)
    }
}

impl fmt::Display for EngineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
