//! The source of what the threads do, as far as it is at hand.

use super::model::Excerpt;
use selvedge_explorer::source_text;
use std::collections::{BTreeMap, BTreeSet};

/// The greatest number of lines of an excerpt.
const LONGEST: usize = 40;

/// The number of lines around a line in a function that is too long.
const AROUND: usize = 3;

/// Returns the functions around these lines, by file and line.
///
/// A file that is not at hand, or has changed since the program was built, is left out.
pub(super) fn excerpts(places: &BTreeSet<(&'static str, u32)>) -> Vec<Excerpt> {
    let mut files = BTreeMap::<&str, Vec<usize>>::new();
    for (file, line) in places {
        files.entry(file).or_default().push(*line as usize - 1);
    }
    let mut excerpts = Vec::new();
    for (file, touched) in files {
        if let Some(text) = source_text(file) {
            excerpts.extend(of_file(name_of(file), &text, &touched));
        }
    }
    excerpts
}

fn name_of(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Returns the functions of a file around these lines, which are counted from 0.
fn of_file(file: &str, text: &str, touched: &[usize]) -> Vec<Excerpt> {
    let lines: Vec<&str> = text.lines().collect();
    let touched = touched.iter().filter(|&&line| line < lines.len());
    let mut spans: Vec<(usize, usize)> = touched.map(|&line| function(&lines, line)).collect();
    spans.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (first, last) in spans {
        match merged.last_mut() {
            Some((_, end)) if first <= *end + 1 => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    let excerpt = |(first, last): (usize, usize)| Excerpt {
        file: file.to_owned(),
        first: first as u32 + 1,
        lines: without_margin(&lines[first..=last]),
    };
    merged.into_iter().map(excerpt).collect()
}

/// Returns the first line and the last of the function around a line; of a long one, only what is near.
fn function(lines: &[&str], line: usize) -> (usize, usize) {
    let near = (line.saturating_sub(AROUND), (line + AROUND).min(lines.len() - 1));
    let Some(first) = (0..=line).rev().find(|&index| is_head(lines[index])) else {
        return near;
    };
    let end = format!("{}}}", &lines[first][..indent(lines[first])]);
    match (line..lines.len()).find(|&index| lines[index] == end) {
        Some(last) if last - first < LONGEST => (first, last),
        _ => near,
    }
}

/// Returns `true` for the first line of a function.
fn is_head(line: &str) -> bool {
    let words = line.split_whitespace().take_while(|word| !word.starts_with("//"));
    let mut modifiers =
        words.skip_while(|word| ["pub", "pub(crate)", "const", "async", "unsafe"].contains(word));
    modifiers.next() == Some("fn")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Removes the indentation that all lines have.
fn without_margin(lines: &[&str]) -> Vec<String> {
    let written = lines.iter().filter(|line| !line.trim().is_empty());
    let margin = written.map(|line| indent(line)).min().unwrap_or(0);
    let rest = |line: &&str| line.get(margin..).unwrap_or("").trim_end().to_owned();
    lines.iter().map(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "struct A;\n\nimpl A {\n    // fn no\n    pub fn add(&self) {\n        one();\n\n        two();\n    }\n\n    fn get(&self) {\n        three();\n    }\n}\n";

    fn spans(touched: &[usize]) -> Vec<(u32, usize)> {
        let excerpts = of_file("a.rs", TEXT, touched);
        excerpts
            .iter()
            .map(|excerpt| (excerpt.first, excerpt.lines.len()))
            .collect()
    }

    #[test]
    fn the_functions_around_the_lines_are_shown_once() {
        assert_eq!(spans(&[5]), [(5, 5)]);
        assert_eq!(spans(&[5, 7]), [(5, 5)]);
        assert_eq!(spans(&[5, 11]), [(5, 5), (11, 3)]);
        assert_eq!(spans(&[99]), []);
        let lines = &of_file("a.rs", TEXT, &[5])[0].lines;
        assert_eq!(lines[..2], ["pub fn add(&self) {", "    one();"]);
        assert_eq!((lines[2].as_str(), lines[4].as_str()), ("", "}"));
    }

    #[test]
    fn outside_of_functions_and_in_long_ones_only_what_is_near_is_shown() {
        assert_eq!(spans(&[0]), [(1, 4)]);
        let long = format!("fn long() {{\n{}}}\n", "    step();\n".repeat(60));
        let excerpt = &of_file("a.rs", &long, &[30])[0];
        assert_eq!((excerpt.first, excerpt.lines.len()), (28, 7));
    }

    #[test]
    fn this_file_is_at_hand() {
        let excerpts = excerpts(&BTreeSet::from([(file!(), line!()), ("no/such.rs", 1)]));
        assert_eq!(excerpts.len(), 1);
        assert_eq!(excerpts[0].file, "code.rs");
        assert_eq!(excerpts[0].lines[0], "fn this_file_is_at_hand() {");
    }
}
