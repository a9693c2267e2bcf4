//! The fonts of a drawing, and the width of text in them.

use crate::drawing::width::width;

/// The fonts of the drawing, all of fixed width: a viewer takes the first that it has.
pub(super) const FAMILY: &str =
    "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/// The advance of a character of these fonts, as a share of their size.
const ADVANCE: f64 = 0.6;

/// A size of text, in pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Font {
    pub(super) size: f64,
    /// The height of a line.
    pub(super) leading: f64,
    pub(super) is_bold: bool,
}

/// The text of the rows and of the story.
pub(super) const TEXT: Font = Font {
    size: 15.0,
    leading: 22.0,
    is_bold: false,
};

/// The marks of a row.
pub(super) const STRONG: Font = Font {
    is_bold: true,
    ..TEXT
};

/// The numbers of steps, and the places in the source.
pub(super) const SMALL: Font = Font { size: 12.5, ..TEXT };

/// The names of the threads.
pub(super) const HEAD: Font = Font { size: 16.0, ..STRONG };

/// The ending of the execution.
pub(super) const FINALE: Font = Font {
    size: 18.0,
    leading: 28.0,
    is_bold: true,
};

impl Font {
    /// Returns the width of a text, in pixels.
    pub(super) fn extent(self, text: &str) -> f64 {
        self.columns(width(text))
    }

    /// Returns the width of so many columns of text, in pixels.
    pub(super) fn columns(self, count: usize) -> f64 {
        count as f64 * self.size * ADVANCE
    }

    /// Returns the number of columns of text that fit into a width, at least 1.
    pub(super) fn room(self, width: f64) -> usize {
        (width / self.columns(1)).max(1.0) as usize
    }

    /// Returns the distance of the baseline from the top of a line, in pixels.
    pub(super) fn baseline(self) -> f64 {
        self.leading / 2.0 + self.size * 0.35
    }
}
