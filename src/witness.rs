//! Witnesses: an interleaving that shows how an outcome comes about, as a drawing and as a story.
//!
//! Nothing here knows a scenario. What a drawing shows and what the story under it tells is found from the events, from
//! the state at the end and from the ending alone.

mod action;
mod deadlock;
mod drawing;
mod findings;
mod fold;
mod names;
mod order;
mod rows;
mod stale;
mod story;

pub use drawing::{Action, Column, Content, Drawing, Finale, Join, JoinKind, Mark, Place, Row, Values};

use findings::Findings;
