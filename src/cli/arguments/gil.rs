//! The arguments of `gil`.

use super::parse::{parse_interval, parse_iterations, parse_runs, parse_threads};
use clap::Args;
use selvedge::python::measurement::Plan;
use std::time::Duration;

/// The arguments of `gil`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct GilArguments {
    /// The number to which each thread counts [default: 1,000,000, and then a number that takes one thread
    /// about 250 ms]
    #[arg(long, value_name = "N", value_parser = parse_iterations)]
    iterations: Option<u64>,

    /// The number of threads that count
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = parse_threads)]
    threads: usize,

    /// The switch interval: the time for which a thread waits for the GIL before it asks for it; at least 1us
    #[arg(long, value_name = "TIME", default_value = "5ms", value_parser = parse_interval)]
    interval: Duration,

    /// The number of measurements of each way of counting; the best one counts
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = parse_runs)]
    runs: usize,
}

const HELP: &str = "\
Threads count: one after the other, then side by side, then side by side under a GIL that works
like CPython's. They share nothing, so nothing can go wrong; but the GIL keeps them from using a
second processor. There is no verdict: the exit code is 0, or 3 if Ctrl-C ended the measurement
early. The times are those of this build: measure with a release build.";

impl GilArguments {
    /// Returns the plan of the measurement.
    pub(crate) fn plan(&self) -> Plan {
        Plan {
            threads: self.threads,
            iterations: self.iterations,
            interval: self.interval,
            rounds: self.runs,
        }
    }
}
