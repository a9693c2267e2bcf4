//! docs/ci.md: its settings can be read, its options exist, and its commands do what it says.

use crate::support::{directory, selvedge};
use std::fs;

const GUIDE: &str = include_str!("../../docs/ci.md");

/// Returns the blocks of code in this language.
fn blocks(language: &str) -> Vec<&'static str> {
    let begin = format!("```{language}\n");
    let blocks = GUIDE.split(begin.as_str()).skip(1);
    blocks
        .map(|block| block.split("```").next().expect("a block"))
        .collect()
}

#[test]
fn the_settings_of_the_guide_pass() {
    let project = directory("ci-guide");
    let [settings] = blocks("toml")[..] else {
        panic!("one file of settings");
    };
    fs::write(project.join("selvedge.toml"), settings).expect("it can be written");
    // Loom is bounded on the counter with compare-exchange: the explorer's proof is what counts.
    let ran = selvedge("check --quiet").within(&project).code(0);
    let last = "Everything was as expected: 6 checks, 5 proved, 1 bounded.";
    assert_eq!(ran.quietly().stdout.lines().last(), Some(last));
    for file in ["selvedge.xml", "selvedge.sarif"] {
        assert!(project.join("target").join(file).is_file(), "{file}");
    }
}

#[test]
fn every_option_that_the_guide_names_exists() {
    let mut help = String::new();
    for command in ["check", "replay", "show"] {
        help += &selvedge(&format!("{command} --help")).code(0).stdout;
    }
    let words = GUIDE.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let options: Vec<&str> = words
        .filter(|word| word.starts_with("--") && word.contains(char::is_alphabetic))
        .collect();
    let others = ["--release", "--locked", "--profile", "--version", "--args"];
    for option in options.into_iter().filter(|option| !others.contains(option)) {
        assert!(help.contains(option), "{option}");
    }
}

#[test]
fn the_formats_of_the_guide_are_those_of_the_command() {
    let table = GUIDE
        .split("| format | for |")
        .nth(1)
        .expect("a table of formats");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let formats: Vec<&str> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    let refusal = selvedge("check --output nothing=-").code(2).stderr;
    assert!(
        refusal.contains(&format!("the formats are {}\n", formats.join(", "))),
        "{refusal}"
    );
}
