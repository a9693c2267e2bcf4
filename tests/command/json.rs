//! The documents that programs read.

use crate::support::{list, selvedge};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn json_is_one_document_with_a_version() {
    let line =
        "check unlocked locked --iterations 1 --format json --seed 7 --engine loom,shuttle-dfs,shuttle-urw";
    let document = selvedge(line).code(0).json();
    assert_eq!(document["schema"], 1);
    assert_eq!(document["as_expected"], true);
    let unlocked = &document["scenarios"][0];
    assert_eq!(
        (
            &unlocked["scenario"],
            &unlocked["threads"],
            &unlocked["iterations"]
        ),
        (&"unlocked".into(), &2.into(), &1.into())
    );
    let rows = list(&unlocked["outcomes"]);
    let outcomes: Vec<_> = rows.iter().map(|row| &row["outcome"]).collect();
    assert_eq!(outcomes, ["-1", "0", "1"]);
    let engines = list(&unlocked["engines"]);
    let verdicts: Vec<_> = engines.iter().map(|engine| &engine["verdict"]).collect();
    assert_eq!(verdicts, ["bounded", "proved", "sampled"]);
    assert_eq!(
        (&engines[1]["seed"], &engines[2]["seed"]),
        (&Value::Null, &7.into())
    );
    // The counts of an engine's column add up to its executions.
    for (index, engine) in engines.iter().enumerate() {
        let counts = rows
            .iter()
            .map(|row| row["counts"][index].as_u64().expect("a count"));
        assert_eq!(engine["executions"], counts.sum::<u64>());
    }
}

#[test]
fn the_manual_has_every_field_of_the_documents() {
    let manual = include_str!("../../docs/json.md");
    let mut fields = BTreeSet::new();
    for line in [
        "check counting --engine threads --executions 1 --format json",
        "gil --iterations 1000 --runs 1 --format json",
    ] {
        collect_fields(&selvedge(line).code(0).json(), &mut fields);
    }
    assert!(
        fields.contains("speedup") && fields.contains("best"),
        "{fields:?}"
    );
    for field in fields {
        assert!(
            manual.contains(&format!("`{field}`")),
            "docs/json.md does not mention `{field}`"
        );
    }
}

fn collect_fields(value: &Value, fields: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                fields.insert(name.clone());
                collect_fields(value, fields);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect_fields(value, fields)),
        _ => {}
    }
}
