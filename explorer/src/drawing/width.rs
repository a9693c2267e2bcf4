//! The width of text in columns of a fixed-width font, and text cut or wrapped to a width.
//!
//! The widths are those of Unicode's annex 11, as the crate `unicode-width` computes them. The width of a text need not
//! be the sum of the widths of its characters: an emoji that joins several is two columns wide. So text is cut only
//! between *pieces* whose widths add up.

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
    let mut end = 0;
    for piece in pieces(text) {
        let longer = end + piece.len();
        if width(&text[..longer]) > room {
            break;
        }
        end = longer;
    }
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
    let mut start = text.len();
    for piece in pieces(text).into_iter().rev() {
        let earlier = start - piece.len();
        if width(&text[earlier..]) > room {
            break;
        }
        start = earlier;
    }
    format!("{ELLIPSIS}{}", &text[start..])
}

/// Divides a text where it may be cut: not before a mark that combines with the character before it, and not within
/// characters that are shown as one.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut last) = (0, None);
    for (index, character) in text.char_indices() {
        let end = index + character.len_utf8();
        if last.is_some_and(|last| is_boundary(&text[start..index], last, character, &text[start..end])) {
            pieces.push(&text[start..index]);
            start = index;
        }
        last = Some(character);
    }
    pieces.push(&text[start..]);
    pieces
}

/// Returns `true` if a text may be cut between a piece and the next character, given both together.
fn is_boundary(piece: &str, last: char, next: char, together: &str) -> bool {
    let own = next.width().unwrap_or(1);
    own > 0 && last != ZERO_WIDTH_JOINER && width(together) == width(piece) + own
}

/// Breaks the text into lines at spaces, those after the first indented; a word that does not fit in a line is cut.
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

    /// Namaste, in Devanagari: four consonants, of which two are joined, and two vowel signs.
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
            let kept = beginning.strip_suffix(ELLIPSIS).unwrap_or(&beginning);
            prop_assert!(text.starts_with(kept));
            let kept = end.strip_prefix(ELLIPSIS).unwrap_or(&end);
            prop_assert!(text.ends_with(kept));
            for line in wrapped(&text, most, indent) {
                prop_assert!(width(&line) <= most, "{line:?}");
            }
        }

        #[test]
        fn the_widths_of_pieces_add_up(text in texts()) {
            let pieces = pieces(&text);
            prop_assert_eq!(pieces.concat(), &*text);
            prop_assert_eq!(pieces.iter().map(|piece| width(piece)).sum::<usize>(), width(&text));
        }
    }
}
