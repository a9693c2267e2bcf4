//! The tokens of a Rust source file, as far as brackets and names need them.

use std::collections::HashMap;

/// A token: a word, a literal, or one character of punctuation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) kind: Kind,
    /// The line and the column, from 1, in characters.
    at: (u32, u32),
}

/// The kind of a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// An identifier or a keyword.
    Word,
    /// A number, a text, a character or a lifetime.
    Literal,
    /// One character of anything else.
    Sign,
}

/// The tokens of a file, with their brackets matched.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    all: Vec<Token<'a>>,
    /// For each bracket, the other one of its pair.
    pairs: HashMap<usize, usize>,
}

impl<'a> Tokens<'a> {
    /// Reads the tokens of a file; returns `None` if its brackets do not match.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let all = Reader {
            rest: text,
            at: (1, 1),
        }
        .read();
        let mut open = Vec::new();
        let mut pairs = HashMap::new();
        for (index, token) in all.iter().enumerate() {
            match token.text {
                "(" | "[" | "{" => open.push(index),
                ")" | "]" | "}" => {
                    let start = open.pop()?;
                    if !matches!(
                        (all[start].text, token.text),
                        ("(", ")") | ("[", "]") | ("{", "}")
                    ) {
                        return None;
                    }
                    pairs.extend([(start, index), (index, start)]);
                }
                _ => {}
            }
        }
        open.is_empty().then_some(Self { all, pairs })
    }

    /// Returns the index of the token that begins at this line and column.
    pub(super) fn at(&self, at: (u32, u32)) -> Option<usize> {
        self.all.binary_search_by_key(&at, |token| token.at).ok()
    }

    /// Returns the text of a token; empty beyond the ends of the file.
    pub(super) fn text(&self, index: usize) -> &'a str {
        self.all.get(index).map_or("", |token| token.text)
    }

    /// Returns the text of the token so many before this one.
    pub(super) fn before(&self, index: usize, back: usize) -> &'a str {
        index.checked_sub(back).map_or("", |index| self.text(index))
    }

    /// Returns the token, if it is an identifier or a keyword.
    pub(super) fn word(&self, index: usize) -> Option<&'a str> {
        let token = self.all.get(index)?;
        (token.kind == Kind::Word).then_some(token.text)
    }

    /// Returns the other bracket of a pair.
    pub(super) fn pair(&self, index: usize) -> Option<usize> {
        self.pairs.get(&index).copied()
    }

    /// Returns the tokens between two, without those within brackets: of a pair, only the opening one.
    pub(super) fn siblings(&self, from: usize, to: usize) -> impl Iterator<Item = usize> + '_ {
        let mut next = from;
        std::iter::from_fn(move || {
            let index = next;
            let end = self.pair(index).filter(|&end| end > index);
            next = end.unwrap_or(index) + 1;
            (index < to).then_some(index)
        })
    }

    /// Returns the bracket that opens the group in which a token stands.
    pub(super) fn opener(&self, mut index: usize) -> Option<usize> {
        loop {
            index = index.checked_sub(1)?;
            match (self.text(index), self.pair(index)) {
                ("(" | "[" | "{", _) => return Some(index),
                (")" | "]" | "}", Some(start)) => index = start,
                _ => {}
            }
        }
    }
}

/// A reader of tokens.
struct Reader<'a> {
    rest: &'a str,
    at: (u32, u32),
}

