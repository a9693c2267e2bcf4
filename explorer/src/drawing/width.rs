//! The width of text in columns of a fixed-width font, and text cut or wrapped to a width.
//!
//! The widths are those of Unicode's annex 11, as the crate `unicode-width` computes them. The width of a
//! text need not be the sum of the widths of its characters: an emoji that joins several is two columns wide.
//! So text is cut only where the widths of both parts add up.

mod fitted;

pub use fitted::fitted;

use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The mark of a cut.
const ELLIPSIS: char = '…';

const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// Returns the number of columns of a terminal that a text takes up.
///
/// A control character counts as one: [`printable`] replaces it by a space.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Returns the text with a space for each control character, which would otherwise move the cursor.
pub fn printable(text: &str) -> Cow<'_, str> {
    match text.chars().any(char::is_control) {
        true => text.replace(char::is_control, " ").into(),
        false => text.into(),
    }
}

/// Returns the whole text if it fits, and otherwise as much of its beginning as fits before `…`.
///
/// The result is at most `most` columns wide.
pub fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let Some(room) = most.checked_sub(1) else {
        return String::new();
    };
    let ends = text.char_indices().map(|(end, _)| end);
    let ends = ends.filter(|&end| may_be_parted(text, end));
    let end = ends.take_while(|&end| width(&text[..end]) <= room).last();
    let end = end.unwrap_or(0);
    format!("{}{ELLIPSIS}", &text[..end])
}

/// Returns the whole text if it fits, and otherwise as much of its end as fits after `…`.
///
/// The result is at most `most` columns wide.
pub fn cut_start(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let Some(room) = most.checked_sub(1) else {
        return String::new();
    };
    let starts = text.char_indices().rev().map(|(start, _)| start);
    let starts = starts.filter(|&start| may_be_parted(text, start));
    let start = starts.take_while(|&start| width(&text[start..]) <= room).last();
    let start = start.unwrap_or(text.len());
    format!("{ELLIPSIS}{}", &text[start..])
}

/// Returns `true` if a text may be cut at this index: not before a mark that combines with the character
/// before it, and not within characters that are shown as one.
fn may_be_parted(text: &str, index: usize) -> bool {
    let (before, after) = text.split_at(index);
    let combines = after.chars().next().is_some_and(|next| next.width() == Some(0));
    !combines && !before.ends_with(ZERO_WIDTH_JOINER) && width(before) + width(after) == width(text)
}

