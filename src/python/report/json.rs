//! A measurement of the GIL as one JSON document. `docs/json.md` describes it.

use super::conclusions;
use crate::python::gil::History;
use crate::python::measurement::{Measured, Measurement, Round};
use crate::report::json::SCHEMA;
use serde::Serialize;
use std::io::{self, Write};

/// Writes a measurement as one JSON document.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_json(output: &mut impl Write, measurement: &Measurement) -> io::Result<()> {
    let document = Document {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        threads: measurement.plan.threads,
        runs: measurement.plan.rounds,
        interval_seconds: measurement.plan.interval.as_secs_f64(),
        processors: measurement.processors,
        debug_build: measurement.is_debug_build,
        interrupted: measurement.is_interrupted,
        outcome: measurement.outcome(),
        sizes: measurement.sizes.iter().map(SizeDocument::new).collect(),
        conclusions: conclusions(measurement),
    };
    serde_json::to_writer_pretty(&mut *output, &document)?;
    writeln!(output)?;
    output.flush()
}

#[derive(Serialize)]
struct Document {
    schema: u32,
    version: &'static str,
    threads: usize,
    runs: usize,
    interval_seconds: f64,
    processors: Option<usize>,
    debug_build: bool,
    interrupted: bool,
    outcome: Option<&'static str>,
    sizes: Vec<SizeDocument>,
    conclusions: Vec<String>,
}

#[derive(Serialize)]
struct SizeDocument {
    iterations: u64,
    rounds: Vec<RoundDocument>,
    best: Option<BestDocument>,
    forced_switches: u64,
    holders: Vec<HolderDocument>,
}

#[derive(Serialize)]
struct RoundDocument {
    in_sequence_seconds: f64,
    free_seconds: f64,
    gil_seconds: f64,
}

#[derive(Serialize)]
struct BestDocument {
    #[serde(flatten)]
    times: RoundDocument,
    free_ratio: f64,
    gil_ratio: f64,
}

#[derive(Serialize)]
struct HolderDocument {
    thread: usize,
    turns: u64,
    forced_switches: u64,
    stretches: Vec<StretchDocument>,
}

#[derive(Serialize)]
struct StretchDocument {
    from_seconds: f64,
    to_seconds: f64,
    held_seconds: f64,
    turns: u64,
}

impl SizeDocument {
    fn new(size: &Measured) -> Self {
        let holders = size.histories.iter().enumerate();
        SizeDocument {
            iterations: size.iterations,
            rounds: size.rounds.iter().map(RoundDocument::new).collect(),
            best: size.best().map(|best| BestDocument {
                times: RoundDocument::new(&best),
                free_ratio: best.free_ratio(),
                gil_ratio: best.gil_ratio(),
            }),
            forced_switches: size.forced(),
            holders: holders
                .map(|(index, history)| HolderDocument::new(index + 1, history))
                .collect(),
        }
    }
}

impl RoundDocument {
    fn new(round: &Round) -> Self {
        RoundDocument {
            in_sequence_seconds: round.in_sequence.as_secs_f64(),
            free_seconds: round.free.as_secs_f64(),
            gil_seconds: round.gil.as_secs_f64(),
        }
    }
}

impl HolderDocument {
    fn new(thread: usize, history: &History) -> Self {
        let stretches = history.stretches().iter().map(|stretch| StretchDocument {
            from_seconds: stretch.from.as_secs_f64(),
            to_seconds: stretch.to.as_secs_f64(),
            held_seconds: stretch.held.as_secs_f64(),
            turns: stretch.turns,
        });
        HolderDocument {
            thread,
            turns: history.turns(),
            forced_switches: history.forced(),
            stretches: stretches.collect(),
        }
    }
}
