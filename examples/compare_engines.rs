//! Compares the executions and the time that each exhaustive engine needs: the table of `docs/engines.md`.
//!
//! `cargo run --release --example compare_engines` prints the table; with `--write` it also replaces the one
//! in the document. All figures come from one run on one machine: compare them only with one another.

use selvedge::counter::Variant;
use selvedge::engine::{AnyEngine, Budget, Completeness, Engine, Explorer, Loom, Shuttle, Strategy};
use selvedge::numbers::{duration, grouped};
use selvedge::scenario::Updates;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

/// The counters and sizes to compare on: the numbers of threads and of operations each.
const SCENARIOS: [(Variant, usize, u64); 9] = [
    (Variant::Unlocked, 2, 2),
    (Variant::Unlocked, 2, 3),
    (Variant::Unlocked, 2, 4),
    (Variant::Unlocked, 2, 5),
    (Variant::Unlocked, 2, 7),
    (Variant::Unlocked, 3, 2),
    (Variant::Locked, 2, 3),
    (Variant::Locked, 2, 5),
    (Variant::Locked, 2, 10),
];

/// The longest time for each engine and scenario.
const TIME: Duration = Duration::from_secs(30);

const BEGIN: &str = "<!-- begin: compare_engines -->\n";
const END: &str = "<!-- end: compare_engines -->";

fn main() -> ExitCode {
    let table = table();
    print!("{table}");
    let is_to_be_written = std::env::args().any(|argument| argument == "--write");
    if is_to_be_written && let Err(error) = write(&table) {
        eprintln!("error: docs/engines.md could not be updated: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn engines() -> [AnyEngine; 3] {
    [
        AnyEngine::new(Explorer::default()),
        AnyEngine::new(Loom::default()),
        AnyEngine::new(Shuttle {
            strategy: Strategy::Dfs,
        }),
    ]
}

fn table() -> String {
    let mut table = String::from("| counter | threads × operations |");
    for engine in engines() {
        let _ = write!(table, " {} |", engine.name());
    }
    table += "\n|---|---|---|---|---|\n";
    for (variant, threads, iterations) in SCENARIOS {
        let _ = write!(table, "| {} | {threads} × {iterations} |", variant.name());
        for engine in engines() {
            let _ = write!(
                table,
                " {} |",
                cell(
                    &engine,
                    Updates {
                        variant,
                        threads,
                        iterations
                    }
                )
            );
        }
        table += "\n";
    }
    table
}

fn cell(engine: &AnyEngine, scenario: Updates) -> String {
    let budget = Budget {
        time: Some(TIME),
        ..Budget::default()
    };
    let exploration = engine.explore(&Arc::new(scenario), &budget);
    let per_second = exploration.executions as f64 / exploration.elapsed.as_secs_f64();
    match exploration.completeness {
        Completeness::Exhaustive | Completeness::Bounded(_) => format!(
            "{} in {} ({} per second)",
            grouped(exploration.executions),
            duration(exploration.elapsed),
            grouped(per_second as u64)
        ),
        _ => format!(
            "not finished in {}: {}",
            duration(TIME),
            grouped(exploration.executions)
        ),
    }
}

/// Replaces the table in the document.
fn write(table: &str) -> io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/engines.md");
    let document = fs::read_to_string(&path)?;
    let missing = || {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "the markers around the table are missing",
        )
    };
    let (before, rest) = document.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    fs::write(path, format!("{before}{BEGIN}{table}{END}{after}"))
}
