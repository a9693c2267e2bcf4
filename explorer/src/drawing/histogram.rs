//! A histogram, apart from the medium that shows it.

/// A histogram of shares: a bar for each of some values in a row, and a mark beside its top, for a second share of
/// the same value.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Histogram {
    /// The title.
    pub title: String,
    /// The meaning of the bars.
    pub bars: String,
    /// The meaning of the marks.
    pub marks: String,
    /// The meaning of the horizontal axis.
    pub values: String,
    /// The meaning of the vertical axis.
    pub shares: String,
    /// The columns, from left to right.
    pub columns: Vec<Bar>,
    /// Sentences that stand below, each a paragraph.
    pub notes: Vec<String>,
}

/// A column of a histogram.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Bar {
    /// The value, as the axis shows it.
    pub label: String,
    /// The height of the bar, from 0 to 1.
    pub share: f64,
    /// The height of the mark, from 0 to 1.
    pub mark: f64,
    /// `true` if the column follows on the one before: then a line joins their marks.
    pub follows: bool,
}
