//! Places: where in the source something is done, as drawings and stories show it.

use super::role::Role;
use crate::place::{file_name, place};
use crate::{CellAccess, Event, Holder, Link, SourceLocation, StuckThread};
use std::fmt;
use std::panic::Location;

/// A place in the source, which is shown as the label that the program has given to what is done there, if it
/// has given one, and otherwise as file and line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file's name, without its path.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The [label](crate::thread::label) that the program has given, which is shown instead of both.
    pub label: Option<&'static str>,
}

impl Place {
    /// Returns the place of an event, as a drawing shows it. An unlock without a label has none: a guard knows
    /// where it was made, and not where it is dropped.
    pub fn of(event: &Event) -> Option<Self> {
        let is_unlock = matches!(Role::of(event), Role::Releases { .. });
        (!is_unlock || event.label.is_some()).then(|| Self::from(event))
    }

    /// Creates the place of something that may have a label.
    pub(super) fn new(location: &Location<'_>, label: Option<&'static str>) -> Self {
        Self {
            file: file_name(location.file()).to_owned(),
            line: location.line(),
            label,
        }
    }
}

impl From<&Event> for Place {
    fn from(event: &Event) -> Self {
        Self::new(event.location, event.label)
    }
}

impl From<&Link> for Place {
    fn from(link: &Link) -> Self {
        Self::new(link.location, link.label)
    }
}

impl From<&StuckThread> for Place {
    fn from(stuck: &StuckThread) -> Self {
        Self::new(stuck.location, stuck.label)
    }
}

impl From<&Holder> for Place {
    fn from(holder: &Holder) -> Self {
        Self::new(holder.acquired_at, holder.label)
    }
}

impl From<&CellAccess> for Place {
    fn from(access: &CellAccess) -> Self {
        Self::new(access.location, access.label)
    }
}

impl From<&SourceLocation> for Place {
    fn from(location: &SourceLocation) -> Self {
        Self {
            file: file_name(&location.file).to_owned(),
            line: location.line,
            label: None,
        }
    }
}

/// Returns the place of an event in brackets, as a sentence names it.
pub(super) fn at(event: &Event) -> String {
    format!("({})", Place::from(event))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_source = format_args!("{}:{}", self.file, self.line);
        place(self.label, in_source).fmt(f)
    }
}
