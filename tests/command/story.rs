//! The story that the program tells without a command.

use crate::support::{list, selvedge, without_time};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// The story, told once for all tests, because it takes some seconds.
static STORY: LazyLock<String> = LazyLock::new(|| {
    let ran = selvedge("").code(0);
    ran.quietly();
    ran.stdout
});

/// Returns a story without the parts that differ between runs: times, and the results of real threads.
fn normalised(story: &str) -> String {
    let mut normalised = String::new();
    let mut is_measured = false;
    let mut lines = story.lines();
    while let Some(line) = lines.next() {
        let text = line.trim_start();
        // What was measured may take a second line.
        is_measured &= line.starts_with(&" ".repeat(25));
        if is_measured {
            continue;
        }
        is_measured = text.starts_with("measured");
        if text.starts_with("(Disturbed:") {
            lines.next(); // the empty line after it
            continue;
        }
        normalised += &match text {
            _ if text.starts_with("unlocked    Result:") => "  unlocked    Result: …".to_owned(),
            _ if is_measured => "           measured      …".to_owned(),
            _ => without_time(line),
        };
        normalised.push('\n');
    }
    normalised
}

/// Refreshed with `SELVEDGE_REFRESH=1 cargo test --test command`.
#[test]
fn the_story_is_the_stored_one_and_the_readme_s() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let told = normalised(&STORY);
    let stored = root.join("tests/stored/story.txt");
    if std::env::var_os("SELVEDGE_REFRESH").is_some() {
        fs::write(&stored, &told).expect("the stored story can be written");
    }
    let stored = fs::read_to_string(&stored).expect("the stored story can be read");
    assert_eq!(
        told, stored,
        "if this is as it should be, run SELVEDGE_REFRESH=1 cargo test --test command"
    );
    let readme = fs::read_to_string(root.join("README.md")).expect("README.md");
    let quoted = readme
        .split("```text\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    assert_eq!(normalised(quoted.expect("README.md quotes the story")), stored);
}

/// The story's last line counts the verdicts; the document has them.
#[test]
fn the_story_as_json_has_the_same_checks() {
    let document = selvedge("--format json").code(0).json();
    assert_eq!(document["as_expected"], true);
    let scenarios = list(&document["scenarios"]);
    let verdicts: Vec<_> = scenarios
        .iter()
        .flat_map(|scenario| list(&scenario["engines"]))
        .map(|engine| engine["verdict"].as_str().expect("a word"))
        .collect();
    let count = |kind| verdicts.iter().filter(|&&verdict| verdict == kind).count();
    let last = format!(
        "Everything was as expected: {} checks, {} proved, {} bounded, {} sampled.",
        verdicts.len(),
        count("proved"),
        count("bounded"),
        count("sampled")
    );
    assert_eq!(STORY.lines().last(), Some(&*last));
    let seed = |scenario: &&Value| scenario["scenario"] == "locked" && scenario["iterations"] == 1_000_000;
    let seed = scenarios.iter().find(seed).expect("the seed's program");
    assert_eq!(seed["outcomes"][0]["outcome"], "0");
}
