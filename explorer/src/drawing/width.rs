//! The width of text in columns of a fixed-width font, and text cut or wrapped to a width.
//!
//! The widths are those of Unicode's annex 11, as the crate `unicode-width` computes them. The width of a
//! text need not be the sum of the widths of its characters: an emoji that joins several is two columns wide.
//! So text is cut only where the widths of both parts add up.

use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The mark of a cut.
const ELLIPSIS: char = '…';

const NO_BREAK_SPACE: char = '\u{a0}';

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

/// Breaks a line of styled text into lines at spaces, so that each is at most `most` columns wide.
///
/// ANSI escapes take up no room, and none is parted. A line that ends in a column of text goes on in that
/// column, any other below its own beginning. A word that does not fit in a line is cut. No-break spaces join
/// the parts of a word, such as a duration, and become spaces. Such a word is taken to be at least 10 columns
/// wide, so that the lines break at the same places whatever a duration is.
pub fn fitted(line: &str, most: usize) -> Vec<String> {
    let pieces = pieces(line);
    let seen: usize = pieces.iter().map(Piece::width).sum();
    if seen <= most {
        return vec![line.replace(NO_BREAK_SPACE, " ")];
    }
    let indent = hanging(&pieces, most);
    let mut lines = Vec::new();
    let (mut text, mut used) = (String::new(), 0);
    // The spaces and escapes after the last word; `gap` also counts spaces without room.
    let (mut between, mut space, mut gap) = (String::new(), 0, 0);
    for piece in pieces {
        match piece {
            Piece::Escape(escape) => between += escape,
            Piece::Space(wanted) => {
                let count = wanted.min(most.saturating_sub(used + space + 1));
                between += &" ".repeat(count);
                space += count;
                gap += wanted;
            }
            Piece::Word(word) => {
                if used > indent && used + gap + piece.width() > most {
                    lines.push(std::mem::take(&mut text));
                    between.retain(|character| character != ' ');
                    text = " ".repeat(indent);
                    (used, space) = (indent, 0);
                }
                let word = cut(word, most.saturating_sub(used + space));
                used += std::mem::take(&mut space) + width(&word);
                gap = 0;
                text += &std::mem::take(&mut between);
                text += &word;
            }
        }
    }
    lines.push(text + between.trim_end_matches(' '));
    let lines = lines.iter();
    lines.map(|line| line.replace(NO_BREAK_SPACE, " ")).collect()
}

/// A piece of a line of styled text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece<'a> {
    /// An ANSI escape, which is not seen.
    Escape(&'a str),
    /// So many spaces.
    Space(usize),
    /// Text without spaces.
    Word(&'a str),
}

impl Piece<'_> {
    fn width(&self) -> usize {
        match self {
            Self::Escape(_) => 0,
            Self::Space(count) => *count,
            Self::Word(word) if word.contains(NO_BREAK_SPACE) => width(word).max(10),
            Self::Word(word) => width(word),
        }
    }
}

/// Takes a line of styled text to pieces.
fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\x1b' => escape(rest),
            ' ' => rest.find(|next| next != ' ').unwrap_or(rest.len()),
            _ => rest.find([' ', '\x1b']).unwrap_or(rest.len()),
        };
        let (piece, after) = rest.split_at(length);
        pieces.push(match first {
            '\x1b' => Piece::Escape(piece),
            ' ' => Piece::Space(length),
            _ => Piece::Word(piece),
        });
        rest = after;
    }
    pieces
}

/// Returns the length of the ANSI escape at the beginning: to the first letter after `[`.
fn escape(text: &str) -> usize {
    let end = text
        .char_indices()
        .skip(2)
        .find(|(_, next)| ('@'..='~').contains(next));
    end.map_or(text.len(), |(at, letter)| at + letter.len_utf8())
}

/// Returns the indent of the lines after the first: the beginning of its last column, or of its text.
fn hanging(pieces: &[Piece<'_>], most: usize) -> usize {
    let (mut used, mut beginning, mut column) = (0, None, None);
    for piece in pieces {
        match piece {
            Piece::Space(count) if *count > 1 && beginning.is_some() => column = Some(used + count),
            Piece::Word(_) if beginning.is_none() => beginning = Some(used),
            Piece::Space(_) | Piece::Word(_) | Piece::Escape(_) => {}
        }
        used += piece.width();
        if used > most {
            break;
        }
    }
    let beginning = beginning.unwrap_or(0);
    column.unwrap_or(beginning).min(most / 2)
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

    /// The last word of a line may leave no room for the space after it.
    #[test]
    fn words_are_never_joined() {
        assert_eq!(fitted("abc 1", 4), ["abc", "1"]);
        let line = "again: selvedge replay unlocked 'unlocked 2×1 v0.1.0: 2 1 1 2 main'";
        for most in 16..80 {
            let words = fitted(line, most).join(" ");
            assert!(
                words.split_whitespace().eq(line.split_whitespace()),
                "{most}: {words}"
            );
        }
    }

    #[test]
    fn styled_lines_go_on_in_their_last_column() {
        let line = "  \x1b[1mexplorer\x1b[0m  proved  all 4 executions, under sequential consistency";
        let expected = [
            "  \x1b[1mexplorer\x1b[0m  proved  all 4",
            "                executions,",
            "                under sequential",
            "                consistency",
        ];
        assert_eq!(fitted(line, 32), expected);
        assert_eq!(fitted("  one two", 5), ["  one", "  two"]);
        assert_eq!(fitted("    a word", 6), ["    a", "   wo…"]);
        assert_eq!(fitted("\x1b[2mab\x1b[0m", 2), ["\x1b[2mab\x1b[0m"]);
        assert_eq!(fitted("one two three", 7), ["one two", "three"]);
        assert_eq!(fitted("it took (3\u{a0}ms)", 17), ["it took", "(3 ms)"]);
        assert_eq!(fitted("it took (3\u{a0}ms)", 18), ["it took (3 ms)"]);
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
        fn no_styled_line_exceeds_its_width(
            parts in vec(select(vec!["a", "日本", "word", " ", "  ", "\x1b[1m", "\x1b[38;5;7m", FAMILY]), 0..40),
            most in 2..30_usize,
        ) {
            let line = parts.concat();
            let seen = |text: &str| pieces(text).iter().map(Piece::width).sum::<usize>();
            let lines = fitted(&line, most);
            for line in &lines {
                prop_assert!(seen(line) <= most, "{line:?}");
            }
            let escapes = |text: &str| text.matches("\x1b[").count();
            prop_assert_eq!(escapes(&lines.concat()), escapes(&line));
            prop_assert!(lines.iter().all(|line| !line.ends_with("\x1b[") && !line.ends_with("\x1b[1")));
        }

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
