//! The search: which executions there are to be, and in which order.
//!
//! It knows nothing of how threads are run. Its three parts:
//!
//! - [`program`]: the program under test as a search sees it. Threads announce operations, objects are in
//!   some state, and the events so far are a [`history`], ordered by [`happens_before`].
//! - [`tree`]: the tree of executions, of which a depth-first walk keeps the current branch. At its nodes
//!   are [`wakeup_tree`]s, of what is to be explored, and [`sleeper`]s, for what has been.
//! - [`strategy`]: the seam. A strategy says what happens where an execution leaves the ones before. There is
//!   a file for each: [`enumeration`], [`sleep_sets`], [`source`] and [`optimal`] walk the tree (the latter
//!   two reverse the [`race`]s of each execution), [`replay`] follows a schedule, [`shortest`] goes from the
//!   cheapest states on. [`split`] walks the tree's top, for searches on several OS threads.
//!
//! [`mode`] picks the strategy, once.

mod enumeration;
mod happens_before;
mod history;
mod mode;
#[cfg(test)]
pub(crate) mod mutants;
mod next;
mod optimal;
mod program;
mod race;
mod replay;
mod rules;
mod shortest;
mod sleep_sets;
mod sleeper;
mod source;
mod split;
mod strategy;
mod tree;
mod wakeup_tree;

pub(crate) use happens_before::Clock;
pub(crate) use history::{Event, History};
pub use mode::Mode;
pub(crate) use mode::{below, strategy};
pub(crate) use next::{Next, Refusal, Stop};
pub(crate) use program::{
    Communication, Contents, Link, Names, Order, Program, Source, Status, Thread, Told,
};
pub(crate) use replay::{Route, pending_thread, runs_on};
pub(crate) use shortest::ShortestFirst;
pub(crate) use split::{Item, Split};
pub(crate) use strategy::{Strategy, next};
