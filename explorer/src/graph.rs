//! Execution graphs: the search under weak memory, in which every execution graph occurs once.
//!
//! An execution graph has the events of the threads, and for each read the write that it reads from. It stands
//! for all interleavings in which these are the same; under a weak memory model there are graphs that no
//! interleaving has. The search is *TruSt* (Kokologiannakis, Marmanis, Gladstein, Vafeiadis: *Truly Stateless,
//! Optimal Dynamic Partial Order Reduction*, POPL 2022): it visits each consistent graph once, keeps none of
//! those that it has visited, and asks of a memory model only that its graphs have no cycle of program order and
//! *reads from*, that a beginning of a consistent graph is consistent, and that the next event can always be
//! added at the end. RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer: *Repairing Sequential Consistency in C/C++11*,
//! PLDI 2017), with two amendments of C++20, has these properties; see [`consistency`].
//!
//! How a graph grows, in short:
//!
//! 1. The first thread that can go on adds its next event.
//! 2. A read takes its value from each write that coherence allows, in turn: the last one first.
//! 3. A write takes each place in the *coherence order* of its location. After that it *revisits* reads that came
//!    before: the read takes its value from the new write, and what the graph has had since then is cut away,
//!    apart from what leads to the write. That this gives no graph twice is the business of [`maximality`].
//!
//! Deviations from the paper:
//!
//! - A read-modify-write is two events, a read and at once its write; a read may share its source with another
//!   read-modify-write until its own write has revisited that one.
//! - A mutex is a location at which each acquisition draws a *ticket*, by a relaxed read-modify-write; the
//!   acquisition proper is an event that waits for the release by the owner of the ticket before. So there are
//!   no graphs in which an acquisition has failed.
//! - Plain memory has neither *reads from* nor a coherence order: without a data race, real memory holds the
//!   value, and with one there is no value to speak of.
//! - Spawns and joins are no events. They move clocks.
//! - The search is a loop over a stack, not a recursion, as each graph is reached by executing the program from
//!   its beginning: the events of the graph in an order (of the vector [`Graph::events`]) in which each comes
//!   after all that it depends on.
//!
//! This folder knows nothing of how threads are run. [`Search`] is told which operation a thread wants to
//! execute, and says what it returns; [`strategy`] stands between it and the runtime.

mod coherence;
mod consistency;
mod cut;
mod decision;
mod event;
mod growth;
mod maximality;
mod model;
mod operations;
mod races;
mod route;
mod rules;
mod search;
mod split;
mod store;
mod strategy;
mod told;
// They have nothing to do with `--cfg loom`.
#[cfg(all(test, not(loom)))]
mod tests;

use event::{Event, EventId, Kind, Read, Write};
pub use model::MemoryModel;
pub(crate) use route::Route;
use rules::{Rules, Sound};
pub(crate) use split::Item;
use store::Graph;
pub(crate) use strategy::Graphs;
