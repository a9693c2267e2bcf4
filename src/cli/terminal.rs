//! The terminal to which the output and the errors go, if there is one.

use std::io::{self, IsTerminal};

/// The width of drawings if the output does not go to a terminal.
const WIDTH: usize = 80;

/// Returns the number of characters in a line of the output.
pub(super) fn width() -> usize {
    match crossterm::terminal::size() {
        Ok((columns, _)) if io::stdout().is_terminal() => columns.into(),
        _ => WIDTH,
    }
}

/// Returns the number of characters in a line of an error: without end if it does not go to a terminal.
pub(super) fn error_width() -> usize {
    match crossterm::terminal::size() {
        Ok((columns, _)) if io::stderr().is_terminal() => columns.into(),
        _ => usize::MAX,
    }
}
