//! Witnesses: the shortest interleaving behind each ending of a scenario, and schedules that run one again.

mod endless;
mod found;
mod tied;

pub use found::{Rank, Witness, Witnesses, find, replay};
pub use tied::{Header, TiedSchedule, TiedScheduleError};
