//! What a beginner reads of an execution that takes weak memory.

use super::programs::{Announced, Fix};
use super::{explorer, report};
use selvedge::explorer::drawing::svg;
use selvedge::report::text;

/// What the report says, without the numbers of lines.
const TOLD: &str = include_str!("drawn.txt");

/// Replaces the line numbers of this test's programs.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split("programs.rs:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        format!("{text}programs.rs:{}{rest}", "#".repeat(part.len() - rest.len()))
    })
}

/// In no more than 80 columns: each load that misses a store says which, and so does the story.
#[test]
fn a_load_that_misses_a_store_says_so() {
    let report = report(Announced(Fix::None));
    assert_eq!(explorer(&report).verdict.kind(), "refuted");
    let text = text::plain(&report);
    let (_, told) = text
        .split_once("How it comes to (false, false):\n\n")
        .expect("it has a witness");
    assert_eq!(without_numbers(told), TOLD);
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    let row = report.rows.iter().find(|row| row.needs_weak_memory == Some(true));
    let witness = row.and_then(|row| row.witness.clone());
    let witness = witness.expect("it was asked for").expect("it was found");
    let mut file = Vec::new();
    svg::write(&mut file, &witness.drawing).expect("it can be written");
    let file = String::from_utf8(file).expect("it is UTF-8");
    let texts = roxmltree::Document::parse(&file).expect("it is XML");
    let texts = texts.descendants().filter_map(|node| node.text());
    assert!(
        texts.into_iter().any(|text| text.contains("not the true of")),
        "{file}"
    );
}
