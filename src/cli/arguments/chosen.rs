//! A scenario that was chosen to be checked, maybe with a size of its own.

use super::parse::{parse_iterations, parse_scenario, parse_threads};
use selvedge::catalogue::{Catalogued, Selection};
use selvedge::scenario::Size;
use std::fmt;
use std::str::FromStr;

/// A scenario, and its size if it has one of its own: `locked`, or `locked:2x3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) selection: Selection,
    pub(crate) size: Option<Size>,
}

impl Chosen {
    /// Returns the scenario at its own size, or at the size of those that have none.
    pub(crate) fn sized(self, others: Size) -> Catalogued {
        let Size { threads, iterations } = self.size.unwrap_or(others);
        self.selection.sized(threads, iterations)
    }
}

impl From<Selection> for Chosen {
    fn from(selection: Selection) -> Self {
        Chosen {
            selection,
            size: None,
        }
    }
}

impl FromStr for Chosen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, size)) = text.split_once(':') else {
            return parse_scenario(text).map(Chosen::from);
        };
        let selection = parse_scenario(name)?;
        let (threads, iterations) = size.split_once(['x', '×']).ok_or_else(|| {
            "after the scenario's `:` comes its size, threads and operations, such as `2x3`".to_owned()
        })?;
        let within = |what| move |error| format!("the number of {what} in `{size}`: {error}");
        let size = Size {
            threads: parse_threads(threads).map_err(within("threads"))?,
            iterations: parse_iterations(iterations).map_err(within("operations"))?,
        };
        Ok(Chosen {
            selection,
            size: Some(size),
        })
    }
}

impl fmt::Display for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.selection.fmt(f)?;
        match self.size {
            Some(Size { threads, iterations }) => write!(f, ":{threads}x{iterations}"),
            None => Ok(()),
        }
    }
}
