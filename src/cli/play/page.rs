//! Lines of styled text that fit on the screen.

use anstyle::{AnsiColor, Style};
use selvedge::explorer::drawing::width::{cut, printable, width, wrapped};

pub(super) const PLAIN: Style = Style::new();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const MARKED: Style = AnsiColor::Cyan.on_default().bold();
pub(super) const NOTE: Style = AnsiColor::Yellow.on_default();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();

/// A line of limited width, filled from left to right.
pub(super) struct Line {
    text: String,
    left: usize,
}

impl Line {
    /// Creates an empty line of `width` columns.
    pub(super) fn new(width: usize) -> Self {
        Line {
            text: String::new(),
            left: width,
        }
    }

    /// Adds as much of the text as fits.
    pub(super) fn add(mut self, style: Style, text: &str) -> Self {
        let text = cut_to(&printable(text), self.left);
        self.left -= width(&text);
        self.text += &format!("{style}{text}{style:#}");
        self
    }

    /// Adds the text at the right end, if all of it and a space before it fit.
    pub(super) fn add_right(self, style: Style, text: &str) -> Self {
        if !self.has_room_for(text) {
            return self;
        }
        let space = " ".repeat(self.left - width(text));
        self.add(PLAIN, &space).add(style, text)
    }

    /// Returns `true` if the text and a space before it fit.
    pub(super) fn has_room_for(&self, text: &str) -> bool {
        width(text) < self.left
    }

    pub(super) fn end(self) -> String {
        self.text
    }
}

fn cut_to(text: &str, most: usize) -> String {
    if most == 0 { String::new() } else { cut(text, most) }
}

/// Breaks a text into lines; all but the first are indented.
pub(super) fn paragraph(style: Style, text: &str, width: usize, indent: usize) -> Vec<String> {
    let lines = wrapped(&printable(text), width, indent).into_iter();
    lines.map(|line| format!("{style}{line}{style:#}")).collect()
}

/// Returns as many of the lines as fit; the last one shows if some are left out.
pub(super) fn fitted(mut lines: Vec<String>, most: usize) -> Vec<String> {
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = format!("{DIM}…{DIM:#}");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(line: Line) -> String {
        anstream::adapter::strip_str(&line.end()).to_string()
    }

    #[test]
    fn a_line_never_is_too_wide() {
        let line = || Line::new(8).add(BOLD, "one").add(PLAIN, " two");
        assert_eq!(plain(line()), "one two");
        assert_eq!(plain(line().add(PLAIN, "34")), "one two…");
        assert_eq!(plain(line().add(PLAIN, "34").add(PLAIN, "5")), "one two…");
        assert_eq!(
            plain(line().add_right(DIM, "5")),
            "one two",
            "no room for a space"
        );
        assert_eq!(
            plain(Line::new(8).add(PLAIN, "one").add_right(DIM, "5")),
            "one    5"
        );
        assert_eq!(
            plain(Line::new(8).add(PLAIN, "a\nb\u{1b}[2Jc")),
            "a b [2Jc",
            "nothing moves the cursor"
        );
    }

    #[test]
    fn what_does_not_fit_is_seen_to_be_left_out() {
        let lines = || ["1", "2", "3"].map(str::to_owned).to_vec();
        assert_eq!(fitted(lines(), 3), lines());
        let two = fitted(lines(), 2).join("\n");
        assert_eq!(anstream::adapter::strip_str(&two).to_string(), "1\n…");
    }
}
