//! The arguments of `report`.

use super::EXIT_CODES;
use super::parse::{parse_iterations, parse_scenario, parse_threads, parse_time};
use clap::Args;
use selvedge::catalogue::{Catalogued, Selection};
use selvedge::page::course;
use std::path::PathBuf;
use std::time::Duration;

/// The arguments of `report`.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct ReportArguments {
    /// The file to write, such as `selvedge.html`; `-` is the standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) html: PathBuf,

    /// The scenarios of the page; by default a course, from the unlocked counter to Python's GIL
    #[arg(value_name = "SCENARIO", value_parser = parse_scenario)]
    scenarios: Vec<Selection>,

    /// The number of threads: incrementers and decrementers in turn
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = parse_threads)]
    threads: usize,

    /// The number of operations of each thread
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = parse_iterations)]
    iterations: u64,

    /// The longest time for each exploration, such as `30s` or `1m 30s`
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_time)]
    pub(crate) time: Duration,
}

impl ReportArguments {
    /// Returns the scenarios of the page, without repetition.
    pub(crate) fn scenarios(&self) -> impl Iterator<Item = Catalogued> {
        let mut scenarios = Vec::new();
        for &scenario in &self.scenarios {
            if !scenarios.contains(&scenario) {
                scenarios.push(scenario);
            }
        }
        if scenarios.is_empty() {
            scenarios.extend(course::selections());
        }
        let (threads, iterations) = (self.threads, self.iterations);
        scenarios
            .into_iter()
            .map(move |scenario| scenario.sized(threads, iterations))
    }
}
