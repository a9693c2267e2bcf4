//! The terminal that the output goes to, if it does.

/// The width of drawings where there is no terminal to fill.
const WIDTH: usize = 80;

/// How many characters fit in a line of the output.
pub(super) fn width() -> usize {
    terminal_size::terminal_size_of(std::io::stdout()).map_or(WIDTH, |(width, _)| usize::from(width.0))
}
