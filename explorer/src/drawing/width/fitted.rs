//! Lines of styled text, broken where they are too wide.

use super::{cut, width};

const NO_BREAK_SPACE: char = '\u{a0}';

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
    // The spaces and the escapes after the last word.
    let (mut between, mut space) = (String::new(), 0);
    let mut is_fresh = true;
    for (index, &piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Escape(escape) => between += escape,
            Piece::Space(count) => {
                // The first word has room.
                let room = if is_fresh {
                    (most / 2).saturating_sub(space)
                } else {
                    count
                };
                let count = count.min(room);
                between += &" ".repeat(count);
                space += count;
            }
            Piece::Word(word) => {
                if !is_fresh && space > 0 && used + space + whole_word(&pieces[index..]) > most {
                    lines.push(std::mem::take(&mut text));
                    between.retain(|character| character != ' ');
                    text = " ".repeat(indent);
                    (used, space) = (indent, 0);
                }
                let word = cut(word, most.saturating_sub(used + space));
                used += std::mem::take(&mut space) + width(&word);
                text += &std::mem::take(&mut between);
                text += &word;
                is_fresh = false;
            }
        }
    }
    between.retain(|character| character != ' ');
    lines.push(text + &between);
    lines
        .iter()
        .map(|line| line.replace(NO_BREAK_SPACE, " "))
        .collect()
}

/// Returns the width of the word at the beginning, with the parts of it that have a style of their own.
fn whole_word(pieces: &[Piece<'_>]) -> usize {
    let word = pieces
        .iter()
        .take_while(|piece| !matches!(piece, Piece::Space(_)));
    word.map(Piece::width).sum()
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
        assert_eq!(fitted("    a word", 6), ["   a", "   wo…"], "room for words");
        assert_eq!(fitted("\x1b[2mab\x1b[0m", 2), ["\x1b[2mab\x1b[0m"]);
        assert_eq!(fitted("one two three", 7), ["one two", "three"]);
        assert_eq!(fitted("it took (3\u{a0}ms)", 17), ["it took", "(3 ms)"]);
        assert_eq!(fitted("it took (3\u{a0}ms)", 18), ["it took (3 ms)"]);
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
            let words = |text: &str| {
                let seen = pieces(text).into_iter().filter(|piece| !matches!(piece, Piece::Escape(_)));
                let seen: String = seen
                    .map(|piece| match piece {
                        Piece::Word(word) => word,
                        Piece::Space(_) | Piece::Escape(_) => " ",
                    })
                    .collect();
                seen.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
            };
            if words(&line).iter().all(|word| width(word) <= most / 2) {
                prop_assert_eq!(words(&lines.join("\n")), words(&line));
            }
            let escapes = |text: &str| text.matches("\x1b[").count();
            prop_assert_eq!(escapes(&lines.concat()), escapes(&line));
            prop_assert!(lines.iter().all(|line| !line.ends_with("\x1b[") && !line.ends_with("\x1b[1")));
        }
    }
}
