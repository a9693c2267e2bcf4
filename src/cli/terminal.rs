//! The terminal that the output goes to, if it does.

use std::io::{self, IsTerminal};

/// The width of drawings where there is no terminal to fill.
const WIDTH: usize = 80;

/// How many characters fit in a line of the output.
pub(super) fn width() -> usize {
    match crossterm::terminal::size() {
        Ok((columns, _)) if io::stdout().is_terminal() => columns.into(),
        _ => WIDTH,
    }
}