/// Breaks the text into lines at spaces, those after the first indented; a word that does not fit in a line
/// is cut.
///
/// Each line is at most `most` columns wide.
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
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    /// A family of three: three emoji, joined to one.
    const FAMILY: &str = "👩\u{200d}👩\u{200d}👧";

    /// A heart, which the selector after it makes an emoji.
    const HEART: &str = "❤\u{fe0f}";

    /// Namaste, in Devanagari: four consonants, two of them joined by a virama, and a vowel sign.
    const NAMASTE: &str = "नमस्ते";

    #[test]
    fn wide_characters_count_twice_and_marks_not_at_all() {
        let texts = [
            "x → 1",
            "日本",
            "e\u{301}",
            "−1│“x”…",
            NAMASTE,
            FAMILY,
            "👍🏽",
            HEART,
        ];
        assert_eq!(texts.map(width), [5, 4, 1, 7, 4, 2, 2, 2]);
    }

    #[test]
    fn what_is_cut_fits() {
        assert_eq!(
            [cut("counter", 7), cut("counter", 6), cut("日本語", 5)],
            ["counter", "count…", "日本…"]
        );
        assert_eq!(cut("日本語", 4), "日…", "half a character is none");
        assert_eq!(cut_start("a_long_name.rs:7", 8), "…me.rs:7");
        assert_eq!([cut("ab", 1), cut("ab", 0), cut_start("ab", 0)], ["…", "", ""]);
    }

    #[test]
    fn an_accent_stays_with_its_letter() {
        assert_eq!(cut("cafe\u{301}s!", 5), "cafe\u{301}…");
        assert_eq!(cut_start("xxe\u{301}s", 2), "…s");
        assert_eq!(cut_start("xxe\u{301}s", 3), "…e\u{301}s");
        assert_eq!(cut(NAMASTE, 3), "नम…");
        assert_eq!(cut_start(NAMASTE, 3), "…स्ते");
    }

    #[test]
    fn characters_that_are_shown_as_one_are_not_parted() {
        let text = format!("a{FAMILY}bc");
        assert_eq!(cut(&text, 3), "a…");
        assert_eq!(cut(&text, 4), format!("a{FAMILY}…"));
        let text = format!("ab{FAMILY}c");
        assert_eq!(cut_start(&text, 3), "…c");
        assert_eq!(cut_start(&text, 4), format!("…{FAMILY}c"));
        assert_eq!(cut_start(&format!("ab{HEART}"), 2), "…");
        assert_eq!(cut("👍🏽👍🏽", 3), "👍🏽…");
        let ligature = "ab\u{644}\u{627}\u{200d}👩";
        assert_eq!(cut(ligature, 4), "ab…", "lam and alef take up one column");
    }

    #[test]
    fn lines_are_broken_at_spaces() {
        assert_eq!(wrapped("one two three", 7, 2), ["one two", "  three"]);
        assert_eq!(wrapped("abcdefghij k", 6, 0), ["abcde…", "k"]);
        assert_eq!(wrapped("", 6, 2), [""]);
        let families = format!("{FAMILY} {FAMILY} {FAMILY}");
        assert_eq!(
            wrapped(&families, 5, 0),
            [format!("{FAMILY} {FAMILY}"), FAMILY.to_owned()]
        );
        assert_eq!(wrapped("日本 語", 6, 2), ["日本", "  語"]);
        assert_eq!(printable("a\nb\u{1b}[1m"), "a b [1m");
    }

    /// Texts of characters that are wide, combine, or join with their neighbours.
    fn texts() -> impl Strategy<Value = String> {
        let parts = [
            "a",
            " ",
            "日",
            "e\u{301}",
            "\u{301}",
            "न",
            "म",
            "स्ते",
            "\u{200d}",
            "\u{fe0f}",
            "👩",
            "👧",
            "🏽",
            "👍",
            "❤",
            "🇩",
            "🇪",
            "ل",
            "ا",
            "1\u{fe0f}\u{20e3}",
            "ᄀ",
            "ᅡ",
            "\u{1a15}\u{1a17}",
            "\u{1a10}",
            FAMILY,
        ];
        vec(select(parts.to_vec()), 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn no_text_exceeds_its_width(text in texts(), most in 0..14_usize, indent in 0..4_usize) {
            let (beginning, end) = (cut(&text, most), cut_start(&text, most));
            prop_assert!(width(&beginning) <= most, "{beginning:?}");
            prop_assert!(width(&end) <= most, "{end:?}");
            for line in wrapped(&text, most, indent) {
                prop_assert!(width(&line) <= most, "{line:?}");
            }
        }

        #[test]
        fn both_parts_of_a_cut_text_are_whole(text in texts(), share in any::<proptest::sample::Index>()) {
            let text = format!("ab{text}");
            let most = 1 + share.index(width(&text) - 1);
            let (beginning, end) = (cut(&text, most), cut_start(&text, most));
            let beginning = beginning.strip_suffix(ELLIPSIS).expect("something is missing");
            let end = end.strip_prefix(ELLIPSIS).expect("something is missing");
            let rest = text.strip_prefix(beginning).expect("it is the beginning");
            let start = text.strip_suffix(end).expect("it is the end");
            for (kept, left_out) in [(beginning, rest), (end, start)] {
                prop_assert_eq!(width(kept) + width(left_out), width(&text), "{:?} {:?}", kept, left_out);
            }
            for (part, before) in [(rest, beginning), (end, start)] {
                let combines = part.chars().next().is_some_and(|first| first.width() == Some(0));
                prop_assert!(before.is_empty() || part.is_empty() || !combines, "{part:?}");
                prop_assert!(!before.ends_with(ZERO_WIDTH_JOINER) || part.is_empty(), "{before:?}");
            }
        }
    }
}
