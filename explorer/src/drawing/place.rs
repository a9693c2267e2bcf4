//! Where something is done, as drawings and stories show it.

use crate::{CellAccess, Event, Holder, Link, StuckThread, place};
use std::fmt;
use std::panic::Location;

/// A place in the source, or what the program calls what is done there: that is shown if there is any.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file's name, without its path.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The [label](crate::thread::label) that the program has given, which stands in place of both.
    pub label: Option<&'static str>,
}

impl Place {
    /// Creates the place of something that the program may have given a label to.
    pub(super) fn new(location: &Location<'_>, label: Option<&'static str>) -> Self {
        Self {
            file: crate::place::file_name(location.file()).to_owned(),
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

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_source = format_args!("{}:{}", self.file, self.line);
        place(self.label, in_source).fmt(f)
    }
}
