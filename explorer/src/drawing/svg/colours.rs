//! The colours of a drawing, on light and on dark backgrounds, and the style sheet that chooses between them.

use std::fmt::Write;

/// A colour by its purpose.
///
/// Text keeps a contrast of at least 4.5 : 1 to the page, white or nearly black, and to cards; lines one of 3
/// : 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Colour {
    /// Text that is to be read first.
    Text,
    /// Text that stands back: places, numbers of steps.
    Dim,
    /// Borders, and the lines down which threads run.
    Line,
    /// The background of events.
    Card,
    /// Steps that lead to a failure.
    Warning,
    /// An update that should count.
    Good,
    /// Failures.
    Bad,
}

impl Colour {
    const ALL: [Self; 7] = [
        Self::Text,
        Self::Dim,
        Self::Line,
        Self::Card,
        Self::Warning,
        Self::Good,
        Self::Bad,
    ];

    /// Returns the name of the colour in the style sheet.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Dim => "dim",
            Self::Line => "line",
            Self::Card => "card",
            Self::Warning => "warning",
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }

    /// Returns the colour on a light background.
    pub(super) fn light(self) -> &'static str {
        match self {
            Self::Text => "#1f2328",
            Self::Dim => "#59636e",
            Self::Line => "#868f99",
            Self::Card => "#f6f8fa",
            Self::Warning => "#8f5f00",
            Self::Good => "#1a7f37",
            Self::Bad => "#cf222e",
        }
    }

    fn dark(self) -> &'static str {
        match self {
            Self::Text => "#e6edf3",
            Self::Dim => "#9198a1",
            Self::Line => "#6e7681",
            Self::Card => "#161b22",
            Self::Warning => "#e3b341",
            Self::Good => "#56d364",
            Self::Bad => "#ff7b72",
        }
    }
}

/// Returns the style sheet.
///
/// Elements have the light colours as plain attributes. A viewer that knows custom properties takes the
/// colours from these instead, which are others where the reader prefers a dark background; one that does not
/// skips `@supports`.
pub(super) fn style_sheet() -> String {
    let properties = |value: fn(Colour) -> &'static str| {
        let properties = Colour::ALL.map(|colour| format!("--{}:{}", colour.name(), value(colour)));
        format!(".selvedge{{{}}}", properties.join(";"))
    };
    let mut sheet = properties(Colour::light);
    let dark = properties(Colour::dark);
    let _ = write!(sheet, "\n@media (prefers-color-scheme:dark){{{dark}}}");
    sheet += "\n@supports (color:var(--text)){";
    for name in Colour::ALL.map(Colour::name) {
        let _ = write!(sheet, "\n.selvedge .fill-{name}{{fill:var(--{name})}}");
        let _ = write!(sheet, "\n.selvedge .stroke-{name}{{stroke:var(--{name})}}");
    }
    sheet + "\n}"
}
