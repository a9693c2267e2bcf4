//! How many columns of a fixed-width font text takes up, and how it is cut and wrapped to a width.

use std::borrow::Cow;

/// Returns how many columns of a terminal a character takes up.
///
/// The ranges are those of East Asian wide characters and of pictographs, as broad as names and messages need.
fn width_of(character: char) -> usize {
    match u32::from(character) {
        0x300..=0x36f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Returns how many columns of a terminal a text takes up.
pub fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// Returns the text with a space for each control character: these would move the cursor.
pub fn printable(text: &str) -> Cow<'_, str> {
    match text.chars().any(char::is_control) {
        true => text.replace(char::is_control, " ").into(),
        false => text.into(),
    }
}

/// Returns as much of the beginning of the text as fits, with `…` where something is missing.
pub fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut left = most.saturating_sub(1);
    for character in text.chars() {
        match left.checked_sub(width_of(character)) {
            Some(rest) => left = rest,
            None => break,
        }
        cut.push(character);
    }
    cut + "…"
}

/// Returns as much of the end of the text as fits, with `…` where something is missing.
pub fn cut_start(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let mut kept = Vec::new();
    for character in text.chars().rev() {
        match left.checked_sub(width_of(character)) {
            Some(rest) => left = rest,
            None => break,
        }
        kept.push(character);
    }
    std::iter::once('…').chain(kept.into_iter().rev()).collect()
}

/// Breaks the text into lines at spaces, those after the first indented; a word that does not fit in a line is cut.
pub fn wrapped(text: &str, most: usize, indent: usize) -> Vec<String> {
    let indent = indent.min(most / 2);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let is_fresh = line.trim_start().is_empty();
        if !is_fresh && width(&line) + 1 + width(word) > most {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        } else if !is_fresh {
            line.push(' ');
        }
        line += &cut(word, most - width(&line).min(most));
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_twice_and_marks_not_at_all() {
        assert_eq!(
            [width("x → 1"), width("日本"), width("e\u{301}"), width("−1│")],
            [5, 4, 1, 3]
        );
    }

    #[test]
    fn what_is_cut_fits() {
        assert_eq!(
            [cut("counter", 7), cut("counter", 6), cut("日本語", 5)],
            ["counter", "count…", "日本…"]
        );
        assert_eq!(cut("日本語", 4), "日…", "half a character is none");
        assert_eq!(cut_start("a_long_name.rs:7", 8), "…me.rs:7");
    }

    #[test]
    fn lines_are_broken_at_spaces() {
        assert_eq!(wrapped("one two three", 7, 2), ["one two", "  three"]);
        assert_eq!(wrapped("abcdefghij k", 6, 0), ["abcde…", "k"]);
        assert_eq!(wrapped("", 6, 2), [""]);
        assert_eq!(printable("a\nb\u{1b}[1m"), "a b [1m");
    }
}
