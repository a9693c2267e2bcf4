//! The page: scenarios to step through and to play, in one HTML file that needs nothing else.
//!
//! For each scenario the page shows the outcome table and the verdict, and for each outcome its drawing, to be
//! stepped forward and back. And it is a game: the reader is the scheduler, and sees at each moment how many of
//! all interleavings lead where.
//!
//! # Examples
//!
//! ```
//! use selvedge::counter::Variant;
//! use selvedge::page::Page;
//! use selvedge::scenario::Updates;
//!
//! let page = Page::of(Updates { variant: Variant::Unlocked, threads: 2, iterations: 1 });
//! let file = std::env::temp_dir().join("selvedge-unlocked.html");
//! page.write(&file)?;
//! # std::fs::remove_file(file)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # How does it work?
//!
//! Every step that the page can show is one that the explorer has taken: `graph` runs the scenario up to each
//! of its states, and `counts` and `ways` add up what comes after them. Interleavings of one *trace* (`trace`)
//! share a state, and what a drawing remarks on (`remarks`). All of it becomes data (`states`, `endings`,
//! `drawn`, `code`; the `model`), which stands in the file as JSON; the script only walks it. `html` puts the
//! file together, and `file` writes it.

mod code;
mod counts;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod course;
mod drawn;
mod endings;
mod file;
mod graph;
mod html;
mod level;
mod model;
mod remarks;
mod shared;
mod states;
mod trace;
mod ways;

pub use file::WholeFile;
pub use graph::MOST_STATES;
pub use level::{Guide, Level};

use crate::engine::Budget;
use crate::report::Report;
use crate::scenario::AnyScenario;
use model::Document;
use std::io;
use std::path::Path;

/// Scenarios that have been explored, as one HTML file.
///
/// A scenario with more than [`MOST_STATES`] states is too large to be played: its page shows the witnesses
/// alone, and says so.
#[derive(Debug)]
pub struct Page {
    reports: Vec<Report>,
    document: Document,
}

impl Page {
    /// Explores one scenario, with the default budget.
    pub fn of(scenario: impl Into<AnyScenario>) -> Self {
        Self::explore([Level::new(scenario)], |_| Budget::default())
    }

    /// Explores the scenarios of these levels, one after the other. `budget` is called for each just before it
    /// begins: it limits the exploration, and then the walk through the states.
    pub fn explore(
        levels: impl IntoIterator<Item = Level>,
        mut budget: impl FnMut(&Level) -> Budget,
    ) -> Self {
        let explored = levels.into_iter().map(|level| level.explore(&budget(&level)));
        let (reports, levels) = explored.unzip();
        Page {
            reports,
            document: Document {
                version: env!("CARGO_PKG_VERSION"),
                levels,
            },
        }
    }

    /// Returns what the explorer has found, for each level.
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// Returns the data of the page, as the JSON that stands in it. Its form may change.
    ///
    /// # Errors
    ///
    /// If it cannot be serialised, which is a fault of this crate.
    #[doc(hidden)]
    pub fn json(&self) -> io::Result<String> {
        Ok(serde_json::to_string(&self.document)?)
    }

    /// Returns the page as HTML.
    ///
    /// # Errors
    ///
    /// If it cannot be put together, which is a fault of this crate.
    pub fn html(&self) -> io::Result<String> {
        html::html(&self.document)
    }

    /// Writes the page into a file. Until all of it is written, what had the name before still has it.
    ///
    /// # Errors
    ///
    /// If the file cannot be written. Then nothing is left behind.
    pub fn write(&self, path: impl AsRef<Path>) -> io::Result<()> {
        WholeFile::create(path.as_ref())?.finish(&self.html()?)
    }
}