impl<'a> Reader<'a> {
    fn read(mut self) -> Vec<Token<'a>> {
        let mut tokens = Vec::new();
        while let Some(first) = self.rest.chars().next() {
            let at = self.at;
            let (kind, length) = self.next_token(first);
            let text = self.take(length);
            tokens.extend(kind.map(|kind| Token { text, kind, at }));
        }
        tokens
    }

    /// Returns the kind of the next piece, `None` for a space or a comment, and its length in bytes.
    fn next_token(&self, first: char) -> (Option<Kind>, usize) {
        let rest = self.rest;
        let line = || rest.find('\n').unwrap_or(rest.len());
        let is_word = |character: char| character == '_' || character.is_alphanumeric();
        let word = || rest.find(|character| !is_word(character)).unwrap_or(rest.len());
        match first {
            _ if first.is_whitespace() => (None, first.len_utf8()),
            '/' if rest.starts_with("//") => (None, line()),
            '/' if rest.starts_with("/*") => (None, comment(rest)),
            '"' => (Some(Kind::Literal), quoted(rest, 1)),
            '\'' => (Some(Kind::Literal), character(rest)),
            '0'..='9' => (Some(Kind::Literal), word()),
            _ if is_word(first) => match prefixed(rest) {
                Some(length) => (Some(Kind::Literal), length),
                None => (Some(Kind::Word), word()),
            },
            _ => (Some(Kind::Sign), first.len_utf8()),
        }
    }

    /// Takes so many bytes off the rest.
    fn take(&mut self, length: usize) -> &'a str {
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        for character in text.chars() {
            self.at = match character {
                '\n' => (self.at.0 + 1, 1),
                _ => (self.at.0, self.at.1 + 1),
            };
        }
        text
    }
}

/// Returns the length of a comment that may hold others.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let (change, length) = match text.as_bytes()[at..] {
            [b'/', b'*', ..] => (1, 2),
            [b'*', b'/', ..] => (-1, 2),
            _ => (0, 1),
        };
        depth += change;
        at += length;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Returns the length of a text in quotes, the first of which has been passed.
fn quoted(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// Returns the length of a character in quotes, or of a lifetime.
fn character(text: &str) -> usize {
    let rest = &text[1..];
    match rest.chars().next() {
        Some('\\') => rest[2..].find('\'').map_or(text.len(), |end| end + 4),
        Some(first) if rest[first.len_utf8()..].starts_with('\'') => first.len_utf8() + 2,
        _ => {
            let end = rest.find(|next: char| next != '_' && !next.is_alphanumeric());
            end.map_or(text.len(), |end| end + 1)
        }
    }
}

/// Returns the length of a text or a character with a prefix, such as `r#"…"#`, `b"…"` or `b'…'`.
fn prefixed(text: &str) -> Option<usize> {
    let prefix = text.find(|next| !matches!(next, 'r' | 'b' | 'c'))?;
    let is_raw = text[..prefix].contains('r');
    let hashes = text[prefix..].find(|next| next != '#')?;
    let start = prefix + hashes;
    match (prefix <= 2, is_raw, text.as_bytes()[start]) {
        (true, true, b'"') => {
            let end = format!("\"{}", "#".repeat(hashes));
            let length = text[start + 1..].find(&end)?;
            Some(start + 1 + length + end.len())
        }
        (true, false, b'"') if hashes == 0 => Some(quoted(text, start + 1)),
        (true, false, b'\'') if hashes == 0 => Some(start + character(&text[start..])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        let tokens = Tokens::of(text).expect("its brackets match");
        tokens.all.iter().map(|token| token.text).collect()
    }

    #[test]
    fn what_only_looks_like_brackets_is_none() {
        let text = r##"a("(", '(', b'(', r#"[""#, "\"(") // (
            /* ( /* { */ */ 'life [1_000u32] c"{" "##;
        let expected = [
            "a",
            "(",
            "\"(\"",
            ",",
            "'('",
            ",",
            "b'('",
            ",",
            r##"r#"[""#"##,
            ",",
            r#""\"(""#,
            ")",
            "'life",
            "[",
            "1_000u32",
            "]",
            "c\"{\"",
        ];
        assert_eq!(texts(text), expected);
        assert_eq!(
            texts(r"'\'' '\\' '\u{28}' 'a"),
            [r"'\''", r"'\\'", r"'\u{28}'", "'a"]
        );
        assert!(Tokens::of("(]").is_none() && Tokens::of("(").is_none() && Tokens::of(")").is_none());
    }

    #[test]
    fn columns_count_characters() {
        let tokens = Tokens::of("é ß\n  (x)").expect("its brackets match");
        assert_eq!(
            [tokens.at((1, 3)), tokens.at((2, 3)), tokens.at((2, 2))],
            [Some(1), Some(2), None]
        );
        assert_eq!(tokens.opener(3), Some(2));
    }
}
