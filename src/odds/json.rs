//! Counts and odds as one JSON document. `docs/json.md` describes it.

use super::{EndingOdds, Odds};
use crate::report::json::SCHEMA;
use serde::Serialize;
use std::io::{self, Write};

/// Writes counts and odds as one JSON document. Counts are strings of decimal digits, as they outgrow all numbers that
/// readers of JSON have.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_json(output: &mut impl Write, odds: &Odds) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *output, &Document::new(odds))?;
    writeln!(output)?;
    output.flush()
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    version: &'static str,
    scenario: &'a str,
    threads: usize,
    iterations: u64,
    states: u64,
    interleavings: String,
    traces: Option<String>,
    bounds: Option<&'a str>,
    endings: Vec<EndingDocument<'a>>,
    seconds: f64,
}

#[derive(Serialize)]
struct EndingDocument<'a> {
    ending: &'a str,
    kind: &'static str,
    interleavings: String,
    traces: Option<String>,
    share: f64,
    picked: f64,
}

impl<'a> Document<'a> {
    fn new(odds: &'a Odds) -> Self {
        Document {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            scenario: &odds.scenario,
            threads: odds.size.threads,
            iterations: odds.size.iterations,
            states: odds.states,
            interleavings: odds.interleavings.to_string(),
            traces: odds.traces.map(|traces| traces.to_string()),
            bounds: odds.bounds.as_deref(),
            endings: odds.endings.iter().map(EndingDocument::new).collect(),
            seconds: odds.elapsed.as_secs_f64(),
        }
    }
}

impl<'a> EndingDocument<'a> {
    fn new(odds: &'a EndingOdds) -> Self {
        EndingDocument {
            ending: &odds.ending,
            kind: odds.kind,
            interleavings: odds.interleavings.to_string(),
            traces: odds.traces.map(|traces| traces.to_string()),
            share: odds.share,
            picked: odds.picked,
        }
    }
}
