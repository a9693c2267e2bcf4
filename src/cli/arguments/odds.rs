//! The arguments of `odds`.

use super::SizedScenario;
use super::parse::parse_time;
use clap::Args;
use std::time::Duration;

/// The arguments of `odds`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct OddsArguments {
    #[command(flatten)]
    pub(crate) scenario: SizedScenario,

    /// Counts traces, too: interleavings that differ in more than the order of independent operations
    #[arg(long)]
    pub(crate) traces: bool,

    /// The longest time for all of it, such as `30s` or `1m 30s`
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_time)]
    pub(crate) time: Duration,
}

const HELP: &str = "\
Every interleaving is counted, and none is run: the counts are added up along
the states, of which there are far fewer. Try `selvedge odds unlocked`, and
then with `--iterations 50`, where there are about 10^59 interleavings.

Two odds are shown for each ending: those if all interleavings are alike, and
those under a scheduler that picks among the threads that can go on, each
alike. They differ, and neither is what hardware does.

There is no verdict. Exit codes:
  0  everything was counted
  2  bad usage, or a scenario that cannot be counted exactly
  3  less was explored than had to be, for want of time or memory, or because
     of Ctrl-C: then no odds are shown
  4  the result could not be written";
