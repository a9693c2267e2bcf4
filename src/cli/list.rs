//! `list`: the scenarios and the engines.

use super::arguments::{EngineName, Format};
use super::{Error, Output};
use selvedge::catalogue::Selection;
use selvedge::report::json::SCHEMA;
use serde_json::{Value, json};
use std::io::Write;

/// A name and its description.
type Entry = (&'static str, String);

/// Shows the scenarios and the engines.
pub(super) fn list(format: Format, output: &mut Output) -> Result<(), Error> {
    match format {
        Format::Json | Format::Svg => {
            let document = json!({
                "schema": SCHEMA,
                "scenarios": objects(scenarios(Selection::all())),
                "engines": objects(engines()),
            });
            writeln!(output, "{document:#}")?;
        }
        Format::Text => {
            let groups = [
                (
                    "Scenarios, each for `selvedge check SCENARIO`:",
                    scenarios(Selection::counters()),
                ),
                (
                    "\nPython's threads, bytecode by bytecode, and the GIL that they run under:",
                    scenarios(Selection::python()),
                ),
                ("\nEngines, each for `--engine ENGINE`:", engines()),
            ];
            for (title, entries) in groups {
                writeln!(output, "{title}")?;
                for (name, about) in entries {
                    writeln!(output, "  {name:22}  {about}")?;
                }
            }
        }
    }
    output.flush()?;
    Ok(())
}

fn scenarios(selections: impl Iterator<Item = Selection>) -> Vec<Entry> {
    selections
        .map(|selection| (selection.name(), selection.lesson()))
        .collect()
}

fn engines() -> Vec<Entry> {
    let engines = EngineName::ALL.into_iter();
    engines
        .map(|engine| (engine.name(), engine.help().to_owned()))
        .collect()
}

fn objects(entries: Vec<Entry>) -> Vec<Value> {
    let entries = entries.into_iter();
    entries
        .map(|(name, about)| json!({ "name": name, "about": about }))
        .collect()
}
