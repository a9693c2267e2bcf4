//! The place of an operation, as it is shown to a reader.

use std::fmt;

/// Shows the label that the program has given to what is done, or else the place in the source.
///
/// All that shows a place goes through here: endings, errors, and the places of drawings and stories.
pub(crate) fn place<P: fmt::Display>(label: Option<&'static str>, in_source: P) -> impl fmt::Display {
    Place { label, in_source }
}

struct Place<P> {
    label: Option<&'static str>,
    in_source: P,
}

impl<P: fmt::Display> fmt::Display for Place<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.label {
            Some(label) => f.write_str(label),
            None => self.in_source.fmt(f),
        }
    }
}

/// Returns the last component of a path, which is what tells a reader most.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
