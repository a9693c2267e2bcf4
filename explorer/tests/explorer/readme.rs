//! The README shows the example as it is, and what it prints.

#[path = "../../examples/tickets.rs"]
#[allow(dead_code, reason = "an example has a main function")]
mod tickets;

const README: &str = include_str!("../../README.md");

/// Returns the text without ANSI escapes, which all end with the first `m`.
fn without_escapes(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once('m').map_or("", |(_, text)| text));
    std::iter::once(first).chain(rest).collect()
}

#[test]
fn the_readme_shows_the_example_and_its_output() {
    let mut printed = Vec::new();
    tickets::run(&mut printed).expect("the example runs");
    let printed = without_escapes(std::str::from_utf8(&printed).expect("text"));
    let source = include_str!("../../examples/tickets.rs");
    for (language, text) in [("rust", source), ("text", &printed)] {
        let block = format!("```{language}\n{text}```\n");
        assert!(README.contains(&block), "README.md has no block\n{block}");
    }
}
