//! The colours of a drawing on a terminal, as ANSI escapes.

use std::fmt;

/// The style of a part of a line; `{}` begins it and `{:#}` ends it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    Plain,
    Bold,
    Dim,
    Warning,
    Bad,
    Good,
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin = match self {
            Self::Plain => return Ok(()),
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Warning => "\x1b[33m",
            Self::Bad => "\x1b[1m\x1b[31m",
            Self::Good => "\x1b[32m",
        };
        f.write_str(if f.alternate() { "\x1b[0m" } else { begin })
    }
}
