//! Drawings of interleavings, and their stories: how an outcome, a deadlock, a panic or a data race comes
//! about.
//!
//! Nothing here knows the program. Everything that a drawing shows and a story tells is found from the
//! events, from the states at the end, and from the ending.
//!
//! # Examples
//!
//! ```
//! use selvedge_explorer::drawing::{Drawing, columns};
//! use selvedge_explorer::{Explorer, sync::Arc, sync::atomic::AtomicI64, thread};
//! use std::sync::atomic::Ordering::SeqCst;
//!
//! let mut lost = None;
//! Explorer::new().explore(
//!     || {
//!         let counter = Arc::new(AtomicI64::new(0));
//!         let threads = [1, -1].map(|delta| {
//!             let counter = Arc::clone(&counter);
//!             thread::spawn(move || counter.store(counter.load(SeqCst) + delta, SeqCst))
//!         });
//!         threads.into_iter().for_each(|thread| thread.join().unwrap());
//!         counter.load(SeqCst)
//!     },
//!     |execution| {
//!         if execution.ending().finished() == Some(&-1) {
//!             lost = Some(Drawing::new(&execution.interleaving(), execution.ending()));
//!         }
//!     },
//! )?;
//! let drawing = lost.expect("an update can be lost");
//! assert_eq!(drawing.finale.as_ref().map(|finale| finale.text.as_str()), Some("outcome: −1"));
//! assert!(drawing.story[2].ends_with("and thread 1's update was lost."));
//! columns::write(&mut std::io::stdout(), &drawing, 80)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Structure
//!
//! `findings` examines an interleaving: effects, lost updates, critical sections, atomicity violations,
//! wakeups. `story` makes [claims](Claim) about it, each with a condition on the events, and puts them into
//! words; `builder` makes a [`Drawing`] of all that: the data in `model`. The media, [`columns`] and [`svg`], see only that data. `role` is the table of operations: what each means to
//! all of these. [`Position`] describes an interleaving that can go on.

mod action;
mod builder;
mod claim;
pub mod columns;
mod findings;
mod histogram;
mod model;
mod names;
mod place;
mod position;
mod role;
mod story;
pub mod svg;
mod waiting;
pub mod width;
mod words;

pub use action::actions;
pub use claim::{Claim, InVain, Told};
pub use histogram::{Bar, Histogram};
pub use model::{Action, Column, Content, Drawing, Finale, Join, JoinKind, Mark, Row, Values};
pub use place::Place;
pub use position::{NextStep, Position, Standing};
pub use story::story;
pub use words::with_minus;
